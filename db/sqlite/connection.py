"""One SQLite connection a thread, checked, with short write transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from db.errors import StoreBusyError, StoreUnavailableError
from db.sqlite.faults import in_words, is_busy, is_fault
from db.sqlite.wal import WalHeader

if TYPE_CHECKING:
    from db.sqlite.index import FtsIndex

#: seconds a writer waits for another one before it gives up
BUSY_TIMEOUT = 30.0
#: FULL: an accepted mail or a told story must survive a power cut (WAL with NORMAL may lose the
#: last commits)
SYNCHRONOUS = "FULL"
#: kB of pages that a connection keeps: one that writes has to hold what it changes and not find it
#: again and again; one that only reads, and a site has one for each thread, has the system's cache
_READING, _WRITING = 512, 2048


class Connection(sqlite3.Connection):
    """A connection whose faults, unlike our own mistakes, are errors of the store."""

    #: the file, for whoever must see to it
    path = ""
    has_written = False

    @cached_property
    def index(self) -> "FtsIndex":
        """Give the search index, which not every command needs."""
        from db.sqlite.index import FtsIndex

        return FtsIndex(self)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run one statement. Raises `StoreUnavailableError`: locked, full, damaged, read-only."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Run one statement for each row. Raises `StoreUnavailableError`."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one moment of the store, whatever others commit; in no other transaction."""
        if self.in_transaction:
            raise RuntimeError("a transaction is open: what is to be one moment is read outside")
        self.execute("BEGIN")
        try:
            yield
        finally:
            self.execute("COMMIT")

    def _translated(self, error: sqlite3.DatabaseError) -> Exception:
        if not is_fault(error):
            return error
        words = f"the database {self.path} gave way: {in_words(error)}"
        return (StoreBusyError if is_busy(error) else StoreUnavailableError)(words)


class Connections:
    """Opens a connection for every thread that asks, and closes them all."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[Connection] = []
        self._header: WalHeader | None = WalHeader(path)

    @property
    def connection(self) -> Connection:
        """Give this thread's connection, in autocommit mode, rows by name.

        Raises `StoreUnavailableError`.
        """
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """Run one write transaction, taking the lock at its start so that it cannot go stale.

        Inside another one of this thread it is part of that one.
        """
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        if not connection.has_written:
            connection.execute(f"PRAGMA cache_size = -{_WRITING}")
            connection.has_written = True
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.index.write_waiting()
            connection.execute("COMMIT")
        except BaseException:
            connection.index.forget_waiting()
            # a commit that found no room leaves its transaction open
            connection.rollback()
            raise

    def mark(self) -> bytes | None:
        """Give what is another after every commit, whoever makes it; None where nothing tells."""
        return self._header.read() if self._header else None

    def close(self) -> None:
        """Close the connections of every thread."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            if self._header:
                self._header.close()
                self._header = None
        self._local = threading.local()

    def _connect(self) -> Connection:
        try:
            # The store hands a connection to one thread only; `close` runs in another.
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_TIMEOUT,
                isolation_level=None,
                check_same_thread=False,
                factory=Connection,
            )
            connection.path = self.path
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_READING}")
            connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        except (sqlite3.Error, StoreUnavailableError) as error:
            fault = error if isinstance(error, sqlite3.Error) else error.__cause__
            words = in_words(fault) if isinstance(fault, sqlite3.Error) else str(error)
            raise StoreUnavailableError(f"cannot open the database {self.path}: {words}") from error
        return connection
