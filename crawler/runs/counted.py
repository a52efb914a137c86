"""A crawl run as it is counted, and told of while it goes on."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.runs.progress import CrawlProgress
from crawler.runs.reason import Reason, cause_of
from crawler.runs.tally import Tally
from db.errors import StoreError
from db.models import Cause, Outcome, Source

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class CountedRun:
    """What came of a run of a source so far."""

    source: Source
    on_progress: Callable[[CrawlProgress], None] | None = None
    tally: Tally = field(default_factory=Tally)
    #: entries asked for so far
    expected: int = 0
    #: the store's own failure, which the caller must hear of
    error: StoreError | None = None

    @property
    def ended(self) -> bool:
        """Whether something has ended the run before its time."""
        return bool(self.tally.obstacle)

    def expect(self, entries: int) -> None:
        """Note that so many more entries are being asked for."""
        self.expected += entries
        self.report()

    def count(self, outcome: Outcome) -> None:
        """Count an entry that was settled."""
        self.tally.count(outcome)
        self.report()

    def reject(self, what: str, why: str, *, cause: Cause = Cause.REJECTED) -> None:
        """Count an entry that cannot be used and say so in one line."""
        self.tally.rejected += 1
        self.tally.causes[cause_of(why, cause)] += 1
        self.tally.first_rejection = self.tally.first_rejection or f"{what}: {why}"
        logger.warning("%s: rejected %s: %s", self.source.slug, what, why)
        self.report()

    def unfetched(self, what: str, why: str, *, cause: Cause) -> None:
        """Count an entry that could not be fetched; the next run asks for it again."""
        self.tally.unfetched += 1
        self.reject(what, why, cause=cause)

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
        self.end(Reason(f"the store failed: {error}", Cause.FAULT))

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
