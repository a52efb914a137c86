"""A crawl run while it is open: what spider, pipelines and politeness share."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.health import Tally, judge
from db.errors import StoreError
from db.models import CrawlRun, EntryData, Outcome, Source
from db.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CrawlProgress:
    """How far one source's run has come."""

    #: slug of the source
    source: str
    requests: int
    #: entries settled, and how many are known to be asked for so far
    done: int
    expected: int


@dataclass(slots=True, kw_only=True)
class OpenRun:
    """One run of one source, from `store.crawls.begin` to `store.crawls.finish`."""

    source: Source
    store: Store
    run: CrawlRun
    clock: Callable[[], datetime]
    #: fetch every entry again, known or not
    full: bool = False
    #: read every page of the list, because an earlier run may not have come to its end
    thorough: bool = False
    on_progress: Callable[[CrawlProgress], None] | None = None
    tally: Tally = field(default_factory=Tally)
    #: entries asked for so far
    expected: int = 0
    #: the store's own failure, which the caller must hear of
    error: StoreError | None = None

    @classmethod
    def begin(
        cls,
        source: Source,
        store: Store,
        *,
        clock: Callable[[], datetime],
        full: bool = False,
        on_progress: Callable[[CrawlProgress], None] | None = None,
        imported: bool = False,
    ) -> "OpenRun":
        """Open a run of a source."""
        run = store.crawls.begin(source.slug, now=clock(), imported=imported)
        return cls(
            source=source,
            store=store,
            run=run,
            clock=clock,
            full=full,
            thorough=full or run.thorough,
            on_progress=on_progress,
        )

    @property
    def ended(self) -> bool:
        """Whether something has ended the run before its time."""
        return bool(self.tally.obstacle)

    def known(self, keys: Collection[str]) -> set[str]:
        """Tell which keys of the source are stored."""
        return self.store.entries.known_keys(self.source.slug, keys) if keys else set()

    def known_urls(self) -> set[str]:
        """Give the addresses of the source's stored entries."""
        return self.store.entries.urls(self.source.slug)

    def expect(self, entries: int) -> None:
        """Note that so many more entries are being asked for."""
        self.expected += entries
        self.report()

    def put(self, data: EntryData) -> Outcome:
        """Store one entry and count what became of it."""
        stored = self.store.entries.put(data, seen=self.clock(), first_crawl=self.run.first)
        self.tally.count(stored.outcome)
        self.report()
        return stored.outcome

    def reject(self, what: str, why: str) -> None:
        """Count an entry that cannot be used and say so in one line."""
        self.tally.rejected += 1
        self.tally.first_rejection = self.tally.first_rejection or f"{what}: {why}"
        logger.warning("%s: rejected %s: %s", self.source.slug, what, why)
        self.report()

    def unfetched(self, what: str, why: str) -> None:
        """Count an entry that could not be fetched; the next run asks for it again."""
        self.tally.unfetched += 1
        self.reject(what, why)

    def trouble(self, sentence: str) -> None:
        """Note what went wrong without costing a known entry."""
        self.tally.troubles.append(sentence)
        logger.warning("%s: %s", self.source.slug, sentence)

    def end(self, reason: str) -> None:
        """End the run before its time; the first reason given stays, as the verdict's."""
        if not self.tally.obstacle:
            self.tally.obstacle = reason
            logger.info("%s: %s", self.source.slug, reason)

    def fail(self, error: StoreError) -> None:
        """End the run because the store gave way."""
        self.error = self.error or error
        self.end(f"the store failed: {error}")

    def report(self) -> None:
        """Tell the listener how far the run has come."""
        if self.on_progress is not None:
            tally = self.tally
            self.on_progress(
                CrawlProgress(
                    source=self.source.slug,
                    requests=tally.requests,
                    done=tally.done,
                    expected=max(self.expected, tally.done),
                )
            )

    def finish(self) -> CrawlRun:
        """Close the run with its counts and verdict, and record it."""
        verdict, reason = judge(self.tally)
        run = replace(
            self.run,
            finished=self.clock(),
            complete=self.tally.complete,
            unfetched=self.tally.unfetched,
            requests=self.tally.requests,
            new=self.tally.new,
            changed=self.tally.changed,
            unchanged=self.tally.unchanged,
            rejected=self.tally.rejected,
            verdict=verdict,
            reason=reason,
        )
        self.store.crawls.finish(run)
        return run
