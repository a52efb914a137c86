"""What a message tells, stored with it: nobody is told without it, and it tells nobody twice."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from db.errors import AlreadyToldError
from db.models import DigestContents, Message, Progress
from db.sql import outbox, shared
from db.sql.connection import Connection
from db.sql.moments import to_text
from db.sql.pieces import AMONG
from db.sql.replacing import replacing

#: when an entry's words changed or it was taken away
CHANGED = (
    "CASE WHEN coalesce(entry.revised, '') > coalesce(entry.withdrawn, '') THEN entry.revised"
    " ELSE coalesce(entry.withdrawn, '') END"
)
_PAGE = replacing("digest_page", ("token_hash", "outbox_id", "view_id"), ("token_hash",))


def insert_digest(
    connection: Connection, message: Message, contents: DigestContents, now: datetime
) -> bool:
    """Queue a message and record all it does, inside a transaction; False when it was there.

    Raises:
        AlreadyToldError: another message told some of it, and the transaction is void.
    """
    outbox_id = outbox.insert_message(connection, message, now)
    if outbox_id is None:
        return False
    _record_told(connection, contents, outbox_id, now)
    move(connection, contents.progress)
    connection.executemany(
        "INSERT INTO digest_part (outbox_id, subscription_id, older)"
        " SELECT ?, id, older FROM subscription WHERE id = ?",
        [(outbox_id, one.subscription_id) for one in contents.progress],
    )
    connection.executemany(
        "UPDATE subscription SET older = 0 WHERE id = ?",
        [(one.subscription_id,) for one in contents.progress],
    )
    connection.executemany(
        "INSERT INTO unsubscribe_token (token_hash, subscription_id) VALUES (?, ?)"
        " ON CONFLICT DO NOTHING",
        [(token, number) for token, numbers in contents.tokens for number in numbers],
    )
    if contents.page:
        token_hash, page = contents.page
        connection.execute(_PAGE, (token_hash, outbox_id, shared.view(connection, page)))
    if contents.manage and contents.progress:
        token_hash, expires = contents.manage
        connection.execute(
            "INSERT INTO manage_token (token_hash, subscriber_id, expires)"
            " SELECT ?, subscriber_id, ? FROM subscription WHERE id = ?"
            " ON CONFLICT (token_hash) DO UPDATE"
            " SET subscriber_id = excluded.subscriber_id, expires = excluded.expires",
            (token_hash, to_text(expires), contents.progress[0].subscription_id),
        )
    return True


def move(connection: Connection, progress: Iterable[Progress], *, strict: bool = True) -> None:
    """Move subscriptions on from where they were; another run may have moved them meanwhile."""
    steps = [one for one in progress if strict or one.before != one.after]
    moved = connection.executemany(
        "UPDATE subscription SET position = ?, older = older + ? WHERE id = ? AND position = ?",
        [(one.after, one.older, one.subscription_id, one.before) for one in steps],
    ).rowcount
    if strict and steps and moved < len(steps):
        raise AlreadyToldError(f"{len(steps) - moved} subscriptions were told by another run")


def _record_told(
    connection: Connection, contents: DigestContents, outbox_id: int, now: datetime
) -> None:
    known = _changes(connection, {record.story for record in contents.told}, now)
    new = connection.executemany(
        "INSERT INTO told (subscription_id, story, outbox_id, amended) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subscription_id, story) DO UPDATE"
        " SET outbox_id = excluded.outbox_id, amended = excluded.amended"
        " WHERE told.outbox_id IS NULL",
        [
            (record.subscription_id, record.story, outbox_id, known.get(record.story, ""))
            for record in contents.told
        ],
    ).rowcount
    if contents.told and new < len(contents.told):
        raise AlreadyToldError(f"{len(contents.told) - new} stories were told by another message")
    if contents.owed:
        connection.executemany(
            "INSERT INTO told (subscription_id, story, outbox_id) VALUES (?, ?, NULL)"
            " ON CONFLICT DO NOTHING",
            [(record.subscription_id, record.story) for record in contents.owed],
        )
    if contents.amended:
        _record_changes(connection, contents, outbox_id, contents.amended_until or now)


def _record_changes(
    connection: Connection, contents: DigestContents, outbox_id: int, until: datetime
) -> None:
    """Note what is told of changes, and how it was before, should the message fail."""
    connection.executemany(
        "INSERT INTO change_told (outbox_id, subscription_id, story, amended)"
        " SELECT CAST(? AS BIGINT), subscription_id, story, amended FROM told"
        " WHERE subscription_id = ? AND story = ?",
        [(outbox_id, record.subscription_id, record.story) for record in contents.amended],
    )
    known = _changes(connection, {record.story for record in contents.amended}, until)
    connection.executemany(
        "UPDATE told SET amended = ? WHERE subscription_id = ? AND story = ?",
        [
            (known.get(record.story, ""), record.subscription_id, record.story)
            for record in contents.amended
        ],
    )


def _changes(connection: Connection, stories: Collection[int], until: datetime) -> dict[int, str]:
    """Give, by story, the newest change that is known; nothing of those that never changed.

    That is not the moment of telling: it may lie ahead of the clock where a digest is run ahead of
    its time, and a change after it would stay untold.
    """
    numbers = json.dumps(list(stories))
    return {
        row["told"]: row["changed"]
        for row in connection.execute(
            f"SELECT coalesce(story, id) AS told, max({CHANGED}) AS changed FROM entry"
            f" WHERE (id {AMONG} OR story {AMONG})"
            f" AND (revised IS NOT NULL OR withdrawn IS NOT NULL) AND {CHANGED} <= ?"
            " GROUP BY coalesce(story, id)",
            (numbers, numbers, to_text(until)),
        )
    }
