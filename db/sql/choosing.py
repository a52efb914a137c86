"""Which hits of a search a query shows, one a story, and in which order."""

from collections.abc import Sequence
from itertools import compress

from db.query import EntryQuery, Sort
from db.sql.connection import Connections
from db.sql.facts import Facts
from db.sql.match import Match
from db.sql.matching import Matcher
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

    def hits(self, query: EntryQuery) -> tuple[Match, Sequence[int], bytes]:
        """Give what a query with words shows: the match, numbers, lowest first, and strengths."""
        match, in_memory = self.matched(query)
        shown = self._facts.shown(query, match.hits) if in_memory else self._asked(query, match)
        if shown is None:
            return match, match.hits, match.strengths
        return (
            match, list(compress(match.hits, shown)), bytes(compress(match.strengths, shown))
        )  # fmt: skip

    def in_order(
        self, query: EntryQuery, found: tuple[Match, Sequence[int], bytes], start: int, end: int
    ) -> list[int]:
        """Give the numbers of what a query with words shows from one place to another."""
        match, numbers, strengths = found
        connection = self._connections.connection
        if query.order is Sort.RELEVANCE:
            return ranked(
                connection, match, (numbers, strengths), self._newest, start=start, end=end
            )
        if query.order is Sort.OLDEST:
            return [*self._newest(numbers, len(numbers))][::-1][start:end]
        return [*self._newest(numbers, end)][start:end]

    def _asked(self, query: EntryQuery, match: Match) -> bytes:
        """Ask the database which hits a query shows."""
        selection = select(query, match)
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql}", selection.values
        )
        shown = {number for (number,) in rows}
        return bytes(number in shown for number in match.hits)

    def _newest(self, numbers: Sequence[int], count: int) -> Sequence[int]:
        connection = self._connections.connection
        if self._facts.follow(connection):
            return self._facts.newest(numbers, count)
        selection = select(EntryQuery(), Match(seeks=True, hits=numbers), one_a_story=False)
        rows = connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {NEWEST} LIMIT ?",
            [*selection.values, count],
        )
        return [number for (number,) in rows]
