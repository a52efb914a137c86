"""What messages that came back do to their address: suppressed, or left alone for some hours."""

from datetime import datetime, timedelta

from db.models import Bounce
from db.sql.connection import Connection, Row
from db.sql.moments import optional_moment, to_text

#: pause after the first soft bounce; doubled with each further one
FIRST_PAUSE = timedelta(hours=2)
#: so many soft bounces are borne; the next one suppresses the address
MOST_SOFT_BOUNCES = 5
#: counted at most so often, and forgotten after so long without another
COUNTED_EVERY = timedelta(days=1)
FORGOTTEN_AFTER = timedelta(days=30)
_MOST_REASON_CHARACTERS = 300


def bounced(
    connection: Connection, outbox_id: int, bounce: Bounce, reason: str, now: datetime
) -> str:
    """Record inside a transaction that a message came back; give what was done."""
    reader = _reader_of(connection, outbox_id)
    if reader is None:
        return _unconfirmed(connection, outbox_id, bounce)
    if bounce is Bounce.NONE or reader["suppressed"]:
        return "ignored"
    last = optional_moment(reader["last_bounce"])
    if bounce is Bounce.SOFT and last and now - last < COUNTED_EVERY:
        return "ignored"
    recent = last is not None and now - last < FORGOTTEN_AFTER
    count = (reader["soft_bounces"] if recent else 0) + 1
    if bounce is Bounce.HARD or count > MOST_SOFT_BOUNCES:
        connection.execute(
            "UPDATE subscriber SET suppressed = ?, suppressed_reason = ?, last_bounce = ?"
            " WHERE id = ?",
            (to_text(now), reason[:_MOST_REASON_CHARACTERS], to_text(now), reader["id"]),
        )
        return "suppressed"
    pauses: int = 2 ** (count - 1)
    connection.execute(
        "UPDATE subscriber SET soft_bounces = ?, last_bounce = ?, not_before = ? WHERE id = ?",
        (count, to_text(now), to_text(now + FIRST_PAUSE * pauses), reader["id"]),
    )
    return "paused"


def _reader_of(connection: Connection, outbox_id: int) -> Row | None:
    """Give whom a message went to, who is known longer than the message is kept."""
    row: Row | None = connection.execute(
        "SELECT * FROM subscriber WHERE email IS NOT NULL AND (id IN"
        " (SELECT subscriber_id FROM subscription"
        "  JOIN digest_part ON digest_part.subscription_id = subscription.id"
        "  WHERE outbox_id = ?)"
        " OR email = (SELECT recipient FROM outbox WHERE id = ? AND recipient <> ''))",
        (outbox_id, outbox_id),
    ).fetchone()
    return row


def _unconfirmed(connection: Connection, outbox_id: int, bounce: Bounce) -> str:
    """Drop the sign-ups of an address that does not exist."""
    found = connection.execute(
        "SELECT recipient FROM outbox WHERE id = ? AND recipient <> ''", (outbox_id,)
    ).fetchone()
    if found is None:
        return "unknown"
    if bounce is Bounce.HARD:
        connection.execute(
            "DELETE FROM subscription_request WHERE email = ? AND subscription_id IS NULL",
            (found["recipient"],),
        )
    return "ignored"
