"""Text search vectors: what stands in a text is found, however long it is, as FTS5 finds it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import db
from db.postgres.statements import of_rows, translated
from db.postgres.vector import SPAN, vectors
from db.search.meaning import How, Pattern
from db.sql import pieces
from db.sql.index import Index
from db.sql.indexed import FIELDS
from db.sql.store import SqlStore
from postgres_server import Server

EMPTY = dict.fromkeys(FIELDS, "")


def index_of(store: object) -> Index:
    assert isinstance(store, SqlStore)
    return store._connections.connection.index


@pytest.fixture
def indexes(server: Server, worker_id: str, tmp_path: Path) -> Iterator[tuple[Index, Index]]:
    """Give the index of both engines, empty."""
    with (
        closing(db.open_store(str(tmp_path / "imdifeed.db"))) as one,
        closing(db.open_store(server.fresh(f"vectors_{worker_id}"))) as other,
    ):
        yield index_of(one), index_of(other)


def found(index: Index, *patterns: Pattern) -> list[int]:
    return index.numbers(patterns)


def test_a_long_text_is_found_to_its_end(indexes: tuple[Index, Index]) -> None:
    # as long as three hundred pages, with a word that stands more often than a vector remembers
    text = " ".join("og" if n % 3 else f"ord{n}" for n in range(100_000))
    patterns = {
        Pattern(How.WRITTEN, ("ord99999",)): [1],
        Pattern(How.WRITTEN, ("og", "og", "ord99999")): [1],
        Pattern(How.WRITTEN, ("ord48000", "og", "og", "ord48003")): [1],
        Pattern(How.WRITTEN, ("ord48000", "og", "ord48003")): [],
        Pattern(How.PREFIX, ("ord9999",)): [1],
        Pattern(How.PREFIX, ("og", "ord9999")): [1],
    }
    for index in indexes:
        index.put(1, EMPTY | {"pages_written": text})
        assert {one: found(index, one) for one in patterns} == patterns
        index.change(1, dict.fromkeys(("pages", "pages_parts", "pages_written"), ""))
        assert found(index, Pattern(How.WRITTEN, ("ord99999",))) == []


def test_every_phrase_of_a_long_text_is_in_one_vector() -> None:
    words = [f"o{n % 7_000}" for n in range(60_000)]
    rows = vectors({"body_written": " ".join(words)})
    assert len(rows) > 1
    assert all(len(row) < 1_000_000 for row in rows)
    assert max(int(place) for row in rows for place in row.split(":")[-1].split(",")) < 16_384


def test_words_of_any_length_are_kept_apart(indexes: tuple[Index, Index]) -> None:
    long = "a" * 3_000
    for index in indexes:
        index.put(1, EMPTY | {"body": f"{long}b {'ø' * 1_500}"})
        index.put(2, EMPTY | {"body": f"{long}c"})
        assert found(index, Pattern(How.KEYS, (f"{long}b",))) == [1]
        assert found(index, Pattern(How.KEYS, (f"{long}c",))) == [2]
        assert found(index, Pattern(How.KEYS, ("ø" * 1_500,))) == [1]


words = st.sampled_from(("a", "b", "c", "d", "ab", "\ue000"))
some = st.lists(words, max_size=30).map(" ".join)
terms = st.lists(st.sampled_from(("a", "b", "c", "d", "ab")), min_size=1, max_size=4).map(tuple)
patterns = st.builds(Pattern, st.sampled_from(How), terms, st.booleans())


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    entries=st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, some)), min_size=1, max_size=4),
    asked=st.lists(patterns, min_size=1, max_size=4),
)
def test_both_engines_find_the_same(
    indexes: tuple[Index, Index], entries: list[dict[str, str]], asked: list[Pattern]
) -> None:
    one, other = indexes
    for index in indexes:
        index.clear()
        for number, fields in enumerate(entries, start=1):
            index.put(number, fields)
    for pattern in asked:
        assert found(other, pattern) == found(one, pattern), pattern
    assert found(other, *asked) == found(one, *asked)
    words = sorted({term for pattern in asked for term in pattern.terms})
    if len(words) > 1:
        assert sorted(other.alike(words)) == sorted(one.alike(words))


def test_words_stand_near_each_other_up_to_a_distance(indexes: tuple[Index, Index]) -> None:
    for index in indexes:
        for number, between in enumerate((SPAN - 1, SPAN), start=1):
            index.put(number, EMPTY | {"body": f"a b {'x ' * (between - 1)}c"})
        assert found(index, Pattern(How.NEAR, ("c", "b", "a"))) == [1]
        assert found(index, Pattern(How.NEAR, ("c", "b"))) == [1, 2]


def test_statements_are_spelled_as_postgresql_reads_them() -> None:
    assert translated("SELECT '?' || \"a%\" FROM t WHERE b = ? AND c LIKE '%'") == (
        "SELECT '?' || \"a%%\" FROM t WHERE b = %s AND c LIKE '%%'"
    )
    assert translated("SELECT :name, ?::text") == "SELECT %(name)s, %s::text"
    assert translated("SELECT 1 FROM a INDEXED BY b WHERE +c = d AND e + f IN ()") == (
        "SELECT 1 FROM a WHERE c = d AND e + f IN (NULL)"
    )
    for piece in (pieces.AMONG, pieces.NOT_AMONG, pieces.AMONG_TEXTS, pieces.NEWEST_CHANGE):
        assert "json_each" not in translated(piece)
        assert "sqlite" not in translated(piece)
    insert = translated("INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO NOTHING")
    assert of_rows(insert, 2) == (
        "INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s) ON CONFLICT (a) DO NOTHING"
    )
    assert of_rows(translated("UPDATE t SET a = ? WHERE b = ?"), 2) is None
    assert of_rows(translated("INSERT INTO t (a) SELECT b FROM c WHERE d = ?"), 2) is None


def test_rows_are_read_by_name_and_by_place(server: Server, worker_id: str) -> None:
    store = db.open_store(server.fresh(f"vectors_{worker_id}"))
    connection = index_of(store)._connection
    row = connection.execute("SELECT 1 AS one, ? AS two, 3 AS one", ("to\0",)).fetchone()
    assert (row["one"], row[0], row["two"], tuple(row)) == (1, 1, "to\ufffd", (1, "to\ufffd", 3))
    assert dict(row) == {"one": 1, "two": "to\ufffd"}
    (total,) = connection.execute(
        "SELECT sum(n) FROM (VALUES (1::bigint), (2)) AS t (n)"
    ).fetchone()
    assert (type(total), total) == (int, 3)
    (flag,) = connection.execute("SELECT CASE WHEN ? THEN 'ja' ELSE 'nei' END", (True,)).fetchone()
    assert flag == "ja"
    store.close()
