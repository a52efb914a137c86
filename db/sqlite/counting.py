"""How many entries a selection has: by value, by month and by pace."""

import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from db.models import Facets, Pace
from db.sqlite.connection import to_moment, to_text
from db.sqlite.search import Selection

_MONTH = timedelta(days=30)
_YEAR = timedelta(days=365)
_WEEK = timedelta(days=7)
# The year in Oslo of a moment in UTC: winter time is an hour ahead. Cheaper than a date function.
_OSLO_YEAR = "substr(entry.published, 1, 4) + (substr(entry.published, 6, 8) >= '12-31T23')"
# The month in Oslo of a moment in UTC. Summer time begins before the last evening of March and ends
# before that of October, so the offset at the turn of a month depends on the month alone.
_OSLO_MONTH = (
    "strftime('%Y-%m', entry.published, CASE WHEN substr(entry.published, 6, 2)"
    " BETWEEN '03' AND '09' THEN '+2 hours' ELSE '+1 hours' END)"
)


def count_values(connection: sqlite3.Connection, selection: Selection) -> Facets:
    """Count the entries of a selection by tag, kind, source, language and year."""
    by_tag = connection.execute(
        "SELECT entry_tag.tag, count(*) AS n FROM entry_tag WHERE entry_tag.entry_id IN"
        f" (SELECT entry.id {selection.sql}) GROUP BY 1 ORDER BY n DESC, 1",
        selection.values,
    )
    counts: tuple[Counter[Any], ...] = (Counter(), Counter(), Counter(), Counter())
    for *values, n in connection.execute(
        f"SELECT kind, source, language, {_OSLO_YEAR}, count(*)"
        f" {selection.sql} GROUP BY 1, 2, 3, 4",
        selection.values,
    ):
        for counter, value in zip(counts, values, strict=True):
            if value is not None:
                counter[value] += n
    kinds, sources, languages = map(_most_first, counts[:3])
    return Facets(
        tags=dict(tuple(row) for row in by_tag),
        kinds=kinds,
        sources=sources,
        languages=languages,
        years={f"{year:04}": n for year, n in sorted(counts[3].items(), reverse=True)},
    )


def count_months(connection: sqlite3.Connection, selection: Selection) -> dict[str, int]:
    """Count the entries of a selection by month of publication in Oslo, `2020-05`, oldest first.

    Those of which no month is known are left out.
    """
    selection.require("entry.published IS NOT NULL")
    selection.require("entry.published_precision <> 'year'")
    rows = connection.execute(
        f"SELECT {_OSLO_MONTH}, count(*) {selection.sql} GROUP BY 1 ORDER BY 1", selection.values
    )
    return {month: n for month, n in rows if month}


def count_pace(connection: sqlite3.Connection, selection: Selection, now: datetime) -> Pace:
    """Tell how often the entries of a selection have appeared up to now."""
    selection.require("entry.appeared <= ?", to_text(now))
    month, year, first = connection.execute(
        "SELECT coalesce(sum(entry.appeared > ?), 0), coalesce(sum(entry.appeared > ?), 0),"
        f" min(entry.appeared) {selection.sql}",
        [to_text(now - _MONTH), to_text(now - _YEAR), *selection.values],
    ).fetchone()
    known_for = now - to_moment(first) if first else _YEAR
    window = min(max(known_for, _MONTH), _YEAR)
    return Pace(last_30_days=month, per_week=year / (window / _WEEK))


def _most_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
