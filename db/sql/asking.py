"""Mails that strangers ask for: how many, and nothing that tells whether an address is known."""

from collections.abc import Callable
from datetime import datetime, timedelta

from db.errors import SignUpLimitError, TooManySignUpsError
from db.models import Message
from db.sql.connection import Connection
from db.sql.moments import to_text
from db.sql.outbox import insert_message

#: mails to strangers in an hour, to whomever
MOST_MAILS_AN_HOUR = 300
#: how long what was asked for is remembered
REMEMBERED = timedelta(days=1)


def ask(
    connection: Connection,
    message: Message,
    *,
    purpose: str,
    address_key: str,
    refusal: str,
    record: Callable[[], object],
    now: datetime,
) -> str:
    """Queue a message that somebody asked for, with `record`, unless there is a `refusal`.

    Both ways write a transaction, so that the time taken tells nothing. Give the refusal.
    """
    _refuse_flood(connection, now)
    connection.execute("SAVEPOINT asking")
    record()
    insert_message(connection, message, now)
    if refusal:
        connection.execute("ROLLBACK TO asking")
    connection.execute("RELEASE asking")
    connection.execute(
        "INSERT INTO asked (address_key, purpose, moment, mailed) VALUES (?, ?, ?, ?)",
        (address_key, purpose, to_text(now), not refusal),
    )
    return refusal


def raise_refusal(refusal: str) -> None:
    """Tell the caller, once the transaction is over. Raises `SignUpLimitError`."""
    if refusal:
        raise SignUpLimitError(refusal)


def mails_asked(connection: Connection, address_key: str, purpose: str, since: datetime) -> int:
    """Count the mails of a purpose that an address was sent since a moment."""
    (count,) = connection.execute(
        "SELECT count(*) FROM asked"
        " WHERE address_key = ? AND purpose = ? AND moment > ? AND mailed = 1",
        (address_key, purpose, to_text(since)),
    ).fetchone()
    return int(count)


def _refuse_flood(connection: Connection, now: datetime) -> None:
    (count,) = connection.execute(
        "SELECT count(*) FROM asked WHERE moment > ? AND mailed = 1",
        (to_text(now - timedelta(hours=1)),),
    ).fetchone()
    if count >= MOST_MAILS_AN_HOUR:
        raise TooManySignUpsError(f"{count} mails were asked for within the hour")
