"""New connections to PostgreSQL: how they are made, and what bounds them."""

import select
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import psycopg

from db.errors import StoreAwayError, StoreUnavailableError
from db.postgres.address import Address
from db.postgres.faults import passes, refusal_in_words
from db.postgres.rows import Row, adapt, make_rows

#: seconds until a server must have answered
CONNECT_TIMEOUT = 5
#: what bounds a statement, the wait for another writer, and a transaction whose process is gone
_SETTINGS = (
    "SET statement_timeout = '5min'; SET lock_timeout = '30s';"
    " SET idle_in_transaction_session_timeout = '10min';"
    # a machine that is cut off is noticed within a minute, by the server as well
    " SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;"
    # costs more than it spares in statements as short as these
    " SET jit = off"
)
#: how often the server looks whether whoever waits for a statement is still there, from version 14
#: on: one that was killed leaves no statement, and no lock, behind
LOOKS = "2s"
_LOOKING = f"SET client_connection_check_interval = '{LOOKS}'"
#: how the driver is to connect
DRIVER: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

Raw = psycopg.Connection[Row]


@dataclass(slots=True)
class LastTry:
    """How the last new connection of a pool fared: the pool itself tells nobody why it has none."""

    #: None where it was made
    error: psycopg.Error | None = None


class PoolConnection(psycopg.Connection[Row]):
    """A connection of a pool."""

    @classmethod
    def connect(cls, conninfo: str = "", *, last: LastTry, **how: Any) -> Self:  # type: ignore[override]
        """Connect, and note how that fared."""
        try:
            made = super().connect(conninfo, **how)
        except psycopg.Error as error:
            last.error = error
            raise
        last.error = None
        return made


def connect(address: Address) -> Raw:
    """Open a connection of its own, without a pool. Raises `StoreUnavailableError`."""
    try:
        raw: Raw = psycopg.connect(address.conninfo, **DRIVER)
        configure(raw)
    except psycopg.Error as error:
        raise not_opened(address.name, error) from error
    return raw


def not_opened(name: str, error: psycopg.Error) -> StoreUnavailableError:
    """Give what to raise where a connection could not be made."""
    words = f"cannot open the database {name}: {refusal_in_words(error)}"
    return (StoreAwayError if passes(error) else StoreUnavailableError)(words)


def configure(raw: Raw) -> None:
    """Make a new connection speak and wait as ours do."""
    raw.row_factory = make_rows
    adapt(raw)
    raw.execute(_SETTINGS)
    if raw.info.server_version >= 140000:
        # not every system can tell
        with suppress(psycopg.errors.InvalidParameterValue):
            raw.execute(_LOOKING)


def require_alive(raw: Raw) -> None:
    """Raise where a server that was restarted has closed a connection: that can be read."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    if poll.poll(0):
        raw.execute("")
