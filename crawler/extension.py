"""The crawl extension: hears Scrapy's signals and keeps the open run's books."""

import logging
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.items import EntryItem
from crawler.spiders.source_spider import open_run_of
from db.errors import StoreError


class CrawlExtension:
    """Count requests and whatever was lost on the way."""

    def __init__(self, crawler: Crawler) -> None:
        self.open_run = open_run_of(crawler)
        connect = crawler.signals.connect
        connect(self.request_sent, signals.request_reached_downloader)
        connect(self.spider_failed, signals.spider_error)
        connect(self.item_dropped, signals.item_dropped)
        connect(self.item_failed, signals.item_error)
        connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def request_sent(self, request: Request) -> None:
        """Count a request that leaves us, robots.txt and repeated ones included."""
        self.open_run.tally.requests += 1
        self.open_run.report()

    def spider_failed(self, failure: Failure, response: Response | Failure) -> None:
        """Count a page that our own code stumbled over."""
        error = failure.value
        if isinstance(error, StoreError):
            self.open_run.fail(error)
            return
        what = response.url if isinstance(response, Response) else self.open_run.source.base_url
        self.open_run.reject(what, f"{type(error).__name__}: {error}")

    def item_dropped(self, item: EntryItem, exception: BaseException) -> None:
        """Count an entry that a pipeline found unusable."""
        self.open_run.reject(item.url or item.key, str(exception))

    def item_failed(self, item: EntryItem, failure: Failure) -> None:
        """Count an entry that a pipeline stumbled over; a failing store ends the run."""
        error = failure.value
        if isinstance(error, StoreError):
            self.open_run.fail(error)
        else:
            self.open_run.reject(item.url or item.key, f"{type(error).__name__}: {error}")

    def spider_closed(self, reason: str) -> None:
        """Note a run that was interrupted."""
        if reason != "finished":
            self.open_run.end("the run was interrupted")


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
