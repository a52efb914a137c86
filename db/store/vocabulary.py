"""What an engine promises of sources and tags."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from db.models import FormerTag, Source, Tag
from db.query import Vocabulary


class VocabularyStore(Protocol):
    """The sources and tags that exist, as configured."""

    def declare(
        self,
        sources: Iterable[Source],
        tags: Iterable[Tag],
        *,
        now: datetime,
        former: Iterable[FormerTag] = (),
    ) -> None:
        """Record what the configuration names; what it no longer names stays, with its entries.

        A renamed tag takes its entries and subscriptions along, and announces nothing.
        """

    def sources(self) -> list[Source]:
        """Give all sources, by name."""

    def tags(self) -> list[Tag]:
        """Give all tags, in the order of the taxonomy."""

    def former(self) -> dict[str, FormerTag]:
        """Give the tags that were renamed or ended, by slug."""

    def known(self) -> Vocabulary:
        """Give the values a query may name."""
