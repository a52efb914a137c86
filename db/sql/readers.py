"""Addresses, and what their owners may see and change."""

from collections.abc import Collection
from datetime import datetime, timedelta
from string import ascii_lowercase, ascii_uppercase

from db.errors import TokenNotFoundError
from db.models import Bounce, Language, Message, Reader, Rhythm
from db.sql.asking import REMEMBERED, ask, mails_asked, raise_refusal
from db.sql.bounces import bounced
from db.sql.connection import Connection, Connections, Row
from db.sql.moments import optional_moment, to_text
from db.sql.personal import erase, personal_data
from db.sql.subscriptions import SUBSCRIPTION, subscription_from

#: how soon another link may be asked for, and how many there may be in a day
LINK_AGAIN_AFTER = timedelta(minutes=5)
MOST_LINKS_A_DAY = 3
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class SqlReaders:
    """Implements `db.store.ReaderStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def request_link(
        self,
        email: str,
        *,
        address_key: str,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Store a link to an address' subscriptions and the message that carries it."""
        with self._connections.writing() as connection:
            found = _by_email(connection, email)
            refusal = ask(
                connection,
                message,
                purpose="link",
                address_key=address_key,
                refusal=_refusal(connection, found, address_key, now),
                # an address without subscriptions has its writing undone again
                record=lambda: connection.execute(
                    "INSERT INTO manage_token (token_hash, subscriber_id, expires)"
                    " SELECT ?, coalesce(?, (SELECT max(id) FROM subscriber)), ?"
                    " WHERE EXISTS (SELECT 1 FROM subscriber)",
                    (token_hash, found and found["id"], to_text(expires)),
                ),
                now=now,
            )
        raise_refusal(refusal)

    def behind(self, token_hash: str, *, now: datetime) -> Reader:
        """Give the reader behind a link. Raises `TokenNotFoundError`."""
        connection = self._connections.connection
        row = connection.execute(
            "SELECT subscriber.* FROM subscriber JOIN manage_token ON subscriber_id = subscriber.id"
            " WHERE token_hash = ? AND expires > ? AND email IS NOT NULL",
            (token_hash, to_text(now)),
        ).fetchone()
        if row is None:
            raise TokenNotFoundError("no reader belongs to this link, or its time has run out")
        return _reader(connection, row)

    def by_email(self, email: str) -> Reader | None:
        """Give what is known of an address, whatever the case of its letters."""
        connection = self._connections.connection
        row = _by_email(connection, email)
        return _waiting(connection, email) if row is None else _reader(connection, row)

    def all(self) -> list[Reader]:
        """Give the addresses that are kept, by address."""
        connection = self._connections.connection
        rows = connection.execute("SELECT * FROM subscriber WHERE email IS NOT NULL ORDER BY email")
        return [_reader(connection, row) for row in rows.fetchall()]

    def change(
        self,
        reader: Reader,
        subscription_id: int,
        *,
        query: str,
        rhythm: Rhythm,
        language: Language,
        corrections: bool,
        now: datetime,
    ) -> bool:
        """Change an active subscription; False where the reader follows that query already."""
        with self._connections.writing() as connection:
            taken = connection.execute(
                "SELECT 1 FROM subscription"
                " WHERE subscriber_id = ? AND query = ? AND id <> ? AND ended IS NULL",
                (reader.id, query, subscription_id),
            ).fetchone()
            if taken:
                return False
            # What matches another query from before now is no news to the reader.
            connection.execute(
                "UPDATE subscription SET rhythm = ?, language = ?, corrections = ?,"
                " since = CASE WHEN query = ? THEN since ELSE ? END, query = ?"
                " WHERE subscriber_id = ? AND id = ? AND ended IS NULL",
                (
                    *(rhythm, language, corrections, query, to_text(now), query),
                    *(reader.id, subscription_id),
                ),
            )
        return True

    def pause(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Send nothing for a subscription until it is resumed."""
        self._update(
            "SET paused = ? WHERE paused IS NULL", (to_text(now),), reader, [subscription_id]
        )

    def resume(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Tell again, from now on."""
        self._update(
            "SET since = ?, paused = NULL WHERE paused IS NOT NULL",
            (to_text(now),), reader, [subscription_id],
        )  # fmt: skip

    def end(
        self, reader: Reader, subscription_ids: Collection[int], *, reason: str, now: datetime
    ) -> int:
        """End some of a reader's subscriptions; give how many were still active."""
        return self._update(
            "SET ended = ?, ended_reason = ? WHERE TRUE", (to_text(now), reason),
            reader, subscription_ids,
        )  # fmt: skip

    def lift(self, reader: Reader) -> None:
        """Write to an address again from which messages came back."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE subscriber SET suppressed = NULL, suppressed_reason = '', soft_bounces = 0,"
                " last_bounce = NULL, not_before = NULL WHERE id = ?",
                (reader.id,),
            )

    def personal_data(self, reader: Reader) -> dict[str, object]:
        """Give all that is stored about a reader, as values that JSON can hold."""
        return personal_data(self._connections.connection, reader)

    def erase(self, reader: Reader, *, now: datetime) -> None:
        """End everything and delete the address wherever it stands."""
        with self._connections.writing() as connection:
            erase(connection, reader.id, reader.email, pages=True, now=now)

    def bounced(self, outbox_id: int, bounce: Bounce, *, reason: str, now: datetime) -> str:
        """Record that a message came back; give what was done, as a word for the operator."""
        with self._connections.writing() as connection:
            return bounced(connection, outbox_id, bounce, reason, now)

    def digest_page(self, token_hash: str) -> bytes:
        """Give what a digest showed. Raises `TokenNotFoundError`."""
        row = self._connections.connection.execute(
            "SELECT data FROM digest_page JOIN digest_view ON digest_view.id = view_id"
            " WHERE token_hash = ?",
            (token_hash,),
        ).fetchone()
        if row is None:
            raise TokenNotFoundError("no digest has this address")
        return bytes(row["data"])

    def forget(self, *, ended_before: datetime, now: datetime) -> int:
        """Delete addresses whose last subscription ended before a moment, and spent links."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM manage_token WHERE expires <= ?", (to_text(now),))
            connection.execute("DELETE FROM asked WHERE moment <= ?", (to_text(now - REMEMBERED),))
            gone = connection.execute(
                "SELECT id, email FROM subscriber WHERE email IS NOT NULL"
                " AND NOT EXISTS (SELECT 1 FROM subscription WHERE subscriber_id = subscriber.id"
                " AND (ended IS NULL OR ended > ?))",
                (to_text(ended_before),),
            ).fetchall()
            for row in gone:
                erase(connection, row["id"], row["email"], pages=False, now=now)
        return len(gone)

    def _update(
        self, change: str, values: tuple[str, ...], reader: Reader, numbers: Collection[int]
    ) -> int:
        """Change active subscriptions of a reader; `change` ends in a condition."""
        with self._connections.writing() as connection:
            return sum(
                connection.execute(
                    f"UPDATE subscription {change} AND ended IS NULL"
                    " AND subscriber_id = ? AND id = ?",
                    (*values, reader.id, number),
                ).rowcount
                for number in numbers
            )


