"""Sign-ups, subscriptions and the hashed tokens that confirm, refuse and end them."""

import sqlite3
from datetime import datetime, timedelta

from db.errors import TokenNotFoundError
from db.models import Language, Message, Rhythm, Subscription, SubscriptionRequest
from db.sqlite.asking import ask, raise_refusal
from db.sqlite.connection import Connections, optional_moment, to_moment, to_text

#: how soon the same sign-up may be asked for again, and how many may wait unconfirmed in a day.
#: Confirmed ones do not count: whoever reads the mail may sign up for as much as they like.
SAME_AGAIN_AFTER = timedelta(hours=1)
MOST_UNCONFIRMED_A_DAY = 3
SUBSCRIPTION = (
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
        """Record a sign-up and its confirmation message."""
        with self._connections.writing() as connection:
            refusal = ask(
                connection,
                message,
                purpose="sign-up",
                address_key=request.address_key,
                refusal=_refusal(connection, request, now),
                record=lambda: _insert_request(connection, request, token_hash, now, expires),
                now=now,
            )
        raise_refusal(refusal)

    def requested(self, token_hash: str, *, now: datetime) -> SubscriptionRequest:
        """Give the sign-up behind a token. Raises `TokenNotFoundError`."""
        row = _request_row(self._connections.connection, token_hash, now)
        return SubscriptionRequest(
            email=row["email"],
            query=row["query"],
            rhythm=Rhythm(row["rhythm"]),
            language=Language(row["language"]),
            corrections=bool(row["corrections"]),
            wording=row["wording"],
            address_key=row["address_key"],
        )

    def confirm(self, token_hash: str, *, now: datetime) -> Subscription:
        """Make the sign-up a subscription; a second time gives the same one."""
        with self._connections.writing() as connection:
            row = _request_row(connection, token_hash, now)
            number = row["subscription_id"]
            if number is None:
                number = _subscribe(connection, row, now)
                connection.execute(
                    "UPDATE subscription_request SET subscription_id = ?, email = ''"
                    " WHERE token_hash = ?",
                    (number, token_hash),
                )
            found = connection.execute(
                f"{SUBSCRIPTION} WHERE subscription.id = ?", (number,)
            ).fetchone()
        return subscription_from(found)

    def present(self, token_hash: str, *, now: datetime) -> Subscription | None:
        """Give the subscription that a sign-up would change, where there is one already."""
        connection = self._connections.connection
        row = _request_row(connection, token_hash, now)
        found = connection.execute(
            f"{SUBSCRIPTION} WHERE email = ? AND query = ? AND ended IS NULL",
            (row["email"], row["query"]),
        ).fetchone()
        return found and subscription_from(found)

    def refuse(self, token_hash: str, *, now: datetime) -> None:
        """Send no more confirmations to the address of a sign-up, and end what it started."""
        if self.is_refused(token_hash):
            return
        with self._connections.writing() as connection:
            row = _request_row(connection, token_hash, now)
            connection.execute(
                "INSERT INTO refusal (address_key, token_hash, refused) VALUES (?, ?, ?)"
                " ON CONFLICT (address_key) DO UPDATE SET token_hash = excluded.token_hash",
                (row["address_key"], token_hash, to_text(now)),
            )
            connection.execute(
                "UPDATE subscription SET ended = ?, ended_reason = 'refused'"
                " WHERE id = ? AND ended IS NULL",
                (to_text(now), row["subscription_id"]),
            )
            connection.execute(
                "DELETE FROM subscription_request"
                " WHERE token_hash = ? OR (email <> '' AND email = ?)",
                (token_hash, row["email"]),
            )

    def is_refused(self, token_hash: str) -> bool:
        """Tell whether the address was refused by this token."""
        found = self._connections.connection.execute(
            "SELECT 1 FROM refusal WHERE token_hash = ?", (token_hash,)
        )
        return found.fetchone() is not None

    def allow(self, token_hash: str) -> None:
        """Take a refusal by this token back."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM refusal WHERE token_hash = ?", (token_hash,))

    def forget_unconfirmed(self, *, now: datetime) -> int:
        """Delete the sign-ups whose time has run out; give how many."""
        with self._connections.writing() as connection:
            return connection.execute(
                "DELETE FROM subscription_request WHERE expires <= ? AND subscription_id IS NULL",
                (to_text(now),),
            ).rowcount

    def active(self, rhythm: Rhythm, *, now: datetime | None = None) -> list[Subscription]:
        """Give the subscriptions of a rhythm that may be written to, by address."""
        rows = self._connections.connection.execute(
            "SELECT * FROM wanted WHERE rhythm = ?"
            " AND (? IS NULL OR not_before IS NULL OR not_before <= ?) ORDER BY email, id",
            (rhythm, now and to_text(now), now and to_text(now)),
        )
        return [subscription_from(row) for row in rows]

    def behind(self, token_hash: str) -> list[Subscription]:
        """Give the subscriptions an unsubscribe link stands for. Raises `TokenNotFoundError`."""
        rows = self._connections.connection.execute(
            f"{SUBSCRIPTION} WHERE subscription.id IN"
            " (SELECT subscription_id FROM unsubscribe_token WHERE token_hash = ?)"
            " ORDER BY subscription.id",
            (token_hash,),
        ).fetchall()
        if not rows:
            raise TokenNotFoundError("no subscription belongs to this link")
        return [subscription_from(row) for row in rows]

    def end(self, token_hash: str, *, reason: str, now: datetime) -> int:
        """End what an unsubscribe link stands for; give how many were still active."""
        self.behind(token_hash)
        with self._connections.writing() as connection:
            return connection.execute(
                "UPDATE subscription SET ended = ?, ended_reason = ? WHERE ended IS NULL AND id IN"
                " (SELECT subscription_id FROM unsubscribe_token WHERE token_hash = ?)",
                (to_text(now), reason, token_hash),
            ).rowcount


def subscription_from(row: sqlite3.Row) -> Subscription:
    """Make a subscription of its row, which has the address beside it."""
    return Subscription(
        id=row["id"],
        email=row["email"] or "",
        query=row["query"],
        rhythm=Rhythm(row["rhythm"]),
        language=Language(row["language"]),
        confirmed=to_moment(row["confirmed"]),
        ended=optional_moment(row["ended"]),
        ended_reason=row["ended_reason"],
        since=optional_moment(row["since"]),
        paused=optional_moment(row["paused"]),
        corrections=bool(row["corrections"]),
    )


def _refusal(connection: sqlite3.Connection, request: SubscriptionRequest, now: datetime) -> str:
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


def _insert_request(
    connection: sqlite3.Connection,
    request: SubscriptionRequest,
    token_hash: str,
    now: datetime,
    expires: datetime,
) -> None:
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
                      since = CASE WHEN paused IS NULL THEN since ELSE excluded.confirmed END,
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
