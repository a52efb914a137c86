"""What the spiders of imdi.no share: to find lists where none is promised, and to know pages again.

How the site lists its pages has changed and is not known for sure. So every place where a list may
stand is tried once; later runs read the first two that gave something. What gave nothing is named.
"""

import re
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.errors import ShapeError
from crawler.fetching.addresses import canonical_path
from crawler.fetching.failures import is_gone
from crawler.fetching.roles import ROLE, asked_url
from crawler.items import EntryItem
from crawler.runs.reason import Reason
from crawler.shapes.imdi_list import Listing, Teaser
from crawler.spiders.imdi_known import KnownPages
from crawler.spiders.source_spider import Output, SourceSpider, described
from db.models import Cause, Page

SITEMAP = "/sitemap.xml"
#: pages of lists in one run; beyond them lies a list that never ends
MOST_LISTS = 200
#: lists that ordinary runs read, of those that have given something: the first one every time,
#: the others once a day
LISTS_READ = 2
#: years an ordinary run reads, of a list that is divided by year
YEARS_READ = 2
#: answers that are no list, but trouble at the server, after which no further list is tried
MOST_FAILURES = 2
#: pages in one run of which only their address says that they may be entries
MOST_DOUBTFUL = 300

_YEAR = re.compile(r"[/-]((?:19|20)[0-9]{2})/?$")


