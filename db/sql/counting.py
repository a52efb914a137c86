"""How many entries a selection has: by value, by month and by pace."""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from db.models import Facets, Pace
from db.sql.connection import Connection
from db.sql.facts import OSLO_YEAR
from db.sql.moments import to_moment
from db.sql.search import Selection
from db.sql.tallies import MONTH, YEAR, Tallies, milliseconds, pace_of

_OSLO = ZoneInfo("Europe/Oslo")
# The month of a moment in UTC, and the hour as well where it may be another month in Oslo.
_MONTH_OR_HOUR = (
    "CASE WHEN substr(entry.published, 9, 2) >= '28' AND substr(entry.published, 12, 2) >= '22'"
    " THEN substr(entry.published, 1, 13) ELSE substr(entry.published, 1, 7) END"
)


def count_values(connection: Connection, selection: Selection, every: Selection) -> Facets:
    """Count the entries of a selection by tag, kind, source, language and year.

    `selection` has one entry a story. `every` has them all: a story counts for each value that one
    of its entries has, since that is what a query for the value finds.
    """
    tallies = Tallies()
    counts: tuple[Counter[Any], ...] = (tallies.tags, *tallies.others)
    counts[0].update(
        dict(
            connection.execute(
                "SELECT entry_tag.tag, count(*) FROM entry_tag WHERE entry_tag.entry_id IN"
                f" (SELECT entry.id {selection.sql}) GROUP BY 1",
                selection.values,
            ).fetchall()
        )
    )
    for *values, n in connection.execute(
        f"SELECT kind, source, language, {OSLO_YEAR}, count(*) {selection.sql} GROUP BY 1, 2, 3, 4",
        selection.values,
    ):
        for counter, value in zip(counts[1:], values, strict=True):
            counter[value] += n
    for counter, further in zip(counts, _further_values(connection, every), strict=True):
        counter.update(further)
    return tallies.facets()


def _further_values(connection: Connection, every: Selection) -> tuple[list[Any], ...]:
    """Give the values that stories have from others than the first of their entries selected.

    Tags, kinds, sources, languages and years, each as often as there are such stories.
    """
    further: tuple[list[Any], ...] = ([], [], [], [], [])
    if not connection.execute("SELECT 1 FROM entry WHERE story IS NOT NULL LIMIT 1").fetchone():
        return further
    every.require(
        "(entry.story IS NOT NULL OR entry.id IN (SELECT story FROM entry WHERE story IS NOT NULL))"
    )
    tags: dict[int, list[str]] = {}
    for number, tag in connection.execute(
        f"SELECT entry_id, tag FROM entry_tag WHERE entry_id IN (SELECT entry.id {every.sql})",
        every.values,
    ):
        tags.setdefault(number, []).append(tag)
    known: dict[int, tuple[set[Any], ...]] = {}
    for story, number, *values in connection.execute(
        f"SELECT coalesce(story, entry.id), entry.id, kind, source, language, {OSLO_YEAR}"
        f" {every.sql} ORDER BY entry.id",
        every.values,
    ):
        found = (set(tags.get(number, ())), *({value} for value in values))
        if story not in known:
            known[story] = found
            continue
        for have, new, more in zip(known[story], found, further, strict=True):
            more += new - have
            have |= new
    return further


def count_months(connection: Connection, selection: Selection) -> dict[str, int]:
    """Count the entries of a selection by month of publication in Oslo, `2020-05`, oldest first.

    Those of which no month is known are left out.
    """
    selection.require("entry.published IS NOT NULL")
    selection.require("entry.published_precision <> 'year'")
    months: Counter[str] = Counter()
    for written, n in connection.execute(
        f"SELECT {_MONTH_OR_HOUR}, count(*) {selection.sql} GROUP BY 1", selection.values
    ):
        months[_oslo_month(written)] += n
    return dict(sorted(months.items()))


def _oslo_month(written: str) -> str:
    if len(written) == len("2020-05") or written >= "9999-12-31T22":  # the end of the calendar
        return written[:7]
    return datetime.fromisoformat(f"{written}:00Z").astimezone(_OSLO).strftime("%Y-%m")


def count_pace(connection: Connection, selection: Selection, now: datetime) -> Pace:
    """Tell how often the entries of a selection have appeared up to now."""
    rows = connection.execute(f"SELECT entry.appeared {selection.sql}", selection.values)
    moments = [milliseconds(to_moment(text)) for (text,) in rows]
    last, month, year = map(milliseconds, (now, now - MONTH, now - YEAR))
    in_year = [one for one in moments if year < one <= last]
    in_month = sum(one > month for one in in_year)
    return pace_of(in_month, len(in_year), min(moments, default=None), now)
