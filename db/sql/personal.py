"""Personal data: out, and away."""

from datetime import datetime

from db.models import Reader
from db.sql import shared
from db.sql.connection import Connection
from db.sql.moments import to_text

#: numbers of the messages that were written to a reader
_MESSAGES = (
    "SELECT outbox_id FROM digest_part JOIN subscription"
    " ON subscription.id = digest_part.subscription_id WHERE subscriber_id = ?"
)


def personal_data(connection: Connection, reader: Reader) -> dict[str, object]:
    """Give all that is stored about a reader, as values that JSON can hold."""
    consents = _rows(
        connection,
        "SELECT consent.subscription_id AS subscription, given, wording, consent.language"
        " FROM consent JOIN subscription ON subscription.id = consent.subscription_id"
        " WHERE subscriber_id = ? ORDER BY consent.id",
        reader.id,
    )
    return {
        "email": reader.email,
        "subscriptions": _rows(
            connection,
            "SELECT id, query, rhythm, language, corrections, confirmed, since, paused, ended,"
            " ended_reason FROM subscription WHERE subscriber_id = ? ORDER BY id",
            reader.id,
        ),
        "consents": consents,
        "waiting_sign_ups": _rows(
            connection,
            "SELECT query, rhythm, language, corrections, wording, requested, expires"
            " FROM subscription_request WHERE email = ? ORDER BY requested",
            reader.email,
        ),
        "bounces": _rows(
            connection,
            "SELECT suppressed, suppressed_reason, soft_bounces, last_bounce, not_before"
            " FROM subscriber WHERE id = ?",
            reader.id,
        ),
        "messages": _rows(
            connection,
            "SELECT category, message_id, state, created, settled, last_reply FROM outbox"
            " WHERE recipient = ? ORDER BY id",
            reader.email,
        ),
        "told": _rows(
            connection,
            "SELECT subscription_id AS subscription, story FROM told"
            " JOIN subscription ON subscription.id = subscription_id"
            " WHERE subscriber_id = ? ORDER BY subscription_id, story",
            reader.id,
        ),
        "digest_pages": _rows(
            connection,
            "SELECT created FROM digest_page JOIN outbox ON outbox.id = outbox_id"
            f" WHERE outbox_id IN ({_MESSAGES}) ORDER BY created",
            reader.id,
        ),
    }


def erase(connection: Connection, number: int, email: str, *, pages: bool, now: datetime) -> None:
    """Delete, inside a transaction, what names a reader; end what has not ended.

    With `pages`, the digests' web pages go too, though they name nobody.
    """
    if pages:
        connection.execute(f"DELETE FROM digest_page WHERE outbox_id IN ({_MESSAGES})", (number,))
        shared.forget_views(connection)
    connection.execute(
        "DELETE FROM consent WHERE subscription_id IN"
        " (SELECT id FROM subscription WHERE subscriber_id = ?)",
        (number,),
    )
    connection.execute("DELETE FROM manage_token WHERE subscriber_id = ?", (number,))
    # What a reader sought may name them as well as their address does.
    connection.execute(
        "UPDATE subscription SET query = '', ended = coalesce(ended, ?),"
        " ended_reason = CASE WHEN ended IS NULL THEN 'erased' ELSE ended_reason END"
        " WHERE subscriber_id = ?",
        (to_text(now), number),
    )
    connection.execute(
        "DELETE FROM subscription_request WHERE email = ? OR subscription_id IN"
        " (SELECT id FROM subscription WHERE subscriber_id = ?)",
        (email, number),
    )
    # The rows stay, empty: `told` points to them, and their keys keep them from being sent again.
    # What is on its way at this moment is settled by its sender.
    connection.execute(
        "UPDATE outbox SET recipient = '', last_reply = '',"
        " settled = coalesce(settled, ?),"
        " state = CASE WHEN state IN ('queued', 'sending') THEN 'cancelled' ELSE state END"
        " WHERE recipient = ?",
        (to_text(now), email),
    )
    shared.forget_letters(connection)
    connection.execute(
        "UPDATE subscriber SET email = NULL, suppressed = NULL, suppressed_reason = '',"
        " last_bounce = NULL, not_before = NULL WHERE id = ?",
        (number,),
    )


def _rows(connection: Connection, sql: str, key: int | str) -> list[dict[str, object]]:
    return [dict(row) for row in connection.execute(sql, (key,))]
