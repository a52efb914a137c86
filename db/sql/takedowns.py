"""Entries taken down by a person's decision: their texts are deleted and refused from then on.

What is left is the number, which is never given to another entry, the key by which a crawl knows
it, and when and why it was done.
"""

import json
from collections.abc import Callable
from datetime import datetime

from db.errors import EntryNotFoundError, EntryTakenDownError
from db.models import Takedown
from db.sql import outbox, shared
from db.sql.connection import Connection, Connections, Row
from db.sql.moments import optional_moment, to_moment, to_text
from db.sql.replacing import replacing
from db.sql.state import mark_change
from db.sql.stories import SqlStories

#: tables that hold something of an entry, those that others refer to last
_TABLES = (
    "attachment_page", "attachment", "entry_tag", "deadline", "revision", "raw_page",
    # their triggers have noted a change of it
    "entry_change",
)  # fmt: skip

_TAKE_DOWN = replacing(
    "takedown",
    ("entry_id", "source", "key", "first_seen", "appeared", "reason", "taken", "lifted"),
    ("entry_id",),
)


class SqlTakedowns:
    """Implements `db.store.TakedownStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take_down(
        self, entry_id: int, *, reason: str, is_about: Callable[[bytes], bool], now: datetime
    ) -> None:
        """Delete an entry and all that tells of it, and refuse it from now on."""
        with self._connections.writing() as connection:
            row = connection.execute("SELECT * FROM entry WHERE id = ?", (entry_id,)).fetchone()
            if row is None:
                raise not_found(connection, entry_id)
            SqlStories(self._connections).split(entry_id, now=now)
            _forget_mails(connection, entry_id, is_about, now)
            connection.execute(
                "DELETE FROM story_decision WHERE entry_id = ? OR other_id = ?",
                (entry_id, entry_id),
            )
            connection.index.remove(entry_id)
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table} WHERE entry_id = ?", (entry_id,))
            connection.execute("DELETE FROM entry WHERE id = ?", (entry_id,))
            connection.execute(
                _TAKE_DOWN,
                (
                    entry_id, row["source"], row["key"], row["first_seen"], row["appeared"],
                    reason, to_text(now), None,
                ),
            )  # fmt: skip
            mark_change(connection, now)

    def lift(self, entry_id: int, *, now: datetime) -> Takedown:
        """Let an entry come back, under its number, when it is next crawled or imported."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE takedown SET lifted = ? WHERE entry_id = ? AND lifted IS NULL",
                (to_text(now), entry_id),
            )
            row = connection.execute(
                "SELECT * FROM takedown WHERE entry_id = ?", (entry_id,)
            ).fetchone()
            if row is None:
                raise EntryNotFoundError(entry_id)
            # its page must be read again, not taken for what is known
            pages = connection.execute(
                "SELECT url, keys FROM page WHERE source = ?", (row["source"],)
            ).fetchall()
            connection.executemany(
                "UPDATE page SET etag = '', last_modified = '', content = '', due = ?"
                " WHERE source = ? AND url = ?",
                [
                    (to_text(now), row["source"], page["url"])
                    for page in pages
                    if row["key"] in json.loads(page["keys"])
                ],
            )
        return _takedown(row)

    def all(self) -> list[Takedown]:
        """Give every takedown, lifted ones too, the newest first."""
        rows = self._connections.connection.execute(
            "SELECT * FROM takedown ORDER BY taken DESC, entry_id DESC"
        )
        return [_takedown(row) for row in rows]


def taken_down(connection: Connection, source: str, key: str) -> Row | None:
    """Give what is left of an entry that was taken down, lifted or not."""
    row: Row | None = connection.execute(
        "SELECT * FROM takedown WHERE source = ? AND key = ?", (source, key)
    ).fetchone()
    return row


def not_found(connection: Connection, entry_id: int) -> EntryNotFoundError:
    """Make the error for an entry that is not stored: taken down, or never there."""
    row = None
    if 0 < entry_id < 2**63:  # what SQLite can bind
        row = connection.execute(
            "SELECT taken FROM takedown WHERE entry_id = ? AND lifted IS NULL", (entry_id,)
        ).fetchone()
    if row is None:
        return EntryNotFoundError(entry_id)
    return EntryTakenDownError(entry_id, to_moment(row["taken"]))


def _forget_mails(
    connection: Connection, entry_id: int, is_about: Callable[[bytes], bool], now: datetime
) -> None:
    """Stop mails that would tell of it, and delete the web pages of those that did."""
    waiting = connection.execute(
        "SELECT id FROM outbox WHERE state = 'queued' AND id IN"
        " (SELECT outbox_id FROM told WHERE story = ?)",
        (entry_id,),
    ).fetchall()
    for (number,) in waiting:
        outbox.cancel(connection, number, now, anew=True)
    # what is owed of it is owed no more; what was told stays told, should it come back
    connection.execute("DELETE FROM told WHERE story = ? AND outbox_id IS NULL", (entry_id,))
    for row in connection.execute("SELECT id, data FROM digest_view").fetchall():
        if is_about(row["data"]):
            connection.execute("DELETE FROM digest_page WHERE view_id = ?", (row["id"],))
    shared.forget_views(connection)


def _takedown(row: Row) -> Takedown:
    return Takedown(
        entry_id=row["entry_id"],
        source=row["source"],
        key=row["key"],
        reason=row["reason"],
        taken=to_moment(row["taken"]),
        lifted=optional_moment(row["lifted"]),
    )
