"""The order of changes, as a harvester walks it."""

import random
import threading
from datetime import datetime, timedelta

import pytest

import db
from builders import NEWS, PRESS, entry_data, fill_many, put
from db.errors import ChangeNotFoundError
from db.models import AttachmentState, EntryTag, Kind
from db.query import EntryQuery, Paging
from db.store import Store

pytestmark = pytest.mark.every_engine

ALL = EntryQuery()


def walk(store: Store, since: int = 0, query: EntryQuery = ALL, limit: int = 7) -> list[int]:
    found: list[int] = []
    while True:
        part = store.entries.changes(query, since=since, limit=limit)
        found += [entry.id for entry in part.entries]
        since = part.last
        if not part.remaining:
            return found


def cursor(store: Store) -> int:
    return store.entries.changes(ALL, since=0, limit=1000).last


def test_every_entry_comes_once(store: Store, now: datetime) -> None:
    numbers = fill_many(store, 30, seen=now)
    assert sorted(walk(store)) == sorted(numbers)
    assert walk(store, cursor(store)) == []


def test_an_empty_store_has_nothing_to_tell(store: Store) -> None:
    part = store.entries.changes(ALL, since=0, limit=10)
    assert (part.entries, part.last, part.remaining) == ((), 0, 0)


def test_everything_that_shows_is_a_change_and_nothing_else(store: Store, now: datetime) -> None:
    data = entry_data(key="a")
    one = put(store, data, seen=now)
    other = put(store, entry_data(key="b", source=PRESS.slug, work="w"), seen=now)
    version = put(store, entry_data(key="c", source=PRESS.slug, work="w"), seen=now)
    # the last one changed what is shown with the one before it
    assert walk(store) == [one, other, version]

    def follows(*expected: int) -> None:
        nonlocal since
        assert sorted(walk(store, since)) == sorted(expected)
        since = cursor(store)

    since = cursor(store)
    put(store, data, seen=now + timedelta(hours=1))
    follows()  # a quiet crawl
    put(store, entry_data(key="a", title="Ny"), seen=now + timedelta(hours=2))
    follows(one)
    store.entries.retag(one, [EntryTag("work", "", 1.0)], now=now)
    follows(one)
    store.entries.retag(one, [EntryTag("work", "", 1.0)], now=now)
    follows()
    store.entries.reindex()
    follows()
    store.attachments.read(one, 0, AttachmentState.READ, ["tekst"], now=now)
    follows(one)
    store.stories.join(one, other, by_person=False, now=now)
    follows(one, other, version)
    store.stories.split(other, now=now)
    follows(one, other, version)
    store.entries.withdraw(data.source, [data.key], now=now)
    follows(one)
    assert store.entries.changes(ALL, since=0, limit=99).entries[-1].withdrawn is not None


def test_what_changed_again_comes_once_and_last(store: Store, now: datetime) -> None:
    first, *rest = fill_many(store, 3, seen=now)
    store.entries.retag(first, [], now=now)
    assert walk(store) == [*rest, first]


def test_a_query_chooses_among_the_changes_and_does_not_fold_stories(
    store: Store, now: datetime
) -> None:
    one = put(store, entry_data(key="a"), seen=now)
    other = put(store, entry_data(key="b", source=PRESS.slug), seen=now)
    put(
        store, entry_data(key="c", kind=Kind.REPORT, title="Annet", lead="", body_text=""), seen=now
    )
    store.stories.join(one, other, by_person=False, now=now)
    assert sorted(walk(store, query=EntryQuery(kinds=(Kind.NEWS,)))) == [one, other]
    assert walk(store, query=EntryQuery(sources=(NEWS.slug,), kinds=(Kind.NEWS,))) == [one]
    assert len(walk(store, query=EntryQuery(q="etterlevelse"))) == 2
    part = store.entries.changes(EntryQuery(q="finnes ikke her"), since=0, limit=10)
    # and what it passed over is not looked at again
    assert (part.entries, part.last, part.remaining) == ((), cursor(store), 0)


def test_a_number_no_change_has_had_is_refused(store: Store, now: datetime) -> None:
    put(store, entry_data(), seen=now)
    with pytest.raises(ChangeNotFoundError, match="begin again"):
        store.entries.changes(ALL, since=cursor(store) + 1, limit=10)


def test_walking_while_a_crawl_writes_loses_nothing(
    store: Store, store_url: str, now: datetime
) -> None:
    numbers = fill_many(store, 40, seen=now)
    done = threading.Event()

    def write() -> None:
        other, chance = db.open_store(store_url), random.Random(1)
        for step in range(60):
            moment = now + timedelta(minutes=step)
            if step % 3:
                number = chance.choice(numbers)
                other.entries.retag(number, [EntryTag("work", str(step), 1.0)], now=moment)
            else:
                put(other, entry_data(key=f"new/{step}"), seen=moment)
        other.close()
        done.set()

    writer = threading.Thread(target=write)
    held: dict[int, str] = {}
    since = 0
    writer.start()
    while True:
        finished = done.is_set()
        part = store.entries.changes(ALL, since=since, limit=5)
        assert part.last >= since
        since = part.last
        held |= {entry.id: repr(entry) for entry in part.entries}
        if finished and not part.remaining and not part.entries:
            break
    writer.join()
    # what was taken away by walking is what there is
    assert held == {entry.id: repr(entry) for entry in store.entries.walk()}


def test_all_of_a_query_can_be_walked_in_its_order(store: Store, now: datetime) -> None:
    fill_many(store, 30, seen=now)
    for query in (ALL, EntryQuery(q="arbeid del"), EntryQuery(tags=("work",))):
        listed = store.entries.search(query, Paging(per_page=100)).entries
        assert [entry.id for entry in store.entries.chosen(query)] == [one.id for one in listed]
