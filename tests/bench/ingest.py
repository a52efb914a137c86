"""Storing entries against sqlite-utils writing the same rows and tokens by the hundred."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import sqlite_utils

import db
from bench.archive import NEWEST, entries, put
from bench.pairs import alternate, seconds
from bench.results import Better, Figure
from builders import SOURCES, TAGS
from db.models import EntryData
from db.search.weights import weigh
from db.sql.indexed import FIELDS
from db.text import Terms, terms_of
from db.words import analyse, fold

_BATCH = 100
_WRITTEN = ("title_written", "body_written")
#: entries that are stored, and in a full run
AMOUNT, FULL_AMOUNT = 1_000, 10_000


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give entries stored a second, with search tokens."""
    given = list(entries(FULL_AMOUNT if full else AMOUNT))
    numbers = count()

    def fresh() -> Path:
        path = folder / f"ingest-{next(numbers)}.db"
        path.unlink(missing_ok=True)
        store = db.open_store(str(path))
        store.vocabulary.declare(SOURCES, TAGS, now=NEWEST)
        store.close()
        return path

    def ours() -> float:
        store = db.open_store(str(fresh()))
        spent = seconds(lambda: put(store, given))
        store.close()
        return len(given) / spent

    like = _sample_row(fresh(), given[0])

    def reference() -> float:
        path = fresh()
        return len(given) / seconds(lambda: _write(path, given, like))

    mine, other = alternate(ours, reference)
    yield Figure(
        f"storing {len(given):,} entries", "entries/s", mine,
        "sqlite-utils upsert_all", other, Better.HIGHER, 0.7,
    )  # fmt: skip


def _sample_row(path: Path, data: EntryData) -> dict[str, object]:
    store = db.open_store(str(path))
    put(store, [data])
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM entry").fetchone())


def _write(path: Path, given: Sequence[EntryData], like: dict[str, object]) -> None:
    """Write the same rows, tokens, tags and counts of words, and decide nothing."""
    database = sqlite_utils.Database(path)
    marks = ", ".join("?" * (len(FIELDS) + 1))
    insert = f"INSERT INTO entry_fts (rowid, {', '.join(FIELDS)}) VALUES ({marks})"
    for start in range(0, len(given), _BATCH):
        batch = list(enumerate(given[start : start + _BATCH], start + 1))
        indexed, weighed, words = [], [], Counter[str]()
        for number, data in batch:
            columns = _columns(data)
            words.update({word for name in _WRITTEN for word in columns[name].split()})
            indexed.append([number, *columns.values()])
            terms = weigh(columns)
            weighed.append((number, terms.text, terms.weights))
        tags = [
            {"tag": tag.slug, "entry_id": number, "reason": tag.reason, "score": tag.score}
            for number, data in batch
            for tag in data.tags
        ]
        with database.conn:
            database["entry"].upsert_all((_row(like, *one) for one in batch), pk="id")
            database["entry_tag"].upsert_all(tags, pk=("tag", "entry_id"))
            database.conn.executemany(insert, indexed)
            database.conn.executemany(
                "INSERT INTO entry_term (entry_id, terms, weights) VALUES (?, ?, ?)", weighed
            )
            database.conn.executemany(
                "INSERT INTO entry_term_fts (rowid, terms) VALUES (?, ?)",
                [(number, terms) for number, terms, _ in weighed],
            )
            database.conn.executemany(
                "INSERT INTO word (surface, fold, key, parts, n) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (surface) DO UPDATE SET n = n + excluded.n",
                [_word(word, n) for word, n in words.items()],
            )
    database.close()


def _word(word: str, n: int) -> tuple[str, str, str, str, int]:
    analysed = analyse(word)
    return word, fold(word), analysed.key, " ".join(analysed.parts), n


def _row(like: dict[str, object], number: int, data: EntryData) -> dict[str, object]:
    own = {name: getattr(data, name) for name in ("key", "title", "lead", "body", "body_text")}
    return like | own | {"id": number}


def _columns(data: EntryData) -> dict[str, str]:
    found = {
        "title": terms_of(data.title), "lead": terms_of(data.lead), "body": terms_of(data.body_text)
    }  # fmt: skip
    return {name: _column(found, name) for name in FIELDS}


def _column(found: dict[str, Terms], name: str) -> str:
    field, _, what = name.partition("_")
    terms = found.get(field)
    if terms is None:
        return ""
    chosen = {"": terms.tokens, "parts": terms.parts, "written": terms.words}[what]
    return " ".join(chosen)
