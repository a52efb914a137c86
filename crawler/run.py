"""Run crawls and imports: the one place that starts Scrapy.

Sources at different hosts are crawled side by side, those at one host one after another, so that a
host meets one request at a time. Twisted's reactor runs once in a process, so `crawl` does too.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from crawler.errors import CrawlerError
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from crawler.runs.progress import CrawlProgress
from crawler.runs.reason import Reason
from db.errors import StoreError
from db.models import Cause, CrawlRun, Source
from db.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings
    from twisted.internet.base import ReactorBase

logger = logging.getLogger(__name__)

#: seconds an interrupted crawl is given to end in order
GRACE = 4.0
#: items imported in one transaction, which others wait for no longer than a second
TOGETHER = 25
#: spiders by the name a source gives
SPIDERS = {
    "imdi": "crawler.spiders.imdi.ImdiSpider",
    "imdi_reports": "crawler.spiders.imdi_reports.ImdiReportsSpider",
    "prs": "crawler.spiders.prs.PrsSpider",
    "regjeringen": "crawler.spiders.regjeringen.RegjeringenSpider",
}


def crawlable(source: Source) -> bool:
    """Tell whether a spider reads this source; the others are only imported."""
    return source.spider in SPIDERS


def crawl(
    sources: Sequence[Source],
    store: Store,
    *,
    contact: str,
    full: bool = False,
    on_progress: Callable[[CrawlProgress], None] | None = None,
    clock: Callable[[], datetime],
) -> list[CrawlRun]:
    """Crawl sources to the end; give their recorded runs in the order asked.

    `contact` stands in the user agent. `full` fetches every entry again. `on_progress` is called in
    this thread. A source's failure is its run's verdict and reason, never an exception.

    Raises:
        CrawlerError: a source that no spider reads, or a second crawl in one process.
        StoreError: the store gave way.
        KeyboardInterrupt: stopped by a signal, after the open runs were recorded.
    """
    _require_crawlable(sources)
    settings = _settings(contact)
    session = _Session(store, settings, clock=clock, full=full, on_progress=on_progress)
    session.work_through(_by_host(sources))
    if session.error is not None:
        raise session.error
    if session.interrupted:
        raise KeyboardInterrupt
    return [session.runs[source.slug] for source in sources]


def import_items(
    items: Iterable[EntryItem], source: Source, store: Store, *, now: datetime
) -> CrawlRun:
    """Put items through the pipelines as that source's entries; give the recorded run.

    While the source has no completed run, what is imported counts as found by its first crawl, so
    that it appears when it was published.
    """
    from scrapy.exceptions import DropItem

    from crawler.files import keep_pages
    from crawler.pipelines import AlreadyStoredError, pipelines_for

    open_run = OpenRun.begin(source, store, clock=lambda: now, imported=True)
    pipelines = pipelines_for(open_run)
    coming = iter(items)
    while batch := list(islice(coming, TOGETHER)):
        with store.together():
            for item in batch:
                item.source = source.slug
                open_run.tally.listed += 1
                try:
                    for pipeline in pipelines:
                        item = pipeline.process_item(item)
                    keep_pages(item, open_run)
                except AlreadyStoredError:
                    keep_pages(item, open_run)
                except DropItem as error:
                    open_run.reject(item.title or item.key, str(error))
    return open_run.finish()


class _Session:
    """One start of the reactor, with the runs that happen in it."""

    def __init__(
        self,
        store: Store,
        settings: "Settings",
        *,
        clock: Callable[[], datetime],
        full: bool,
        on_progress: Callable[[CrawlProgress], None] | None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.full = full
        self.on_progress = on_progress
        self.runs: dict[str, CrawlRun] = {}
        self.error: StoreError | None = None
        self.interrupted = False
        self.done = False

    def work_through(self, groups: Sequence[Sequence[Source]]) -> None:
        """Start the reactor, crawl every group, and stop it."""
        from scrapy.crawler import AsyncCrawlerRunner
        from scrapy.utils.defer import deferred_from_coro
        from scrapy.utils.reactor import install_reactor, is_reactor_installed
        from twisted.internet.defer import Deferred, DeferredList

        from crawler.fetching import resolving

        if is_reactor_installed():
            raise CrawlerError("this process has crawled already; start a new one to crawl again")
        install_reactor(self.settings["TWISTED_REACTOR"])
        # The module is an object once a reactor is installed; its type is not that of a module.
        reactor: ReactorBase = cast("ReactorBase", import_module("twisted.internet.reactor"))
        resolving.install(reactor)

        runner = AsyncCrawlerRunner(self.settings)

        async def work() -> None:
            try:
                await asyncio.gather(*(self._crawl_group(runner, group) for group in groups))
            finally:
                self.done = True
                if reactor.running and not self.interrupted:
                    reactor.stop()

        working: list[Deferred[None]] = []

        def begin() -> None:
            working.append(deferred_from_coro(work()))

        def interrupt() -> object:
            """Let the open crawls end in order; the reactor waits for what this returns."""
            if self.done:
                return None
            self.interrupted = True
            deferred_from_coro(runner.stop())
            # A crawl that is just being opened may never hear of it. Its run stays open, as that of
            # a killed one, and the next reads the whole list.
            given_up = Deferred[None]()
            reactor.callLater(GRACE, given_up.callback, None)
            return DeferredList([working[0], given_up], fireOnOneCallback=True)

        reactor.callWhenRunning(begin)
        reactor.addSystemEventTrigger("before", "shutdown", interrupt)
        main_thread = threading.current_thread() is threading.main_thread()
        reactor.run(installSignalHandlers=main_thread)

    async def _crawl_group(self, runner: "AsyncCrawlerRunner", sources: Sequence[Source]) -> None:
        for source in sources:
            if not self.interrupted and self.error is None:
                await self._crawl_source(runner, source)

    async def _crawl_source(self, runner: "AsyncCrawlerRunner", source: Source) -> None:
        from scrapy.crawler import Crawler
        from scrapy.utils.misc import load_object

        settings = settings_for(source, self.settings)
        try:
            open_run = OpenRun.begin(
                source,
                self.store,
                clock=self.clock,
                full=self.full,
                on_progress=self.on_progress,
            )
            try:
                crawler = Crawler(load_object(SPIDERS[source.spider]), settings)
                await runner.crawl(crawler, open_run=open_run)
            except StoreError:
                raise
            except Exception as error:
                logger.exception("%s: the crawl stopped on an error of our own", source.slug)
                words = f"the crawl stopped on {type(error).__name__}: {error}"
                open_run.end(Reason(words, Cause.FAULT))
            self.runs[source.slug] = open_run.finish()
            self.error = self.error or open_run.error
        except StoreError as error:
            self.error = self.error or error


def settings_for(source: Source, settings: "Settings") -> "Settings":
    """Give Scrapy's settings for one source."""
    ours = settings.copy()
    ours.set("DOWNLOAD_DELAY", source.delay, priority="cmdline")
    if not source.delay:
        # who may be asked without pause is not slowed down by the time an answer takes
        ours.set("AUTOTHROTTLE_MAX_DELAY", 0.0, priority="cmdline")
    return ours


def _settings(contact: str) -> "Settings":
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # spiders are named by `SPIDERS`; a loader would import them all
    settings.set("SPIDER_MODULES", [], priority="cmdline")
    agent = f"{settings['USER_AGENT']} (+{contact})"
    settings.set("USER_AGENT", agent, priority="cmdline")
    return settings


def _require_crawlable(sources: Sequence[Source]) -> None:
    for source in sources:
        if not crawlable(source):
            raise CrawlerError(
                f"source {source.slug}: no spider is called {source.spider!r}; "
                f"there are {', '.join(sorted(SPIDERS))}"
            )
        parts = urlsplit(source.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise CrawlerError(
                f"source {source.slug}: base_url must be an http(s) address, "
                f"not {source.base_url!r}"
            )


def _by_host(sources: Sequence[Source]) -> list[list[Source]]:
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(urlsplit(source.base_url).hostname or "", []).append(source)
    return list(groups.values())
