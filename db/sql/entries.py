"""Entries as an `EntryQuery` finds them: page by page, counted, and all of them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from db.models import Changes, Entry, Facets, Pace, SearchPage, Version
from db.query import EntryQuery, Paging, Sort
from db.sql.changes import changes_after
from db.sql.choosing import Chooser
from db.sql.connection import Connections
from db.sql.counting import count_months, count_pace, count_values
from db.sql.facts import Facts
from db.sql.kept import BATCH
from db.sql.matching import Matcher
from db.sql.search import Selection, select
from db.sql.writing import WrittenEntries

_Shown = TypeVar("_Shown")


class SqlEntries(WrittenEntries):
    """Implements `db.store.EntryStore`."""

    def __init__(
        self, connections: Connections, matcher: Matcher, chooser: Chooser, facts: Facts
    ) -> None:
        super().__init__(connections)
        self._matcher = matcher
        self._facts = facts
        self._chooser = chooser

    def search(self, query: EntryQuery, paging: Paging) -> SearchPage[Entry]:
        """Give one page of the entries a query chooses."""
        return self._found(query, paging, self.several)

    def find(self, query: EntryQuery, paging: Paging) -> SearchPage[Version]:
        """Give the same page by numbers."""
        return self._found(query, paging, self._versions)

    def _found(
        self,
        query: EntryQuery,
        paging: Paging,
        read: Callable[[Sequence[int]], tuple[_Shown, ...]],
    ) -> SearchPage[_Shown]:
        start, end = paging.offset, paging.offset + paging.per_page
        # matched once: another process may change what there is to match
        match, in_memory = self._chooser.matched(query)
        if match.seeks:
            shown = self._chooser.shown(query, match, in_memory=in_memory)
            numbers = self._chooser.in_order(query, match, shown, start, end)
            total = len(shown) - shown.count(0)
            with_all = None if match.whole is None else sum(1 for one in match.whole if shown[one])
        else:
            selection = select(query, match)
            numbers = self._page(selection, query.order, paging.per_page, start)
            total = self._facts.total(query, None) if in_memory else self._count(selection)
            with_all = None
        meaning = match.meaning
        return SearchPage(
            total=total,
            entries=read(numbers),
            corrections=meaning.corrections,
            also_searched=meaning.also,
            partial_from=with_all,
            sought=match.sought,
            sought_close=match.sought_close,
        )

    def newest(self, query: EntryQuery, limit: int) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`."""
        return self.several(self._page(self._select(query), Sort.NEWEST, limit, 0))

    def facets(self, query: EntryQuery) -> Facets:
        """Count a query's entries by tag, kind, source, language and year."""
        match, in_memory = self._chooser.matched(query)
        if in_memory:
            return self._facts.facets(query, match.found)
        connection, every = self._connections.connection, select(query, match, one_a_story=False)
        return count_values(connection, select(query, match), every)

    def months(self, query: EntryQuery) -> dict[str, int]:
        """Count a query's entries by month of publication in Oslo, oldest first."""
        return count_months(self._connections.connection, self._select(query))

    def pace(self, query: EntryQuery, now: datetime) -> Pace:
        """Tell how often a query's entries have appeared up to now."""
        match, in_memory = self._chooser.matched(query)
        if in_memory:
            return self._facts.pace(query, match.found, now)
        return count_pace(self._connections.connection, select(query, match), now)

    def chosen(self, query: EntryQuery) -> Iterator[Entry]:
        """Walk through all entries a query chooses, in its order, a few in memory at a time."""
        numbers = self._numbers(query)
        for start in range(0, len(numbers), BATCH):
            yield from self.several(numbers[start : start + BATCH])

    def changes(self, query: EntryQuery, *, since: int, limit: int) -> Changes:
        """Give the entries of a query that are new or changed after a change, each once."""
        selection = select(query, self._matcher.match(query), one_a_story=False)
        connection = self._connections.connection
        return changes_after(connection, selection, since=since, limit=limit)

    def _count(self, selection: Selection) -> int:
        (count,) = self._connections.connection.execute(
            f"SELECT count(*) {selection.sql}", selection.values
        ).fetchone()
        return int(count)

    def _select(self, query: EntryQuery) -> Selection:
        return select(query, self._matcher.match(query))

    def _numbers(self, query: EntryQuery) -> list[int]:
        match, in_memory = self._chooser.matched(query)
        if match.seeks:
            shown = self._chooser.shown(query, match, in_memory=in_memory)
            return self._chooser.in_order(query, match, shown, 0, len(shown))
        selection = select(query, match)
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {selection.order(query.order)}",
            selection.values,
        )
        return [number for (number,) in rows]

    def _page(self, selection: Selection, sort: Sort, limit: int, offset: int) -> list[int]:
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {selection.order(sort)} LIMIT ? OFFSET ?",
            [*selection.values, limit, offset],
        )
        return [number for (number,) in rows]

    def _versions(self, numbers: Sequence[int]) -> tuple[Version, ...]:
        if not numbers:
            return ()
        rows = self._connections.connection.execute(
            "SELECT entry_id, number FROM entry_change"
            f" WHERE entry_id IN ({', '.join('?' * len(numbers))})",
            numbers,
        )
        changes = dict(rows.fetchall())
        # what was taken down since they were chosen is left out
        return tuple(Version(number, changes[number]) for number in numbers if number in changes)
