"""What an engine promises of crawl runs and of pages at the sources."""

from datetime import datetime
from typing import Protocol

from db.models import CrawlRun, Page, RawPage


class CrawlStore(Protocol):
    """Crawl runs, newest first."""

    def begin(self, source: str, *, now: datetime, imported: bool = False) -> CrawlRun:
        """Open a run.

        It is `first` while none before came to its end, and `thorough` while the one before did
        not; a killed run did not. For a crawl only crawls count, for an import both.
        """

    def finish(self, run: CrawlRun) -> None:
        """Record the counts and verdict of a run opened by `begin`.

        Runs of the source older than 90 days are forgotten, but for the newest hundred and the
        newest that came to its end.
        """

    def latest(self) -> dict[str, CrawlRun]:
        """Give each source's newest finished crawl; of a source only imported, its last import."""

    def recent(self, source: str, *, limit: int) -> list[CrawlRun]:
        """Give a source's finished crawls, newest first."""

    def moments(self, source: str, *, limit: int) -> list[datetime]:
        """Give when the source's newest entries were published, or else appeared, newest first."""


class PageStore(Protocol):
    """Addresses at the sources: validators, and when to look again."""

    def get(self, source: str, url: str) -> Page | None:
        """Give what is known of an address."""

    def put(self, page: Page) -> None:
        """Record what is known of an address; equal knowledge writes nothing."""

    def due(self, source: str, *, now: datetime, limit: int) -> list[Page]:
        """Give the pages to look at again, longest overdue first."""

    def keep(self, entry_id: int, page: RawPage) -> None:
        """Keep the page an entry was read from, in place of an earlier one; too large, not at all.

        An equal body writes nothing.
        """

    def kept(self, entry_id: int) -> RawPage | None:
        """Give the page an entry was read from, if it was kept."""
