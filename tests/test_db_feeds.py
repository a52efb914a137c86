"""What feeds ask of a store: states, archive, alterations."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import EXPENSES, INTERPRETERS, entry_data, fill, fill_many, put
from db.models import EntryTag, Precision, PublisherDate, Stretch
from db.query import EntryQuery
from db.store import Store

pytestmark = pytest.mark.every_engine

ALL = EntryQuery()


def test_states_name_the_newest_and_move_with_what_is_shown(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    newest = [entry.id for entry in store.entries.newest(ALL, 50)]
    before = store.feeds.states(ALL, 50)
    assert [state.entry_id for state in before] == newest
    put(store, replace(INTERPRETERS, title="En annen"), seen=now + timedelta(hours=1))
    after = store.feeds.states(ALL, 50)
    moved = [new.entry_id for old, new in zip(before, after, strict=True) if old != new]
    changed = store.entries.by_key(INTERPRETERS.source, INTERPRETERS.key)
    assert changed is not None
    assert moved == [changed.id]


def test_a_change_elsewhere_leaves_a_querys_states(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    query = EntryQuery(tags=("interpreting",))
    before = store.feeds.states(query, 50)
    put(store, entry_data(key="new", tags=()), seen=now + timedelta(hours=1))
    assert store.feeds.states(query, 50) == before
    assert store.feeds.states(ALL, 50) != before


def test_only_what_may_leave_a_query_sweeps(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    swept = store.entries.state().sweeping
    later = now + timedelta(hours=1)
    put(store, entry_data(key="new"), seen=later)
    store.entries.withdraw(EXPENSES.source, [EXPENSES.key], now=later)
    assert store.entries.state().sweeping == swept
    assert store.entries.state().moment == later
    newest = store.feeds.states(EntryQuery(tags=("settlement",)), 50)
    assert max(state.moment for state in newest) == later
    entry = store.entries.by_key(INTERPRETERS.source, INTERPRETERS.key)
    assert entry is not None
    latest = later + timedelta(hours=1)
    store.entries.retag(entry.id, [EntryTag("work", "«jobb»", 1.0)], now=latest)
    assert store.entries.state().sweeping == latest


def test_the_archive_is_the_query_the_oldest_first(store: Store, now: datetime) -> None:
    fill_many(store, 30, seen=now)
    newest = [entry.id for entry in store.entries.newest(ALL, 30)]
    oldest = newest[::-1]
    assert store.feeds.before(ALL, oldest[25], 10) == tuple(oldest[15:25])
    assert store.feeds.before(ALL, oldest[2], 10) == tuple(oldest[:2])
    assert store.feeds.after(ALL, oldest[25], 10) == tuple(oldest[26:])
    assert store.feeds.after(ALL, oldest[2], 10) == tuple(oldest[3:13])
    assert store.feeds.after(EntryQuery(tags=("interpreting",)), oldest[2], 10) == ()
    assert store.feeds.before(ALL, 2**70, 10) == store.feeds.after(ALL, 0, 10) == ()
    assert [store.feeds.count_before(ALL, number) for number in oldest] == list(range(30))
    part = Stretch(oldest[3], oldest[7], max(oldest[3:8]))
    assert [entry.id for entry in store.feeds.read(ALL, 50, within=part)] == oldest[3:8][::-1]
    states = store.feeds.states(ALL, 50, within=part)
    assert [state.entry_id for state in states] == oldest[3:8][::-1]
    assert store.feeds.read(ALL, 50, within=replace(part, up_to=0)) == ()
    assert len(store.feeds.read(ALL, 4, within=part)) == 4
    assert store.feeds.read(ALL, 30) == store.entries.newest(ALL, 30)
    assert store.feeds.count_before(EntryQuery(tags=("interpreting",)), oldest[9]) == 0


def test_what_is_found_later_stays_out_of_a_stretch(store: Store, now: datetime) -> None:
    fill_many(store, 9, seen=now)
    oldest = [entry.id for entry in store.entries.newest(ALL, 9)][::-1]
    part = Stretch(oldest[0], oldest[8], max(oldest))
    between = PublisherDate(now - timedelta(days=4, hours=1), Precision.DAY)
    late = put(store, entry_data(key="late", published=between), seen=now, first_crawl=True)
    assert late in store.feeds.before(ALL, oldest[8], 10)[1:]
    assert late not in {entry.id for entry in store.feeds.read(ALL, 50, within=part)}
    assert store.feeds.read(ALL, 50, within=Stretch(2**70, 2**70, 2**70)) == ()


def test_alterations_are_corrections_and_withdrawals(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    assert store.feeds.alterations(ALL, limit=9) == ()
    for hours, title in enumerate(("Andre tittel", "Tredje tittel"), 1):
        put(store, replace(INTERPRETERS, title=title), seen=now + timedelta(hours=hours))
    store.entries.withdraw(EXPENSES.source, [EXPENSES.key], now=now + timedelta(hours=3))
    gone, second, first = store.feeds.alterations(ALL, limit=9)
    assert (gone.entry.title, gone.number, gone.before) == (EXPENSES.title, 0, None)
    assert gone.moment == now + timedelta(hours=3)
    assert (first.number, second.number) == (1, 2)
    assert first.before is not None
    assert first.after is not None
    assert (first.before.title, first.after.title) == (INTERPRETERS.title, "Andre tittel")
    assert second.before is not None
    assert (second.before.title, second.after) == ("Andre tittel", None)
    assert second.entry.title == "Tredje tittel"
    assert store.feeds.alterations(ALL, limit=1) == (gone,)
    tolk = EntryQuery(tags=("interpreting",), q="tittel")
    assert store.feeds.alterations(tolk, limit=9) == (second, first)
    assert store.feeds.alterations(EntryQuery(tags=("work",)), limit=9) == ()
