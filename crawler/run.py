"""Run crawls and imports: the one place that starts Scrapy.

Any number of processes may crawl at once, on any machines: a source is crawled by one of them, and
a host meets one request at a time (`crawler.runs.turns`). Twisted's reactor runs once in a process,
so `crawl` does too.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import CrawlerError
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from crawler.runs.progress import CrawlProgress
from crawler.runs.session import Session
from db.models import CrawlRun, Source
from db.store import Store

if TYPE_CHECKING:
    from scrapy.settings import Settings

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
    on_left: Callable[[Source, CrawlRun | None], None] = lambda _source, _run: None,
    clock: Callable[[], datetime],
) -> list[CrawlRun]:
    """Crawl sources to the end; give their recorded runs in the order asked.

    `contact` stands in the user agent. `full` fetches every entry again. `on_progress` is called in
    this thread. A source's failure is its run's verdict and reason, never an exception. `on_left`
    is told of sources that another process crawls, with its run where that came to its end
    meanwhile.

    Raises:
        CrawlerError: a source that no spider reads, or a second crawl in one process.
        StoreError: the store gave way.
        KeyboardInterrupt: stopped by a signal, after the open runs were recorded.
    """
    _require_crawlable(sources)
    settings = _settings(contact)
    session = Session(
        store=store, settings=settings, spiders=SPIDERS, clock=clock, full=full,
        on_progress=on_progress, on_left=on_left,
    )  # fmt: skip
    session.work_through(sources)
    if session.error is not None:
        raise session.error
    if session.interrupted:
        raise KeyboardInterrupt
    return [session.runs[source.slug] for source in sources if source.slug in session.runs]


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