class ImdiSiteSpider(SourceSpider):
    """Find pages of one sort on imdi.no, by whatever lists them."""

    #: where lists may stand, the likeliest first
    probes: tuple[str, ...] = ()
    #: what is looked for, in words
    sought = ""

    @abstractmethod
    def read_list(self, response: Response) -> Listing:
        """Read a page that may be a list. Raises `ShapeError`."""

    @abstractmethod
    def ask(self, teaser: Teaser, *, sure: bool = True) -> Request:
        """Ask for the page of a teaser; unless `sure`, the page must say that it is an entry."""

    def first_requests(self) -> Output:
        """Begin with the lists that gave something before; without any, with all there may be."""
        self.known = KnownPages(self.open_run)
        self.seen_lists: set[str] = set()
        self.seen: set[str] = set()
        self.pending = self.failures = self.doubtful = 0
        self.disappointments: list[str] = []
        proven = [probe for probe in self.probes if self.known.lists(self.address(probe))]
        others = [one for one in proven[1:LISTS_READ] if self.known.rested(self.address(one))]
        chosen = [] if self.open_run.thorough else [*proven[:1], *others]
        self.untried = deque(probe for probe in self.probes if probe not in chosen)
        self.trying = not chosen
        for probe in chosen:
            if request := self.list_page(self.address(probe), depth=0):
                yield request
        if self.trying:
            yield from self.try_next()

    def try_next(self) -> Output:
        """Ask for the next place where a list may stand; they are tried one after another."""
        self.trying = True
        while self.untried and not self.open_run.ended:
            if request := self.list_page(self.address(self.untried.popleft()), depth=0):
                yield request
                return
        self.conclude()

    def list_page(self, url: str, depth: int) -> Request | None:
        """Ask for a list, once."""
        path = canonical_path(url)
        if path in self.seen_lists or len(self.seen_lists) >= MOST_LISTS:
            return None
        self.seen_lists.add(path)
        self.pending += 1
        request = self.list_request(url, self.parse_list, depth=depth)
        if self.known.is_hub(url):
            # unchanged, it would still lead to lists that have changed
            del request.meta[ROLE]
        return request

    def parse_list(self, response: Response, depth: int) -> Output:
        """Ask for the entries worth reading, and for further lists while there is anything new."""
        self.pending -= 1
        try:
            found = self.read_list(response)
        except ShapeError as error:
            yield from self.disappointed(response.request, f"{response.url}: {error}")
            return
        if not (found.teasers or found.further or found.doubtful):
            reason = f"{response.url}: no link to {self.sought} in the main part of the page"
            yield from self.disappointed(response.request, reason)
            return
        if not depth:
            self.known.note_list(_asked(response), hub=not found.teasers)
        trying = self.trying and not depth
        yield from self.follow(found, depth)
        if trying:
            yield from self.try_next()
        self.conclude()

    def follow(self, found: Listing, depth: int = 0) -> Output:
        """Ask for what a list leads to."""
        teasers = [one for one in found.teasers if canonical_path(one.url) not in self.seen]
        self.seen.update(canonical_path(teaser.url) for teaser in teasers)
        self.open_run.tally.listed += len(teasers)
        fresh = [teaser for teaser in teasers if not self.known.is_known(teaser.url)]
        for teaser in teasers:
            if teaser in fresh or self.open_run.full or self.known.is_retold(teaser):
                yield self.ask(teaser)
        yield from self.ask_doubtful(found)
        if fresh or self.open_run.thorough or not found.teasers:
            for url in found.further if self.open_run.thorough else newest_years(found.further):
                if request := self.list_page(url, depth + 1):
                    yield request
        if teasers and len(fresh) == len(teasers) and not self.trying:
            # nothing known in it: there may be more than it shows
            yield from self.try_next()

    def ask_doubtful(self, found: Listing) -> Output:
        """Ask, once and for all, for pages that may be entries."""
        for teaser in found.doubtful:
            path = canonical_path(teaser.url)
            if path in self.seen or self.doubtful >= MOST_DOUBTFUL:
                continue
            self.seen.add(path)
            if self.open_run.full or not self.known.is_known(teaser.url):
                self.doubtful += 1
                yield self.ask(teaser, sure=False)

    def unchanged_list(self, response: Response) -> Output:
        """Count a list that is as it was."""
        self.pending -= 1
        self.known.note_unchanged(_asked(response))
        super().unchanged_list(response)
        if self.trying:
            yield from self.try_next()

    def list_failed(self, failure: Failure) -> Output:
        """Try the other lists when one cannot be had; where the server fails, give up soon."""
        self.pending -= 1
        error, request = failure.value, failure.request  # type: ignore[attr-defined]
        reason = described(failure)
        if error is not None and not is_gone(error):
            ours = isinstance(error, IgnoreRequest) and not isinstance(error, HttpError)
            self.failures += not ours
        if self.failures >= MOST_FAILURES and not self.open_run.tally.listed:
            self.list_unusable(next(iter(self.disappointments), reason))
            return
        yield from self.disappointed(request, reason)

    def disappointed(self, request: Request | None, reason: str) -> Output:
        """Remember a list that gave nothing, and try the others."""
        self.disappointments.append(reason)
        if self.open_run.ended:
            return
        url = asked_url(request) if request else ""
        depth = request.cb_kwargs.get("depth") if request else 0
        if depth:
            self.open_run.tally.cut_short = True
        if self.known.forget_list(url) or depth:
            self.open_run.trouble(reason)
        if not (self.trying and depth):
            yield from self.try_next()
        self.conclude()

    def conclude(self) -> None:
        """End the run when every list has been tried and none named an entry."""
        if self.pending or self.untried or self.doubtful or self.open_run.tally.listed:
            return
        if self.disappointments and not self.open_run.tally.lists_unchanged:
            first = self.disappointments[0]
            others = len(self.disappointments) - 1
            told = "; ".join(self.disappointments)
            cause = first.cause if isinstance(first, Reason) else Cause.REDESIGNED
            words = f"no list of {self.sought} was recognised: {told}" if others else first
            self.list_unusable(Reason(words, cause))

    def revisit(self, page: Page) -> Request | None:
        """Look at a known page again."""
        return self.ask(Teaser(page.url))

    def doubtful_request(self, url: str, callback: Callable[..., Output], **given: Any) -> Request:
        """Ask for a page that may be no entry, and whose absence therefore is no loss."""
        return self.entry_request(url, callback, **given).replace(errback=self.passed_over)

    def passed_over(self, failure: Failure) -> None:
        """Take no note of a page that only might have been an entry."""

    def pass_over(self, response: Response, *, listed: bool) -> None:
        """Remember that a page is no entry of this source."""
        self.known.note_no_entry(_asked(response))
        self.open_run.tally.listed -= listed

    def settle(self, item: EntryItem, response: Response) -> None:
        """Give an item the key its page is known by. Raises `ShapeError`."""
        moved_from = response.meta.get("redirect_urls", []) if response.request else []
        self.known.settle(item, addresses=[response.url, *moved_from], listed=self.seen)


def newest_years(urls: Iterable[str]) -> list[str]:
    """Leave out the lists of years gone by, but for the one before the newest."""
    years = {url: int(found[1]) for url in urls if (found := _YEAR.search(url))}
    newest = sorted(set(years.values()), reverse=True)[:YEARS_READ]
    return [url for url in urls if url not in years or years[url] in newest]


def content_type(response: Response) -> str:
    """Give what a server says its answer is."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def _asked(response: Response) -> str:
    return asked_url(response.request) if response.request else response.url
