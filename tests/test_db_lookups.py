"""What a process keeps of the index through changes is what it would find if it looked anew."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from builders import declare, entry_data
from db.models import Attachment, AttachmentState
from db.query import EntryQuery, Paging
from db.search.meaning import How, Pattern
from db.search.weights import Terms
from db.sql.lookups import Hits, Lookups
from db.store import Store

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TITLES = ["Tolk", "Skole", "Tolk i skole", "Norskopplæring", "Opplæring i norsk", "Bosetting"]
#: words, a line of the thesaurus, parts of a compound, a beginning, a title, and what has none
SEARCHES = [
    *("tolk", "skole", "tolk skole", "norskkurs", "skoletolk", "bo*", "tittel:tolk", "tolk -skole"),
    *("husleie", "hva er norskopplæring"),
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "file", "withdraw", "take down", "rebuild"]),
        st.integers(1, 40),
        st.integers(0, len(TITLES) - 1),
    ),
    max_size=10,
)


def found(store: Store) -> list[tuple[int, list[int]]]:
    pages = [store.entries.find(EntryQuery(q=q), Paging()) for q in SEARCHES]
    return [(page.total, [one.entry_id for one in page.entries]) for page in pages]


def take(store: Store, step: tuple[str, int, int]) -> None:
    name, number, draw = step
    known = {entry.id: entry for entry in store.entries.walk()}
    if name == "put":
        lead = " ".join(TITLES[draw : draw + number % 3])
        data = entry_data(
            key=str(number),
            title=TITLES[draw],
            lead=lead,
            body_text=TITLES[draw],
            attachments=(Attachment(url="https://www.imdi.no/r.pdf", label="Rapport"),),
        )
        store.entries.put(data, seen=NOW, first_crawl=False)
    elif name == "rebuild":
        store.entries.reindex()
    elif number in known:
        if name == "file":
            pages = [TITLES[draw]]
            store.attachments.read(number, 0, AttachmentState.READ, pages, now=NOW)
        elif name == "withdraw":
            store.entries.withdraw(known[number].source, [known[number].key], now=NOW)
        elif name == "take down":
            store.takedowns.take_down(number, reason="x", is_about=lambda _: False, now=NOW)


@given(steps=STEPS)
@settings(max_examples=40)
def test_what_is_kept_is_what_would_be_found(
    tmp_path_factory: pytest.TempPathFactory, empty_file: Path, steps: list[tuple[str, int, int]]
) -> None:
    path = str(shutil.copy(empty_file, tmp_path_factory.mktemp("lookups")))
    store = db.open_store(path)
    declare(store, now=NOW)
    for number in range(1, 30):
        take(store, ("put", number, number % len(TITLES)))
    for step in steps:
        found(store)
        take(store, step)
        other = db.open_store(path)
        assert found(store) == found(other)
        other.close()
    store.close()


@pytest.mark.every_engine
def test_changes_of_others_are_followed(store: Store, store_url: str) -> None:
    declare(store, now=NOW)
    for number in range(1, 30):
        take(store, ("put", number, number % len(TITLES)))
    before = found(store)
    other = db.open_store(store_url)
    for step in (("put", 3, 0), ("put", 50, 2), ("file", 5, 3), ("take down", 4, 0)):
        take(other, step)
        assert found(store) == found(other) != before
    other.close()


def test_words_that_nobody_has_written_are_not_kept_for_ever() -> None:
    lookups = Lookups(10, 10)
    asked = [Pattern(How.KEYS, (f"{number}",)) for number in range(40_000)]
    for number, pattern in enumerate(asked):
        lookups.keep(pattern, Hits(0))
        if number % 10_000 == 0:
            # entries come all the while
            lookups = lookups.after(10, 10, {1: Terms(b" tolk5 ", b"\x90")})
    assert sum(lookups.get(pattern) is not None for pattern in asked) < len(asked) / 2
    assert lookups.get(asked[-1]) == Hits(0)


@pytest.mark.every_engine
def test_a_file_that_was_taken_away_while_it_was_read_is_not_found(store: Store) -> None:
    declare(store, now=NOW)
    take(store, ("put", 1, 0))
    store.entries.put(entry_data(key="1", attachments=()), seen=NOW, first_crawl=False)
    assert store.entries.search(EntryQuery(q="folkehelse"), Paging()).total == 0
    store.attachments.read(1, 0, AttachmentState.READ, ["Folkehelse"], now=NOW)
    assert store.entries.search(EntryQuery(q="folkehelse"), Paging()).total == 0
    assert store.attachments.pages(1, 0) == []
