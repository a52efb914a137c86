"""The change number that validators of listings and feeds are made from."""

import sqlite3
from datetime import datetime

from db.models import State
from db.sqlite.connection import optional_moment, to_text


def mark_change(connection: sqlite3.Connection, now: datetime) -> None:
    """Move the state on, inside the transaction that changes what readers see."""
    connection.execute("UPDATE state SET change = change + 1, moment = ?", (to_text(now),))


def read_state(connection: sqlite3.Connection) -> State:
    """Give the present state: one look-up by key."""
    row = connection.execute("SELECT change, moment FROM state WHERE id = 1").fetchone()
    return State(change=row["change"], moment=optional_moment(row["moment"]))
