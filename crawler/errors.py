"""What can go wrong between a publisher and an entry, each named for what happened."""

from crawler.runs.reason import Reason
from db.models import Cause


class CrawlerError(Exception):
    """A source or document cannot be read; the message says what was wrong and where."""


class ShapeError(CrawlerError):
    """A page or answer is not of the shape it was taken for."""


class WallError(CrawlerError):
    """Another page stands where one was asked for; it says a `crawler.runs.reason.Reason`."""


class WrongPublisherError(ShapeError):
    """What was answered belongs to another publisher than the source's."""

    def __str__(self) -> str:
        """Give the message, which remembers its cause wherever it is handed on."""
        return Reason(super().__str__(), Cause.WRONG_PUBLISHER)


class UnreadableDateError(CrawlerError):
    """A text holds no date that can be trusted."""


class TaxonomyError(CrawlerError):
    """`tags.toml` cannot be used; the message names the tag and the line of thought."""
