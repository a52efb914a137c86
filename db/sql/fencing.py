"""Connections that write only while a lease is held.

A holder that was suspended, or cut off, may wake up after another has taken what it held. Whatever
it then writes is refused inside the very transaction (M. Kleppmann, "How to do distributed
locking", 2016: a lock alone does not keep a late writer away).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from db.errors import LeaseLostError
from db.models import Lease
from db.sql.connection import Connection, Connections
from db.sql.pieces import KEPT


class FencedConnections:
    """Implements `db.sql.connection.Connections` over others, for the holder of a lease."""

    def __init__(self, connections: Connections, lease: Lease) -> None:
        self._connections = connections
        self._lease = lease

    @property
    def connection(self) -> Connection:
        """Give this thread's connection. Raises `StoreUnavailableError`."""
        return self._connections.connection

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """Run one write transaction; within another of this thread it is part of that one.

        Raises `LeaseLostError`, and nothing is written.
        """
        within = self._connections.connection.in_transaction
        with self._connections.writing(alone=alone) as connection:
            if not within:
                self._require_held(connection)
            yield connection

    def _require_held(self, connection: Connection) -> None:
        lease = self._lease
        held = connection.execute(
            f"SELECT 1 FROM lease WHERE name = ? AND number = ? AND holder <> '' {KEPT}",
            (lease.name, lease.number),
        ).fetchone()
        if held is None:
            raise LeaseLostError(lease.name)

    def mark(self) -> object | None:
        """Give what is another after every commit."""
        return self._connections.mark()

    def close(self) -> None:
        """Do nothing: the connections belong to the store that this is a view of."""
