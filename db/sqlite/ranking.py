"""Hits by relevance, with a mild preference for the recent."""

from collections.abc import Sequence
from datetime import datetime

from db.search.relevance import relevance
from db.sql.connection import Connection, Row
from db.sql.moments import optional_moment, to_moment
from db.sql.search import NEWEST, Selection
from db.sqlite.expression import all_of, either
from db.sqlite.fields import read_fields
from db.sqlite.weights import RELEVANCE

#: so many of the best by the engine's own measure are looked at closely
BEST = 100
#: what an entry of today gains on one that is `FADED` or undated
BONUS = 0.5
FADED = 10 * 365.25
# CROSS JOIN keeps the full-text index in the lead, and the brief index spares reading past the
# texts of every row
_RANKED = "entry_fts CROSS JOIN entry INDEXED BY entry_brief ON entry.id = entry_fts.rowid"


def ranked(connection: Connection, selection: Selection, start: int, end: int | None) -> list[int]:
    """Give the numbers of a selection's entries by relevance, from one place to another."""
    numbers = _best(connection, selection)[start:end] if start < BEST else []
    if not selection.partial and (end is None or end > BEST):
        first = max(start, BEST)
        source, values = _ranked(selection)
        rows = connection.execute(
            f"SELECT entry.id {source} ORDER BY {RELEVANCE}, {NEWEST} LIMIT ? OFFSET ?",
            [*values, -1 if end is None else end - first, first],
        )
        numbers += [number for (number,) in rows]
    return numbers


def _best(connection: Connection, selection: Selection) -> list[int]:
    # those that lack a word are few, and chosen already: the engine need not look at all that match
    score, (source, values) = (
        ("0", (selection.sql, selection.values))
        if selection.partial
        else (RELEVANCE, _ranked(selection))
    )
    rows = connection.execute(
        f"SELECT entry.id, entry.published, {selection.has_all} AS whole, {score} AS score"
        f" {source} ORDER BY whole DESC, score, {NEWEST} LIMIT ?",
        [*values, BEST],
    ).fetchall()
    (newest,) = connection.execute("SELECT max(appeared) FROM entry").fetchone()
    today = to_moment(newest) if newest else None
    scores = _scores(connection, selection, rows)

    def place(row: Row) -> tuple[int, float]:
        preference = _preference(optional_moment(row["published"]), today)
        return -row["whole"], -scores[row["id"]] * preference

    # equal ones stay in the order they came in
    return [row["id"] for row in sorted(rows, key=place)]


def _ranked(selection: Selection) -> tuple[str, list[object]]:
    """Give `FROM … WHERE …` with the full-text index in it, and its values: for RELEVANCE."""
    # all that match have all of the words, where none were added: no need of their numbers
    conditions = " AND ".join(["entry_fts MATCH ?", *selection.conditions[1:]])
    meaning = selection.match.meaning
    expression = all_of(meaning.groups)
    if meaning.excluded:
        expression = f"({expression}) NOT ({either(meaning.excluded)})"
    return f"FROM {_RANKED} WHERE {conditions}", [expression, *selection.values[1:]]


def _scores(connection: Connection, selection: Selection, rows: Sequence[Row]) -> dict[int, float]:
    groups = selection.match.groups
    if sum(map(len, groups)) < 2:
        # one word, found in one way: the engine's measure is as good
        return {row["id"]: -row["score"] for row in rows}
    texts = read_fields(connection, [row["id"] for row in rows])
    return {number: relevance(fields, groups) for number, fields in texts}


def _preference(published: datetime | None, today: datetime | None) -> float:
    if published is None or today is None:
        return 1.0
    age = (today - published).total_seconds() / 86_400
    return 1 + BONUS * min(1.0, max(0.0, 1 - age / FADED))
