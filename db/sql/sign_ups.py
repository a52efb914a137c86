"""What a sign-up writes: the request that waits, and the subscription it becomes."""

from datetime import datetime, timedelta

from db.errors import TokenNotFoundError
from db.models import SubscriptionRequest
from db.sql.connection import Connection, Row
from db.sql.moments import to_text

#: how soon the same sign-up may be asked for again, and how many may wait unconfirmed in a day.
#: Confirmed ones do not count: whoever reads the mail may sign up for as much as they like.
SAME_AGAIN_AFTER = timedelta(hours=1)
MOST_UNCONFIRMED_A_DAY = 3


def refusal_of(connection: Connection, request: SubscriptionRequest, now: datetime) -> str:
    """Say why an address is sent no confirmation; empty where it is."""
    refused = connection.execute(
        "SELECT 1 FROM refusal WHERE address_key = ? AND address_key <> ''", (request.address_key,)
    ).fetchone()
    waiting = connection.execute(
        "SELECT query, rhythm, requested FROM subscription_request"
        " WHERE email = ? AND requested > ? AND subscription_id IS NULL",
        (request.email, to_text(now - timedelta(days=1))),
    ).fetchall()
    soon = to_text(now - SAME_AGAIN_AFTER)
    same = (request.query, request.rhythm)
    if refused:
        return "the address has asked for no more confirmations"
    if any((row["query"], row["rhythm"]) == same and row["requested"] > soon for row in waiting):
        return f"the same sign-up was asked for within {SAME_AGAIN_AFTER}"
    if len(waiting) >= MOST_UNCONFIRMED_A_DAY:
        return f"{len(waiting)} sign-ups of one address wait unconfirmed"
    return ""


def insert_request(
    connection: Connection,
    request: SubscriptionRequest,
    token_hash: str,
    now: datetime,
    expires: datetime,
) -> None:
    """Store a sign-up that waits for its confirmation."""
    connection.execute(
        "INSERT INTO subscription_request (token_hash, email, query, rhythm, language, corrections,"
        " wording, address_key, requested, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            token_hash,
            request.email,
            request.query,
            request.rhythm,
            request.language,
            request.corrections,
            request.wording,
            request.address_key,
            to_text(now),
            to_text(expires),
        ),
    )


def request_row(connection: Connection, token_hash: str, now: datetime) -> Row:
    """Give the sign-up behind a token. Raises `TokenNotFoundError`."""
    row: Row | None = connection.execute(
        "SELECT * FROM subscription_request WHERE token_hash = ?"
        " AND (expires > ? OR subscription_id IS NOT NULL)",
        (token_hash, to_text(now)),
    ).fetchone()
    if row is None:
        raise TokenNotFoundError("no sign-up waits for this link, or its time has run out")
    return row


def subscribe(connection: Connection, row: Row, now: datetime) -> int:
    """Make a sign-up a subscription, with the consent to it; give its number."""
    connection.execute(
        "INSERT INTO subscriber (email) VALUES (?) ON CONFLICT DO NOTHING", (row["email"],)
    )
    # who reads our mail can be written to
    connection.execute(
        "UPDATE subscriber SET suppressed = NULL, suppressed_reason = '', soft_bounces = 0,"
        " last_bounce = NULL, not_before = NULL WHERE email = ?",
        (row["email"],),
    )
    # The same query again changes the rhythm in place: what it was told of stays told.
    (number,) = connection.execute(
        """
        INSERT INTO subscription (subscriber_id, query, rhythm, language, corrections, confirmed)
        SELECT id, ?, ?, ?, ?, ? FROM subscriber WHERE email = ?
        ON CONFLICT (subscriber_id, query) WHERE ended IS NULL
        DO UPDATE SET rhythm = excluded.rhythm, language = excluded.language,
                      corrections = excluded.corrections,
                      since = CASE WHEN subscription.paused IS NULL THEN subscription.since
                                   ELSE excluded.confirmed END,
                      paused = NULL
        RETURNING id
        """,
        (
            row["query"],
            row["rhythm"],
            row["language"],
            row["corrections"],
            to_text(now),
            row["email"],
        ),
    ).fetchone()
    connection.execute(
        "INSERT INTO consent (subscription_id, given, wording, language) VALUES (?, ?, ?, ?)",
        (number, to_text(now), row["wording"], row["language"]),
    )
    return int(number)
