"""What every spider has in common: one source, one open run, failures told in words."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching.failures import cause_of_failure, describe_failure, is_gone, reason_of
from crawler.fetching.roles import ROLE, Role
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from crawler.runs.reason import Reason
from db.models import Page

#: what a callback gives: requests to follow and entries to store
Output = Iterator[Request | EntryItem]


class SourceSpider(Spider, ABC):
    """Fetch one source and hand its pages to shapes."""

    #: shapes that are second best; many entries read by them degrade a run
    fallback_shapes: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, open_run: OpenRun) -> None:
        super().__init__()
        self.open_run = open_run
        self.source = open_run.source

    async def start(self) -> AsyncIterator[Any]:
        """Begin with the source's list."""
        for request in self.first_requests():
            yield request

    @abstractmethod
    def first_requests(self) -> Output:
        """Give the requests to begin with."""

    def address(self, path: str) -> str:
        """Give the address of a path at the source."""
        return urljoin(self.source.base_url, path)

    def list_request(self, path: str, callback: Callable[..., Output], **given: Any) -> Request:
        """Ask for a list; without its first page there is no run.

        Where the server says that the list is as it was, `callback` is not called: there is
        nothing new in it.
        """
        return Request(
            self.address(path),
            callback=callback,
            errback=self.list_failed,
            cb_kwargs=given,
            dont_filter=True,
            meta={ROLE: Role.LIST},
        )

    def entry_request(self, path: str, callback: Callable[..., Output], **given: Any) -> Request:
        """Ask for one entry, before any further list.

        Where the server says that the page is as it was, `callback` is not called: its entries
        count as unchanged.
        """
        self.open_run.expect(1)
        return Request(
            self.address(path),
            callback=callback,
            errback=self.entry_failed,
            cb_kwargs=given,
            dont_filter=True,
            priority=1,
            meta={ROLE: Role.ENTRY},
        )

    def revisit(self, page: Page) -> Request | None:
        """Give the `entry_request` that looks at a known page again; None where there is none.

        Pages fall due an hour, a day, a week and a month after they appeared, then monthly.
        """
        return None

    def revisits(self) -> Iterator[Request]:
        """Give the requests for known pages that have fallen due, after everything else."""
        visits, now = self.open_run.visits, self.open_run.clock()
        for page in visits.due(now=now):
            request = self.revisit(page)
            if request is None:
                visits.postpone(page, now=now)
            else:
                yield request

    def unchanged_list(self, response: Response) -> "Output | None":
        """Count a list that is as it was, with the entries it holds itself."""
        self.open_run.list_unchanged(response)
        return None

    def unchanged_entry(self, response: Response) -> None:
        """Count the entries of a page that is as it was."""
        self.open_run.entry_unchanged(response)

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
        """Count an entry that could not be fetched, unless the run was given up before it.

        A known page that is gone is no failure: the publisher may have taken it away.
        """
        if self.open_run.ended:
            return
        error, request = _error(failure), _request(failure)
        if is_gone(error) and self.open_run.gone(request):
            return
        self.open_run.unfetched(*describe_failure(error, request), cause=cause_of_failure(error))

    def emit(self, item: EntryItem) -> EntryItem:
        """Mark an item with the source it comes from."""
        item.source = self.source.slug
        return item


def source_spider_of(crawler: Crawler) -> SourceSpider:
    """Give the spider that a crawler runs."""
    spider = crawler.spider
    if not isinstance(spider, SourceSpider):
        raise TypeError(f"{spider!r} is not a SourceSpider; start crawls with crawler.run.crawl")
    return spider


def open_run_of(crawler: Crawler) -> OpenRun:
    """Give the open run that a crawler works for."""
    return source_spider_of(crawler).open_run


def described(failure: Failure) -> Reason:
    """Say in one sentence why the request behind a failure brought nothing."""
    return reason_of(_error(failure), _request(failure))


def _error(failure: Failure) -> BaseException:
    return failure.value or RuntimeError("no reason given")


def _request(failure: Failure) -> Request:
    request: Request = failure.request  # type: ignore[attr-defined]
    return request
