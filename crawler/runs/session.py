"""One start of Twisted's reactor, with the runs that happen in it.

Sources at different hosts are crawled side by side, those at one host one after another.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, cast

from crawler.errors import CrawlerError
from crawler.runs.open_run import OpenRun
from crawler.runs.progress import CrawlProgress
from crawler.runs.reason import Reason
from crawler.runs.turns import RENEWED_EVERY, Turn, Turns
from db.errors import LeaseLostError, StoreError
from db.models import Cause, CrawlRun, Source
from db.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings
    from twisted.internet.base import ReactorBase

logger = logging.getLogger(__name__)

#: seconds an interrupted crawl is given to end in order
GRACE = 4.0
#: hosts crawled at once: waiting for them costs nothing, but each takes a few megabytes
SIDE_BY_SIDE = 16


@dataclass(kw_only=True)
class Session:
    """Crawls sources when it is their turn, until none is left."""

    store: Store
    settings: "Settings"
    #: the spiders' names by what a source calls them
    spiders: dict[str, str]
    clock: Callable[[], datetime]
    full: bool
    on_progress: Callable[[CrawlProgress], None] | None
    on_left: Callable[[Source, CrawlRun | None], None]
    runs: dict[str, CrawlRun] = field(default_factory=dict)
    error: StoreError | None = None
    interrupted: bool = False
    done: bool = False
    _open: dict[Turn, OpenRun] = field(default_factory=dict)

    def work_through(self, sources: Sequence[Source]) -> None:
        """Start the reactor, crawl every source, and stop it."""
        from scrapy.crawler import AsyncCrawlerRunner
        from scrapy.utils.defer import deferred_from_coro
        from scrapy.utils.reactor import install_reactor, is_reactor_installed
        from twisted.internet.defer import Deferred, DeferredList

        from crawler.fetching import resolving

        if is_reactor_installed():
            raise CrawlerError("this process has crawled already; start a new one to crawl again")
        turns = Turns(sources, self.store, clock=self.clock, full=self.full, on_left=self.on_left)
        install_reactor(self.settings["TWISTED_REACTOR"])
        # The module is an object once a reactor is installed; its type is not that of a module.
        reactor: ReactorBase = cast("ReactorBase", import_module("twisted.internet.reactor"))
        resolving.install(reactor)

        runner = AsyncCrawlerRunner(self.settings)

        async def work() -> None:
            try:
                await self._take_turns(runner, turns)
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

    async def _take_turns(self, runner: "AsyncCrawlerRunner", turns: Turns) -> None:
        keeper = asyncio.ensure_future(self._keep(turns))
        going: set[asyncio.Task[None]] = set()
        try:
            while going or (turns.waiting and not self._ending):
                if turn := self._next(turns) if len(going) < SIDE_BY_SIDE else None:
                    going.add(asyncio.ensure_future(self._crawl(runner, turns, turn)))
                    continue
                pause = turns.pause() if turns.waiting and not self._ending else None
                if not going:
                    await asyncio.sleep(pause or 0.0)
                    continue
                done, going = await asyncio.wait(
                    going, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            keeper.cancel()

    @property
    def _ending(self) -> bool:
        return self.interrupted or self.error is not None

    def _next(self, turns: Turns) -> Turn | None:
        if self._ending:
            return None
        try:
            return turns.next()
        except StoreError as error:
            self.error = error
            return None

    async def _keep(self, turns: Turns) -> None:
        """Say now and then that we live; end the runs of sources that others have taken."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            try:
                for turn in turns.renew():
                    if turn in self._open:
                        words = "another crawl has taken it over"
                        self._open[turn].end(Reason(words, Cause.INTERRUPTED))
            except StoreError as error:
                # what it means for a run, its next write will find out
                logger.warning("cannot hold on to what is being crawled: %s", error)

    async def _crawl(self, runner: "AsyncCrawlerRunner", turns: Turns, turn: Turn) -> None:
        """Crawl one source; a store that gives way ends the session after it."""
        free = self.clock()
        try:
            open_run = OpenRun.begin(
                turn.source,
                self.store.fenced(turn.lease),
                clock=self.clock,
                full=self.full,
                on_progress=self.on_progress,
            )
            self._open[turn] = open_run
            await self._fetch(runner, turn.source, open_run)
            free = open_run.host_free
            self.runs[turn.source.slug] = open_run.finish()
            self.error = self.error or open_run.error
        except LeaseLostError as error:
            logger.warning("%s: %s; what it had not stored is left", turn.source.slug, error)
            self.on_left(turn.source, None)
        except StoreError as error:
            self.error = self.error or error
        finally:
            self._open.pop(turn, None)
            try:
                turns.give_back(turn, host_free=free)
            except StoreError as error:
                self.error = self.error or error

    async def _fetch(self, runner: "AsyncCrawlerRunner", source: Source, open_run: OpenRun) -> None:
        from scrapy.crawler import Crawler
        from scrapy.utils.misc import load_object

        try:
            spider = load_object(self.spiders[source.spider])
            await runner.crawl(
                Crawler(spider, settings_for(source, self.settings)), open_run=open_run
            )
        except StoreError:
            raise
        except Exception as error:
            logger.exception("%s: the crawl stopped on an error of our own", source.slug)
            words = f"the crawl stopped on {type(error).__name__}: {error}"
            open_run.end(Reason(words, Cause.FAULT))


def settings_for(source: Source, settings: "Settings") -> "Settings":
    """Give Scrapy's settings for one source."""
    ours = settings.copy()
    ours.set("DOWNLOAD_DELAY", source.delay, priority="cmdline")
    if not source.delay:
        # who may be asked without pause is not slowed down by the time an answer takes
        ours.set("AUTOTHROTTLE_MAX_DELAY", 0.0, priority="cmdline")
    return ours
