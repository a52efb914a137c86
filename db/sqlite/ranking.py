"""A page of hits by relevance, with a mild preference for the recent."""

import sqlite3
from datetime import datetime

from db.models import Entry
from db.query import Paging, Sort
from db.sqlite.connection import optional_moment, to_moment
from db.sqlite.rows import entries_from
from db.sqlite.search import NEWEST, RELEVANCE, Selection

#: so many of the best are put into another order; beyond them nobody looks for the recent
BEST = 200
#: what an entry of today gains on one that is `FADED` or undated
BONUS = 0.5
FADED = 10 * 365.25


def by_relevance(
    connection: sqlite3.Connection, selection: Selection, paging: Paging
) -> tuple[Entry, ...]:
    """Give one page of a selection; today is when the newest entry of all appeared."""
    start, end = paging.offset, paging.offset + paging.per_page
    numbers = _best(connection, selection)[start:end] if start < BEST else []
    if end > BEST:
        rows = connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {selection.order(Sort.RELEVANCE)}"
            " LIMIT ? OFFSET ?",
            [*selection.values, end - max(start, BEST), max(start, BEST)],
        )
        numbers += [number for (number,) in rows]
    chosen = connection.execute(
        f"SELECT * FROM entry WHERE id IN ({', '.join('?' * len(numbers))})", numbers
    ).fetchall()
    found = {entry.id: entry for entry in entries_from(connection, chosen)}
    return tuple(found[number] for number in numbers)


def _best(connection: sqlite3.Connection, selection: Selection) -> list[int]:
    rows = connection.execute(
        f"SELECT entry.id, entry.published, {selection.has_all} AS whole, {RELEVANCE} AS score"
        f" {selection.sql} ORDER BY whole DESC, score, {NEWEST} LIMIT ?",
        [*selection.values, BEST],
    ).fetchall()
    (newest,) = connection.execute("SELECT max(appeared) FROM entry").fetchone()
    today = to_moment(newest) if newest else None

    def place(row: sqlite3.Row) -> tuple[int, float]:
        published = optional_moment(row["published"])
        return -row["whole"], row["score"] * _preference(published, today)

    # equal ones stay in the order they came in: newest first
    return [row["id"] for row in sorted(rows, key=place)]


def _preference(published: datetime | None, today: datetime | None) -> float:
    if published is None or today is None:
        return 1.0
    age = (today - published).total_seconds() / 86_400
    return 1 + BONUS * min(1.0, max(0.0, 1 - age / FADED))
