"""Reports of imdi.no, by year or topic, and the earlier editions they name."""

from scrapy import Request
from scrapy.http import Response

from crawler.errors import ShapeError
from crawler.shapes import imdi_list, imdi_report
from crawler.shapes.imdi_any_page import open_page
from crawler.shapes.imdi_list import Listing, Teaser
from crawler.shapes.imdi_paths import REPORT_LISTS
from crawler.shapes.sitemap import is_sitemap, parse_sitemap
from crawler.spiders.imdi_site import SITEMAP, ImdiSiteSpider, content_type
from crawler.spiders.source_spider import Output

#: pages that may link to a list of reports, wherever it stands
HUBS = ("/tall-og-fakta/", "/om-imdi/", "/")


class ImdiReportsSpider(ImdiSiteSpider):
    """Read the site's reports, from its lists and its sitemap."""

    name = "imdi_reports"
    probes = (*REPORT_LISTS, *HUBS, SITEMAP)
    sought = "reports"

    def read_list(self, response: Response) -> Listing:
        """Read a list of reports, a page that links to one, or a sitemap. Raises `ShapeError`."""
        if is_sitemap(response.url, response.body):
            sitemap = parse_sitemap(response.body)
            return imdi_list.of_sitemap(sitemap, url=response.url, reports=True)
        return imdi_list.parse_report_list(
            response.body, url=response.url, content_type=content_type(response)
        )

    def ask(self, teaser: Teaser, *, sure: bool = True) -> Request:
        """Ask for a report; unless `sure`, it must say itself that it is one."""
        request = self.entry_request if sure else self.doubtful_request
        return request(teaser.url, self.parse_report, teaser=teaser, sure=sure)

    def parse_report(self, response: Response, teaser: Teaser, sure: bool) -> Output:
        """Hand over one report, and ask for its earlier editions; or follow a list of a topic."""
        try:
            page = open_page(response.body, url=response.url, content_type=content_type(response))
            if imdi_report.is_list(page, response.url):
                self.pass_over(response, listed=sure)
                yield from self.follow(self.read_list(response), depth=1)
                return
            item = imdi_report.as_report(page, url=response.url, now=self.open_run.clock())
            if not sure and not imdi_report.is_report(page, item):
                self.pass_over(response, listed=False)
                return
            self.settle(item, response)
        except ShapeError as error:
            if sure:
                self.open_run.reject(response.url, str(error))
            return
        self.open_run.tally.listed += not sure
        yield self.emit(item)
        self.known.note_teaser(teaser)
        earlier = map(Teaser, imdi_report.earlier_editions(page, response.url))
        yield from self.ask_doubtful(Listing(doubtful=tuple(earlier)))
