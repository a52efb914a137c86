"""What is counted of every entry, in memory: kind, source, language, year, tags, moment.

An entry is one number here, that of its combination of these; archives have few combinations. So
the hits of a search are counted without reading their rows, and a listing without words is counted
by combinations. After a change only the entries that changed are read again. Entries that share a
story are left out: which of them is shown depends on the query.
"""

import threading
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any, NamedTuple

from db.query import EntryQuery
from db.sql.connection import Connection, Row
from db.sql.moments import to_moment
from db.sql.state import read_change

# The year in Oslo of a moment in UTC: winter time is an hour ahead. Cheaper than a date function.
OSLO_YEAR = "substr(entry.published, 1, 4) + (substr(entry.published, 6, 8) >= '12-31T23')"
#: whether an entry shares its story with others
SHARES = (
    "entry.id IN (SELECT id FROM entry WHERE story IS NOT NULL"
    " UNION SELECT story FROM entry WHERE story IS NOT NULL)"
)
_FACTS = f"""
    SELECT entry.appeared,
      entry.story IS NOT NULL OR EXISTS (SELECT 1 FROM entry AS other WHERE other.story = entry.id),
      entry.kind, entry.source, entry.language, {OSLO_YEAR},
      (SELECT group_concat(tag, ' ')
       FROM (SELECT tag FROM entry_tag WHERE entry_id = entry.id ORDER BY tag))
"""
# Whoever was taken down has left no change behind; they are few.
_CHANGED = """
    FROM (SELECT entry_id AS number FROM entry_change WHERE number > ?
          UNION SELECT entry_id FROM takedown) LEFT JOIN entry ON entry.id = number
"""
#: the combination of what is not counted here
_NONE = 0


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


class Facts:
    """The facts of all entries as the store has them now, for the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._change = self._number = -1
        #: by number of the entry: its combination, and when it appeared, in milliseconds
        self._of, self._appeared = array("I", [_NONE]), array("q", [0])
        self._combinations: list[Combination | None] = [None]
        self._places: dict[tuple[Any, ...], int] = {}
        self._totals: Counter[int] = Counter()
        #: entries that are not counted here
        self._sharing: set[int] = set()

    def follow(self, connection: Connection) -> bool:
        """Come to know the present state; False while this thread is writing.

        What it has not committed is nobody else's.
        """
        if connection.in_transaction:
            return False
        with self._lock:
            if read_change(connection) != self._change:
                self._read(connection)
        return True

    def count(self, query: EntryQuery, hits: Sequence[int] | None) -> dict[Combination, int]:
        """Count a query's entries, or those among hits, by combination; sharing ones left out."""
        with self._lock:
            found = self._totals if hits is None else Counter(map(self._of.__getitem__, hits))
            return {
                combination: n
                for place, n in found.items()
                if n and (combination := self._combinations[place]) and combination.is_in(query)
            }

    def moments(self, query: EntryQuery, hits: Sequence[int] | None) -> list[int]:
        """Give when those entries appeared, in milliseconds since 1970."""
        with self._lock:
            fits = [one is not None and one.is_in(query) for one in self._combinations]
            if hits is None:
                both = zip(self._appeared, self._of, strict=True)
                return [moment for moment, place in both if fits[place]]
            of, appeared = self._of, self._appeared
            return [appeared[number] for number in hits if fits[of[number]]]

    def shown(self, query: EntryQuery, hits: Sequence[int]) -> bytes | None:
        """Tell of each hit whether a query shows it, 1 or 0; not so for those that share a story.

        None where it shows them all.
        """
        with self._lock:
            filters = query.kinds or query.sources or query.languages or query.tags
            if not filters and not self._sharing:
                return None
            fits = [one is not None and one.is_in(query) for one in self._combinations]
            return bytes(map(fits.__getitem__, map(self._of.__getitem__, hits)))

    def newest(self, numbers: Sequence[int], count: int) -> list[int]:
        """Give so many of some entries, lowest first, by when they appeared, newest first."""
        with self._lock:
            when = self._appeared.__getitem__
            if count < len(numbers):
                # of equals the highest comes first, as it does among those that are sorted
                return nlargest(count, reversed(numbers), key=when)
            return sorted(reversed(numbers), key=when, reverse=True)  # noqa: C414 - ties turn

    def sharing(self, hits: Sequence[int]) -> list[int]:
        """Give those of some entries, lowest first, that share a story."""
        with self._lock:
            if len(self._sharing) > len(hits):
                return sorted(self._sharing.intersection(hits))
            return sorted(number for number in self._sharing if _holds(hits, number))

    def _read(self, connection: Connection) -> None:
        connection.execute("BEGIN")
        try:
            # one moment of the store: what is committed meanwhile is for the next time
            change = read_change(connection)
            (number,) = connection.execute(
                "SELECT coalesce(max(number), 0) FROM entry_change"
            ).fetchone()
            if self._change < 0:
                self._put(
                    connection.execute(f"{_FACTS}, entry.id FROM entry INDEXED BY entry_brief")
                )
            else:
                self._put(connection.execute(f"{_FACTS}, number {_CHANGED}", (self._number,)))
        finally:
            connection.execute("COMMIT")
        self._change, self._number = change, number

    def _put(self, rows: Iterable[Row]) -> None:
        for appeared, shares, *facts, number in rows:
            missing = number + 1 - len(self._of)
            if missing > 0:
                self._of.extend([_NONE] * missing)
                self._appeared.extend([0] * missing)
            self._totals[self._of[number]] -= 1
            self._sharing.discard(number)
            place = _NONE
            if appeared is not None:
                self._appeared[number] = milliseconds(to_moment(appeared))
            if shares:
                self._sharing.add(number)
            elif appeared is not None:
                place = self._place(tuple(facts))
            self._totals[place] += 1
            self._of[number] = place

    def _place(self, facts: tuple[Any, ...]) -> int:
        place = self._places.get(facts)
        if place is None:
            kind, source, language, year, tags = facts
            place = self._places[facts] = len(self._combinations)
            self._combinations.append(
                Combination(kind, source, language, year, frozenset((tags or "").split()))
            )
        return place


def _holds(numbers: Sequence[int], number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def milliseconds(moment: datetime) -> int:
    """Give a moment as the milliseconds since 1970 that the store keeps of it."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
