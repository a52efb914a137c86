"""A tag that takes another name: entries and subscriptions go with it."""

from dataclasses import replace
from datetime import datetime

from db.query import EntryQuery
from db.sql.connection import Connection
from db.sql.moments import to_text


def rename_tag(connection: Connection, old: str, new: str, *, now: datetime) -> None:
    """Give entries the new name and have subscriptions follow it, inside a transaction."""
    connection.execute(
        "INSERT INTO entry_tag (tag, entry_id, reason, score)"
        " SELECT ?, entry_id, reason, score FROM entry_tag WHERE tag = ? ON CONFLICT DO NOTHING",
        (new, old),
    )
    connection.execute("DELETE FROM entry_tag WHERE tag = ?", (old,))
    for table in ("subscription_request", "subscription"):
        stored = connection.execute(f"SELECT DISTINCT query FROM {table}").fetchall()
        for (text,) in stored:
            query = EntryQuery.from_canonical(text)
            if old in query.tags:
                tags = {new if tag == old else tag for tag in query.tags}
                renamed = replace(query, tags=tuple(sorted(tags))).canonical()
                _follow(connection, table, text, renamed, now=now)


def _follow(connection: Connection, table: str, old: str, new: str, *, now: datetime) -> None:
    if table == "subscription":
        # these belong to readers who follow the new name already
        connection.execute(
            "UPDATE subscription SET ended = ?, ended_reason = ? WHERE query = ? AND ended IS NULL"
            " AND EXISTS (SELECT 1 FROM subscription AS other WHERE other.query = ?"
            "  AND other.subscriber_id = subscription.subscriber_id AND other.ended IS NULL)",
            (to_text(now), f"joined with {new}", old, new),
        )
    connection.execute(f"UPDATE {table} SET query = ? WHERE query = ?", (new, old))
