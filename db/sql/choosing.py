"""Which hits of a search a query shows, one a story, and in which order."""

import json
from collections.abc import Sequence
from itertools import compress

from db.query import EntryQuery, Sort
from db.sql.bits import bits_at, masked
from db.sql.connection import Connections
from db.sql.facts import Facts
from db.sql.match import Match
from db.sql.matching import Matcher
from db.sql.pieces import AMONG
from db.sql.ranking import ranked
from db.sql.search import NEWEST, select


class Chooser:
    """Chooses entries by words, in memory as far as their facts are there."""

    def __init__(self, connections: Connections, matcher: Matcher, facts: Facts) -> None:
        self._connections = connections
        self._matcher = matcher
        self._facts = facts

    def matched(self, query: EntryQuery) -> tuple[Match, bool]:
        """Match a query's words, and tell whether its entries can be counted in memory.

        They cannot by day, nor where words must be missing.
        """
        match = self._matcher.match(query)
        by_value = not (query.from_date or query.to_date or match.without)
        return match, by_value and self._facts.follow(self._connections.connection)

    def shown(self, query: EntryQuery, match: Match, *, in_memory: bool) -> bytes:
        """Give the strengths that are left of a match by what a query with words shows."""
        found = match.found or 0
        shown = self._facts.shown(query, found) if in_memory else self._asked(query, match)
        return match.strengths if shown == found else masked(match.strengths, shown)

    def in_order(
        self, query: EntryQuery, match: Match, strengths: bytes, start: int, end: int
    ) -> list[int]:
        """Give the numbers of what a query with words shows from one place to another."""
        if query.order is Sort.RELEVANCE:
            connection = self._connections.connection
            return ranked(connection, match, strengths, self._newest, start=start, end=end)
        numbers = list(compress(range(len(strengths)), strengths))
        if query.order is Sort.OLDEST:
            return [*self._newest(numbers, len(numbers))][::-1][start:end]
        return [*self._newest(numbers, end)][start:end]

    def _asked(self, query: EntryQuery, match: Match) -> int:
        """Ask the database which hits a query shows."""
        selection = select(query, match)
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql}", selection.values
        )
        return bits_at([number for (number,) in rows])

    def _newest(self, numbers: Sequence[int], count: int) -> Sequence[int]:
        connection = self._connections.connection
        if self._facts.follow(connection):
            return self._facts.newest(numbers, count)
        rows = connection.execute(
            f"SELECT entry.id FROM entry WHERE entry.id {AMONG} ORDER BY {NEWEST} LIMIT ?",
            (json.dumps(list(numbers)), count),
        )
        return [number for (number,) in rows]
