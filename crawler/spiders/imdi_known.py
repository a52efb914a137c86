"""What is known of imdi.no's pages from earlier runs, so that none is fetched or stored twice."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from crawler.errors import ShapeError
from crawler.fetching.addresses import canonical_path
from crawler.html import clean_fragment, drop_furniture, text_of
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from crawler.shapes.imdi_list import Teaser
from db.models import Entry, Page
from db.query import EntryQuery, Paging
from db.text import one_line, tokens

#: entries of equal title that are compared
_MOST_TWINS = 20
_HUB = "hub"
#: how long the lists after the first are left alone
_REST = timedelta(days=1)
#: ways of showing an entry that are remembered
_MOST_TELLINGS = 4


class KnownPages:
    """The pages of one source, as one run finds them in the store."""

    def __init__(self, open_run: OpenRun) -> None:
        self.open_run = open_run
        self.store = open_run.store
        self.source = open_run.source.slug
        self.paths = {canonical_path(url) for url in open_run.known_urls()}

    def is_known(self, url: str) -> bool:
        """Tell whether a page was read before, and its entries are stored or there are none."""
        if canonical_path(url) in self.paths:
            return True
        page = self.store.pages.get(self.source, url)
        return page is not None and self._stored(page.keys)

    def note_no_entry(self, url: str) -> None:
        """Remember a page that is no entry, so that it is not read again."""
        self.store.pages.put(Page(source=self.source, url=url, fetched=self.open_run.clock()))

    def lists(self, url: str) -> bool:
        """Tell whether a list gave something when it was last read."""
        page = self.store.pages.get(self.source, f"{url}#list")
        return page is not None and page.gone_since is None

    def is_hub(self, url: str) -> bool:
        """Tell whether a list gave further lists alone when it was last read."""
        page = self.store.pages.get(self.source, f"{url}#list")
        return page is not None and page.content == _HUB

    def rested(self, url: str) -> bool:
        """Tell whether a list was last read a day ago or longer."""
        page = self.store.pages.get(self.source, f"{url}#list")
        return page is None or self.open_run.clock() - page.fetched >= _REST

    def note_unchanged(self, url: str) -> None:
        """Remember that a list was read and was as it had been; writes once a day at most."""
        page = self.store.pages.get(self.source, f"{url}#list")
        if page is not None and self.rested(url):
            self.store.pages.put(replace(page, fetched=self.open_run.clock()))

    def note_list(self, url: str, *, hub: bool) -> None:
        """Remember that a list gave something, be it only further lists."""
        content = _HUB if hub else ""
        page = self.store.pages.get(self.source, f"{url}#list")
        known = page is not None and page.gone_since is None and page.content == content
        if not known or self.rested(url):
            now = self.open_run.clock()
            self.store.pages.put(
                Page(source=self.source, url=f"{url}#list", content=content, fetched=now)
            )

    def forget_list(self, url: str) -> bool:
        """Note that a list gives nothing any more; tell whether it did until now."""
        page = self.store.pages.get(self.source, f"{url}#list")
        if page is None or page.gone_since is not None:
            return False
        self.store.pages.put(replace(page, gone_since=self.open_run.clock()))
        return True

    def is_retold(self, teaser: Teaser) -> bool:
        """Tell whether a list shows a known entry in words that no list has shown it in."""
        told = _words(teaser)
        page = self.store.pages.get(self.source, f"{teaser.url}#teaser")
        if page is None:
            self.note_teaser(teaser)
        return bool(told and page and told not in page.content.split())

    def note_teaser(self, teaser: Teaser) -> None:
        """Remember how a list shows an entry; another list may show it otherwise."""
        told, url = _words(teaser), f"{teaser.url}#teaser"
        page = self.store.pages.get(self.source, url)
        before = page.content.split() if page else []
        if told and told not in before:
            content = " ".join([*before, told][-_MOST_TELLINGS:])
            now = self.open_run.clock()
            self.store.pages.put(Page(source=self.source, url=url, content=content, fetched=now))

    def settle(self, item: EntryItem, *, addresses: Iterable[str], listed: set[str]) -> None:
        """Give an item the key its page is already known by, whatever address or site it is at now.

        `addresses` are those the page was reached by, `listed` the paths this run's lists named.

        Raises:
            ShapeError: an address that held another entry leads to this page.
        """
        if self._stored([item.key]):
            return
        here = canonical_path(item.url)
        for address in dict.fromkeys([item.url, *addresses]):
            path = canonical_path(address)
            page = self.store.pages.get(self.source, address)
            keys = page.keys if page and len(page.keys) == 1 else (path,)
            entry = self.store.entries.by_key(self.source, keys[0])
            if entry is None:
                continue
            if path != here and not _alike(entry.title, item.title):
                raise ShapeError(
                    f"{address} held “{entry.title}”, and now leads to “{one_line(item.title)}”"
                )
            item.key = entry.key
            return
        if not self.open_run.run.first and (twin := self._twin(item, listed)):
            item.key = twin.key

    def _twin(self, item: EntryItem, listed: set[str]) -> Entry | None:
        """Find the stored entry that is this page at an address that is no longer listed."""
        words = one_line(item.title).replace('"', " ")
        query = EntryQuery(q=f'title:"{words}"', sources=(self.source,))
        found = self.store.entries.search(query, Paging(page=1, per_page=_MOST_TWINS))
        for entry in found.entries:
            moved = canonical_path(entry.url) not in listed | {canonical_path(item.url)}
            if moved and tokens(entry.title) == tokens(item.title) and _same_text(entry, item):
                return entry
        return None

    def _stored(self, keys: Iterable[str]) -> bool:
        keys = list(keys)
        return self.open_run.known(keys) == set(keys)


def _words(teaser: Teaser) -> str:
    told = f"{teaser.title}\n{teaser.lead}"
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told.strip() else ""


def _alike(one: str, other: str) -> bool:
    """Tell whether two titles share half the words of the shorter one."""
    first, second = set(tokens(one)), set(tokens(other))
    return 2 * len(first & second) >= min(len(first), len(second)) > 0


def _same_text(entry: Entry, item: EntryItem) -> bool:
    """Tell whether an entry was published with an item, or has its very words."""
    if entry.published and item.published:
        return entry.published.moment == item.published.moment
    body = text_of(clean_fragment(drop_furniture(item.body), base_url=item.url))
    return entry.body_text == body and entry.lead == one_line(item.lead) and bool(body)
