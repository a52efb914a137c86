"""Every earlier schema, with rows in every table, comes up to date and keeps every row."""

import sqlite3
import zlib
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
import sqlite_utils
from sqlite_utils.migrations import Migrations

import db
from db.models import DeadlineKind
from db.sqlite import migrations
from db.sqlite.migrations import APPLICATION_ID, KNOWN

ROWS = 3
MOMENT = "2026-11-20T06:00:00.000Z"
#: what a column holds where a text of its own would not do; a function of the row's number
VALUES = {
    "kind": lambda _n: "news",
    "language": lambda _n: "nb",
    "rhythm": lambda _n: "daily",
    "state": lambda _n: "queued",
    "republish": lambda _n: "full",
    "verdict": lambda _n: "ok",
    "category": lambda _n: "digest",
    "query": lambda n: f"tag=t{n}",
    "email": lambda n: f"leser{n}@example.no",
    "local_date": lambda n: f"2026-11-{n:02}",
    "delay": lambda _n: 2.0,
    "score": lambda _n: 1.0,
    "cause": lambda _n: None,
    "story": lambda _n: None,
    "data": lambda _n: b"From: a@example.no",
}
OF_TABLES = {
    ("attachment", "state"): "unread",
    ("crawl_run", "changed"): 1,
    ("deadline", "kind"): next(iter(DeadlineKind)).value,
    ("deadline", "day"): "2026-12-01",
    ("deadline", "time"): None,
    ("raw_page", "data"): zlib.compress(b"<html>"),
}
_MOMENTS = {
    "first_seen", "appeared", "created", "not_before", "since", "until", "started", "finished",
    "requested", "expires", "confirmed", "fetched", "cutoff", "decided", "day", "found", "changed",
    "moment", "given", "refused", "taken", "lifted",
}  # fmt: skip
_LISTS, _TABLES = {"keywords", "keys", "words"}, {"coverage", "shapes"}
#: filled by their own steps, or made anew
_DERIVED = (
    "entry_fts",
    "entry_term",
    "sqlite_",
    "_sqlite_",
    "search_index",
    "state",
    "word",
    "entry_change",
)
#: where a step may move what a column says
_MOVED = {("entry", "story")}


def at_step(path: Path, step: int) -> None:
    """Make a database as the version that knew so many steps did."""
    database = sqlite_utils.Database(sqlite3.connect(path, isolation_level=None))
    database.execute("PRAGMA journal_mode = WAL").fetchone()
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    known = Migrations("imdifeed")
    for name in KNOWN[:step]:
        known(name=name)(migrations._step(name))
    known.apply(database)
    database.close()


def fill(connection: sqlite3.Connection) -> None:
    """Put rows into every table, with references between them that hold."""
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in tables(connection):
        columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
        references = {
            row[3] for row in connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        }
        for n in range(1, ROWS + 1):
            values = [value(table, column, n, references) for column in columns]
            marks = ", ".join("?" * len(values))
            connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', values)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def value(table: str, column: tuple[object, ...], n: int, references: set[str]) -> object:
    name, kind, required = str(column[1]), str(column[2]), bool(column[3])
    if (table, name) in OF_TABLES:
        return OF_TABLES[table, name]
    if name in VALUES and not (table == "told" and name == "story"):
        given = VALUES[name](n)  # type: ignore[no-untyped-call]
        if given is not None or not required:
            return given
    if name in _MOMENTS:
        return MOMENT
    if name in _LISTS:
        return "[]"
    if name in _TABLES:
        return "{}"
    if name in references:
        return n if required or table == "revision" else None
    if kind == "INTEGER":
        return n if required or column[5] else None
    return f"{name} {n}" if required or column[5] else None


def tables(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for (name,) in names if not name.startswith(_DERIVED)]


def contents(
    connection: sqlite3.Connection, columns: dict[str, list[str]]
) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(
            connection.execute(f'SELECT {", ".join(names)} FROM "{table}"').fetchall(), key=repr
        )
        for table, names in columns.items()
    }


@pytest.mark.parametrize("step", range(1, len(KNOWN) + 1), ids=lambda step: KNOWN[step - 1][:5])
def test_a_database_of_every_earlier_version_keeps_every_row(tmp_path: Path, step: int) -> None:
    path = tmp_path / "imdifeed.db"
    at_step(path, step)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        fill(connection)
        columns = {
            table: [
                f'"{row[1]}"'
                for row in connection.execute(f'PRAGMA table_info("{table}")')
                if (table, row[1]) not in _MOVED
            ]
            for table in tables(connection)
        }
        before = contents(connection, columns)
    assert all(len(rows) == ROWS for rows in before.values())

    store = db.open_store(str(path))
    entries = list(store.entries.walk())
    assert [entry.id for entry in entries] == [1, 2, 3]
    assert store.upkeep.faults() == ()
    store.upkeep.require_current()
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        there = {
            table: [name for name in names if name in present(connection, table)]
            for table, names in columns.items()
        }
        assert contents(connection, there) == {
            table: sorted((pick(row, columns[table], there[table]) for row in rows), key=repr)
            for table, rows in before.items()
        }


def present(connection: sqlite3.Connection, table: str) -> set[str]:
    return {f'"{row[1]}"' for row in connection.execute(f'PRAGMA table_info("{table}")')}


def pick(row: tuple[object, ...], names: list[str], wanted: list[str]) -> tuple[object, ...]:
    return tuple(value for name, value in zip(names, row, strict=True) if name in wanted)


def test_steps_are_only_ever_added() -> None:
    steps = sorted(step.name for step in files("db.sqlite.migrations").iterdir())
    numbers = [name[1:5] for name in steps if name.endswith(".sql")]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
