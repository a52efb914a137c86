"""The change number that validators of listings and feeds are made from."""

from datetime import datetime

from db.models import State
from db.sql.connection import Connection
from db.sql.moments import optional_moment, to_text


def mark_change(connection: Connection, now: datetime, *, sweeping: bool = True) -> None:
    """Move the state on, inside the transaction that changes what readers see.

    A change is sweeping unless all it does can be told from the moments of the entries that a
    query shows afterwards: one more of them, or one of them taken away.
    """
    connection.execute(
        "UPDATE state SET change = change + 1, moment = ?1,"
        " sweeping = CASE WHEN ?2 THEN ?1 ELSE sweeping END WHERE id = 1",
        (to_text(now), sweeping),
    )


def read_state(connection: Connection) -> State:
    """Give the present state: one look-up by key."""
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
