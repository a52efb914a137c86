"""From an `EntryQuery` to SQL: filters as conditions, words as what they match."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.query import EntryQuery, Sort
from db.sql.match import Match
from db.sql.moments import to_text

_OSLO = ZoneInfo("Europe/Oslo")
NEWEST = "entry.appeared DESC, entry.id DESC"
OLDEST = "entry.appeared, entry.id"


@dataclass(slots=True)
class Selection:
    """The FROM and WHERE of a query, with its bound values; more conditions may be added."""

    tables: str = "entry"
    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    match: Match = field(default_factory=Match)

    def require(self, condition: str, *values: object) -> None:
        """Add a condition that must hold as well."""
        self.conditions.append(condition)
        self.values += values

    @property
    def sql(self) -> str:
        """Give `FROM … WHERE …`."""
        return f"FROM {self.tables} WHERE {' AND '.join(self.conditions) or 'TRUE'}"

    def order(self, sort: Sort) -> str:
        """Give the ORDER BY list; ties go newest first, so that paging is stable."""
        return OLDEST if sort is Sort.OLDEST else NEWEST


def select(
    query: EntryQuery, match: Match, *, one_a_story: bool = True, standing: bool = False
) -> Selection:
    """Compile a query and what its words match, one entry a story: the first of those that match.

    Without `one_a_story` every entry stands for itself; with `standing`, what was withdrawn is
    none of them. Words without letters or digits choose nothing out.
    """
    selection = Selection(match=match)
    for condition, value in match.conditions("entry.id"):
        selection.require(condition, value)
    if match.seeks:
        selection.tables = "entry INDEXED BY entry_brief"
    for condition, *values in _filters(query, "entry", standing=standing):
        selection.require(condition, *values)
    if one_a_story:
        _one_a_story(selection, query, match, standing=standing)
    return selection


def _one_a_story(selection: Selection, query: EntryQuery, match: Match, *, standing: bool) -> None:
    """Hide an entry where an earlier one of its story matches too. Costs only joined entries."""
    filters = _filters(query, "earlier", standing=standing)
    same = [*filters, *match.conditions("earlier.id")]
    conditions = "".join(f" AND {condition}" for condition, *_ in same)
    selection.require(
        "(entry.story IS NULL OR NOT EXISTS (SELECT 1 FROM entry AS earlier WHERE"
        " (earlier.id = entry.story OR earlier.story = entry.story)"
        f" AND earlier.id < entry.id{conditions}))",
        *(value for _, *values in same for value in values),
    )


def _filters(
    query: EntryQuery, table: str, *, standing: bool
) -> Iterator[tuple[str, *tuple[object, ...]]]:
    """Give the conditions of everything but the words, each with its values."""
    if standing:
        yield (f"{table}.withdrawn IS NULL",)
    for column, values in (
        ("kind", query.kinds),
        ("source", query.sources),
        ("language", query.languages),
    ):
        if values:
            yield f"{table}.{column} IN ({_marks(values)})", *values
    if query.tags:
        yield (
            f"EXISTS (SELECT 1 FROM entry_tag WHERE entry_tag.entry_id = {table}.id"
            f" AND entry_tag.tag IN ({_marks(query.tags)}))",
            *query.tags,
        )
    if query.from_date:
        yield f"{table}.published >= ?", to_text(_oslo_midnight(query.from_date))
    if query.to_date and query.to_date < date.max:
        following = query.to_date + timedelta(days=1)
        yield f"{table}.published < ?", to_text(_oslo_midnight(following))


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def _oslo_midnight(day: date) -> datetime:
    # The first and last days of the calendar have no UTC equivalent west or east of Oslo.
    day = min(max(day, date(2, 1, 1)), date(9998, 12, 31))
    return datetime.combine(day, time(), tzinfo=_OSLO)
