"""Sign-ups, subscriptions and the hashed tokens that confirm, refuse and end them."""

from datetime import datetime

from db.errors import TokenNotFoundError
from db.models import Language, Message, Rhythm, Subscription, SubscriptionRequest
from db.sql.asking import ask, raise_refusal
from db.sql.connection import Connections, Row
from db.sql.moments import optional_moment, to_moment, to_text
from db.sql.sign_ups import insert_request, refusal_of, request_row, subscribe

SUBSCRIPTION = (
    "SELECT subscription.*, email FROM subscription JOIN subscriber"
    " ON subscriber.id = subscription.subscriber_id"
)


class SqlSubscriptions:
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
                refusal=refusal_of(connection, request, now),
                record=lambda: insert_request(connection, request, token_hash, now, expires),
                now=now,
            )
        raise_refusal(refusal)

    def requested(self, token_hash: str, *, now: datetime) -> SubscriptionRequest:
        """Give the sign-up behind a token. Raises `TokenNotFoundError`."""
        row = request_row(self._connections.connection, token_hash, now)
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
            row = request_row(connection, token_hash, now)
            number = row["subscription_id"]
            if number is None:
                number = subscribe(connection, row, now)
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
        row = request_row(connection, token_hash, now)
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
            row = request_row(connection, token_hash, now)
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
            "SELECT * FROM wanted WHERE rhythm = ? AND (CAST(? AS TEXT) IS NULL"
            " OR not_before IS NULL OR not_before <= ?) ORDER BY email, id",
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


def subscription_from(row: Row) -> Subscription:
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
