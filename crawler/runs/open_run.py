"""A crawl run while it is open: what spider, pipelines and politeness share."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scrapy import Request
from scrapy.http import Response

from crawler.fetching.roles import Role, asked_url
from crawler.fetching.visits import Visits
from crawler.health import NO_HISTORY, History, judge, usual_coverage
from crawler.runs.counted import CountedRun
from crawler.runs.gathering import Gathering
from crawler.runs.progress import CrawlProgress
from crawler.runs.reason import Reason
from db.gaps import silence, usual_gap
from db.models import Cause, CrawlRun, Entry, EntryData, Outcome, Source, Verdict
from db.store import Store

#: earlier runs that say what is usual for a source, and entries that say how often it publishes
_RUNS_COMPARED = 20
_MOMENTS_COMPARED = 100
_GOOD = frozenset({Verdict.OK, Verdict.QUIET})
#: entries in doubt that are held in memory until the verdict
MOST_DOUBTFUL = 500


@dataclass(slots=True, kw_only=True)
class OpenRun(CountedRun):
    """One run of one source, from `store.crawls.begin` to `store.crawls.finish`."""

    store: Store
    run: CrawlRun
    clock: Callable[[], datetime]
    #: fetch every entry again, known or not
    full: bool = False
    #: read every page of the list, because an earlier run may not have come to its end
    thorough: bool = False
    #: what the source's runs before this one were like
    history: History = NO_HISTORY
    #: seconds between two requests: the source's, or more where robots.txt asks for it
    delay: float = field(init=False)
    #: when the last request was answered, or given up
    answered: datetime | None = None
    visits: Visits = field(init=False)
    gathering: Gathering = field(init=False)
    #: entries that lack what the source's entries have; stored only if the run proves good
    doubtful: list[EntryData] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no address asked."""
        self.delay = self.source.delay
        self.gathering = Gathering(self._store)
        self.visits = Visits(
            self.source, self.store, full=self.full, thorough=self.thorough,
            settle_entries=self.gathering.settle,
        )  # fmt: skip

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
        recent = store.crawls.recent(source.slug, limit=_RUNS_COMPARED)
        latest = recent[0] if recent else None
        run = store.crawls.begin(source.slug, now=clock(), imported=imported)
        return cls(
            source=source,
            store=store,
            run=run,
            clock=clock,
            full=full,
            thorough=full or run.thorough,
            on_progress=on_progress,
            history=NO_HISTORY
            if imported
            else History(usual=usual_coverage(recent), previous=latest),
        )

    @property
    def host_free(self) -> datetime:
        """From when the host may be asked again."""
        last = self.answered
        return self.clock() if last is None else last + timedelta(seconds=self.delay)

    def entry(self, key: str) -> Entry | None:
        """Give the source's stored entry with a key, if there is one."""
        self._settle([key])
        return self.store.entries.by_key(self.source.slug, key)

    def is_current(self, data: EntryData) -> bool:
        """Tell whether exactly this is stored, so that there is nothing to do about it."""
        self._settle([data.key])
        return self.store.entries.is_current(data)

    def known(self, keys: Collection[str]) -> set[str]:
        """Tell which keys of the source are stored."""
        self._settle(keys)
        return self.store.entries.known_keys(self.source.slug, keys) if keys else set()

    def known_urls(self) -> set[str]:
        """Give the addresses of the source's stored entries."""
        return self.store.entries.urls(self.source.slug)

    def note(self, data: EntryData, *, fallback: bool) -> str:
        """Count what an entry that was read has, and say why it cannot be taken, if it cannot.

        Pages lose neither text nor date by themselves: where a stored entry had them and the page
        has not, it is we who do not find them any more. A full run takes the publisher's word.
        """
        self.tally.note(data, fallback=fallback)
        stored = None if self.full else self.entry(data.key)
        if stored is None:
            return ""
        if stored.body_text and not data.body_text:
            return "its text is not found any more"
        return "its date is not found any more" if stored.published and not data.published else ""

    def put(self, data: EntryData) -> None:
        """Store one entry and count what became of it; what is in doubt waits for the verdict."""
        if not self._holds_back(data):
            self._store([data])

    async def put_with_others(self, data: EntryData) -> None:
        """Do the same, in one transaction with the entries that come in the same moment."""
        if not self._holds_back(data):
            await self.gathering.put(data)

    def _holds_back(self, data: EntryData) -> bool:
        if not self.history.lacking(data):
            return False
        if len(self.doubtful) < MOST_DOUBTFUL:
            self.doubtful.append(data)
        else:
            why = "it lacks what the source's entries have, as too many others do"
            self.reject(data.url or data.key, why, cause=Cause.INCOMPLETE)
        return True

    def _settle(self, keys: Collection[str]) -> None:
        if self.gathering.holds(keys):
            self.gathering.settle()

    def _store(self, entries: Sequence[EntryData]) -> None:
        # imported here: it brings stemmers of thirty languages, and most crawls find nothing
        from crawler.stories.joining import join_story

        outcomes = []
        # One transaction: no reader, and no crash, comes between an entry and its story.
        with self.store.together():
            self.visits.write_waiting()
            for data in entries:
                now = self.clock()
                stored = self.store.entries.put(data, seen=now, first_crawl=self.run.first)
                if stored.outcome is not Outcome.UNCHANGED:
                    join_story(self.store, stored.entry_id, now=now)
                outcomes.append(stored.outcome)
        for outcome in outcomes:
            self.count(outcome)

    def list_unchanged(self, response: Response) -> None:
        """Count a list that is as it was, with the entries it holds itself."""
        self.tally.lists_unchanged += 1
        self._count_unchanged(response, Role.LIST)

    def entry_unchanged(self, response: Response) -> None:
        """Count the entries of a page that is as it was."""
        self._count_unchanged(response, Role.ENTRY)

    def _count_unchanged(self, response: Response, role: Role) -> None:
        url = asked_url(response.request) if response.request else response.url
        page = self.visits.unchanged(url, role, now=self.clock())
        for _ in page.keys if page else ():
            self.count(Outcome.UNCHANGED)

    def gone(self, request: Request) -> bool:
        """Note that a page is gone; tell whether it is one that gave entries before."""
        return self.visits.missed(asked_url(request))

    def finish(self) -> CrawlRun:
        """Close the run with its counts and verdict, and record it.

        What is in doubt is stored, and what is gone is withdrawn, only where the verdict is not
        `broken`.
        """
        if reason := self.visits.too_many_gone:
            self.trouble(Reason(reason, Cause.MANY_GONE))
        now = self.clock()
        judgement = judge(self.tally, self._history(now))
        broken = judgement.verdict is Verdict.BROKEN
        if self.error is None:
            with self.store.together():
                self.visits.write_waiting()
            for data in () if broken else self.doubtful:
                self._store([data])
            self.visits.settle(
                good=judgement.verdict in _GOOD,
                doubtful=broken or judgement.cause in {Cause.INCOMPLETE, Cause.FALLBACK},
                withdraw=not broken and not reason and not self.ended,
                now=now,
            )
        run = replace(
            self.run,
            finished=self.clock(),
            complete=self.tally.complete and not broken,
            unfetched=self.tally.unfetched,
            requests=self.tally.requests,
            new=self.tally.new,
            changed=self.tally.changed,
            unchanged=self.tally.unchanged,
            rejected=self.tally.rejected,
            verdict=judgement.verdict,
            reason=judgement.reason,
            cause=judgement.cause,
            coverage=self.tally.coverage,
            shapes=dict(self.tally.shapes),
        )
        self.store.crawls.finish(run)
        return run

    def _history(self, now: datetime) -> History:
        if self.run.imported:  # documents at hand say nothing of how the source publishes
            return self.history
        moments = self.store.crawls.moments(self.source.slug, limit=_MOMENTS_COMPARED)
        gap = usual_gap(moments, now=now)
        return replace(
            self.history,
            silent=silence(moments, now=now),
            patience=gap.patience if gap else None,
        )
