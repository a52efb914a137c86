"""Filters of a listing: what can be chosen, how many entries each choice has, and its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.models import Facets, Kind, Language, Source, Tag
from db.query import EntryQuery, Sort
from db.store import EntryStore
from feed.wording import KIND_LABELS, LANGUAGE_LABELS, day_in_words
from web.services import Services
from web.wording import SORT_LABELS

#: parameter, field of `EntryQuery`, field of `Facets`, heading
_GROUPS = (
    ("tag", "tags", "tags", "Tema"),
    ("kind", "kinds", "kinds", "Type"),
    ("source", "sources", "sources", "Kilde"),
    ("lang", "languages", "languages", "Språk"),
)


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


@dataclass(frozen=True, slots=True)
class Names:
    """The sources and tags that exist, by slug."""

    tags: Mapping[str, Tag]
    sources: Mapping[str, Source]

    def label(self, parameter: str, value: str) -> str:
        """Give what people call a value of a parameter."""
        if parameter == "tag":
            return self.tags[value].label_nb if value in self.tags else value
        if parameter == "source":
            return self.sources[value].name if value in self.sources else value
        if parameter == "kind":
            return KIND_LABELS[Kind(value)]
        return LANGUAGE_LABELS[Language(value)].capitalize()


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
        found.append(Group(parameter, heading, choices))
    return found


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
    if query.from_date:
        label = f"Fra {day_in_words(query.from_date)}"
        found.append(Choice(label, at.path("/", replace(query, from_date=None)), active=True))
    if query.to_date:
        label = f"Til {day_in_words(query.to_date)}"
        found.append(Choice(label, at.path("/", replace(query, to_date=None)), active=True))
    return found


def sorts(query: EntryQuery, at: Services) -> list[Choice]:
    """Give the orders a listing can have; by relevance only where there are words."""
    used = query.order if query.q or query.order is Sort.OLDEST else Sort.NEWEST
    return [
        Choice(
            label=SORT_LABELS[sort],
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
