"""The outbox table: rendered messages waiting to be handed over, with state and lease."""

import sqlite3
from datetime import datetime, timedelta

from db.models import Category, ClaimedMessage, Message
from db.sqlite.connection import to_text


def insert_message(connection: sqlite3.Connection, message: Message, now: datetime) -> int | None:
    """Queue a message inside a transaction; None when its `dedupe_key` is there already."""
    row = connection.execute(
        """
        INSERT INTO outbox (dedupe_key, category, recipient, message_id, data, state, created,
                            not_before)
        VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)
        ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
        """,
        (
            message.dedupe_key,
            message.category,
            message.recipient,
            message.message_id,
            message.data,
            to_text(now),
            to_text(now),
        ),
    ).fetchone()
    return None if row is None else int(row["id"])


def next_due(
    connection: sqlite3.Connection, now: datetime, category: Category | None
) -> sqlite3.Row | None:
    """Give the next message to send: queued and due, or left by a sender whose lease ran out."""
    moment = to_text(now)
    # 'confirmation' sorts before 'digest': a person is waiting for it
    row: sqlite3.Row | None = connection.execute(
        """
        SELECT * FROM outbox
        WHERE ((state = 'queued' AND not_before <= ?) OR (state = 'sending' AND lease_until <= ?))
          AND category = coalesce(?, category)
        ORDER BY category, id LIMIT 1
        """,
        (moment, moment, category),
    ).fetchone()
    return row


def lease(
    connection: sqlite3.Connection, row: sqlite3.Row, worker: str, now: datetime, period: timedelta
) -> ClaimedMessage:
    """Lease a due message to a worker, inside a transaction."""
    connection.execute(
        "UPDATE outbox SET state = 'sending', worker = ?, lease_until = ?, attempts = attempts + 1"
        " WHERE id = ?",
        (worker, to_text(now + period), row["id"]),
    )
    return ClaimedMessage(
        id=row["id"],
        message=Message(
            category=Category(row["category"]),
            recipient=row["recipient"],
            message_id=row["message_id"],
            data=row["data"],
            dedupe_key=row["dedupe_key"],
        ),
        attempts=row["attempts"] + 1,
    )
