from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from builders import PRESS, entry_data, put
from db.models import Deadline, DeadlineKind, FoundDeadline, Kind
from db.query import EntryQuery
from db.store import Store

pytestmark = pytest.mark.every_engine

JANUARY = FoundDeadline(
    kind=DeadlineKind.APPLICATION,
    day=date(2027, 1, 15),
    sentence="Søknadsfristen er 15. januar 2027.",
    wording="søknadsfristen er",
)


def like(day: date, wording: str = JANUARY.wording, **changes: Any) -> FoundDeadline:
    given: dict[str, Any] = {"kind": JANUARY.kind, "sentence": f"{wording} {day}."} | changes
    return FoundDeadline(day=day, wording=wording, **given)


@pytest.fixture
def stored(store: Store, now: datetime) -> int:
    return put(store, entry_data(deadlines=(JANUARY,)), seen=now)


def reworded(store: Store, *deadlines: FoundDeadline, seen: datetime) -> None:
    put(store, entry_data(lead=f"Endret {seen}", deadlines=deadlines), seen=seen)


def all_of(store: Store) -> list[Deadline]:
    return [one.deadline for one in store.deadlines.calendar(EntryQuery(), limit=100)]


def only(store: Store) -> Deadline:
    (one,) = all_of(store)
    return one


def test_an_entry_comes_with_its_deadlines(store: Store, stored: int, now: datetime) -> None:
    (one,) = store.entries.get(stored).deadlines
    assert one == Deadline(
        id=1,
        sequence=0,
        found=now,
        changed=now,
        kind=JANUARY.kind,
        day=JANUARY.day,
        sentence=JANUARY.sentence,
        wording=JANUARY.wording,
    )


def test_deadlines_are_no_part_of_the_wording(store: Store, stored: int, now: datetime) -> None:
    state = store.entries.state()
    put(store, entry_data(deadlines=(like(date(2028, 1, 1)),)), seen=now + timedelta(hours=1))
    assert store.entries.state() == state
    assert only(store).day == JANUARY.day


def test_a_date_that_moves_keeps_its_number(store: Store, stored: int, now: datetime) -> None:
    later = now + timedelta(days=1)
    reworded(store, like(date(2027, 2, 1)), seen=later)
    one = only(store)
    assert (one.id, one.sequence, one.day, one.changed) == (1, 1, date(2027, 2, 1), later)
    reworded(store, like(date(2027, 2, 1), time=time(12)), seen=later + timedelta(days=1))
    assert (only(store).id, only(store).sequence, only(store).time) == (1, 2, time(12))


def test_a_sentence_written_anew_keeps_number_and_sequence(
    store: Store, stored: int, now: datetime
) -> None:
    later = now + timedelta(days=1)
    reworded(store, like(JANUARY.day, "alle søker innen"), seen=later)
    one = only(store)
    assert (one.id, one.sequence, one.wording, one.changed) == (1, 0, "alle søker innen", later)


def test_the_only_one_is_the_same_though_all_is_new(
    store: Store, stored: int, now: datetime
) -> None:
    reworded(
        store,
        like(date(2027, 3, 1), "ny frist er", kind=DeadlineKind.OTHER),
        seen=now + timedelta(days=1),
    )
    assert (only(store).id, only(store).sequence) == (1, 1)


def test_what_is_named_no_more_is_cancelled_and_may_come_back(
    store: Store, stored: int, now: datetime
) -> None:
    gone = now + timedelta(days=1)
    reworded(store, seen=gone)
    assert store.entries.get(stored).deadlines == ()
    assert (only(store).cancelled, only(store).sequence) == (gone, 1)
    reworded(store, like(date(2027, 6, 1), "noe helt annet"), seen=gone + timedelta(days=1))
    assert [one.id for one in store.entries.get(stored).deadlines] == [2]
    reworded(
        store,
        JANUARY,
        like(date(2027, 6, 1), "noe helt annet"),
        seen=gone + timedelta(days=2),
    )
    (back, other) = store.entries.get(stored).deadlines
    assert (back.id, back.sequence, back.cancelled) == (1, 2, None)
    assert (other.id, other.sequence) == (2, 0)


