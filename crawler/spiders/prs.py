"""Press rooms of the PRS family: their list, by the first of four ways that can be read."""

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.errors import ShapeError, WallError
from crawler.runs.reason import Reason, cause_of
from crawler.shapes import prs_api, prs_json_v2, prs_listing
from crawler.shapes.prs_addresses import words_of_host
from crawler.shapes.prs_listing import ReleaseList, ReleaseStub
from crawler.slugs import slug
from crawler.spiders.prs_releases import PrsReleases
from crawler.spiders.source_spider import Output, described
from db.models import Cause

PAGE_SIZE = 50
#: pages of a list; no press room is larger, only a server that never ends is
MOST_PAGES = 200
#: pages of a list read once more in a run, because releases were taken away meanwhile
MOST_REREAD = 5
_TOO_MANY_REQUESTS = 429


class PrsSpider(PrsReleases):
    """Read a press room, newest first."""

    name = "prs"

    def first_requests(self) -> Output:
        """Begin with the interface; each way after it stands in for those before."""
        self.seen: set[str] = set()
        self.reread = 0
        self.disappointments: list[str] = []
        room = self.source.publisher_id
        words = words_of_host(self.source.base_url).room
        rooms = [f"/{words}/{room}/{slug(self.source.publisher)}/r", f"/{words}/{room}"]
        latest = f"/rss/releases/latest?publisherId={room}"
        self.ways: deque[tuple[str, Callable[[], Request]]] = deque(
            [
                ("the interface", lambda: self.list_page(0)),
                ("/json/v2/releases", lambda: self.feed_page(0)),
                ("RSS", lambda: self.list_request(latest, self.parse_rss)),
                *(("the press room's page", partial(self.room_page, path)) for path in rooms),
            ]
        )
        yield from self.next_way()

    def next_way(self) -> Output:
        """Try the next way to a list; without one, end the run for the first reason."""
        if self.ways:
            self.way, ask = self.ways.popleft()
            yield ask()
        else:
            self.list_unusable(self.disappointments[0])

    def disappointed(self, reason: str) -> Output:
        """Remember a list that gave nothing and try the next way; a later page is only missed."""
        if self.open_run.ended:
            return
        if self.open_run.tally.listed:
            self.list_unusable(reason)
            return
        self.disappointments.append(reason)
        self.interface_fails = True
        yield from self.next_way()

    def list_failed(self, failure: Failure) -> "Output | None":
        """Try the next way, unless the server is in need or cannot be reached at all."""
        error = failure.value
        status = error.response.status if isinstance(error, HttpError) else 0
        in_need = status == _TOO_MANY_REQUESTS or status >= 500
        if isinstance(error, IgnoreRequest | WallError) and not in_need:
            return self.disappointed(described(failure))
        return super().list_failed(failure)

    def found(self, count: int, rejected: Iterable[tuple[str, str]]) -> None:
        """Count what a page of a list names, and say it where a way stands in for another."""
        if self.disappointments and not self.open_run.tally.listed:
            first = self.disappointments[0]
            sentence = f"{first}; the releases were listed by {self.way} instead"
            self.open_run.trouble(Reason(sentence, cause_of(first, Cause.REDESIGNED)))
        self.open_run.tally.listed += count
        for what, why in rejected:
            self.open_run.tally.listed += 1
            self.open_run.reject(what, why)

    def list_page(self, page: int, *, before: int | None = None, again: bool = False) -> Request:
        """Ask for one page of the interface's list; pages count from 0."""
        room = self.source.publisher_id
        path = f"/public-website-api/pressroom/{room}/releases/{PAGE_SIZE}/{page}"
        return self.list_request(path, self.parse_list, page=page, before=before, again=again)

    def parse_list(self, response: Response, page: int, before: int | None, again: bool) -> Output:
        """Ask for the releases worth reading, and for the next page while there is news.

        `before` is how many releases the page before said there are: with fewer now, some have
        moved to that page since, and it is read `again`. With so many more that the page names only
        what those before it named, what is new to us has moved to the next.
        """
        try:
            found = prs_api.parse_list(
                response.body,
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
                page=page,
                size=PAGE_SIZE,
            )
        except ShapeError as error:
            yield from self.disappointed(f"{response.url}: {error}")
            return
        stubs = self.unseen(found)
        self.found(len(stubs), () if again else found.rejected)
        fresh = self.fresh(stubs)
        for stub in stubs:
            if stub in fresh or self.open_run.full or self.says_anew(stub, wording=True):
                yield self.ask(stub)
        fewer = before is not None and found.count is not None and found.count < before
        if fewer and self.reread < MOST_REREAD:
            self.reread += 1
            yield self.list_page(page - 1, again=True)
        moved = not stubs and before is not None and (found.count or 0) > before
        news = bool(fresh) or moved
        if not again and not found.is_last and (stubs or moved) and self.goes_on(news, page):
            yield self.list_page(page + 1, before=found.count)

    def feed_page(self, page: int) -> Request:
        """Ask for one page of the JSON feed, which holds whole releases."""
        path = (
            f"/json/v2/releases?publisher={self.source.publisher_id}&size={PAGE_SIZE}&page={page}"
        )
        return self.list_request(path, self.parse_feed, page=page)

    def parse_feed(self, response: Response, page: int) -> Output:
        """Hand over the releases of a page, and ask for the next one while there is news."""
        try:
            found = prs_json_v2.parse_feed(
                response.body,
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
                page=page,
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            yield from self.disappointed(f"{response.url}: {error}")
            return
        items = [item for item in found.items if item.key not in self.seen]
        self.seen.update(item.key for item in items)
        self.found(len(items), found.rejected)
        self.open_run.expect(len(items))
        known = self.open_run.known({item.key for item in items})
        yield from self.hand_over(items)
        others = [stub for stub in found.others if not self.seen.intersection(stub.keys)]
        self.seen.update(key for stub in others for key in stub.keys)
        yield from self.ask_pages(others)
        if found.next_page is not None and items and self.goes_on(len(known) < len(items), page):
            yield self.feed_page(found.next_page)

    def parse_rss(self, response: Response) -> Output:
        """Ask for the pages of the newest releases."""
        try:
            found = prs_listing.parse_feed(
                response.body,
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
            )
        except ShapeError as error:
            yield from self.disappointed(f"{response.url}: {error}")
            return
        yield from self.pages_of(found)

    def room_page(self, path: str) -> Request:
        """Ask for the press room's page for readers."""
        return self.list_request(path, self.parse_room)

    def parse_room(self, response: Response) -> Output:
        """Ask for the pages that the press room links to."""
        try:
            found = prs_listing.parse_room(
                response.body,
                url=response.url,
                content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
                publisher_id=self.source.publisher_id,
            )
        except ShapeError as error:
            yield from self.disappointed(f"{response.url}: {error}")
            return
        yield from self.pages_of(found)

    def pages_of(self, found: ReleaseList) -> Output:
        """Ask for the pages of what a list names."""
        stubs = self.unseen(found)
        self.found(len(stubs), found.rejected)
        yield from self.ask_pages(stubs)

    def ask_pages(self, stubs: list[ReleaseStub]) -> Output:
        """Ask for the pages worth reading, one for each language version."""
        fresh = self.fresh(stubs)
        for stub in stubs:
            if stub in fresh or self.open_run.full or self.says_anew(stub, wording=False):
                for version in stub.versions:
                    yield self.ask_page(stub, version)

    def unseen(self, found: ReleaseList) -> list[ReleaseStub]:
        """Choose the releases that no page of this run has named, each once."""
        stubs = []
        for stub in found.releases:
            if not self.seen.issuperset(stub.keys):
                self.seen.update(stub.keys)
                stubs.append(stub)
        return stubs

    def fresh(self, stubs: list[ReleaseStub]) -> list[ReleaseStub]:
        """Choose the releases of which a language version is not stored yet."""
        known = self.open_run.known({key for stub in stubs for key in stub.keys})
        return [stub for stub in stubs if not known.issuperset(stub.keys)]

    def goes_on(self, news: bool, page: int) -> bool:
        """Tell whether to read the page of a list after this one."""
        if not (news or self.open_run.thorough):
            return False
        if page + 1 >= MOST_PAGES:
            self.open_run.trouble(
                f"the list goes on beyond its page {MOST_PAGES}; we read no further"
            )
            return False
        return True
