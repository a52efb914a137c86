"""Filters of a listing: what can be chosen, how many entries each choice has, and its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from db.models import Facets, Kind, Language, Source, Tag
from db.query import EntryQuery, Sort
from db.store import EntryStore
from feed.language import marked
from feed.wording import day_in_words, kind_label, language_label, tag_label
from web.language import gettext
from web.services import Services
from web.wording import SORT_LABELS, capitalised

#: parameter, field of `EntryQuery`, field of `Facets`, heading
_GROUPS = (
    ("tag", "tags", "tags", marked("Tema")),
    ("kind", "kinds", "kinds", marked("Type")),
    ("source", "sources", "sources", marked("Kilde")),
    ("lang", "languages", "languages", marked("Språk")),
)


#: choices of a group that are shown at once; a few more are not worth hiding
_FIRST = 10
_YEAR = marked("År")


@dataclass(frozen=True, slots=True)
class Choice:
    """One link that adds or takes away a filter."""

    label: str
    address: str
    active: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The choices of one parameter."""

    parameter: str
    heading: str
    choices: tuple[Choice, ...]

    @property
    def first(self) -> tuple[Choice, ...]:
        """Give the choices that are shown at once: the chosen ones, and the most frequent."""
        return tuple(one for place, one in enumerate(self.choices) if place < _FIRST or one.active)

    @property
    def rest(self) -> tuple[Choice, ...]:
        """Give the choices that are shown when asked for."""
        return tuple(one for one in self.choices[_FIRST:] if not one.active)


@dataclass(frozen=True, slots=True)
class Names:
    """The sources and tags that exist, by slug."""

    tags: Mapping[str, Tag]
    sources: Mapping[str, Source]

    #: language to name them in
    language: Language = Language.BOKMAL

    def label(self, parameter: str, value: str) -> str:
        """Give what people call a value of a parameter."""
        if parameter == "tag":
            return tag_label(self.tags[value], self.language) if value in self.tags else value
        if parameter == "source":
            return self.sources[value].name if value in self.sources else value
        if parameter == "kind":
            return kind_label(Kind(value), self.language)
        return capitalised(language_label(Language(value), self.language))


def groups(query: EntryQuery, entries: EntryStore, names: Names, at: Services) -> list[Group]:
    """Count what each choice has, given the other parameters of the query.

    Values of one parameter mean either, so a group is counted without its own choices: the number
    beside a value is what choosing it brings.
    """
    whole = entries.facets(query)
    found = []
    for parameter, attribute, facet, heading in _GROUPS:
        chosen: tuple[str, ...] = getattr(query, attribute)
        facets = entries.facets(_with(query, attribute, ())) if chosen else whole
        counts: dict[str, int] = _counts(facets, facet)
        values = [*counts, *(value for value in chosen if value not in counts)]
        choices = tuple(
            Choice(
                label=names.label(parameter, value),
                address=at.path("/", _toggled(query, attribute, value)),
                active=value in chosen,
                count=counts.get(value, 0),
            )
            for value in values
        )
        found.append(Group(parameter, gettext(heading), choices))
    return [*found, _years(query, whole, entries, at)]


def active(query: EntryQuery, names: Names, at: Services) -> list[Choice]:
    """Give a link for each filter in use that takes it away."""
    found = [
        Choice(
            label=names.label(parameter, value),
            address=at.path("/", _toggled(query, attribute, value)),
            active=True,
        )
        for parameter, attribute, _, _ in _GROUPS
        for value in getattr(query, attribute)
    ]
    if year := _year_of(query):
        found.append(Choice(str(year), at.path("/", _in_year(query, None)), active=True))
        return found
    if query.from_date:
        label = gettext("Fra %(day)s", day=day_in_words(query.from_date, names.language))
        found.append(Choice(label, at.path("/", replace(query, from_date=None)), active=True))
    if query.to_date:
        label = gettext("Til %(day)s", day=day_in_words(query.to_date, names.language))
        found.append(Choice(label, at.path("/", replace(query, to_date=None)), active=True))
    return found


def _years(query: EntryQuery, whole: Facets, entries: EntryStore, at: Services) -> Group:
    """Give the years of publication; choosing one is asking for its first and last day."""
    dated = query.from_date or query.to_date
    counts = entries.facets(_in_year(query, None)).years if dated else whole.years
    chosen = _year_of(query)
    choices = tuple(
        Choice(
            label=str(year),
            address=at.path("/", _in_year(query, None if year == chosen else year)),
            active=year == chosen,
            count=counts.get(f"{year:04}", 0),
        )
        for year in sorted({*map(int, counts), *filter(None, [chosen])}, reverse=True)
        # in Oslo, the first moment of the calendar is in year 1 and the last one beyond its end
        if MINYEAR <= year <= MAXYEAR
    )
    return Group("year", gettext(_YEAR), choices)


def _year_of(query: EntryQuery) -> int | None:
    first, last = query.from_date, query.to_date
    if first and last and first.year == last.year:
        whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
        return first.year if whole else None
    return None


def _in_year(query: EntryQuery, year: int | None) -> EntryQuery:
    if year is None:
        return replace(query, from_date=None, to_date=None)
    return replace(query, from_date=date(year, 1, 1), to_date=date(year, 12, 31))


def sorts(query: EntryQuery, at: Services) -> list[Choice]:
    """Give the orders a listing can have; by relevance only where there are words."""
    used = query.order if query.q or query.order is Sort.OLDEST else Sort.NEWEST
    return [
        Choice(
            label=gettext(SORT_LABELS[sort]),
            address=at.path("/", replace(query, sort=_unless_default(query, sort))),
            active=used is sort,
        )
        for sort in (Sort.RELEVANCE, Sort.NEWEST, Sort.OLDEST)
        if query.q or sort is not Sort.RELEVANCE
    ]


def _unless_default(query: EntryQuery, sort: Sort) -> Sort | None:
    return None if sort is query.default_sort else sort


def _counts(facets: Facets, name: str) -> dict[str, int]:
    counts: dict[str, int] = getattr(facets, name)
    return counts


def _toggled(query: EntryQuery, attribute: str, value: str) -> EntryQuery:
    chosen: set[str] = set(getattr(query, attribute)) ^ {value}
    return _with(query, attribute, tuple(sorted(chosen)))


def _with(query: EntryQuery, attribute: str, values: tuple[str, ...]) -> EntryQuery:
    change: dict[str, Any] = {attribute: values}
    return replace(query, **change)
