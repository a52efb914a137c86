"""Between server and spider: conditional requests, walls, and what each page gave."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.errors import WallError
from crawler.fetching.roles import NOT_READ, Role, asked_url, role_of
from crawler.fetching.visits import LONGEST_VALIDATOR, content_hash
from crawler.fetching.walls import wall_before
from crawler.items import EntryItem
from crawler.spiders.source_spider import open_run_of, source_spider_of
from db.models import Page
from db.text import one_line


class ConditionalMiddleware:
    """Ask for a page only if it has changed (RFC 9110 section 13)."""

    def __init__(self, crawler: Crawler) -> None:
        self.open_run = open_run_of(crawler)
        self.spider = source_spider_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Put on a request what its page is known by."""
        role = role_of(request)
        if role is None:
            return
        if "redirect_urls" in request.meta:
            # validators belong to the address that was asked, not to where it leads
            request.headers.pop("If-None-Match", None)
            request.headers.pop("If-Modified-Since", None)
            return
        for name, value in self.open_run.visits.validators(request.url, role).items():
            request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep from the spider what is as it was: it has read that already."""
        role = role_of(request)
        if role is None or not self._is_unchanged(request, role, response):
            return response
        request.meta[NOT_READ] = True
        # Scrapy takes a 304 for a failure
        request.meta["handle_httpstatus_all"] = True
        request.cb_kwargs.clear()
        spider = self.spider
        request.callback = spider.unchanged_list if role is Role.LIST else spider.unchanged_entry
        return response

    def _is_unchanged(self, request: Request, role: Role, response: Response) -> bool:
        if response.status == 304:
            return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        return (
            role is Role.ENTRY
            and response.status == 200
            and self.open_run.visits.is_known_content(asked_url(request), response.body)
        )


class WatchMiddleware:
    """Let spiders see only pages that are what was asked for, and remember what each gave."""

    def __init__(self, crawler: Crawler) -> None:
        self.open_run = open_run_of(crawler)
        self.spider = source_spider_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def process_spider_input(self, response: Response) -> None:
        """Stop what stands where a page was asked for. Raises `WallError`."""
        request = response.request
        if request is None or role_of(request) is None or NOT_READ in request.meta:
            return
        if reason := wall_before(response):
            request.meta[NOT_READ] = True
            raise WallError(reason)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Pass everything on, and record the page once its last entry has been given."""
        items = []
        async for output in result:
            if isinstance(output, EntryItem):
                items.append(output)
            yield output
        request = response.request
        if request is not None and response.status == 200 and NOT_READ not in request.meta:
            self._record(request, response, items)

    def _record(self, request: Request, response: Response, items: list[EntryItem]) -> None:
        role, visits = role_of(request), self.open_run.visits
        if role is None or (role is Role.ENTRY and not items):
            return
        # what was read second best, or at another address, is read again each time it is due
        kept = "redirect_urls" not in request.meta and not self._second_best(items)
        page = Page(
            source=self.open_run.source.slug,
            url=asked_url(request),
            etag=_validator(response, "ETag") if kept else "",
            last_modified=_validator(response, "Last-Modified") if kept else "",
            content=content_hash(response.body) if kept and role is Role.ENTRY else "",
            keys=tuple(dict.fromkeys(one_line(item.key) for item in items)),
            fetched=self.open_run.clock(),
        )
        if role is Role.LIST:
            visits.read_list(page)
        else:
            visits.read_entry(
                page,
                appeared=max(self._dates(items), default=None),
                wanting=self._second_best(items) or not all(map(_is_whole, items)),
            )

    def _second_best(self, items: list[EntryItem]) -> bool:
        return any(item.shape in self.spider.fallback_shapes for item in items)

    def _dates(self, items: list[EntryItem]) -> Iterator[datetime]:
        """Give when the entries appear if they are new: history on a first crawl, else now."""
        if self.open_run.run.first:
            yield from (item.published.moment for item in items if item.published)


def _is_whole(item: EntryItem) -> bool:
    return bool(item.title and item.published and item.lead and (item.body or item.body_text))


def _validator(response: Response, name: str) -> str:
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    usable = value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR
    return value if usable else ""
