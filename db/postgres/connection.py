"""Connections to PostgreSQL: borrowed from a pool for one statement, or for a transaction."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from db.errors import StoreAwayError
from db.postgres.address import Address
from db.postgres.faults import fault_of, in_words, is_fault, passes
from db.postgres.index import VectorIndex
from db.postgres.rows import Row
from db.postgres.session import (
    DRIVER,
    LastTry,
    PoolConnection,
    Raw,
    configure,
    not_opened,
    require_alive,
)
from db.postgres.statements import of_rows, translated
from db.sql.connection import Values

#: connections of one process: threads beyond them wait for one another
MOST_CONNECTIONS = 10
#: seconds until a connection must be free; of these, how long a server that is away is tried again,
#: as while it restarts
FREE_TIMEOUT, AGAIN_TIMEOUT = 6.0, 5.0
#: the lock of those that write one after the other ("imdf" in ASCII): numbers that they give become
#: visible in the order in which they were given
_WRITERS = 0x696D6466
_WAIT_FOR_WRITERS = f"SELECT pg_advisory_xact_lock({_WRITERS})"

#: rows that one statement inserts, the most first: many rows are few statements
_TOGETHER = (100, 10, 1)


class Result:
    """What a statement gave, all of it."""

    def __init__(self, rows: Iterable[Row], rowcount: int) -> None:
        self.rowcount = rowcount
        # made as they are asked for
        self._rows = iter(rows)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return self._rows

    def fetchone(self) -> Row | None:
        """Give the next row; None after the last."""
        return next(self._rows, None)

    def fetchall(self) -> list[Row]:
        """Give the rows that are left."""
        return list(self._rows)


class Connection:
    """A thread's way to the server. Implements `db.sql.connection.Connection`."""

    def __init__(self, connections: "Connections") -> None:
        self._connections = connections
        #: that of the open transaction, and whether nobody else writes meanwhile
        self._raw: Raw | None = None
        self._alone = False
        self.index = VectorIndex(self)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._raw is not None

    def execute(self, sql: str, parameters: Values = (), /) -> Result:
        """Run one statement, a value for each `?` or `:name`. Raises `StoreUnavailableError`."""
        statement = translated(sql)
        with self._lent() as raw, self._connections.translating():
            cursor = raw.execute(statement, parameters)
            return Result(cursor if cursor.description else (), cursor.rowcount)

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Result:
        """Run one statement for each row of values. Raises `StoreUnavailableError`."""
        statement, rows, written = translated(sql), list(parameters), 0
        with self._lent() as raw, self._connections.translating(), raw.cursor() as cursor:
            for count in _TOGETHER:
                several = of_rows(statement, count) if count > 1 else statement
                whole = len(rows) // count * count if several else 0
                if several and whole:
                    cursor.executemany(several, _joined(rows[:whole], count))
                    written += cursor.rowcount
                    rows = rows[whole:]
        return Result((), written)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one moment of the store, whatever others commit; in no other transaction."""
        if self.in_transaction:
            # one moment is not what it sees, and what it wrote may come to nothing
            raise RuntimeError("a transaction is open: what is to be one moment is read outside")
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"):
            yield

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        """Run one write transaction, or take part in the one that is open."""
        if self.in_transaction:
            if alone and not self._alone:
                self.execute(_WAIT_FOR_WRITERS)
                self._alone = True
            yield
            return
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
        with self._transaction(f"{begin}; {_WAIT_FOR_WRITERS}" if alone else begin):
            self._alone = alone
            yield
            self.index.write_waiting()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._connections.borrowed() as raw:
            try:
                self._raw, self._alone = raw, False
                with self._connections.translating():
                    raw.execute(begin)
                yield
                with self._connections.translating():
                    raw.execute("COMMIT")
            except BaseException:
                self.index.forget_waiting()
                with suppress(psycopg.Error):
                    raw.rollback()
                raise
            finally:
                self._raw = None

    @contextmanager
    def _lent(self) -> Iterator[Raw]:
        if self._raw is not None:
            yield self._raw
            return
        with self._connections.borrowed() as raw:
            yield raw


class Connections:
    """Lends connections to every thread that asks, and closes them all."""

    def __init__(self, address: Address) -> None:
        self.name, self.open = address.name, address.open
        self._local = threading.local()
        self._last = LastTry()
        self._pool = ConnectionPool(
            address.conninfo,
            connection_class=PoolConnection,
            min_size=0,
            max_size=MOST_CONNECTIONS,
            kwargs=DRIVER | {"last": self._last},
            configure=configure,
            check=require_alive,
            timeout=FREE_TIMEOUT,
            reconnect_timeout=AGAIN_TIMEOUT,
            name="imdifeed",
            open=True,
        )

    @property
    def connection(self) -> Connection:
        """Give this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self)
        return connection

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """Run one write transaction; inside another one of this thread it is part of that one."""
        connection = self.connection
        with connection.writing(alone=alone):
            yield connection

    def mark(self) -> None:
        """Give nothing: only a statement tells whether anybody has committed."""

    @contextmanager
    def borrowed(self) -> Iterator[Raw]:
        """Lend a connection. Raises `StoreUnavailableError`."""
        try:
            raw = self._pool.getconn()
        except (PoolTimeout, PoolClosed) as error:
            refused = self._last.error
            if refused is not None and not passes(refused):
                raise not_opened(self.name, refused) from refused
            raise StoreAwayError(
                f"no connection to the database {self.name} was to be had within"
                f" {FREE_TIMEOUT:.0f} seconds; see that the server runs, and is not overloaded"
            ) from error
        try:
            yield raw
        finally:
            self._pool.putconn(raw)

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Raise what is no mistake of ours as `StoreUnavailableError`."""
        try:
            yield
        except psycopg.Error as error:
            if not is_fault(error):
                raise
            words = f"the database {self.name} gave way: {in_words(error)}"
            raise fault_of(error, words) from error

    def close(self) -> None:
        """Close the connections of every thread."""
        self._pool.close()


def _joined(rows: Sequence[Values], count: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), count):
        yield [value for row in rows[start : start + count] for value in row]
