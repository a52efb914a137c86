"""What several copies of `imdifeed run`, on any machines, do once between them.

When something was last done is read from the store, not remembered, so that every copy knows it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.runs.turns import at_work
from db.errors import LeaseLostError, StoreError
from db.holders import own_name, release_dead
from db.models import Lease, Source
from db.store import Store
from imdifeed.running.held import LASTING
from imdifeed.running.schedule import due_sources

logger = logging.getLogger(__name__)


class CrawlTurn:
    """A crawl is due where a source is that nobody is at work on; the crawls share the sources."""

    def __init__(self, store: Store, sources: Sequence[Source], every: timedelta) -> None:
        self._store = store
        self._sources = sources
        self._every = every

    def take(self, now: datetime) -> bool:
        """Tell whether to begin."""
        try:
            latest = self._store.crawls.latest()
            due = due_sources(self._sources, latest, self._every, now=now)
            busy = at_work(self._store, now=now) if due else set()
        except StoreError as error:
            logger.warning("crawl: cannot tell whether it is due: %s", error)
            return False
        return any(source.slug not in busy for source in due)

    def keep(self, now: datetime) -> None:
        """Do nothing: the crawl holds its sources itself."""

    def give_back(self, now: datetime, *, done: bool) -> None:
        """Do nothing: the runs it has recorded tell when it is due again."""


class LeaseTurn:
    """Something is done by one copy, and not again before its time: the lease is kept till then."""

    def __init__(self, store: Store, name: str, every: timedelta) -> None:
        self._store = store
        self._name = name
        self._every = every
        self._begun: datetime | None = None
        self._lease: Lease | None = None

    def take(self, now: datetime) -> bool:
        """Tell whether to begin; it is ours then."""
        try:
            release_dead(self._store, now=now)
            self._lease = self._store.leases.take(self._name, own_name(), now=now, lasting=LASTING)
        except StoreError as error:
            logger.warning("%s: cannot tell whether it is due: %s", self._name, error)
            return False
        self._begun = now
        return self._lease is not None

    def keep(self, now: datetime) -> None:
        """Say that it is still being done."""
        if self._lease is None or self._lease.until - now > LASTING * 3 / 4:
            return
        try:
            self._lease = self._store.leases.renew(self._lease, now=now, lasting=LASTING)
        except LeaseLostError as error:
            logger.warning("%s", error)
            self._lease = None
        except StoreError as error:
            logger.warning("%s: cannot be held on to: %s", self._name, error)

    def give_back(self, now: datetime, *, done: bool) -> None:
        """Close it until it is due again, or leave it to whoever tries next."""
        lease, begun = self._lease, self._begun
        if lease is None or begun is None:
            return
        self._lease = None
        try:
            self._store.leases.release(lease, now=now, until=begun + self._every if done else now)
        except StoreError as error:
            logger.warning("%s: cannot be given back: %s", self._name, error)
