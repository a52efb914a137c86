"""The outbox table: rendered messages waiting to be handed over, with state and lease."""

from datetime import UTC, datetime, timedelta

from db.models import Brakes, Category, ClaimedMessage, Delivery, Message, put_together
from db.sql import shared
from db.sql.connection import Connection, Row
from db.sql.moments import to_moment, to_text
from db.sql.pieces import UNTAKEN

#: beyond every pause between two attempts
_LONGEST_WAIT = timedelta(days=2)
_GOOD = frozenset({Delivery.SENT, Delivery.AMBIGUOUS})


def insert_message(connection: Connection, message: Message, now: datetime) -> int | None:
    """Queue a message inside a transaction; None when its `dedupe_key` is there already."""
    row = connection.execute(
        """
        INSERT INTO outbox (dedupe_key, category, recipient, message_id, state, created, not_before)
        VALUES (?, ?, ?, ?, 'queued', ?, ?)
        ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
        """,
        (
            message.dedupe_key,
            message.category,
            message.recipient,
            message.message_id,
            to_text(now),
            to_text(now),
        ),
    ).fetchone()
    if row is None:
        return None
    connection.execute(
        "INSERT INTO mail (outbox_id, data, letter_id) VALUES (?, ?, ?)",
        (row["id"], message.data, message.letter and shared.letter(connection, message.letter)),
    )
    return int(row["id"])


def next_due(connection: Connection, now: datetime, *, digests: bool) -> Row | None:
    """Give the next message to send: queued and due, or left by a sender whose lease ran out.

    Inside a transaction, so that nobody else is given it meanwhile.

    What is to wait for longer than anything waits was put there while the clock was ahead.
    """
    row: Row | None = connection.execute(
        "SELECT * FROM outbox WHERE state = 'sending' AND lease_until <= ?"
        f" AND (category = 'digest') = ? ORDER BY lease_until LIMIT 1 {UNTAKEN}",
        (to_text(now), digests),
    ).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT * FROM outbox WHERE state = 'queued' AND (category = 'digest') = ?"
            f" AND not_before <= ? ORDER BY not_before, id LIMIT 1 {UNTAKEN}",
            (digests, to_text(now)),
        ).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT * FROM outbox WHERE state = 'queued' AND (category = 'digest') = ?"
            f" AND not_before > ? ORDER BY not_before, id LIMIT 1 {UNTAKEN}",
            (digests, to_text(now + _LONGEST_WAIT)),
        ).fetchone()
    return row


def lease(
    connection: Connection, row: Row, worker: str, now: datetime, period: timedelta
) -> ClaimedMessage:
    """Lease a due message to a worker, inside a transaction."""
    # the sender whose lease ran out may have handed it over with its last breath
    uncertain = bool(row["uncertain"]) or row["state"] == "sending"
    connection.execute(
        "UPDATE outbox SET state = 'sending', worker = ?, lease_until = ?, attempts = attempts + 1,"
        " uncertain = ? WHERE id = ?",
        (worker, to_text(now + period), uncertain, row["id"]),
    )
    own, letter = connection.execute(
        "SELECT mail.data, letter.data FROM mail LEFT JOIN letter ON letter.id = letter_id"
        " WHERE outbox_id = ?",
        (row["id"],),
    ).fetchone()
    return ClaimedMessage(
        id=row["id"],
        message=Message(
            category=Category(row["category"]),
            recipient=row["recipient"],
            message_id=row["message_id"],
            data=bytes(own) if letter is None else put_together(bytes(own), bytes(letter)),
            dedupe_key=row["dedupe_key"],
        ),
        attempts=row["attempts"] + 1,
        created=to_moment(row["created"]),
        uncertain=uncertain,
    )


def release(connection: Connection, worker: str, now: datetime) -> int:
    """Make the messages of a worker that has died due again, inside a transaction."""
    return connection.execute(
        "UPDATE outbox SET state = 'queued', not_before = ?, lease_until = NULL, uncertain = 1"
        " WHERE state = 'sending' AND worker = ?",
        (to_text(now), worker),
    ).rowcount


def settle(
    connection: Connection,
    claimed: ClaimedMessage,
    worker: str,
    outcome: Delivery,
    now: datetime,
    retry_at: datetime | None,
    reply: str,
) -> None:
    """Record inside a transaction how a claimed message fared."""
    uncertain = outcome is not Delivery.SENT and (
        claimed.uncertain or outcome is Delivery.AMBIGUOUS
    )
    if retry_at is not None:
        state = "queued"
    else:
        # Not to be tried again: taken, taken for all we know, or not taken at all.
        # Who refuses it for good now has hardly taken it before.
        given_up = uncertain and outcome is Delivery.DEFERRED
        state = "sent" if outcome in _GOOD or given_up else "failed"
        if outcome is Delivery.BOUNCED:
            # there is nobody to write to: no more a fault than a reader who has left
            state = "cancelled"
    mine = connection.execute(
        "UPDATE outbox SET state = ?, settled = ?, not_before = coalesce(?, not_before),"
        " lease_until = NULL, last_reply = ?, uncertain = ?"
        " WHERE id = ? AND worker = ? AND state = 'sending'",
        (
            state,
            to_text(now),
            retry_at and to_text(retry_at),
            reply,
            uncertain,
            claimed.id,
            worker,
        ),
    ).rowcount
    if mine and state in ("failed", "cancelled"):
        give_back(connection, claimed.id)


