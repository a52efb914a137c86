"""Press rooms of the PRS family: the list interface first, then each release."""

from scrapy import Request
from scrapy.http import Response

from crawler.errors import ShapeError
from crawler.shapes import prs_api
from crawler.spiders.source_spider import Output, SourceSpider

PAGE_SIZE = 50
#: known releases at the top of the list that are read again, so that corrections are seen
REVISITED = 20
#: pages of the list; no press room is larger, only a server that never ends is
MOST_PAGES = 200


class PrsSpider(SourceSpider):
    """Read a press room, newest first."""

    name = "prs"

    def first_requests(self) -> Output:
        """Begin with the newest page of the list."""
        self.seen: set[int] = set()
        yield self.list_page(0)

    def list_page(self, page: int) -> Request:
        """Ask for one page of the list; pages count from 0."""
        room = self.source.publisher_id
        path = f"/public-website-api/pressroom/{room}/releases/{PAGE_SIZE}/{page}"
        return self.list_request(path, self.parse_list, page=page)

    def parse_list(self, response: Response, page: int) -> Output:
        """Ask for the releases worth reading, and for the next page while there is news."""
        try:
            found = prs_api.parse_list(
                response.body,
                publisher_id=self.source.publisher_id,
                page=page,
                size=PAGE_SIZE,
            )
        except ShapeError as error:
            self.list_unusable(f"{response.url}: {error}")
            return
        stubs = [stub for stub in found.releases if stub.id not in self.seen]
        self.seen.update(stub.id for stub in stubs)
        self.open_run.tally.listed += len(stubs) + len(found.rejected)
        for what, why in found.rejected:
            self.open_run.reject(what, why)
        known = self.open_run.known({key for stub in stubs for key in stub.keys})
        fresh = [stub for stub in stubs if not stub.keys or not known.issuperset(stub.keys)]
        revisited = stubs if self.open_run.full else stubs[:REVISITED] if page == 0 else []
        for stub in stubs:
            if stub in fresh or stub in revisited:
                path = f"/public-website-api/release/{stub.id}"
                yield self.entry_request(path, self.parse_release)
        ends = not stubs or found.is_last or page + 1 >= MOST_PAGES
        if not ends and (fresh or self.open_run.thorough):
            yield self.list_page(page + 1)

    def parse_release(self, response: Response) -> Output:
        """Hand over one release, an item for each language."""
        try:
            items = prs_api.parse_release(
                response.body,
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            self.open_run.reject(response.url, str(error))
            return
        yield from map(self.emit, items)
