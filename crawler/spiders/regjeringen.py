"""regjeringen.no: the feed of all ministries, and the pages of what in it concerns us.

Pages are asked for one by one: where the site turns robots away, two refusals are enough to make
the rest of the run's entries from the feed alone.
"""

from collections import deque
from typing import ClassVar

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.dates import sharper
from crawler.errors import ShapeError
from crawler.fetching.failures import is_gone
from crawler.runs.reason import Reason
from crawler.shapes import regjeringen_feed, regjeringen_page
from crawler.shapes.regjeringen_feed import FeedEntry
from crawler.spiders.source_spider import Output, SourceSpider, described
from db.models import Cause, Entry, Page

FEED = "/no/rss/Rss/2581966/"
#: pages refused in a row, after which none is asked for any more
MOST_REFUSALS = 2


class RegjeringenSpider(SourceSpider):
    """Read the feed, choose by words, and fetch the pages chosen."""

    name = "regjeringen"
    fallback_shapes: ClassVar = frozenset({"rss"})

    def first_requests(self) -> Output:
        """Begin with the feed, which names the newest hundred."""
        self.waiting: deque[FeedEntry] = deque()
        self.refusals = 0
        yield self.list_request(FEED, self.parse_feed)

    def parse_feed(self, response: Response) -> Output:
        """Ask for the page of every entry that is not stored from its page yet."""
        try:
            feed = regjeringen_feed.parse_feed(
                response.body,
                base_url=self.source.base_url,
                words=self.source.words,
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            self.list_unusable(f"{response.url}: {error}")
            return
        self.open_run.tally.listed += feed.listed
        for what, why in feed.rejected:
            self.open_run.reject(what, why)
        stored = {entry.item.key: self.stored(entry.item.key) for entry in feed.entries}
        for entry in feed.entries:
            if self.open_run.full or not _was_read(stored[entry.item.key]):
                self.waiting.append(entry)
        # what was refused before comes last: it may be refused for good
        self.waiting = deque(sorted(self.waiting, key=lambda entry: bool(stored[entry.item.key])))
        yield from self.next_entry()

    def next_entry(self) -> Output:
        """Ask for the next page; without hope of pages, give all that wait as the feed has them."""
        while self.waiting and not self.open_run.ended:
            entry = self.waiting.popleft()
            if entry.path and self.refusals < MOST_REFUSALS:
                request = self.entry_request(entry.path, self.parse_page, entry=entry)
                yield request.replace(errback=self.page_failed)
                return
            yield from self.from_feed(entry)

    def parse_page(self, response: Response, entry: FeedEntry | None = None) -> Output:
        """Hand over one page; what cannot be read is given as the feed has it."""
        try:
            item = regjeringen_page.parse_page(
                response.body,
                url=response.url,
                content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            if entry is None:
                self.open_run.reject(response.url, str(error))
                return
            yield from self.refused(entry, Reason(f"{response.url}: {error}", Cause.REDESIGNED))
        else:
            self.refusals = 0
            # the feed knows the minute where the page shows the day
            known = entry.item if entry else self.stored(item.key)
            item.published = sharper(item.published, known.published if known else None)
            yield self.emit(item)
        yield from self.next_entry()

    def page_failed(self, failure: Failure) -> Output:
        """Make do with the feed where a page is refused; a page that is gone is no entry."""
        if self.open_run.ended:
            return
        entry: FeedEntry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined]
        error = failure.value or RuntimeError("no reason given")
        if is_gone(error):
            self.entry_failed(failure)
        elif isinstance(error, IgnoreRequest) and not isinstance(error, HttpError):
            # robots.txt, or a redirect to another host: no fault of the source
            yield from self.from_feed(entry)
        else:
            yield from self.refused(entry, described(failure))
        yield from self.next_entry()

    def refused(self, entry: FeedEntry, reason: Reason) -> Output:
        """Note why a page could not be had, and give its entry as the feed has it."""
        self.refusals += 1
        self.open_run.trouble(
            Reason(f"{reason}; such entries are made from the feed alone", reason.cause)
        )
        yield from self.from_feed(entry)

    def from_feed(self, entry: FeedEntry) -> Output:
        """Give an entry as the feed has it, to be read from its page later.

        One that was read from its page before stays as it is.
        """
        if _was_read(self.stored(entry.item.key)):
            return
        if entry.path:
            page = Page(
                source=self.source.slug,
                url=self.address(entry.path),
                keys=(entry.item.key,),
                fetched=self.open_run.clock(),
            )
            self.open_run.visits.read_entry(page, appeared=None, wanting=True)
        yield self.emit(entry.item)

    def revisit(self, page: Page) -> Request | None:
        """Look at a known page again, unless this run has been turned away already."""
        if self.refusals >= MOST_REFUSALS:
            return None
        return self.entry_request(page.url, self.parse_page)

    def stored(self, key: str) -> Entry | None:
        """Give the entry of this key, if it is stored."""
        return self.open_run.entry(key)


def _was_read(entry: Entry | None) -> bool:
    """Tell whether an entry is stored from its page, not from the feed alone."""
    return entry is not None and entry.shape == regjeringen_page.SHAPE
