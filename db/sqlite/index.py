"""The full-text index: what of an entry can be found, as index tokens of `db.text`."""

import sqlite3

from db.models import EntryData
from db.text import tokens


def write_index(connection: sqlite3.Connection, entry_id: int, data: EntryData) -> None:
    """Index an entry and its files anew, inside a transaction."""
    labels = [file.label for file in data.attachments]
    texts = [
        data.title,
        data.lead,
        f"{data.body_text}\n{' '.join(labels)}",
        f"{' '.join(data.keywords)} {data.chapter}",
        _pages(connection, entry_id),
    ]
    connection.execute("DELETE FROM entry_fts WHERE rowid = ?", (entry_id,))
    connection.execute(
        "INSERT INTO entry_fts (rowid, title, lead, body, keywords, pages)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [entry_id, *(_as_tokens(text) for text in texts)],
    )


def write_pages_index(connection: sqlite3.Connection, entry_id: int) -> None:
    """Index the pages of an entry's files anew, inside a transaction."""
    connection.execute(
        "UPDATE entry_fts SET pages = ? WHERE rowid = ?",
        (_as_tokens(_pages(connection, entry_id)), entry_id),
    )


def _pages(connection: sqlite3.Connection, entry_id: int) -> str:
    rows = connection.execute(
        "SELECT text FROM attachment_page WHERE entry_id = ? ORDER BY position, page", (entry_id,)
    )
    return "\n".join(text for (text,) in rows)


def _as_tokens(text: str) -> str:
    return " ".join(tokens(text))
