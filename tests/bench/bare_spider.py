"""`python -m bench.bare_spider BASE COUNT`: fetch a press room's releases, and nothing else."""

import sys

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """Fetches the releases it is told, as many at once as the crawl of a source does."""

    name = "bare"

    async def start(self):  # type: ignore[no-untyped-def]
        """Ask for every release."""
        base, amount = sys.argv[1], int(sys.argv[2])
        for number in range(1, amount + 1):
            yield scrapy.Request(f"{base}/public-website-api/release/{number}", self.parse)

    def parse(self, response: Response) -> None:
        """Take what came."""
        assert response.body


if __name__ == "__main__":
    process = CrawlerProcess({"LOG_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1})
    process.crawl(BareSpider)
    process.start()
