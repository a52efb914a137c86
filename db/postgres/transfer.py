"""A database as what is moved to another store."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from db.errors import StoreUnavailableError, TransferError
from db.postgres.address import Address
from db.postgres.faults import in_words, is_fault
from db.postgres.migrations import STEPS
from db.postgres.rows import Row as PsycopgRow
from db.postgres.session import connect
from db.transfer import Row, Table

#: in the target, until it is whole: how far each table has come, and what was taken off meanwhile
PROGRESS, TAKEN_OFF = "transfer", "transfer_constraint"
#: made again from the entries, or of no meaning elsewhere
_NOT_MOVED = frozenset(
    {
        "word",
        "search_index",
        "entry_term",
        "entry_vector",
        "entry_level",
        "entry_change_gone",
        STEPS,
        PROGRESS,
        TAKEN_OFF,
    }
)
#: nobody waits for these statements but whoever moves
_AT_LEISURE = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
#: rows fetched at once
_FETCHED = 200


class PostgresContent:
    """Implements `db.transfer.Content`: a database as it is at one moment."""

    def __init__(self, address: Address) -> None:
        self._name = address.name
        self._raw = connect(address)
        self._raw.execute(_AT_LEISURE)

    @property
    def name(self) -> str:
        """Give the address, without a password."""
        return self._name

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and give its rows. Raises `StoreUnavailableError`."""
        try:
            with self._raw.cursor(row_factory=tuple_row) as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise translated(self._name, error) from error

    def tables(self) -> Sequence[Table]:
        """Give the tables, by name."""
        return self._tables

    @cached_property
    def _tables(self) -> Sequence[Table]:
        columns = self.run(
            "SELECT relname, attname, array_position(indkey::int2[], attnum) FROM pg_class"
            " JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped"
            " LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        names = sorted({name for name, _, _ in columns} - _NOT_MOVED)
        return [_table(name, [row[1:] for row in columns if row[0] == name]) for name in names]

    def count(self, table: Table) -> int:
        """Count the rows of a table."""
        ((count,),) = self.run(f'SELECT count(*) FROM "{table.name}"')
        return int(count)

    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row]:
        """Give the rows of a table by key."""
        key = listed(table.key)
        beyond = f"WHERE ({key}) > ({_marks(table.key)})" if after else ""
        statement = f'SELECT {listed(table.columns)} FROM "{table.name}" {beyond} ORDER BY {key}'
        try:
            with (
                self._raw.transaction(),
                self._raw.cursor("moved", row_factory=tuple_row) as cursor,
            ):
                cursor.itersize = _FETCHED
                cursor.execute(statement, after)
                yield from cursor
        except psycopg.Error as error:
            raise translated(self._name, error) from error

    def numbers(self) -> Mapping[str, int]:
        """Give the highest number that each table has ever given."""
        given = {}
        for table, _, sequence in self.sequences():
            ((last, called),) = self.run(f"SELECT last_value, is_called FROM {sequence}")
            given[table] = last if called else 0
        return given

    def sequences(self) -> list[tuple[str, str, str]]:
        """Give the tables that number their rows, with the column and the sequence."""
        return [
            (table, column, sequence)
            for table, column, sequence in self.run(
                "SELECT table_name, column_name, pg_get_serial_sequence(table_name, column_name)"
                " FROM information_schema.columns"
                " WHERE is_identity = 'YES' AND table_schema = current_schema() ORDER BY table_name"
            )
        ]

    def close(self) -> None:
        """Leave it."""
        self._raw.close()


class PostgresOrigin(PostgresContent):
    """A database that is moved: what others write meanwhile is not seen."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if self.run(f"SELECT to_regclass('{PROGRESS}')") != [(None,)]:
            self.close()
            raise TransferError(f"{address.name} is only half filled; finish that first")


def require_whole(connection: psycopg.Connection[PsycopgRow], name: str) -> None:
    """Raise `StoreUnavailableError` where a database is only half filled."""
    found = connection.execute(f"SELECT to_regclass('{PROGRESS}') IS NOT NULL").fetchall()
    if found[0][0]:
        raise StoreUnavailableError(
            f"{name} is only half filled; let `imdifeed migrate-store` finish, by starting it again"
        )


def _table(name: str, columns: Sequence[tuple[Any, ...]]) -> Table:
    key = sorted((place, column) for column, place in columns if place is not None)
    return Table(
        name,
        tuple(sorted(column for column, _ in columns)),
        tuple(column for _, column in key),
    )


def translated(name: str, error: psycopg.Error) -> Exception:
    """Give what to raise for an error of the driver."""
    if not is_fault(error) and not isinstance(error, psycopg.IntegrityError):
        return error
    return StoreUnavailableError(f"the database {name} gave way: {in_words(error)}")


def listed(names: Sequence[str]) -> str:
    """Give names of columns as a statement has them."""
    return ", ".join(f'"{name}"' for name in names)


def _marks(names: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(names))
