"""News of imdi.no: the list of news, then each article."""

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import canonical_path
from crawler.errors import ShapeError
from crawler.shapes import imdi_page
from crawler.spiders.source_spider import Output, SourceSpider, described

#: pages of the list; beyond them lies a list that never ends
MOST_LISTS = 100


class ImdiSpider(SourceSpider):
    """Read the site's news, in the order of its lists."""

    name = "imdi"

    def first_requests(self) -> Output:
        """Begin with the section; a section within it stands in when the first gives nothing."""
        self.seen_lists: set[str] = set()
        self.seen_articles: set[str] = set()
        self.disappointments: list[str] = []
        self.other_lists = list(imdi_page.SECTIONS)
        yield from self.next_section()

    def next_section(self) -> Output:
        """Ask for the next section not seen yet; without one, end the run."""
        while self.other_lists:
            section = self.other_lists.pop(0)
            if request := self.list_page(self.address(section), depth=0):
                yield request
                return
        if self.disappointments:
            self.list_unusable(self.disappointments[0])

    def list_page(self, url: str, depth: int) -> Request | None:
        """Ask for a list, once."""
        path = canonical_path(url)
        if path in self.seen_lists or len(self.seen_lists) >= MOST_LISTS:
            return None
        self.seen_lists.add(path)
        return self.list_request(url, self.parse_list, depth=depth)

    def parse_list(self, response: Response, depth: int) -> Output:
        """Ask for the articles worth reading, and for further lists while there is news."""
        try:
            found = imdi_page.parse_list(
                response.body, url=response.url, content_type=_content_type(response)
            )
        except ShapeError as error:
            yield from self.disappointed(f"{response.url}: {error}")
            return
        articles = [url for url in found.articles if canonical_path(url) not in self.seen_articles]
        self.seen_articles.update(map(canonical_path, articles))
        self.open_run.tally.listed += len(articles)
        if not articles and not depth:
            yield from self.disappointed(
                f"{response.url}: no link below {imdi_page.SECTION} in the main part of the page"
            )
        fresh = self.fresh(articles) if depth else articles
        for url in articles if self.open_run.full else fresh:
            yield self.entry_request(url, self.parse_article)
        if not depth or fresh or self.open_run.thorough:
            for url in found.further:
                if request := self.list_page(url, depth + 1):
                    yield request

    def parse_article(self, response: Response) -> Output:
        """Hand over one article."""
        try:
            item = imdi_page.parse_article(
                response.body,
                url=response.url,
                content_type=_content_type(response),
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            self.open_run.reject(response.url, str(error))
            return
        yield self.emit(item)

    def fresh(self, urls: list[str]) -> list[str]:
        """Choose the articles that are not stored yet; the first page's are read every time."""
        known = self.open_run.known_urls() if urls else set()
        paths = {canonical_path(url) for url in known}
        return [url for url in urls if canonical_path(url) not in paths]

    def list_failed(self, failure: Failure) -> Output:
        """Try the next section when one cannot be had."""
        yield from self.disappointed(described(failure))

    def disappointed(self, reason: str) -> Output:
        """Remember a list that gave nothing and try another."""
        self.disappointments.append(reason)
        if self.open_run.ended:
            return
        if self.open_run.tally.listed:
            self.open_run.trouble(reason)
        else:
            yield from self.next_section()


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
