"""What any engine must do with leases: one holder at a time, and no writes of one that lost it."""

import threading
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import entry_data
from db.errors import LeaseLostError
from db.models import Lease
from db.store import Store

pytestmark = pytest.mark.every_engine

LASTING = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


def take(store: Store, now: datetime, holder: str = "a", name: str = "source x") -> Lease | None:
    return store.leases.take(name, holder, now=now, lasting=LASTING)


def taken(store: Store, now: datetime, holder: str = "a", name: str = "source x") -> Lease:
    lease = take(store, now, holder, name)
    assert lease is not None
    return lease


def test_one_holds_it_until_it_is_released_or_runs_out(store: Store, now: datetime) -> None:
    first = taken(store, now)
    assert (first.name, first.holder, first.until) == ("source x", "a", now + LASTING)
    assert take(store, now, "b") is None
    assert take(store, now) is None, "not twice by the same holder either"
    assert take(store, now + LASTING - SECOND, "b") is None
    assert store.leases.held(now=now) == [first]
    store.leases.release(first, now=now)
    assert store.leases.held(now=now) == []
    second = taken(store, now, "b")
    assert second.number > first.number
    third = taken(store, now + LASTING, "c")
    assert third.number > second.number
    assert store.leases.held(now=now + LASTING) == [third]
    assert take(store, now, "d", "source y"), "another name is another matter"


def test_renewing_holds_it_and_what_ran_out_is_had_back_unless_somebody_has_it(
    store: Store, now: datetime
) -> None:
    first = taken(store, now)
    later = now + LASTING - SECOND
    renewed = store.leases.renew(first, now=later, lasting=LASTING)
    assert renewed.until == later + LASTING
    assert take(store, now + LASTING, "b") is None
    much_later = now + 10 * LASTING
    assert store.leases.held(now=much_later) == []
    assert store.leases.renew(first, now=much_later, lasting=LASTING).number == first.number
    other = taken(store, much_later + LASTING, "b")
    with pytest.raises(LeaseLostError, match="source x was taken over"):
        store.leases.renew(first, now=much_later + LASTING, lasting=LASTING)
    store.leases.release(first, now=much_later + LASTING)
    assert store.leases.held(now=much_later + LASTING) == [other], "whoever lost it frees nothing"


def test_what_was_released_stays_so(store: Store, now: datetime) -> None:
    lease = taken(store, now)
    store.leases.release(lease, now=now)
    with pytest.raises(LeaseLostError):
        store.leases.renew(lease, now=now, lasting=LASTING)


def test_it_may_be_released_from_a_moment_on(store: Store, now: datetime) -> None:
    lease = taken(store, now, name="host x")
    store.leases.release(lease, now=now, until=now + 2 * SECOND)
    assert store.leases.held(now=now) == []
    assert store.leases.closed(now=now) == {"host x": now + 2 * SECOND}
    assert take(store, now + SECOND, "b", "host x") is None
    assert take(store, now + 2 * SECOND, "b", "host x")


def test_a_clock_that_was_ahead_keeps_nothing(store: Store, now: datetime) -> None:
    ahead = taken(store, now + timedelta(days=1))
    assert store.leases.held(now=now) == []
    assert store.leases.closed(now=now) == {}
    assert taken(store, now, "b").number > ahead.number
    slightly = taken(store, now + timedelta(seconds=20), "a", "source y")
    assert take(store, now, "b", "source y") is None, "clocks of two machines differ"
    assert store.leases.held(now=now)[1] == slightly


def test_of_many_at_once_one_gets_it(store: Store, now: datetime) -> None:
    ready = threading.Barrier(8)
    got: list[Lease | None] = []

    def work(holder: str) -> None:
        ready.wait()
        got.append(take(store, now, holder))

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in got if lease]) == 1
    assert len(got) == 8


def test_who_lost_it_writes_nothing_any_more(store: Store, now: datetime) -> None:
    first = taken(store, now)
    fenced = store.fenced(first)
    kept = fenced.entries.put(entry_data(key="1"), seen=now, first_crawl=True).entry_id
    assert store.entries.get(kept)
    # suspended for longer than it lasts: still nobody else's, so nothing is lost
    fenced.entries.put(entry_data(key="2"), seen=now, first_crawl=True)
    other = taken(store, now + LASTING, "b")
    with pytest.raises(LeaseLostError):
        fenced.entries.put(entry_data(key="3"), seen=now, first_crawl=True)
    with pytest.raises(LeaseLostError), fenced.together():
        pytest.fail("nothing is begun")
    keys = {entry.key for entry in store.entries.walk()}
    assert keys == {"1", "2"}
    assert fenced.entries.by_key(entry_data().source, "1"), "it may go on reading"
    fenced.close()
    store.fenced(other).entries.put(entry_data(key="3"), seen=now, first_crawl=True)
    store.entries.put(entry_data(key="4"), seen=now, first_crawl=True)
    assert len({entry.key for entry in store.entries.walk()}) == 4
    store.leases.release(other, now=now)
    with pytest.raises(LeaseLostError):
        store.fenced(other).crawls.begin("x", now=now)


def test_what_was_begun_under_a_lease_is_undone_together(store: Store, now: datetime) -> None:
    lease = taken(store, now)
    fenced = store.fenced(lease)
    with suppress(LeaseLostError), fenced.together():
        fenced.entries.put(entry_data(key="1"), seen=now, first_crawl=True)
        fenced.entries.put(entry_data(key="2"), seen=now, first_crawl=True)
        raise LeaseLostError(lease.name)
    assert list(store.entries.walk()) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("take", "renew", "release")),
            st.integers(0, 2),
            st.integers(0, 150),
        ),
        max_size=20,
    )
)
def test_whatever_happens_two_never_hold_the_same(
    store: Store, now: datetime, steps: list[tuple[str, int, int]]
) -> None:
    name = f"source {steps!r}"
    moment = now
    leases: dict[int, Lease] = {}
    for what, who, seconds in steps:
        moment += seconds * SECOND
        held = [one for one in store.leases.held(now=moment) if one.name == name]
        assert len(held) <= 1
        if what == "take":
            lease = take(store, moment, f"w{who}", name)
            assert (lease is None) == bool(held)
            if lease:
                leases[who] = lease
        elif who in leases and what == "renew":
            newest = max(one.number for one in leases.values())
            try:
                leases[who] = store.leases.renew(leases[who], now=moment, lasting=LASTING)
                assert leases[who].number == newest, "nobody has taken it since"
            except LeaseLostError:
                del leases[who]
        elif who in leases:
            store.leases.release(leases.pop(who), now=moment)
