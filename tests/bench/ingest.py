"""Storing entries against sqlite-utils writing the same rows and tokens by the hundred."""

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import sqlite_utils

import db
from bench.archive import entries, fill
from bench.pairs import alternate, seconds
from bench.results import Better, Figure

_BATCH = 100


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give entries stored a second, with search tokens."""
    amount = 10_000 if full else 1_000
    numbers = count()

    def ours() -> float:
        store = db.open_store(str(folder / f"ingest-{next(numbers)}.db"))
        spent = seconds(lambda: fill(store, amount))
        store.close()
        return amount / spent

    template = folder / "ingest-template.db"
    template.unlink(missing_ok=True)
    store = db.open_store(str(template))
    fill(store, 1)
    store.close()
    source = sqlite3.connect(template)
    columns = [row[1] for row in source.execute("PRAGMA table_info(entry)")]
    (sample,) = source.execute("SELECT * FROM entry").fetchall()
    like = dict(zip(columns, sample, strict=True))

    def reference() -> float:
        path = folder / f"ingest-{next(numbers)}.db"
        db.open_store(str(path)).close()
        return amount / seconds(lambda: _write(path, amount, like))

    mine, other = alternate(ours, reference)
    source.close()
    yield Figure(
        f"storing {amount:,} entries", "entries/s", mine,
        "sqlite-utils upsert_all", other, Better.HIGHER, 0.7,
    )  # fmt: skip


def _write(path: Path, amount: int, like: dict[str, object]) -> None:
    from db.sqlite.index import WEIGHTS
    from db.text import terms_of

    database = sqlite_utils.Database(path)
    rows: list[dict[str, object]] = []
    indexed: list[list[object]] = []
    marks = ", ".join("?" * (len(WEIGHTS) + 1))
    insert = f"INSERT INTO entry_fts (rowid, {', '.join(WEIGHTS)}) VALUES ({marks})"
    for number, data in enumerate(entries(amount), 1):
        rows.append(
            like
            | {
                "id": number, "key": data.key, "title": data.title, "lead": data.lead,
                "body": data.body, "body_text": data.body_text,
            }  # fmt: skip
        )
        found = {
            name: terms_of(text)
            for name, text in (
                ("title", data.title), ("lead", data.lead), ("body", data.body_text),
            )
        }  # fmt: skip
        indexed.append([number, *(_column(found, name) for name in WEIGHTS)])
        if len(rows) == _BATCH:
            with database.conn:
                database["entry"].upsert_all(rows, pk="id")
                database.conn.executemany(insert, indexed)
            rows, indexed = [], []
    database.close()


def _column(found: dict, name: str) -> str:  # type: ignore[type-arg]
    field, _, what = name.partition("_")
    terms = found.get(field)
    if terms is None:
        return ""
    chosen = {"": terms.tokens, "parts": terms.parts, "written": terms.words}[what]
    return " ".join(chosen)
