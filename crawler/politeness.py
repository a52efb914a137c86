"""Manners: the host we were sent to, robots.txt, Crawl-delay and Retry-After.

Scrapy obeys robots.txt, but takes an unreachable one for permission, knows neither Retry-After nor
Crawl-delay, and follows a redirect anywhere. RFC 9309 section 2.3.1 says what each answer means.
"""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.fetching.addresses import is_loopback, same_site
from crawler.fetching.failures import describe_status, reason_of
from crawler.runs.reason import Reason
from crawler.spiders.source_spider import open_run_of
from db.models import Cause

#: seconds we are ready to wait for one answer; who asks for more is visited another time
LONGEST_WAIT = 60.0


def retry_after(header: str, *, now: datetime) -> float | None:
    """Read Retry-After as seconds from now (RFC 9110 section 10.2.3); None if it says nothing."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt" and bool(
        request.meta.get("dont_obey_robotstxt")
    )


class StayOnSiteMiddleware:
    """Keep a run at its host, and end it where robots.txt cannot be read.

    A robots.txt that is missing (4xx) allows everything; one that is unreachable (5xx, 429, no
    answer) forbids everything.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.open_run = open_run_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let pass what belongs to the run. Raises `IgnoreRequest`."""
        if self.open_run.ended:
            raise IgnoreRequest(self.open_run.tally.obstacle)
        base_url = self.open_run.source.base_url
        if not same_site(request.url, base_url):
            came_from = request.meta.get("redirect_urls", [base_url])[-1]
            words = f"{came_from} leads to another host"
            raise IgnoreRequest(Reason(words, Cause.MOVED))
        if is_loopback(request.url):
            request.meta.setdefault("proxy", None)

    def process_response(self, request: Request, response: Response) -> Response:
        """Judge the answer for robots.txt; any other passes."""
        if not _is_robots(request):
            return response
        if response.status >= 500 or response.status == 429:
            status = describe_status(response.status)
            words = f"{response.url} answered {status}, so nothing may be fetched"
            self.open_run.end(Reason(words, Cause.UNREACHABLE))
            raise IgnoreRequest(self.open_run.tally.obstacle)
        return response if response.status == 200 else response.replace(body=b"")

    def process_exception(self, request: Request, exception: Exception) -> None:
        """End the run when robots.txt could not be fetched at all."""
        if _is_robots(request) and not self.open_run.ended:
            self.open_run.end(reason_of(exception, request))
            raise IgnoreRequest(self.open_run.tally.obstacle)


class RetryAfterMiddleware:
    """Wait as long as a busy server asks, or end the run when that is too long."""

    def __init__(self, crawler: Crawler) -> None:
        self.open_run = open_run_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Heed Retry-After on 429 and 503. Raises `IgnoreRequest`."""
        header = response.headers.get("Retry-After")
        if response.status not in {429, 503} or header is None:
            return response
        seconds = retry_after(header.decode("latin-1"), now=self.open_run.clock())
        if seconds is None:
            return response
        if seconds > LONGEST_WAIT:
            words = (
                f"{response.url} answered {describe_status(response.status)} "
                f"and asks us to come back in {seconds:.0f} seconds"
            )
            self.open_run.end(Reason(words, Cause.UNREACHABLE))
            raise IgnoreRequest(self.open_run.tally.obstacle)
        await asyncio.sleep(seconds)
        return response


class CrawlDelayExtension:
    """Slow down to the Crawl-delay of robots.txt; it can never make us faster."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.open_run = open_run_of(crawler)
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Raise the delay between requests, or end the run when it is too long to wait."""
        delay = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        throttle = self.crawler.get_extension(AutoThrottle)
        if delay is None or throttle is None:
            return
        if delay > LONGEST_WAIT:
            words = (
                f"robots.txt of {urlsplit(request.url).netloc} asks for {delay:.0f} seconds "
                f"between requests; we wait {LONGEST_WAIT:.0f} at most"
            )
            self.open_run.end(Reason(words, Cause.FORBIDDEN))
            return
        self.open_run.delay = max(self.open_run.delay, delay)
        throttle.mindelay = max(throttle.mindelay, delay)
        throttle.maxdelay = max(throttle.maxdelay, throttle.mindelay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, throttle.mindelay)


class PauseExtension:
    """Begin the pause between two requests when the first is answered, not when it was to be sent.

    What kept a request from leaving, as when there was much to store, would shorten the pause.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        # the one before the next request is sent, the other for what was never answered
        crawler.signals.connect(self.request_over, signals.response_downloaded)
        crawler.signals.connect(self.request_over, signals.request_left_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def request_over(self, request: Request) -> None:
        """Begin the pause of the host anew."""
        slot = self.crawler.engine.downloader.slots.get(
            request.meta.get(Downloader.DOWNLOAD_SLOT, "")
        )
        if slot is not None:
            slot.lastseen = monotonic()