def test_withdrawing_an_entry_raises_the_sequence_and_so_does_its_return(
    store: Store, now: datetime
) -> None:
    data = entry_data(deadlines=(JANUARY,))
    put(store, data, seen=now)
    store.entries.withdraw(data.source, [data.key], now=now + timedelta(days=1))
    (one,) = store.deadlines.calendar(EntryQuery(), limit=9)
    assert (one.deadline.sequence, one.entry.withdrawn) == (1, now + timedelta(days=1))
    assert store.deadlines.ahead(EntryQuery(), from_day=date(2026, 1, 1), limit=9) == ()
    put(store, data, seen=now + timedelta(days=2))
    assert (only(store).sequence, only(store).changed) == (2, now + timedelta(days=2))


def test_several_are_told_apart(store: Store, now: datetime) -> None:
    first, second = like(date(2027, 3, 1)), like(date(2027, 9, 1))
    put(store, entry_data(deadlines=(first, second)), seen=now)
    reworded(store, like(date(2027, 3, 1)), like(date(2027, 10, 1)), seen=now + timedelta(days=1))
    days = {one.id: (one.day, one.sequence) for one in all_of(store)}
    assert days == {1: (date(2027, 3, 1), 0), 2: (date(2027, 10, 1), 1)}


def test_replacing_tells_whether_anything_differed(
    store: Store, stored: int, now: datetime
) -> None:
    state = store.entries.state()
    assert not store.deadlines.replace(stored, [JANUARY], now=now)
    assert store.entries.state() == state
    assert store.deadlines.replace(stored, [], now=now + timedelta(hours=1))
    assert store.entries.state().change == state.change + 1
    assert not store.deadlines.replace(stored, [], now=now + timedelta(hours=2))


def test_what_is_ahead_comes_soonest_first_and_follows_the_query(
    store: Store, now: datetime
) -> None:
    for number, kind in enumerate((Kind.NEWS, Kind.NOTICE, Kind.NEWS)):
        day = date(2027, 3, 1) - timedelta(days=number)
        put(store, entry_data(key=str(number), kind=kind, deadlines=(like(day),)), seen=now)
    ahead = store.deadlines.ahead(EntryQuery(), from_day=date(2027, 2, 28), limit=9)
    assert [one.deadline.day.day for one in ahead] == [28, 1]
    assert ahead[0].entry.kind is Kind.NOTICE
    notices = EntryQuery(kinds=(Kind.NOTICE,))
    assert len(store.deadlines.ahead(notices, from_day=date(2026, 1, 1), limit=9)) == 1
    assert len(store.deadlines.ahead(EntryQuery(), from_day=date(2026, 1, 1), limit=1)) == 1
    assert len(store.deadlines.calendar(notices, limit=9)) == 1


def test_a_story_has_its_deadlines_once(store: Store, now: datetime) -> None:
    one = put(store, entry_data(deadlines=(JANUARY,)), seen=now)
    other = put(store, entry_data(key="b", source=PRESS.slug, deadlines=(JANUARY,)), seen=now)
    store.stories.join(one, other, by_person=False, now=now)
    ahead = store.deadlines.ahead(EntryQuery(), from_day=date(2026, 1, 1), limit=9)
    assert [found.entry.id for found in ahead] == [one]


_FOUND = st.builds(
    like,
    st.dates(date(2027, 1, 1), date(2027, 1, 6)),
    st.sampled_from(("fristen er", "innen", "søk")),
    kind=st.sampled_from(DeadlineKind),
)


@settings(max_examples=40)
@given(st.lists(st.lists(_FOUND, max_size=4, unique_by=lambda one: one.day), max_size=6))
def test_what_stands_is_what_was_found_last_and_sequences_only_rise(
    texts: Sequence[Sequence[FoundDeadline]],
) -> None:
    store, now = db.open_store(":memory:"), datetime.fromisoformat("2026-11-23T06:00:00+00:00")
    number = put(store, entry_data(), seen=now)
    before: dict[int, Deadline] = {}
    for text in texts:
        now += timedelta(hours=1)
        store.deadlines.replace(number, text, now=now)
        standing = store.entries.get(number).deadlines
        assert sorted((one.day, one.wording) for one in standing) == sorted(
            (one.day, one.wording) for one in text
        )
        after = {one.id: one for one in all_of(store)}
        assert set(before) <= set(after)
        for known, old in before.items():
            new = after[known]
            moved = (old.day, old.time, old.cancelled) != (new.day, new.time, new.cancelled)
            assert new.sequence == old.sequence + moved
        before = after
    store.close()
