"""A database as what is moved to another store, and one that is filled from another."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

from db.errors import TransferError
from db.sql.store import SqlStore
from db.sqlite.connection import Connection, Connections
from db.sqlite.copies import flush, give_name, not_derived
from db.sqlite.migrations import migrate
from db.sqlite.upkeep import SqliteUpkeep
from db.transfer import Checksum, Progress, Row, Table

#: made again from the entries
_INDEX = frozenset({"word", "search_index"})
#: in the target, until it is whole: how far each table has come, and from where
_PROGRESS = "transfer"


class SqliteContent:
    """Implements `db.transfer.Content`: a database as it is at one moment."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    @property
    def name(self) -> str:
        """Give the file."""
        return self._name

    def tables(self) -> Sequence[Table]:
        """Give the tables, by name."""
        return self._tables

    @cached_property
    def _tables(self) -> Sequence[Table]:
        names = sorted(not_derived(self._connection) - _INDEX - {_PROGRESS})
        return [self._table(name) for name in names]

    def _table(self, name: str) -> Table:
        columns = self._connection.execute(
            "SELECT name, pk FROM pragma_table_info(?)", (name,)
        ).fetchall()
        key = sorted((place, column) for column, place in columns if place)
        return Table(
            name,
            tuple(sorted(column for column, _ in columns)),
            tuple(column for _, column in key),
        )

    def count(self, table: Table) -> int:
        """Count the rows of a table."""
        (count,) = self._connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
        return int(count)

    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row]:
        """Give the rows of a table by key."""
        key = _listed(table.key)
        beyond = f"WHERE ({key}) > ({_marks(table.key)})" if after else ""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        yield from cursor.execute(
            f'SELECT {_listed(table.columns)} FROM "{table.name}" {beyond} ORDER BY {key}',
            after or (),
        )

    def numbers(self) -> Mapping[str, int]:
        """Give the highest number that each table has ever given."""
        known = {table.name for table in self._tables}
        given = dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence"))
        return {name: number for name, number in given.items() if name in known}


class SqliteOrigin(SqliteContent):
    """A database that is moved: nobody changes what is read of it."""

    def __init__(self, path: str) -> None:
        self._connections = Connections(path)
        connection = self._connections.connection
        super().__init__(connection, path)
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def close(self) -> None:
        """Leave it."""
        self._connections.close()


class SqliteTarget(SqliteContent):
    """Implements `db.transfer.Target`: a file beside the one that is to be, until it is whole."""

    #: such a file is refused at once
    is_in_use = False

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin
        self._part = path.with_name(f"{path.name}.moving")
        if path.exists():
            raise TransferError(f"{path} is there already and was left as it is; name another file")
        if not path.absolute().parent.is_dir():
            raise TransferError(f"there is no folder {path.absolute().parent}")
        if not self._part.exists():
            # addresses of readers: for the owner alone, from the first byte
            os.close(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._connections = Connections(str(self._part))
        super().__init__(self._connections.connection, str(path))
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        connection = self._connection
        migrate(connection, str(self._part))
        connection.execute("PRAGMA foreign_keys = OFF")
        with self._connections.writing():
            # what rows bring about was brought about where they come from
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {_PROGRESS}"
                " (name TEXT PRIMARY KEY, last TEXT, rows INTEGER, total TEXT)"
            )
            self._empty_what_migrations_fill()
            begun = connection.execute(f"SELECT last FROM {_PROGRESS} WHERE name = ''").fetchone()
            if begun is None:
                connection.execute(
                    f"INSERT INTO {_PROGRESS} (name, last) VALUES ('', ?)", (self._origin,)
                )
        if begun is not None and begun["last"] != self._origin:
            raise TransferError(
                f"{self._part} is being filled from {begun['last']}; finish that, or remove it"
            )

    def _empty_what_migrations_fill(self) -> None:
        """Take out the rows a fresh schema begins with, unless the origin's took their place."""
        begun = set(self.progress())
        for table in self._tables:
            if table.name not in begun:
                self._connection.execute(f'DELETE FROM "{table.name}"')

    def progress(self) -> Mapping[str, Progress]:
        """Give how far the tables have been moved that were begun."""
        return {
            row["name"]: Progress(
                tuple(json.loads(row["last"])), Checksum(row["rows"], int(row["total"], 16))
            )
            for row in self._connection.execute(f"SELECT * FROM {_PROGRESS} WHERE name <> ''")
        }

    def store(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        """Store rows and how far they bring us, in one transaction."""
        with self._connections.writing() as connection:
            connection.executemany(
                f'INSERT INTO "{table.name}" ({_listed(table.columns)})'
                f" VALUES ({_marks(table.columns)})",
                rows,
            )
            connection.execute(
                f"INSERT OR REPLACE INTO {_PROGRESS} VALUES (?, ?, ?, ?)",
                (
                    table.name,
                    json.dumps(progress.last),
                    progress.moved.rows,
                    f"{progress.moved.total:x}",
                ),
            )

    def clear(self) -> None:
        """Empty it, to begin again."""
        with self._connections.writing() as connection:
            connection.execute(f"DELETE FROM {_PROGRESS} WHERE name <> ''")
            for table in self._tables:
                connection.execute(f'DELETE FROM "{table.name}"')

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Go on beyond the numbers, make the index again, and look whether all belongs together."""
        own = SqlStore(self._connections, SqliteUpkeep(self._connections), one_machine=True)
        with self._connections.writing() as connection:
            # not `reindex`: the state is moved as it is
            connection.index.rebuild(own.entries.walk())
            numbered = {name for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
            )}  # fmt: skip
            connection.execute("DELETE FROM sqlite_sequence")
            connection.executemany(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                [(name, number) for name, number in numbers.items() if name in numbered],
            )
            missing = connection.execute("PRAGMA foreign_key_check").fetchone()
        if missing is not None:
            raise TransferError(f"a row of {missing[0]} belongs to one of {missing[2]} not there")

    def hand_over(self) -> None:
        """Give the file its name."""
        with self._connections.writing() as connection:
            connection.execute(f"DROP TABLE {_PROGRESS}")
            for statement in _triggers():
                connection.execute(statement)
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self.close()
        flush(self._part)
        give_name(self._part, self._path)
        self._part.unlink(missing_ok=True)
        flush(self._path.parent)

    def close(self) -> None:
        """Leave it, whole or half filled."""
        self._connections.close()


def _triggers() -> list[str]:
    """Give the triggers of a database as this version makes it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh, ":memory:")
        found = fresh.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")
        return [statement for (statement,) in found]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _marks(names: Sequence[str]) -> str:
    return ", ".join("?" * len(names))
