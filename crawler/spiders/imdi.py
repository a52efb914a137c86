"""News of imdi.no, of today's site and yesterday's."""

from scrapy import Request
from scrapy.http import Response

from crawler.errors import ShapeError
from crawler.shapes import imdi_list, imdi_news
from crawler.shapes.html_page import read_page
from crawler.shapes.imdi_list import Listing, Teaser
from crawler.shapes.imdi_paths import NEWS_LISTS
from crawler.shapes.sitemap import is_sitemap, parse_sitemap
from crawler.spiders.imdi_site import SITEMAP, ImdiSiteSpider, content_type
from crawler.spiders.source_spider import Output
from db.models import Kind


class ImdiSpider(ImdiSiteSpider):
    """Read the site's news and notices, from its lists, its front page and its sitemap."""

    name = "imdi"
    probes = (*NEWS_LISTS, SITEMAP)
    sought = "news"

    def read_list(self, response: Response) -> Listing:
        """Read a list of news, the front page or a sitemap. Raises `ShapeError`."""
        if is_sitemap(response.url, response.body):
            sitemap = parse_sitemap(response.body)
            return imdi_list.of_sitemap(sitemap, url=response.url, reports=False)
        return imdi_list.parse_news_list(
            response.body, url=response.url, content_type=content_type(response)
        )

    def ask(self, teaser: Teaser, *, sure: bool = True) -> Request:
        """Ask for an article; unless `sure`, it must say itself that it is news."""
        request = self.entry_request if sure else self.doubtful_request
        return request(teaser.url, self.parse_article, teaser=teaser, sure=sure)

    def parse_article(self, response: Response, teaser: Teaser, sure: bool) -> Output:
        """Hand over one article; a report is left to the source of reports."""
        if not sure and not self.says_news(response):
            self.pass_over(response, listed=False)
            return
        try:
            item = imdi_news.parse_article(
                response.body,
                url=response.url,
                content_type=content_type(response),
                kicker=teaser.kicker,
                now=self.open_run.clock(),
            )
            self.settle(item, response)
        except ShapeError as error:
            self.open_run.reject(response.url, str(error))
            return
        stored = self.open_run.entry(item.key)
        if stored and not teaser.kicker:
            # a list that told what sort it is may name it no more
            item.kind = stored.kind
        if item.kind is Kind.REPORT and not stored:
            self.pass_over(response, listed=sure)
            return
        self.open_run.tally.listed += not sure
        yield self.emit(item)
        self.known.note_teaser(teaser)

    def says_news(self, response: Response) -> bool:
        """Tell whether a page under the root says of itself that it is news."""
        try:
            page = read_page(response.body, content_type(response))
        except ShapeError:
            return False
        return imdi_news.says_news(page, response.url)
