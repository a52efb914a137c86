"""How many stories have each value, and at which pace they come, from whatever was counted."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from db.models import Facets, Pace

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)
_WEEK = timedelta(days=7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: what an entry has one value of, in the order of `Combination`
FACETS = ("kind", "source", "language", "year")


class Combination(NamedTuple):
    """What entries have in common, for filters."""

    kind: str
    source: str
    language: str
    year: int | None
    tags: frozenset[str]

    @property
    def values(self) -> list[tuple[str, Any]]:
        """Give each value with the facet it is one of."""
        alone = zip(FACETS, self, strict=False)
        return [*alone, *(("tag", tag) for tag in self.tags)]


class Tallies:
    """How many stories have each value."""

    def __init__(self) -> None:
        self.tags: Counter[str] = Counter()
        #: by kind, source, language and year
        self.others: tuple[Counter[Any], ...] = tuple(Counter() for _ in FACETS)
        self._by_facet = {"tag": self.tags, **dict(zip(FACETS, self.others, strict=True))}

    def add(self, story: Collection[Combination], n: int) -> None:
        """Add `n` stories whose entries are of these: each value counts once."""
        for facet, value in {one for entry in story for one in entry.values}:
            self._by_facet[facet][value] += n

    def add_alone(self, facet: str, value: object, n: int) -> None:
        """Add `n` stories of one entry each with a value."""
        self._by_facet[facet][value] += n

    def facets(self) -> Facets:
        """Give what there is of each, most first, and years newest first."""
        kinds, sources, languages, years = self.others
        known = sorted((year for year, n in years.items() if n and year is not None), reverse=True)
        return Facets(
            tags=_most_first(self.tags),
            kinds=_most_first(kinds),
            sources=_most_first(sources),
            languages=_most_first(languages),
            years={f"{year:04}": years[year] for year in known},
        )


def pace_of(in_month: int, in_year: int, first: int | None, now: datetime) -> Pace:
    """Tell the pace of so many lately, when the first of all appeared at a millisecond."""
    since = YEAR if first is None else timedelta(milliseconds=milliseconds(now) - first)
    return Pace(last_30_days=in_month, per_week=in_year / (min(max(since, MONTH), YEAR) / _WEEK))


def milliseconds(moment: datetime) -> int:
    """Give a moment as the milliseconds since 1970 that the store keeps of it."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _most_first(counts: Counter[str]) -> dict[str, int]:
    found = ((value, n) for value, n in counts.items() if n)
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))
