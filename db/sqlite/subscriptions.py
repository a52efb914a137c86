"""Sign-ups, subscriptions and the hashed tokens that confirm and end them."""

import sqlite3
from datetime import datetime, timedelta

from db.errors import SignUpLimitError, TokenNotFoundError
from db.models import Language, Message, Rhythm, Subscription, SubscriptionRequest
from db.sqlite.connection import Connections, optional_moment, to_moment, to_text
from db.sqlite.outbox import insert_message

#: how soon the same sign-up may be asked for again, and how many may wait unconfirmed in a day.
#: Confirmed ones do not count: whoever reads the mail may sign up for as much as they like.
SAME_AGAIN_AFTER = timedelta(hours=1)
MOST_UNCONFIRMED_A_DAY = 3
_SUBSCRIPTION = (
    "SELECT subscription.*, email FROM subscription JOIN subscriber"
    " ON subscriber.id = subscription.subscriber_id"
)


class SqliteSubscriptions:
    """Implements `db.store.SubscriptionStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def request(
        self,
        request: SubscriptionRequest,
        *,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Record a sign-up and its confirmation message. Raises `SignUpLimitError`."""
        with self._connections.writing() as connection:
            _refuse_too_many(connection, request, now)
            connection.execute(
                "INSERT INTO subscription_request"
                " (token_hash, email, query, rhythm, language, requested, expires)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    token_hash,
                    request.email,
                    request.query,
                    request.rhythm,
                    request.language,
                    to_text(now),
                    to_text(expires),
                ),
            )
            insert_message(connection, message, now)

    def requested(self, token_hash: str, *, now: datetime) -> SubscriptionRequest:
        """Give the sign-up behind a token. Raises `TokenNotFoundError`."""
        row = _request_row(self._connections.connection, token_hash, now)
        return SubscriptionRequest(
            email=row["email"],
            query=row["query"],
            rhythm=Rhythm(row["rhythm"]),
            language=Language(row["language"]),
        )

    def confirm(self, token_hash: str, *, now: datetime) -> Subscription:
        """Make the sign-up a subscription; a second time gives the same one."""
        with self._connections.writing() as connection:
            row = _request_row(connection, token_hash, now)
            number = row["subscription_id"]
            if number is None:
                number = _subscribe(connection, row, now)
                connection.execute(
                    "UPDATE subscription_request SET subscription_id = ? WHERE token_hash = ?",
                    (number, token_hash),
                )
            found = connection.execute(
                f"{_SUBSCRIPTION} WHERE subscription.id = ?", (number,)
            ).fetchone()
        return _subscription(found)

    def forget_unconfirmed(self, *, now: datetime) -> int:
        """Delete the sign-ups whose time has run out; give how many."""
        with self._connections.writing() as connection:
            return connection.execute(
                "DELETE FROM subscription_request WHERE expires <= ? AND subscription_id IS NULL",
                (to_text(now),),
            ).rowcount

    def active(self, rhythm: Rhythm) -> list[Subscription]:
        """Give the subscriptions of a rhythm that have not ended, by address."""
        rows = self._connections.connection.execute(
            f"{_SUBSCRIPTION} WHERE rhythm = ? AND ended IS NULL AND email IS NOT NULL"
            " ORDER BY email, subscription.id",
            (rhythm,),
        )
        return [_subscription(row) for row in rows]

    def behind(self, token_hash: str) -> list[Subscription]:
        """Give the subscriptions an unsubscribe link stands for. Raises `TokenNotFoundError`."""
        rows = self._connections.connection.execute(
            f"{_SUBSCRIPTION} WHERE subscription.id IN"
            " (SELECT subscription_id FROM unsubscribe_token WHERE token_hash = ?)"
            " ORDER BY subscription.id",
            (token_hash,),
        ).fetchall()
        if not rows:
            raise TokenNotFoundError("no subscription belongs to this link")
        return [_subscription(row) for row in rows]

    def end(self, token_hash: str, *, reason: str, now: datetime) -> int:
        """End what an unsubscribe link stands for; give how many were still active."""
        self.behind(token_hash)
        with self._connections.writing() as connection:
            return connection.execute(
                "UPDATE subscription SET ended = ?, ended_reason = ? WHERE ended IS NULL AND id IN"
                " (SELECT subscription_id FROM unsubscribe_token WHERE token_hash = ?)",
                (to_text(now), reason, token_hash),
            ).rowcount


def _refuse_too_many(
    connection: sqlite3.Connection, request: SubscriptionRequest, now: datetime
) -> None:
    waiting = connection.execute(
        "SELECT query, requested FROM subscription_request"
        " WHERE email = ? AND requested > ? AND subscription_id IS NULL",
        (request.email, to_text(now - timedelta(days=1))),
    ).fetchall()
    soon = to_text(now - SAME_AGAIN_AFTER)
    if any(row["query"] == request.query and row["requested"] > soon for row in waiting):
        raise SignUpLimitError(f"the same sign-up was asked for within {SAME_AGAIN_AFTER}")
    if len(waiting) >= MOST_UNCONFIRMED_A_DAY:
        raise SignUpLimitError(f"{len(waiting)} sign-ups of one address wait unconfirmed")


def _request_row(connection: sqlite3.Connection, token_hash: str, now: datetime) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM subscription_request WHERE token_hash = ?"
        " AND (expires > ? OR subscription_id IS NOT NULL)",
        (token_hash, to_text(now)),
    ).fetchone()
    if row is None:
        raise TokenNotFoundError("no sign-up waits for this link, or its time has run out")
    return row


def _subscribe(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> int:
    connection.execute("INSERT OR IGNORE INTO subscriber (email) VALUES (?)", (row["email"],))
    # The same query again changes the rhythm in place: what it was told of stays told.
    (number,) = connection.execute(
        """
        INSERT INTO subscription (subscriber_id, query, rhythm, language, confirmed)
        SELECT id, ?, ?, ?, ? FROM subscriber WHERE email = ?
        ON CONFLICT (subscriber_id, query) WHERE ended IS NULL
        DO UPDATE SET rhythm = excluded.rhythm, language = excluded.language
        RETURNING id
        """,
        (row["query"], row["rhythm"], row["language"], to_text(now), row["email"]),
    ).fetchone()
    return int(number)


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        id=row["id"],
        email=row["email"] or "",
        query=row["query"],
        rhythm=Rhythm(row["rhythm"]),
        language=Language(row["language"]),
        confirmed=to_moment(row["confirmed"]),
        ended=optional_moment(row["ended"]),
        ended_reason=row["ended_reason"],
    )
