"""From an `EntryQuery` to SQL: filters as conditions, words as one FTS5 expression.

Nothing a reader types reaches SQL or FTS5 unquoted: words become index tokens of letters and
digits, each in double quotes; every value is bound.
"""

from collections.abc import Iterator, Sized
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.query import EntryQuery, Sort
from db.sqlite.connection import to_text
from db.syntax import Form, Search, Term, parse_search

_OSLO = ZoneInfo("Europe/Oslo")
#: weights of title, lead, body, keywords, pages of files
_RELEVANCE = "bm25(entry_fts, 6.0, 3.0, 1.0, 3.0, 0.5)"
_NEWEST = "entry.appeared DESC, entry.id DESC"


@dataclass(slots=True)
class Selection:
    """The FROM and WHERE of a query, with its bound values; more conditions may be added."""

    tables: str = "entry"
    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    ranked: bool = False

    def require(self, condition: str, *values: object) -> None:
        """Add a condition that must hold as well."""
        self.conditions.append(condition)
        self.values += values

    @property
    def sql(self) -> str:
        """Give `FROM … WHERE …`."""
        return f"FROM {self.tables} WHERE {' AND '.join(self.conditions) or '1'}"

    def order(self, sort: Sort) -> str:
        """Give the ORDER BY list; ties go newest first, so that paging is stable."""
        if sort is Sort.OLDEST:
            return "entry.appeared, entry.id"
        if sort is Sort.RELEVANCE and self.ranked:
            return f"{_RELEVANCE}, {_NEWEST}"
        return _NEWEST


def select(query: EntryQuery) -> Selection:
    """Compile a query, one entry a story: the first of those that match.

    No query can fail; words without letters or digits choose nothing out.
    """
    selection = Selection()
    search = parse_search(query.q)
    expression = _match_expression(search)
    if expression:
        # CROSS JOIN keeps the full-text index in the lead
        selection.tables = "entry_fts CROSS JOIN entry ON entry.id = entry_fts.rowid"
        selection.require("entry_fts MATCH ?", expression)
        selection.ranked = True
    elif search.excluded:
        selection.require(*_without(search, "entry"))
    for condition, *values in _filters(query, "entry"):
        selection.require(condition, *values)
    _one_a_story(selection, query, search)
    return selection


def _one_a_story(selection: Selection, query: EntryQuery, search: Search) -> None:
    """Hide an entry where an earlier one of its story matches too. Costs only joined entries."""
    same: list[tuple[object, ...]] = list(_filters(query, "earlier"))
    if expression := _match_expression(search):
        found = "(SELECT rowid FROM entry_fts WHERE entry_fts MATCH ?)"
        same.append((f"earlier.id IN {found}", expression))
    elif search.excluded:
        same.append(_without(search, "earlier"))
    conditions = "".join(f" AND {condition}" for condition, *_ in same)
    selection.require(
        "(entry.story IS NULL OR NOT EXISTS (SELECT 1 FROM entry AS earlier WHERE"
        " (earlier.id = entry.story OR earlier.story = entry.story)"
        f" AND earlier.id < entry.id{conditions}))",
        *(value for _, *values in same for value in values),
    )


def _filters(query: EntryQuery, table: str) -> Iterator[tuple[str, *tuple[object, ...]]]:
    """Give the conditions of everything but the words, each with its values."""
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


def _match_expression(search: Search) -> str:
    """Give the words as one FTS5 expression; empty where there are only excluded ones."""
    if not search.clauses:
        return ""
    expression = " AND ".join(f"({_either_term(clause)})" for clause in search.clauses)
    if search.excluded:
        expression = f"({expression}) NOT ({_either_term(search.excluded)})"
    return expression


def _without(search: Search, table: str) -> tuple[str, str]:
    found = "(SELECT rowid FROM entry_fts WHERE entry_fts MATCH ?)"
    return f"{table}.id NOT IN {found}", _either_term(search.excluded)


def _either_term(terms: tuple[Term, ...]) -> str:
    return " OR ".join(_expression(term) for term in terms)


def _expression(term: Term) -> str:
    text = " ".join(term.tokens)
    quoted = f'"{text}" *' if term.form is Form.PREFIX else f'"{text}"'
    return f"title : {quoted}" if term.title else quoted


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def _oslo_midnight(day: date) -> datetime:
    # The first and last days of the calendar have no UTC equivalent west or east of Oslo.
    day = min(max(day, date(2, 1, 1)), date(9998, 12, 31))
    return datetime.combine(day, time(), tzinfo=_OSLO)
