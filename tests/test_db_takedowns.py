"""What any engine must do with entries that were taken down."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import DISTRICTS, EXPENSES, INTERPRETERS, declare, put
from db.errors import EntryNotFoundError, EntryTakenDownError
from db.models import Attachment, AttachmentState, Outcome
from db.query import EntryQuery, Paging
from db.store import Store

pytestmark = pytest.mark.every_engine

DAY = timedelta(days=1)
SAME_NEWS = replace(DISTRICTS, source="imdi-news", key="page/9", url="https://www.imdi.no/9/")


def take_down(store: Store, number: int, now: datetime) -> None:
    store.takedowns.take_down(number, reason="krav fra A", is_about=lambda _page: False, now=now)


def found(store: Store, **query: str) -> list[int]:
    page = store.entries.search(EntryQuery.parse(list(query.items())), Paging())
    return [entry.id for entry in page.entries]


def test_what_is_taken_down_while_it_is_read_is_left_out(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = put(store, EXPENSES, seen=now), put(store, INTERPRETERS, seen=now + DAY)
    monkeypatch.setattr("db.sql.entries.BATCH", 1)
    walked = store.entries.chosen(EntryQuery())
    assert next(walked).id == second
    take_down(store, first, now + 2 * DAY)
    assert list(walked) == []


def test_nothing_of_it_is_found_and_it_does_not_come_back(store: Store, now: datetime) -> None:
    with_file = replace(
        INTERPRETERS, attachments=(Attachment("https://www.imdi.no/a.pdf", "Rapport"),)
    )
    kept, number = put(store, EXPENSES, seen=now), put(store, with_file, seen=now)
    store.attachments.read(number, 0, AttachmentState.READ, ["tolkemonitoren"], now=now)
    put(store, replace(with_file, title="Nytt om tolker"), seen=now + DAY)
    assert found(store, q="tolkemonitoren") == [number]
    before = store.entries.state()

    take_down(store, number, now + 2 * DAY)
    assert store.entries.state() != before
    assert found(store) == [kept]
    assert found(store, q="tolkemonitoren") == []
    assert [entry.id for entry in store.entries.walk()] == [kept]
    assert sum(store.entries.facets(EntryQuery()).kinds.values()) == 1
    assert [one.id for one in store.feeds.read(EntryQuery(), 10)] == [kept]
    changes = store.entries.changes(EntryQuery(), since=0, limit=10)
    assert [entry.id for entry in changes.entries] == [kept]
    assert store.feeds.alterations(EntryQuery(), limit=10) == ()
    assert store.pages.kept(number) is None
    assert store.attachments.unread(with_file.source) == []
    with pytest.raises(EntryTakenDownError, match=f"entry {number} was taken down on"):
        store.entries.get(number)
    with pytest.raises(EntryNotFoundError):
        store.entries.revisions(number)

    assert store.entries.is_current(with_file)
    assert store.entries.known_keys(with_file.source, [with_file.key]) == {with_file.key}
    again = store.entries.put(with_file, seen=now + 3 * DAY, first_crawl=False)
    assert (again.entry_id, again.outcome) == (number, Outcome.UNCHANGED)
    assert found(store) == [kept]
    assert store.entries.reindex() == 1
    assert store.upkeep.faults() == ()


def test_numbers_of_what_was_taken_down_are_never_given_again(store: Store, now: datetime) -> None:
    number = put(store, EXPENSES, seen=now)
    take_down(store, number, now)
    assert put(store, INTERPRETERS, seen=now) > number


def test_undone_it_comes_back_as_it_was(store: Store, now: datetime) -> None:
    number = put(store, EXPENSES, seen=now)
    appeared = store.entries.get(number).appeared
    take_down(store, number, now + DAY)
    lifted = store.takedowns.lift(number, now=now + 2 * DAY)
    assert (lifted.source, lifted.reason, lifted.lifted) == (
        EXPENSES.source, "krav fra A", now + 2 * DAY,
    )  # fmt: skip
    with pytest.raises(EntryNotFoundError) as raised:
        store.entries.get(number)
    assert not isinstance(raised.value, EntryTakenDownError)
    assert not store.entries.is_current(EXPENSES)
    stored = store.entries.put(EXPENSES, seen=now + 3 * DAY, first_crawl=False)
    assert (stored.entry_id, stored.outcome) == (number, Outcome.NEW)
    entry = store.entries.get(number)
    assert (entry.appeared, entry.first_seen) == (appeared, now)
    assert found(store) == [number]
    put(store, replace(EXPENSES, title="Nytt"), seen=now + 4 * DAY)
    take_down(store, number, now + 5 * DAY)
    assert [(one.entry_id, one.lifted) for one in store.takedowns.all()] == [(number, None)]


@pytest.mark.parametrize("leads", [True, False])
def test_the_others_of_its_story_stay_one(store: Store, now: datetime, *, leads: bool) -> None:
    declare(store, now=now)
    third = replace(DISTRICTS, source="documents", key="9")
    numbers = [put(store, data, seen=now) for data in (DISTRICTS, SAME_NEWS, third)]
    for number in numbers[1:]:
        store.stories.join(number, numbers[0], by_person=True, now=now)
    gone = numbers.pop(0 if leads else 1)
    take_down(store, gone, now)
    members = store.stories.members(numbers[0])
    assert [one.id for one in members] == numbers
    assert found(store) == numbers[:1]
    assert gone not in [also.entry_id for one in members for also in one.also_at]


def test_what_is_not_there_is_named(store: Store, now: datetime) -> None:
    for act in (
        lambda: take_down(store, 99, now),
        lambda: store.takedowns.lift(99, now=now),
    ):
        with pytest.raises(EntryNotFoundError, match="there is no entry 99"):
            act()
    number = put(store, EXPENSES, seen=now)
    take_down(store, number, now)
    with pytest.raises(EntryTakenDownError):
        take_down(store, number, now)
