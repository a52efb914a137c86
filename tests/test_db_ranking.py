"""Hits by relevance where there are more than are looked at, and the same on both engines."""

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import db
from builders import NEWS, declare, entry_data
from conftest import NOW
from db.models import Precision, PublisherDate
from db.query import EntryQuery, Paging, Sort
from db.sql import ranking
from db.sql.match import Match
from db.sql.matching import Matcher
from db.store import Store
from postgres_server import Server

#: entries, more than twice as many as are looked at
COUNT = 150
_WORDS = [
    *("tolk", "tolken", "tolketjeneste", "kommune", "kommunene", "bosetting", "busetjing", "språk"),
    *("introduksjonsprogram", "program", "arbeid", "arbeidsliv", "flyktninger", "ukraina"),
    *("rapport", "og", "i", "til", "som"),
]
_TERMS = st.sampled_from(
    [
        *_WORDS,
        '"kommune arbeid"',
        "komm*",
        "-rapport",
        "tittel:tolk",
        "busetjing OR språk",
        "ukrania",
    ]
)
_EVERY = Paging(per_page=COUNT)


def filled(url: str) -> Store:
    """Store entries of a few words each."""
    store = db.open_store(url)
    declare(store, now=NOW)
    chance = random.Random(5)
    with store.together():
        for number in range(COUNT):
            title, lead, text = (
                " ".join(chance.choices(_WORDS, k=length))
                for length in (3, 6, chance.choice((9, 90)))
            )
            published = PublisherDate(NOW - timedelta(days=chance.randrange(3_000)), Precision.DAY)
            data = entry_data(
                source=NEWS.slug, key=f"{number}", url=f"https://www.imdi.no/{number}/",
                title=title, lead=lead, body=f"<p>{text}</p>", body_text=text, keywords=(),
                attachments=(), deadlines=(), tags=(), published=published,
            )  # fmt: skip
            store.entries.put(data, seen=NOW, first_crawl=True)
    return store


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = filled(str(tmp_path_factory.mktemp("ranking") / "imdifeed.db"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def other(server: Server) -> Iterator[Store]:
    name = f"ranking_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    store = filled(server.fresh(name))
    yield store
    store.close()


def numbers(store: Store, query: EntryQuery, paging: Paging = _EVERY) -> list[int]:
    return [entry.id for entry in store.entries.search(query, paging).entries]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    terms=st.lists(_TERMS, min_size=1, max_size=4),
    sort=st.sampled_from([None, Sort.NEWEST, Sort.OLDEST]),
    exact=st.booleans(),
)
def test_both_engines_find_the_same_in_the_same_order(
    plain: Store, other: Store, terms: list[str], sort: Sort | None, exact: bool
) -> None:
    query = EntryQuery(q=" ".join(terms), sort=sort, exact=exact)
    assert numbers(other, query) == numbers(plain, query)


@pytest.mark.parametrize("q", ["tolk", "kommune arbeid", "introduksjonsprogram språk", "komm*"])
def test_the_best_come_first_however_many_are_looked_at(
    plain: Store, q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = EntryQuery(q=q)
    few = numbers(plain, query)
    assert len(few) > ranking.LOOKED_AT
    monkeypatch.setattr(ranking, "LOOKED_AT", COUNT)
    every = numbers(plain, query)
    assert sorted(every) == sorted(few)
    assert len({*every[:10]}.intersection(few[:10])) >= 9


def test_pages_hold_each_hit_once_beyond_those_that_are_looked_at(plain: Store) -> None:
    query = EntryQuery(q="tolk")
    pages = [numbers(plain, query, Paging(page=page, per_page=7)) for page in range(1, 24)]
    found = [number for page in pages for number in page]
    assert len(found) > ranking.LOOKED_AT
    assert found == numbers(plain, query)
    assert found == [entry.id for entry in plain.entries.chosen(query)]


def test_what_is_stored_meanwhile_is_found(tmp_path: Path, now: datetime) -> None:
    store = db.open_store(str(tmp_path / "imdifeed.db"))
    declare(store, now=now)
    for number in range(3):
        data = entry_data(key=f"{number}", url=f"https://www.imdi.no/{number}/", title="Ny tolk")
        with store.together():
            # counted before it is stored, and found as soon as it is
            assert len(numbers(store, EntryQuery(q="tolk"))) == number
            store.entries.put(data, seen=now, first_crawl=True)
        assert len(numbers(store, EntryQuery(q="tolk"))) == number + 1
    store.close()


@pytest.mark.every_engine
def test_what_is_taken_down_meanwhile_breaks_no_search(
    store: Store, store_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(store, now=now)
    for title in ("Tolk i skole", "Skole i kommune", "Tolk i skole i kommune"):
        data = entry_data(key=title, title=title, lead="", body="", body_text="", attachments=())
        store.entries.put(data, seen=now, first_crawl=True)
    query = EntryQuery(q="tolk skole kommune")
    assert store.entries.search(query, Paging()).partial_from == 1
    other, match = db.open_store(store_url), Matcher.match

    def matched(self: Matcher, query: EntryQuery) -> Match:
        found = match(self, query)
        if other.entries.by_key(NEWS.slug, title):
            other.takedowns.take_down(3, reason="x", is_about=lambda _: False, now=now)
        return found

    monkeypatch.setattr(Matcher, "match", matched)
    assert 3 not in [entry.id for entry in store.entries.search(query, Paging()).entries]
    assert 3 not in [entry.id for entry in store.entries.chosen(query)]
    other.close()
