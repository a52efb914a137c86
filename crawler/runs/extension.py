"""The crawl extension: hears Scrapy's signals and keeps the open run's books."""

import logging
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.fetching.keeping import keep_page
from crawler.fetching.roles import asked_url
from crawler.items import EntryItem
from crawler.pipelines import AlreadyStoredError
from crawler.runs.reason import Reason
from crawler.spiders.source_spider import source_spider_of
from db.errors import StoreError
from db.models import Cause


class CrawlExtension:
    """Count requests and whatever was lost on the way."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spider = source_spider_of(crawler)
        self.open_run = self.spider.open_run
        self.looked_again = False
        connect = crawler.signals.connect
        connect(self.request_sent, signals.request_reached_downloader)
        connect(self.request_answered, signals.request_left_downloader)
        connect(self.spider_failed, signals.spider_error)
        connect(self.item_scraped, signals.item_scraped)
        connect(self.item_dropped, signals.item_dropped)
        connect(self.item_failed, signals.item_error)
        connect(self.spider_idle, signals.spider_idle)
        connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def request_sent(self, request: Request) -> None:
        """Count a request that leaves us, robots.txt and repeated ones included."""
        self.open_run.tally.requests += 1
        self.open_run.report()

    def request_answered(self) -> None:
        """Note when the host last had to do with us."""
        self.open_run.answered = self.open_run.clock()

    def spider_failed(self, failure: Failure, response: Response | Failure) -> None:
        """Count a page that our own code stumbled over."""
        error = failure.value
        if isinstance(error, StoreError):
            self.open_run.fail(error)
            return
        what = response.url if isinstance(response, Response) else self.open_run.source.base_url
        self.open_run.reject(what, f"{type(error).__name__}: {error}", cause=Cause.FAULT)

    def item_scraped(self, item: EntryItem, response: Response | Failure | None) -> None:
        """Keep the page of an entry that was stored."""
        if isinstance(response, Response) and response.request:
            try:
                keep_page(self.open_run, item, response)
            except StoreError as error:
                self.open_run.fail(error)

    def item_dropped(
        self, item: EntryItem, response: Response | Failure | None, exception: BaseException
    ) -> None:
        """Count an entry that a pipeline found unusable; keep the page of one stored already."""
        if isinstance(exception, AlreadyStoredError):
            self.item_scraped(item, response)
            return
        self._not_stored(response)
        (why,) = exception.args or ("",)
        self.open_run.reject(item.url or item.key, why)

    def item_failed(
        self, item: EntryItem, response: Response | Failure | None, failure: Failure
    ) -> None:
        """Count an entry that a pipeline stumbled over; a failing store ends the run."""
        error = failure.value
        if isinstance(error, StoreError):
            self.open_run.fail(error)
            return
        self._not_stored(response)
        why = f"{type(error).__name__}: {error}"
        self.open_run.reject(item.url or item.key, why, cause=Cause.FAULT)

    def _not_stored(self, response: Response | Failure | None) -> None:
        if isinstance(response, Response) and response.request:
            self.open_run.visits.spoil(asked_url(response.request))

    def spider_idle(self) -> None:
        """Look again at known pages that have fallen due, once everything else is done.

        Raises `DontCloseSpider` where there are any.
        """
        if self.looked_again or self.open_run.ended:
            return
        self.looked_again = True
        requests = list(self.spider.revisits())
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def spider_closed(self, reason: str) -> None:
        """Note a run that was interrupted."""
        if reason != "finished":
            self.open_run.end(Reason("the run was interrupted", Cause.INTERRUPTED))


class ShortLogFormatter(LogFormatter):
    """Scrapy's log lines without whole entries in them."""

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Name the entry by its address or key."""
        name = (item.url or item.key) if isinstance(item, EntryItem) else type(item).__name__
        return {"level": logging.ERROR, "msg": "Cannot process %(entry)s", "args": {"entry": name}}
