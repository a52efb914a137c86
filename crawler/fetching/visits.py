"""What a run knows and learns of the addresses it asks: validators, revisits, withdrawals.

A page is looked at again an hour, a day, a week and a month after its entry appeared, then monthly
(RFC 9110 section 13 for the conditional requests). An entry is withdrawn when its page has been
gone twice, a day apart; nothing else withdraws it.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from crawler.fetching.addresses import same_site
from crawler.fetching.roles import Role
from db.models import Page, Source
from db.store import Store

_MONTH = timedelta(days=30)
_STEPS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), _MONTH)
#: so long a page must be gone before its entries are marked as withdrawn
GONE_FOR = timedelta(days=1)
#: pages looked at again in one run, and in one that follows a broken or degraded one
MOST_REVISITS = 20
MOST_AFTER_TROUBLE = 200
#: pages that may be gone at once before it is us who look in the wrong place
_MOST_GONE = 4
LONGEST_VALIDATOR = 500
#: records that wait for an entry to be stored with, and bytes of the pages in them
MOST_WAITING, LARGEST_WAITING = 100, 10_000_000


def next_look(appeared: datetime, *, now: datetime) -> datetime:
    """Give when to look again at a page whose entry appeared then: an hour from now at least."""
    for step in _STEPS:
        if appeared + step > now:
            return max(appeared + step, now + _STEPS[0])
    months = (now - appeared) // _MONTH + 1
    return max(appeared + months * _MONTH, now + _STEPS[0])


def content_hash(body: bytes) -> str:
    """Hash the bytes of a page."""
    return hashlib.sha256(body).hexdigest()


class Visits:
    """The addresses of one run of one source."""

    def __init__(
        self,
        source: Source,
        store: Store,
        *,
        full: bool,
        thorough: bool,
        settle_entries: Callable[[], None] = lambda: None,
    ) -> None:
        """`settle_entries` stores the entries that wait to be stored together."""
        self._settle_entries = settle_entries
        self.source = source
        self.store = store
        self.full = full
        #: lists are read even if they are as they were
        self.thorough = thorough
        #: known pages that answered 404 or 410 in this run
        self.gone: list[Page] = []
        self._asked: set[str] = set()
        self._known = 0
        self._lists: list[Page] = []
        self._wanting: dict[str, Page] = {}
        self._spoiled: set[str] = set()
        self._waiting: list[Callable[[], None]] = []
        self._waiting_bytes = 0

    def later(self, record: Callable[[], None], *, size: int = 0) -> None:
        """Have something recorded with the next entry, or at the run's end.

        What pages gave and were like may be lost with a run that is killed: the next one reads them
        again. It need not cost a transaction of its own. `size`: bytes that it keeps in memory.
        """
        self._waiting.append(record)
        self._waiting_bytes += size
        if len(self._waiting) >= MOST_WAITING or self._waiting_bytes >= LARGEST_WAITING:
            # a page must not be known before what it gave is stored: nobody would read it again
            self._settle_entries()
            with self.store.together():
                self.write_waiting()

    def write_waiting(self) -> None:
        """Record what waits, inside the transaction of whoever asks. Raises `StoreError`."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for record in waiting:
            record()

    def validators(self, url: str, role: Role) -> dict[str, str]:
        """Give the headers that make a request conditional; none where the page is wanted whole."""
        page = self._usable(url, role)
        if page is None:
            return {}
        headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        return {name: value for name, value in headers.items() if value}

    def is_known_content(self, url: str, body: bytes) -> bool:
        """Tell whether an entry's page is byte for byte what it was."""
        page = self._usable(url, Role.ENTRY)
        return page is not None and page.content == content_hash(body)

    def unchanged(self, url: str, role: Role, *, now: datetime) -> Page | None:
        """Note a page that is as it was; give what is known of it."""
        page = self.store.pages.get(self.source.slug, url)
        if page is not None and role is Role.ENTRY:
            self._asked.add(url)
            self._known += 1
            appeared = self._appeared(page.keys) or now
            looked = replace(page, fetched=now, due=next_look(appeared, now=now))
            self.later(partial(self.store.pages.put, looked))
        return page

    def read_list(self, page: Page) -> None:
        """Remember a list's validators until the run has proved good."""
        self._lists.append(page)

    def read_entry(self, page: Page, *, appeared: datetime | None, wanting: bool) -> None:
        """Record a page that gave entries; later if they are `wanting` in something."""
        known = self.store.pages.get(self.source.slug, page.url)
        self._asked.add(page.url)
        self._known += known is not None
        since = self._appeared(page.keys) or appeared or page.fetched
        due = next_look(min(since, page.fetched), now=page.fetched)
        if wanting:
            self._wanting[page.url] = replace(page, due=due)
        else:
            self.later(partial(self.store.pages.put, replace(page, due=due)))

    def spoil(self, url: str) -> None:
        """Note that what a page gave was not stored, so that it must be read again."""
        self._spoiled.add(url)

    def missed(self, url: str) -> bool:
        """Note that a page answered 404 or 410; tell whether it is one that gave entries."""
        page = self.store.pages.get(self.source.slug, url)
        if page is None or not page.keys:
            return False
        self._asked.add(url)
        self._known += 1
        self.gone.append(page)
        return True

    def due(self, *, now: datetime) -> Iterator[Page]:
        """Give the known pages to look at again that this run has not asked for."""
        most = MOST_AFTER_TROUBLE if self.thorough else MOST_REVISITS
        for page in self.store.pages.due(self.source.slug, now=now, limit=most):
            if not same_site(page.url, self.source.base_url):
                # the source has moved; its new addresses are found by its lists
                self.store.pages.put(replace(page, due=None))
            elif page.url not in self._asked:
                yield page

    def postpone(self, page: Page, *, now: datetime) -> None:
        """Put off a page that no spider can look at."""
        self.store.pages.put(replace(page, due=now + _MONTH))

    @property
    def too_many_gone(self) -> str:
        """Say that most known pages were gone at once; empty where they were not."""
        if len(self.gone) <= _MOST_GONE or 2 * len(self.gone) <= self._known:
            return ""
        return f"{len(self.gone)} of {self._known} known pages are gone at once"

    def settle(self, *, good: bool, doubtful: bool, withdraw: bool, now: datetime) -> None:
        """Record what only the verdict decides.

        `good`: every list was read and led to nothing unread, so its validators may be kept.
        `doubtful`: what lacked something is looked at again by the next run.
        `withdraw`: pages that were gone are taken to be gone.
        """
        for page in self._lists if good else ():
            self.store.pages.put(page)
        for url, page in self._wanting.items():
            if not doubtful:
                self.store.pages.put(page)
            elif url not in self._spoiled:
                self.store.pages.put(_unread(page, now))
        for url in self._spoiled:
            if known := self.store.pages.get(self.source.slug, url):
                self.store.pages.put(_unread(known, now))
        for page in self.gone if withdraw else ():
            self._settle_gone(page, now)

    def _settle_gone(self, page: Page, now: datetime) -> None:
        since = page.gone_since or now
        if now - since >= GONE_FOR:
            self.store.entries.withdraw(self.source.slug, page.keys, now=now)
            due = now + _MONTH
        else:
            due = since + GONE_FOR
        self.store.pages.put(replace(page, fetched=now, due=due, gone_since=since))

    def _usable(self, url: str, role: Role) -> Page | None:
        """Give a page whose entries are all stored and stand, so that it need not be read again."""
        if self.full or (role is Role.LIST and self.thorough):
            return None
        page = self.store.pages.get(self.source.slug, url)
        if page is None or page.gone_since or (role is Role.ENTRY and not page.keys):
            return None
        known = self.store.entries.known_keys(self.source.slug, page.keys) if page.keys else set()
        return page if known.issuperset(page.keys) else None

    def _appeared(self, keys: Collection[str]) -> datetime | None:
        entries = (self.store.entries.by_key(self.source.slug, key) for key in keys)
        return max((entry.appeared for entry in entries if entry), default=None)


def _unread(page: Page, now: datetime) -> Page:
    return replace(page, etag="", last_modified="", content="", due=now)
