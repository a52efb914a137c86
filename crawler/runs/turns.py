"""Whose turn it is: the hosts and sources that one of several crawlers has to itself.

A host is held for the run of one source at a time, and stays closed for its delay after the last
request, so that it meets one request at a time however many crawlers there are, on whatever
machines. A source is held too, and what its run writes is refused from the moment another has it
(`Store.fenced`).
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from db.errors import LeaseLostError
from db.holders import own_name, release_dead
from db.models import CrawlRun, Lease, Source
from db.store import Store

logger = logging.getLogger(__name__)

#: a crawler that says nothing for so long is taken for dead
LASTING = timedelta(minutes=2)
#: seconds between two words of ours
RENEWED_EVERY = 30.0
#: seconds between two looks whether a host that others hold is free
LOOK_EVERY = 1.0
_HOST, _SOURCE = "host ", "source "


@dataclass(slots=True, eq=False)
class Turn:
    """A source that is ours, with its host."""

    source: Source
    host: Lease
    lease: Lease


def at_work(store: Store, *, now: datetime) -> set[str]:
    """Give the slugs of the sources that crawlers are at work on, after freeing dead ones'."""
    release_dead(store, now=now)
    held = store.leases.held(now=now)
    return {lease.name.removeprefix(_SOURCE) for lease in held if lease.name.startswith(_SOURCE)}


class Turns:
    """The sources that wait to be crawled by this process, by host."""

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        *,
        clock: Callable[[], datetime],
        full: bool,
        on_left: Callable[[Source, CrawlRun | None], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._full = full
        self._on_left = on_left
        self._holder = own_name()
        self._before = {slug: run.id for slug, run in store.crawls.latest().items()}
        groups: dict[str, deque[Source]] = {}
        for source in sources:
            groups.setdefault(_host_of(source), deque()).append(source)
        self._groups = deque(groups.items())
        self._taken: list[Turn] = []

    @property
    def waiting(self) -> bool:
        """Whether any source waits for its turn."""
        return bool(self._groups)

    def next(self) -> Turn | None:
        """Take a source whose host is free; None where those that wait have to wait longer.

        Raises `StoreError`.
        """
        if not self._groups:
            return None
        now = self._clock()
        closed = self._store.leases.closed(now=now)
        if len(closed) > 2 * len(self._taken):
            release_dead(self._store, now=now)
            closed = self._store.leases.closed(now=now)
        held = {lease.name for lease in self._store.leases.held(now=now)}
        for _ in range(len(self._groups)):
            host, group = self._groups.popleft()
            turn = None if host in closed else self._take(host, group, held, now)
            if group and not self._all_at_work(group, held):
                # the others come first: this host has had its turn, or waits for it
                self._groups.append((host, group))
            if turn:
                self._taken.append(turn)
                return turn
        return None

    def pause(self) -> float:
        """Give for how many seconds nothing that waits can come free, unless others give it up."""
        now = self._clock()
        closed = self._store.leases.closed(now=now)
        until = [closed[host] for host, _ in self._groups if host in closed]
        soonest = (min(until) - now).total_seconds() if until else LOOK_EVERY
        return min(max(soonest, 0.01), LOOK_EVERY)

    def _take(
        self, host: str, group: deque[Source], at_work: Collection[str], now: datetime
    ) -> Turn | None:
        leases = self._store.leases
        with self._store.together(alone=False):
            held = leases.take(host, self._holder, now=now, lasting=LASTING)
            if held is None:
                return None
            while group:
                source = group.popleft()
                lease = leases.take(_name_of(source), self._holder, now=now, lasting=LASTING)
                if lease is None and _name_of(source) not in at_work:
                    # given back a moment ago by a clock that is ahead of ours
                    group.appendleft(source)
                    break
                done = self._done_meanwhile(source)
                if lease and not done:
                    return Turn(source, held, lease)
                if lease:
                    leases.release(lease, now=now)
                self._on_left(source, done)
            leases.release(held, now=now)
        return None

    def _all_at_work(self, group: deque[Source], at_work: Collection[str]) -> bool:
        """Leave to others what they are at work on; tell whether that is all of a group."""
        for source in list(group):
            if _name_of(source) in at_work:
                group.remove(source)
                self._on_left(source, None)
        return not group

    def _done_meanwhile(self, source: Source) -> CrawlRun | None:
        """Give the run that another crawler has brought to its end since we began."""
        if self._full:
            return None
        for run in self._store.crawls.recent(source.slug, limit=1):
            if run.id != self._before.get(source.slug):
                return run
        return None

    def renew(self) -> list[Turn]:
        """Hold on to what is ours; give the turns that others have taken. Raises `StoreError`."""
        lost = []
        for turn in list(self._taken):
            try:
                for lease in (turn.host, turn.lease):
                    self._store.leases.renew(lease, now=self._clock(), lasting=LASTING)
            except LeaseLostError:
                lost.append(turn)
        return lost

    def give_back(self, turn: Turn, *, host_free: datetime) -> None:
        """Let others have a source at once, and its host from a moment on. Raises `StoreError`."""
        self._taken.remove(turn)
        now = self._clock()
        with self._store.together(alone=False):
            # in the order in which they are taken, so that two do not wait for each other
            self._store.leases.release(turn.host, now=now, until=max(now, host_free))
            self._store.leases.release(turn.lease, now=now)


def _host_of(source: Source) -> str:
    return f"{_HOST}{urlsplit(source.base_url).hostname or ''}"


def _name_of(source: Source) -> str:
    return f"{_SOURCE}{source.slug}"
