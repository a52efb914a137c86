"""What is counted of every entry, as the store has it now, for the threads of one process.

After a change only the entries that changed are read again.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from db.models import Facets, Pace
from db.query import EntryQuery
from db.sql.census import Census
from db.sql.connection import Connection, Row
from db.sql.moments import to_moment
from db.sql.pieces import JOINED_TAGS
from db.sql.state import read_change
from db.sql.tallies import MONTH, YEAR, milliseconds, pace_of

# The year in Oslo of a moment in UTC: winter time is an hour ahead. Cheaper than a date function.
OSLO_YEAR = (
    "CAST(substr(entry.published, 1, 4) AS INTEGER)"
    " + CASE WHEN substr(entry.published, 6, 8) >= '12-31T23' THEN 1 ELSE 0 END"
)
_FACTS = f"""
    entry.appeared, entry.story, entry.kind, entry.source, entry.language, {OSLO_YEAR},
      (SELECT {JOINED_TAGS}
       FROM (SELECT tag FROM entry_tag WHERE entry_id = entry.id ORDER BY tag) AS sorted)
"""
_ALL = f"SELECT entry.id, {_FACTS} FROM entry INDEXED BY entry_brief ORDER BY entry.id"
# Whoever was taken down has left no change behind; they are few.
_CHANGED = f"""
    SELECT number, {_FACTS}
    FROM (SELECT entry_id AS number FROM entry_change WHERE number > ?
          UNION SELECT entry_id FROM takedown) AS touched LEFT JOIN entry ON entry.id = number
"""


class Facts:
    """Counts what queries choose; `found` is the set that words find, None without words.

    Dates are not looked at.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._change = self._number = -1
        self._census = Census()

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

    def total(self, query: EntryQuery, found: int | None) -> int:
        """Count what a query chooses, one a story."""
        with self._lock:
            return self._census.total(query, found)

    def facets(self, query: EntryQuery, found: int | None) -> Facets:
        """Count it by value."""
        with self._lock:
            return self._census.facets(query, found)

    def pace(self, query: EntryQuery, found: int | None, now: datetime) -> Pace:
        """Tell how often it has appeared up to now."""
        moments = [milliseconds(moment) for moment in (now - MONTH, now - YEAR, now)]
        with self._lock:
            month, year, later = self._census.after(query, found, moments)
            # with one that is older, it is of no account how much older
            is_older = self._census.total(query, found) > year
            first = None if is_older else self._census.first(query, found)
        return pace_of(month - later, year - later, first, now)

    def count_before(self, query: EntryQuery, found: int | None, moment: datetime) -> int:
        """Count what of it appeared before a moment."""
        with self._lock:
            (others,) = self._census.after(query, found, [milliseconds(moment) - 1])
            return self._census.total(query, found) - others

    def shown(self, query: EntryQuery, found: int) -> int:
        """Give the set of what a query shows of what its words find."""
        with self._lock:
            return self._census.shown(query, found)

    def newest(self, numbers: Sequence[int], count: int) -> list[int]:
        """Give so many of some entries, lowest first, by when they appeared, newest first."""
        with self._lock:
            return self._census.newest(numbers, count)

    def _read(self, connection: Connection) -> None:
        # what is committed meanwhile is for the next time
        with connection.reading():
            change = read_change(connection)
            (number,) = connection.execute(
                "SELECT coalesce(max(number), 0) FROM entry_change"
            ).fetchone()
            if self._change < 0:
                # whoever tries again after a fault begins with nothing
                self._census = Census()
                self._census.fill(_rows(connection.execute(_ALL)))
            else:
                self._census.put(_rows(connection.execute(_CHANGED, (self._number,))))
        self._change, self._number = change, number


def _rows(found: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    for number, appeared, *others in found:
        yield number, appeared and milliseconds(to_moment(appeared)), *others
