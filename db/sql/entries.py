"""Entries as an `EntryQuery` finds them: page by page, counted, and all of them."""

from collections.abc import Iterator
from datetime import datetime

from db.models import Changes, Entry, Facets, Pace, SearchPage
from db.query import EntryQuery, Paging, Sort
from db.sql.changes import changes_after
from db.sql.choosing import Chooser
from db.sql.connection import Connections
from db.sql.counting import count_months, count_pace, count_values
from db.sql.facts import Facts
from db.sql.kept import BATCH
from db.sql.matching import Matcher
from db.sql.rows import entries_from
from db.sql.search import NEWEST, OLDEST, Selection, select
from db.sql.writing import WrittenEntries


class SqlEntries(WrittenEntries):
    """Implements `db.store.EntryStore`."""

    def __init__(
        self, connections: Connections, matcher: Matcher, chooser: Chooser, facts: Facts
    ) -> None:
        super().__init__(connections)
        self._matcher = matcher
        self._facts = facts
        self._chooser = chooser

    def search(self, query: EntryQuery, paging: Paging) -> SearchPage:
        """Give one page of the entries a query chooses."""
        start, end = paging.offset, paging.offset + paging.per_page
        match, in_memory = self._chooser.matched(query)
        if match.seeks:
            found = self._chooser.hits(query)
            entries = self._in_order(self._chooser.in_order(query, found, start, end))
            total, whole = len(found[1]), match.whole
        else:
            entries = self._page(self._select(query), query.order, paging.per_page, start)
            total = self._facts.total(query, None) if in_memory else self._count(query)
            whole = None
        meaning = match.meaning
        return SearchPage(
            total=total,
            entries=entries,
            corrections=meaning.corrections,
            also_searched=meaning.also,
            partial_from=None if whole is None else len(set(whole).intersection(found[1])),
            sought=match.sought,
        )

    def newest(self, query: EntryQuery, limit: int) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`."""
        return self._page(self._select(query), Sort.NEWEST, limit, 0)

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
            yield from self._in_order(numbers[start : start + BATCH])

    def changes(self, query: EntryQuery, *, since: int, limit: int) -> Changes:
        """Give the entries of a query that are new or changed after a change, each once."""
        selection = select(query, self._matcher.match(query), one_a_story=False)
        connection = self._connections.connection
        return changes_after(connection, selection, since=since, limit=limit)

    def _count(self, query: EntryQuery) -> int:
        selection = self._select(query)
        (count,) = self._connections.connection.execute(
            f"SELECT count(*) {selection.sql}", selection.values
        ).fetchone()
        return int(count)

    def _select(self, query: EntryQuery) -> Selection:
        return select(query, self._matcher.match(query))

    def _numbers(self, query: EntryQuery) -> list[int]:
        if self._matcher.match(query).seeks:
            found = self._chooser.hits(query)
            return self._chooser.in_order(query, found, 0, len(found[1]))
        selection = self._select(query)
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {selection.order(query.order)}",
            selection.values,
        )
        return [number for (number,) in rows]

    def _page(self, selection: Selection, sort: Sort, limit: int, offset: int) -> tuple[Entry, ...]:
        connection = self._connections.connection
        # the order is found among numbers, and only then is a page of texts read
        rows = connection.execute(
            f"SELECT * FROM entry WHERE id IN (SELECT entry.id {selection.sql}"
            f" ORDER BY {selection.order(sort)} LIMIT ? OFFSET ?)"
            f" ORDER BY {NEWEST if sort is not Sort.OLDEST else OLDEST}",
            [*selection.values, limit, offset],
        ).fetchall()
        return entries_from(connection, rows)