def _lower(email: str) -> str:
    """Give an address in lower case as the database has it: A to Z alone."""
    return email.translate(_LOWER)


def _by_email(connection: Connection, email: str) -> Row | None:
    row: Row | None = connection.execute(
        "SELECT * FROM subscriber WHERE lower(email) = ? ORDER BY email = ? DESC LIMIT 1",
        (_lower(email), email),
    ).fetchone()
    return row


def _waiting(connection: Connection, email: str) -> Reader | None:
    """Give the address of a sign-up that nobody has confirmed, as a reader without a number."""
    row = connection.execute(
        "SELECT email FROM subscription_request WHERE email = ?"
        " UNION SELECT recipient FROM outbox WHERE recipient = ?",
        (_lower(email), _lower(email)),
    ).fetchone()
    return row and Reader(id=0, email=row["email"], subscriptions=())


def _refusal(connection: Connection, found: Row | None, address_key: str, now: datetime) -> str:
    """Say why an address is sent no link; empty where it is."""
    a_day = mails_asked(connection, address_key, "link", now - REMEMBERED)
    just_now = mails_asked(connection, address_key, "link", now - LINK_AGAIN_AFTER)
    if found is None:
        return "nobody is known by this address"
    return "the address was sent links enough" if just_now or a_day >= MOST_LINKS_A_DAY else ""


def _reader(connection: Connection, row: Row) -> Reader:
    rows = connection.execute(
        f"{SUBSCRIPTION} WHERE subscriber_id = ? ORDER BY subscription.id", (row["id"],)
    )
    return Reader(
        id=row["id"],
        email=row["email"],
        subscriptions=tuple(subscription_from(one) for one in rows),
        suppressed=optional_moment(row["suppressed"]),
        suppressed_reason=row["suppressed_reason"],
        not_before=optional_moment(row["not_before"]),
    )
