"""The releases of a press room: how one is asked for, read by its best form, and handed over."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError, WrongPublisherError
from crawler.fetching.failures import is_gone
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes import prs_api, prs_page
from crawler.shapes.prs_addresses import release_number
from crawler.shapes.prs_listing import ReleaseStub, StubVersion
from crawler.spiders.source_spider import Output, SourceSpider, described
from db.models import Outcome, Page
from db.text import one_line

_INTERFACE = "/public-website-api/release/"
#: key of a request's `meta`
_STUB = "imdifeed_prs_stub"
#: shapes, the best first: what one of them read, a later one does not better
_RANKS = ("prs_api", "prs_json_v2", "prs_page_state", "prs_page", "prs_page_meta")


class PrsReleases(SourceSpider):
    """Ask for releases of which a list told."""

    fallback_shapes = frozenset(_RANKS[1:])
    #: whether the interface is of no use in this run, so that pages are read in its place
    interface_fails = False

    def ask(self, stub: ReleaseStub) -> Request:
        """Ask the interface for a release, all its language versions at once."""
        request = self.entry_request(f"{_INTERFACE}{stub.id}", self.parse_release, stub=stub)
        meta = {**request.meta, _STUB: stub}
        return request.replace(errback=self.release_failed, meta=meta)

    def ask_page(
        self, stub: ReleaseStub, version: StubVersion, why: str = "", gone: Failure | None = None
    ) -> Request:
        """Ask for the page of one language version.

        `why` tells what was tried before it, `gone` that the interface has the release no more.
        """
        request = self.entry_request(
            version.url, self.parse_page, stub=stub, version=version, why=why, gone=gone
        )
        return request.replace(errback=self.page_failed)

    def revisit(self, page: Page) -> Request | None:
        """Look at a release again, by the interface if that can be had."""
        versions = []
        for key in page.keys:
            entry = self.open_run.entry(key)
            if entry is not None and release_number(entry.url) is not None:
                versions.append(StubVersion(key, entry.url, entry.title))
        if not versions:
            return None
        stub = ReleaseStub(int(versions[0].key.partition("/")[0]), tuple(versions))
        if urlsplit(page.url).path.startswith(_INTERFACE):
            return self.ask(stub)
        if self.interface_fails:
            return self.ask_page(stub, replace(versions[0], url=page.url))
        # the page was read only because the interface failed; it need not be looked at again
        self.open_run.store.pages.put(replace(page, due=None))
        return self.ask(stub)

    def parse_release(self, response: Response, stub: ReleaseStub) -> Output:
        """Hand over one release, an item for each language; else try its pages."""
        try:
            items = prs_api.parse_release(
                response.body,
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
                now=self.open_run.clock(),
            )
            if stub.id not in {int(item.key.partition("/")[0]) for item in items}:
                raise ShapeError(f"asked for release {stub.id}, got {items[0].key}")
        except WrongPublisherError as error:
            self.open_run.reject(response.url, str(error))
        except ShapeError as error:
            yield from self.try_pages(stub, f"{response.url}: {error}")
        else:
            yield from self.hand_over(items, stub)
            self.note_wording(stub)

    def unchanged_entry(self, response: Response) -> None:
        """Count a release that is as it was, whatever its list says of it now."""
        super().unchanged_entry(response)
        if stub := response.meta.get(_STUB):
            self.note_wording(stub)

    def parse_page(
        self,
        response: Response,
        stub: ReleaseStub,
        version: StubVersion,
        why: str,
        gone: Failure | None,
    ) -> Output:
        """Hand over what a release's page shows."""
        try:
            items = prs_page.parse_page(
                response.body,
                asked=version,
                url=response.url,
                content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
                base_url=self.source.base_url,
                publisher_id=self.source.publisher_id,
                now=self.open_run.clock(),
            )
        except ShapeError as error:
            self.open_run.reject(response.url, f"{error}{why and f' (and {why})'}")
            return
        yield from self.hand_over(items, stub)

    def try_pages(self, stub: ReleaseStub, why: str, gone: Failure | None = None) -> Output:
        """Ask for a release's pages in place of its record."""
        self.open_run.expect(-1)
        for version in stub.versions:
            yield self.ask_page(stub, version, why, gone)

    def release_failed(self, failure: Failure) -> Output:
        """Try a release's pages where the interface does not give it."""
        if not self.open_run.ended:
            stub = failure.request.cb_kwargs["stub"]  # type: ignore[attr-defined]
            gone = failure if _is_gone(failure) else None
            yield from self.try_pages(stub, described(failure), gone)

    def page_failed(self, failure: Failure) -> None:
        """Count a release that has no page either; gone from both is gone."""
        gone = failure.request.cb_kwargs["gone"]  # type: ignore[attr-defined]
        self.entry_failed(gone if gone is not None and _is_gone(failure) else failure)

    def hand_over(self, items: Iterable[EntryItem], stub: ReleaseStub | None = None) -> Output:
        """Give items on, each with what the list says where the release itself does not.

        A release that was read better before, and has the same title, is left as it was.
        """
        listed = {version.key: version for version in stub.versions} if stub else {}
        for item in items:
            if item.key in listed:
                self.complete(item, listed[item.key])
            if stub is not None and stub.several:
                item.work = item.work or item.key.partition("/")[0]
            entry = self.open_run.entry(item.key)
            if entry is None or _rank(item.shape) <= _rank(entry.shape):
                yield self.emit(item)
            elif one_line(item.title) == entry.title and entry.withdrawn is None:
                self.open_run.tally.count(Outcome.UNCHANGED)
                self.open_run.report()
            elif item.body:
                yield self.emit(item)
            else:
                self.open_run.reject(
                    item.url, "its title has changed, and its text was not to be had"
                )

    def complete(self, item: EntryItem, listed: StubVersion) -> None:
        """Give an item what it lacks and its list has."""
        item.title = item.title or listed.title
        item.lead = item.lead or one_line(text_of(listed.description))
        if item.published is None and listed.date:
            try:
                item.published = parse_date(listed.date, now=self.open_run.clock())
            except UnreadableDateError as error:
                self.logger.debug("%s: %s", item.key, error)

    def says_anew(self, stub: ReleaseStub, wording: bool) -> bool:
        """Tell whether a list says something else of a stored release than before.

        `wording`: whether it is the interface's list, of which the wording is kept.
        """
        noted = self.open_run.store.pages.get(self.source.slug, self.note_url(stub))
        if wording and noted is not None:
            return noted.content != stub.wording
        for version in stub.versions:
            entry = self.open_run.entry(version.key)
            if entry is not None and version.title and one_line(version.title) != entry.title:
                return True
        if wording:
            self.note_wording(stub)
        return False

    def note_wording(self, stub: ReleaseStub) -> None:
        """Keep what the list says of a release, to know a change by."""
        if any(version.date or version.description for version in stub.versions):
            now = self.open_run.clock()
            page = Page(
                source=self.source.slug,
                url=self.note_url(stub),
                content=stub.wording,
                fetched=now,
            )
            self.open_run.visits.later(partial(self.open_run.store.pages.put, page))

    def note_url(self, stub: ReleaseStub) -> str:
        """Give the address under which a release's wording in the list is kept."""
        return self.address(f"{_INTERFACE}{stub.id}#list")


def _is_gone(failure: Failure) -> bool:
    return failure.value is not None and is_gone(failure.value)


def _rank(shape: str) -> int:
    return _RANKS.index(shape) if shape in _RANKS else len(_RANKS)