def cancel(connection: Connection, outbox_id: int, now: datetime, *, anew: bool) -> None:
    """Take a message out inside a transaction; what it was to tell waits for who still wants it.

    With `anew`, its window is opened again, so that the message can be written without what nobody
    wants.
    """
    connection.execute(
        "UPDATE outbox SET state = 'cancelled', settled = ?,"
        " dedupe_key = CASE WHEN ? THEN dedupe_key || ':' || id ELSE dedupe_key END WHERE id = ?",
        (to_text(now), anew, outbox_id),
    )
    give_back(connection, outbox_id)
    if anew:
        # an immediate digest has a new window every minute
        connection.execute(
            "UPDATE digest_run SET completed = NULL WHERE rhythm <> 'immediate' AND id ="
            " (SELECT max(id) FROM digest_run WHERE rhythm = (SELECT rhythm FROM subscription"
            "  WHERE id IN (SELECT subscription_id FROM digest_part WHERE outbox_id = ?) LIMIT 1))",
            (outbox_id,),
        )


def give_back(connection: Connection, outbox_id: int) -> None:
    """Make what a message was to tell owed: the next digest carries it."""
    connection.execute(
        "UPDATE subscription SET older = older + (SELECT older FROM digest_part"
        " WHERE outbox_id = ? AND subscription_id = subscription.id)"
        " WHERE id IN (SELECT subscription_id FROM digest_part WHERE outbox_id = ?)",
        (outbox_id, outbox_id),
    )
    connection.execute("UPDATE told SET outbox_id = NULL WHERE outbox_id = ?", (outbox_id,))
    connection.execute(
        "UPDATE told SET amended = (SELECT change_told.amended FROM change_told"
        "  WHERE change_told.outbox_id = ? AND change_told.subscription_id = told.subscription_id"
        "  AND change_told.story = told.story)"
        " WHERE (subscription_id, story) IN"
        "  (SELECT subscription_id, story FROM change_told WHERE outbox_id = ?)",
        (outbox_id, outbox_id),
    )
    connection.execute("DELETE FROM change_told WHERE outbox_id = ?", (outbox_id,))


def still_wanted(connection: Connection, row: Row) -> tuple[bool, bool]:
    """Tell whether a digest is for any subscription that may still be written to, and whether it
    tells things for one that may not.

    What may have arrived already is not written anew: nobody is to get two that differ.
    """
    # not joined: SQLite would make the whole of the view for each message
    standings = {
        one["standing"]
        for one in connection.execute(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM wanted WHERE wanted.id = subscription_id)"
            "  THEN 'wanted' WHEN EXISTS (SELECT 1 FROM told"
            "   WHERE told.subscription_id = digest_part.subscription_id"
            "   AND told.outbox_id = digest_part.outbox_id)"
            "  THEN 'outdated' ELSE 'silent' END AS standing FROM digest_part WHERE outbox_id = ?",
            (row["id"],),
        )
    }
    may_have_arrived = bool(row["uncertain"]) or row["state"] == "sending"
    return "wanted" in standings, "outdated" in standings and not may_have_arrived


def slow_down(connection: Connection, brakes: Brakes, now: datetime) -> str:
    """Count a digest that is about to be handed over; say which limit forbids it, if one does."""
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    day = (now.astimezone(UTC) - timedelta(hours=23)).strftime("%Y-%m-%dT%H")
    # first of all, so that of several senders each waits for the one before, and sees its count
    connection.execute(
        "INSERT INTO pace (hour, messages) VALUES (?, 1)"
        " ON CONFLICT (hour) DO UPDATE SET messages = pace.messages + 1",
        (hour,),
    )
    in_hour, in_day = connection.execute(
        "SELECT coalesce(sum(messages) FILTER (WHERE hour = ?), 0), coalesce(sum(messages), 0)"
        " FROM pace WHERE hour BETWEEN ? AND ?",
        (hour, day, hour),
    ).fetchone()
    for count, most, name in (
        (in_hour - 1, brakes.most_per_hour, "hour"),
        (in_day - 1, brakes.most_per_day, "day"),
    ):
        if most and count >= most:
            connection.execute("UPDATE pace SET messages = messages - 1 WHERE hour = ?", (hour,))
            return f"{count} digests were handed over within the {name}, and {most} is the most"
    return ""
