"""How many stories have each value, and at which pace they come, from whatever was counted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from db.models import Facets, Pace
from db.query import EntryQuery

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)
_WEEK = timedelta(days=7)


class Combination(NamedTuple):
    """What entries have in common, for filters."""

    kind: str
    source: str
    language: str
    year: int | None
    tags: frozenset[str]

    def is_in(self, query: EntryQuery) -> bool:
        """Tell whether the filters of a query let it through; dates are not looked at."""
        return (
            (not query.kinds or self.kind in query.kinds)
            and (not query.sources or self.source in query.sources)
            and (not query.languages or self.language in query.languages)
            and (not query.tags or not self.tags.isdisjoint(query.tags))
        )


class Tallies:
    """How many stories have each value."""

    def __init__(self) -> None:
        self.tags: Counter[str] = Counter()
        #: by kind, source, language and year
        self.others: tuple[Counter[Any], ...] = tuple(Counter() for _ in range(4))

    def add(self, story: Collection[Combination], n: int) -> None:
        """Add `n` stories whose entries are of these: each value counts once."""
        for tag in frozenset[str]().union(*(one.tags for one in story)):
            self.tags[tag] += n
        for place, counter in enumerate(self.others):
            for value in {one[place] for one in story}:
                counter[value] += n

    def add_alone(self, counted: Iterable[tuple[Combination | None, int]]) -> None:
        """Add so many stories of one entry of each combination."""
        # without a step for each value of each: a search has hundreds of combinations
        kinds, sources, languages, years = (defaultdict[Any, int](int) for _ in self.others)
        tags: defaultdict[frozenset[str], int] = defaultdict(int)
        for one, n in counted:
            if one is not None:
                kind, source, language, year, having = one
                kinds[kind] += n
                sources[source] += n
                languages[language] += n
                years[year] += n
                tags[having] += n
        for counter, more in zip(self.others, (kinds, sources, languages, years), strict=True):
            counter.update(more)
        for having, n in tags.items():
            self.tags.update(dict.fromkeys(having, n))

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
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def _most_first(counts: Counter[str]) -> dict[str, int]:
    found = ((value, n) for value, n in counts.items() if n)
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))
