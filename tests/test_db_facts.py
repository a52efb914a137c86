"""Counts from memory are those of the database, whatever was written, by whomever."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from builders import SOURCES, TAGS, declare, entry_data
from db.errors import StoreBusyError
from db.models import EntryTag, Facets, Kind, Language, Pace, Precision, PublisherDate
from db.query import EntryQuery, Paging, Sort
from db.sql import facts
from db.sql.connection import Row
from db.store import Store

pytestmark = pytest.mark.every_engine

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SLUGS = [source.slug for source in SOURCES]
QUERIES = [
    EntryQuery.parse(pairs)
    for pairs in (
        [],
        [("q", "tolk")],
        [("q", "tolk skole")],
        [("q", "-tolk")],
        [("tag", TAGS[0].slug)],
        [("tag", TAGS[0].slug), ("tag", TAGS[1].slug), ("q", "tolk")],
        [("kind", "report"), ("lang", "nn")],
        [("source", SLUGS[0]), ("q", "skole")],
    )
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "retag", "join", "split", "withdraw", "take down"]),
        st.integers(1, 6),
        st.integers(0, 99),
    ),
    max_size=12,
)


def counted(store: Store, now: datetime) -> list[tuple[int, Facets, Pace, list[int]]]:
    return [
        (
            store.entries.search(query, Paging()).total,
            store.entries.facets(query),
            store.entries.pace(query, now),
            [store.feeds.count_before(query, number) for number in range(1, 9)],
        )
        for query in QUERIES
    ]


def take(store: Store, step: tuple[str, int, int], now: datetime) -> None:
    name, number, draw = step
    known = sorted(entry.id for entry in store.entries.walk())
    tags = tuple(EntryTag(tag.slug, "title: x", 1.0) for tag in TAGS[draw % 4 : draw % 7])
    if name == "put":
        published = now - timedelta(days=draw * 20)
        data = entry_data(
            key=str(number),
            source=SLUGS[number % len(SLUGS)],
            title=["Tolk", "Skole", "Tolk i skole"][draw % 3],
            kind=[Kind.NEWS, Kind.REPORT][draw % 2],
            language=[Language.BOKMAL, Language.NYNORSK][draw % 2],
            published=PublisherDate(published, Precision.MINUTE) if draw % 5 else None,
            tags=tags,
        )
        store.entries.put(data, seen=now, first_crawl=bool(draw % 2))
    elif number in known:
        other = known[draw % len(known)]
        if name == "retag":
            store.entries.retag(number, tags, now=now)
        elif name == "join" and other != number:
            store.stories.join(number, other, by_person=True, now=now)
        elif name == "split":
            store.stories.split(number, now=now)
        elif name == "withdraw":
            entry = store.entries.get(number)
            store.entries.withdraw(entry.source, [entry.key], now=now)
        elif name == "take down":
            store.takedowns.take_down(number, reason="x", is_about=lambda _: False, now=now)


@given(steps=STEPS)
@settings(max_examples=40)
def test_memory_counts_what_the_database_counts(
    tmp_path_factory: pytest.TempPathFactory, empty_file: Path, steps: list[tuple[str, int, int]]
) -> None:
    path = str(shutil.copy(empty_file, tmp_path_factory.mktemp("facts")))
    store, other = db.open_store(path), db.open_store(path)
    declare(store, now=NOW)
    for place, step in enumerate(steps):
        take(store if place % 2 else other, step, NOW)
        from_memory = counted(store, NOW)
        with store.together():
            # what is written in a transaction is nobody else's yet: the database counts
            assert counted(store, NOW) == from_memory
    store.close()
    other.close()


def test_what_is_not_committed_is_counted_by_its_writer_alone(
    store: Store, store_url: str, now: datetime
) -> None:
    declare(store, now=now)
    other = db.open_store(store_url)
    everything = EntryQuery()
    with store.together():
        store.entries.put(entry_data(key="a"), seen=now, first_crawl=False)
        assert store.entries.search(everything, Paging()).total == 1
        assert other.entries.search(everything, Paging()).total == 0
    assert other.entries.search(everything, Paging()).total == 1
    assert store.entries.facets(everything).kinds == other.entries.facets(everything).kinds
    other.close()


def test_moments_before_1970_are_in_order(store: Store, now: datetime) -> None:
    declare(store, now=now)
    for key, seconds in (("last", 58.0), ("first", 57.5), ("between", 57.75)):
        moment = datetime(1969, 12, 31, 23, 59, tzinfo=UTC) + timedelta(seconds=seconds)
        data = entry_data(key=key, published=PublisherDate(moment, Precision.MINUTE))
        store.entries.put(data, seen=now, first_crawl=True)
    for sort in (Sort.OLDEST, Sort.NEWEST):
        words, listing = EntryQuery(q="tolk", sort=sort), EntryQuery(sort=sort)
        found = [[one.key for one in store.entries.chosen(query)] for query in (words, listing)]
        assert found[0] == found[1]
    assert [store.feeds.count_before(EntryQuery(), number) for number in (1, 2, 3)] == [2, 0, 1]


def test_who_tries_again_after_a_fault_counts_what_there_is(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(store, now=now)
    for key in "ab":
        store.entries.put(entry_data(key=key), seen=now, first_crawl=False)
    rows = facts._rows

    def broken(found: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        yield next(rows(found))
        raise StoreBusyError

    monkeypatch.setattr(facts, "_rows", broken)
    with pytest.raises(StoreBusyError):
        store.entries.facets(EntryQuery())
    monkeypatch.undo()
    store.takedowns.take_down(1, reason="x", is_about=lambda _: False, now=now)
    assert store.entries.search(EntryQuery(), Paging()).total == 1
