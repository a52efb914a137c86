"""The change number that validators of listings and feeds are made from."""

from datetime import datetime
from typing import TYPE_CHECKING

from db.sql.connection import Connection, Connections
from db.sql.moments import optional_moment, to_text

if TYPE_CHECKING:
    from db.models import State


def mark_change(connection: Connection, now: datetime, *, sweeping: bool = True) -> None:
    """Move the state on, inside the transaction that changes what readers see.

    A change is sweeping unless all it does can be told from the moments of the entries that a
    query shows afterwards: one more of them, or one of them taken away.
    """
    connection.execute(
        "UPDATE state SET change = change + 1, moment = ?,"
        " sweeping = CASE WHEN ? THEN ? ELSE sweeping END WHERE id = 1",
        (to_text(now), sweeping, to_text(now)),
    )


def mark_other_words(connection: Connection) -> None:
    """Move the state on, inside the transaction after which words find something else.

    Its moments stay: nothing that is shown has changed, and who is told by entity tags is told.
    """
    connection.execute("UPDATE state SET change = change + 1 WHERE id = 1")


def read_state(connection: Connection) -> "State":
    """Give the present state: one look-up by key."""
    # imported here: whoever only marks a change need not have what feeds are made of
    from db.models import State

    row = connection.execute("SELECT change, moment, sweeping FROM state WHERE id = 1").fetchone()
    return State(
        change=row["change"],
        moment=optional_moment(row["moment"]),
        sweeping=optional_moment(row["sweeping"]),
    )


def read_change(connection: Connection) -> int:
    """Give the number of the present state."""
    (change,) = connection.execute("SELECT change FROM state WHERE id = 1").fetchone()
    return int(change)


class Present:
    """The number of the present state, asked for again only after somebody has committed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._known: tuple[object | None, int] = None, -1

    def change(self) -> int:
        """Give the number, never an older one than that of what was committed before."""
        connection = self._connections.connection
        if connection.in_transaction:
            # what it has not committed, or began to read before others committed, is for it alone
            return read_change(connection)
        # looked at first: whoever commits in between is seen the next time
        mark, (seen, number) = self._connections.mark(), self._known
        if mark is None or mark != seen:
            number = read_change(connection)
            self._known = mark, number
        return number
