"""What every spider has in common: one source, one open run, failures told in words."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from crawler.failures import describe_failure
from crawler.items import EntryItem
from crawler.open_run import OpenRun

#: what a callback gives: requests to follow and entries to store
Output = Iterator[Request | EntryItem]


class SourceSpider(Spider):
    """Fetch one source and hand its pages to shapes."""

    def __init__(self, open_run: OpenRun) -> None:
        super().__init__()
        self.open_run = open_run
        self.source = open_run.source

    async def start(self) -> AsyncIterator[Any]:
        """Begin with the source's list."""
        for request in self.first_requests():
            yield request

    def first_requests(self) -> Output:
        """Give the requests to begin with."""
        raise NotImplementedError

    def address(self, path: str) -> str:
        """Give the address of a path at the source."""
        return urljoin(self.source.base_url, path)

    def list_request(self, path: str, callback: Callable[..., Output], **given: Any) -> Request:
        """Ask for a list; without its first page there is no run."""
        return Request(
            self.address(path),
            callback=callback,
            errback=self.list_failed,
            cb_kwargs=given,
            dont_filter=True,
        )

    def entry_request(self, path: str, callback: Callable[..., Output], **given: Any) -> Request:
        """Ask for one entry, before any further list."""
        self.open_run.expect(1)
        return Request(
            self.address(path),
            callback=callback,
            errback=self.entry_failed,
            cb_kwargs=given,
            dont_filter=True,
            priority=1,
        )

    def list_failed(self, failure: Failure) -> "Output | None":
        """Take note of a list that could not be had."""
        self.list_unusable(described(failure))
        return None

    def list_unusable(self, reason: str) -> None:
        """End the run when its list is unusable; a later page only degrades it."""
        if self.open_run.ended:
            return
        if self.open_run.tally.listed:
            self.open_run.tally.cut_short = True
            self.open_run.trouble(reason)
        else:
            self.open_run.end(reason)

    def entry_failed(self, failure: Failure) -> None:
        """Count an entry that could not be fetched, unless the run was given up before it."""
        if not self.open_run.ended:
            self.open_run.unfetched(*_what_and_why(failure))

    def emit(self, item: EntryItem) -> EntryItem:
        """Mark an item with the source it comes from."""
        item.source = self.source.slug
        return item


def open_run_of(crawler: Crawler) -> OpenRun:
    """Give the open run that a crawler works for."""
    spider = crawler.spider
    if not isinstance(spider, SourceSpider):
        raise TypeError(f"{spider!r} is not a SourceSpider; start crawls with crawler.run.crawl")
    return spider.open_run


def described(failure: Failure) -> str:
    """Say in one sentence why the request behind a failure brought nothing."""
    return " ".join(_what_and_why(failure))


def _what_and_why(failure: Failure) -> tuple[str, str]:
    request: Request = failure.request  # type: ignore[attr-defined]
    return describe_failure(failure.value or RuntimeError("no reason given"), request)
