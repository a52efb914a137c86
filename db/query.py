"""`EntryQuery`: what a listing, its feeds and its digest have in common.

One parser and one canonical string. `/?tag=work&q=…`, `/feed.atom?tag=work&q=…` and a subscription
hold the same query. The search syntax inside `q` is read by `db.search.syntax`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from db.errors import BadValueError, UnknownValueError
from db.models import Kind, Language


class Sort(StrEnum):
    """Order of a listing. Feeds and digests always go newest first."""

    NEWEST = "newest"
    RELEVANCE = "relevance"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values a query may name beyond the fixed kinds and languages."""

    tags: frozenset[str]
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """A choice of entries. Two values of one field mean either; two fields mean both."""

    #: search words as typed, trimmed; empty for all
    q: str = ""
    tags: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    #: first and last day, inclusive, in Europe/Oslo, of `published`
    from_date: date | None = None
    to_date: date | None = None
    #: None for the default: by relevance with words, newest first without
    sort: Sort | None = None
    #: take the words as they are written: no inflections, synonyms or corrections
    exact: bool = False

    @classmethod
    def parse(
        cls, parameters: Iterable[tuple[str, str]], vocabulary: Vocabulary | None = None
    ) -> "EntryQuery":
        """Read the parameters of an address; unknown names, such as `page`, are passed over.

        Without a vocabulary tags and sources are not checked: a stored query outlives its tags.

        Raises:
            UnknownValueError: a tag, kind, source or language that does not exist.
            BadValueError: a date, sort order or `exact` that cannot be read.
        """
        given: dict[str, list[str]] = {}
        for name, value in parameters:
            if value := value.strip():
                given.setdefault(name, []).append(value)
        tags, sources = given.get("tag", []), given.get("source", [])
        if vocabulary is not None:
            _require_known("tag", tags, vocabulary.tags)
            _require_known("source", sources, vocabulary.sources)
        _require_known("kind", given.get("kind", []), frozenset(Kind))
        _require_known("lang", given.get("lang", []), frozenset(Language))
        q = " ".join(given.get("q", []))
        query = cls(
            q=q,
            tags=_ordered(tags),
            kinds=tuple(Kind(value) for value in _ordered(given.get("kind", []))),
            sources=_ordered(sources),
            languages=tuple(Language(value) for value in _ordered(given.get("lang", []))),
            from_date=_date("from", given),
            to_date=_date("to", given),
            sort=_sort(given),
            exact=_exact(given) and bool(q),
        )
        return replace(query, sort=None) if query.sort is query.default_sort else query

    @classmethod
    def from_canonical(cls, text: str) -> "EntryQuery":
        """Read a canonical string back, as a subscription holds it."""
        return cls.parse(parse_qsl(text, keep_blank_values=True))

    @property
    def default_sort(self) -> Sort:
        """The order when none is asked for."""
        return Sort.RELEVANCE if self.q else Sort.NEWEST

    @property
    def order(self) -> Sort:
        """The order to use."""
        return self.sort or self.default_sort

    def parameters(self) -> list[tuple[str, str]]:
        """Give the query as address parameters, sorted, without defaults."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [("tag", value) for value in self.tags]
        pairs += [("kind", value) for value in self.kinds]
        pairs += [("source", value) for value in self.sources]
        pairs += [("lang", value) for value in self.languages]
        if self.from_date:
            pairs.append(("from", self.from_date.isoformat()))
        if self.to_date:
            pairs.append(("to", self.to_date.isoformat()))
        if self.sort:
            pairs.append(("sort", self.sort))
        if self.exact and self.q:
            pairs.append(("exact", "1"))
        return sorted(pairs)

    def canonical(self) -> str:
        """Give the query as one string: equal queries, equal strings."""
        return urlencode(self.parameters())

    def selection(self) -> "EntryQuery":
        """Give the query without its order, as feeds and subscriptions hold it."""
        return replace(self, sort=None)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the answer to show; pages count from 1."""

    page: int = 1
    per_page: int = field(default=20)

    @classmethod
    def parse(
        cls, parameters: Iterable[tuple[str, str]], *, default: int = 20, most: int = 100
    ) -> "Paging":
        """Read `page` and `per_page`.

        Raises:
            BadValueError: not a whole number from 1, or more than `most` on a page.
        """
        given = {name: value.strip() for name, value in parameters}
        return cls(
            page=_whole_number("page", given.get("page") or "1", most=1_000_000),
            per_page=_whole_number("per_page", given.get("per_page") or str(default), most=most),
        )

    @property
    def offset(self) -> int:
        """How many entries come before this page."""
        return (self.page - 1) * self.per_page


def _ordered(values: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _require_known(parameter: str, values: list[str], known: frozenset[str]) -> None:
    for value in values:
        if value not in known:
            raise UnknownValueError(
                parameter,
                value,
                f"there is no {parameter} “{value}”; known: {', '.join(sorted(known))}",
            )


def _date(parameter: str, given: dict[str, list[str]]) -> date | None:
    values = given.get(parameter)
    if not values:
        return None
    value = values[-1]
    try:
        day = date.fromisoformat(value)
        # fromisoformat alone would take 20200131 and 2020-W05-5 as well
        if day.isoformat() != value:
            raise ValueError
        return day
    except ValueError:
        raise BadValueError(
            parameter, value, f"“{value}” is not a date; write it as 2026-01-31"
        ) from None


def _sort(given: dict[str, list[str]]) -> Sort | None:
    values = given.get("sort")
    if not values:
        return None
    try:
        return Sort(values[-1])
    except ValueError:
        raise BadValueError(
            "sort", values[-1], f"“{values[-1]}” is not an order; known: {', '.join(Sort)}"
        ) from None


def _exact(given: dict[str, list[str]]) -> bool:
    value = given.get("exact", ["0"])[-1]
    if value not in ("0", "1"):
        raise BadValueError("exact", value, f"“{value}” is neither 1, for words as written, nor 0")
    return value == "1"


def _whole_number(parameter: str, value: str, *, most: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise BadValueError(parameter, value, f"{parameter} takes a whole number from 1")
    number = int(value)
    if not 1 <= number <= most:
        raise BadValueError(parameter, value, f"{parameter} goes from 1 to {most}")
    return number
