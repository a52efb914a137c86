"""Entries: stored by fingerprint, found by `EntryQuery`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from db.errors import EntryNotFoundError
from db.fingerprint import checksum, fingerprint
from db.models import (
    Changes,
    Entry,
    EntryData,
    EntryTag,
    Facets,
    Outcome,
    Pace,
    Revision,
    SearchPage,
    State,
    Stored,
)
from db.query import EntryQuery, Paging, Sort
from db.sql.attachments import write_attachments
from db.sql.changes import changes_after
from db.sql.choosing import Chooser
from db.sql.connection import Connection, Connections, Row
from db.sql.counting import count_months, count_pace, count_values
from db.sql.deadlines import raise_sequences, write_deadlines
from db.sql.facts import Facts
from db.sql.feeds import revision_from
from db.sql.index_version import is_outdated
from db.sql.matching import Matcher
from db.sql.moments import to_text
from db.sql.related import related_numbers
from db.sql.rows import entries_from, entry_columns
from db.sql.search import NEWEST, OLDEST, Selection, select
from db.sql.state import Present, mark_change, read_state
from db.sql.takedowns import not_found, taken_down
from db.sql.words import tokens_of

#: most values of one IN list
_BATCH = 500


class SqlEntries:
    """Implements `db.store.EntryStore`."""

    def __init__(
        self, connections: Connections, matcher: Matcher, chooser: Chooser, facts: Facts
    ) -> None:
        self._connections = connections
        self._matcher = matcher
        self._facts = facts
        self._chooser = chooser
        self._present = Present(connections)

    def put(self, data: EntryData, *, seen: datetime, first_crawl: bool) -> Stored:
        """Store what a publisher said: new, changed (with a revision), or unchanged."""
        wording = fingerprint(data)
        everything = checksum(data, wording)
        stored = self._stored(data)
        if stored and stored["checksum"] == everything and stored["withdrawn"] is None:
            return Stored(stored["id"], Outcome.UNCHANGED)
        with self._connections.writing() as connection:
            stored = self._stored(data)
            columns = entry_columns(data) | {"fingerprint": wording, "checksum": everything}
            columns["withdrawn"] = None
            before = taken_down(connection, data.source, data.key) if stored is None else None
            if before and before["lifted"] is None:
                return Stored(before["entry_id"], Outcome.UNCHANGED)
            if before:
                # Its number was kept for it. Whoever was told of it is not told again.
                outcome, entry_id = Outcome.NEW, before["entry_id"]
                names = ("first_seen", "appeared")
                _insert(connection, columns | {"id": entry_id} | {n: before[n] for n in names})
            elif stored is None:
                outcome = Outcome.NEW
                moments = _moments(data, seen, first_crawl=first_crawl)
                entry_id = _insert(connection, columns | moments)
            elif stored["fingerprint"] != wording:
                outcome, entry_id = Outcome.CHANGED, stored["id"]
                _keep_revision(connection, entry_id, until=seen)
                _update(connection, entry_id, columns | {"revised": to_text(seen)})
            else:
                # Only what no reader would call a change: an address, markup, a label. Our own
                # language and tags stay as they are: `retag` is what moves them.
                outcome, entry_id = Outcome.UNCHANGED, stored["id"]
                del columns["language"]
                _update(connection, entry_id, columns)
            write_attachments(connection, entry_id, data.attachments)
            if stored and stored["withdrawn"]:
                raise_sequences(connection, entry_id, now=seen)
            if outcome is not Outcome.UNCHANGED:
                _write_tags(connection, entry_id, data.tags)
                write_deadlines(connection, entry_id, data.deadlines, now=seen)
                connection.index.write(entry_id, data)
            added = outcome is Outcome.NEW and not first_crawl
            mark_change(connection, seen, sweeping=not added)
        return Stored(entry_id, outcome)

    def get(self, entry_id: int) -> Entry:
        """Give one entry. Raises `EntryNotFoundError`."""
        rows = self._connections.connection.execute(
            "SELECT * FROM entry WHERE id = ?", (_bindable(entry_id),)
        ).fetchall()
        if not rows:
            raise not_found(self._connections.connection, entry_id)
        return entries_from(self._connections.connection, rows)[0]

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

    def related(self, entry_id: int, limit: int) -> tuple[Entry, ...]:
        """Give the entries that are most about the same, the likest first."""
        numbers = related_numbers(self._connections.connection, self.get(entry_id), limit)
        return self._in_order(numbers)

    def versions(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the other language versions of an entry's release."""
        entry = self.get(entry_id)
        return self._others(
            "work <> '' AND source = ? AND work = ? AND id <> ? ORDER BY language, id",
            (entry.source, entry.work, entry.id),
        )

    def editions(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the other editions in an entry's series, newest first."""
        entry = self.get(entry_id)
        return self._others(
            "series <> '' AND series = ? AND id <> ? ORDER BY published DESC NULLS LAST, id DESC",
            (entry.series, entry.id),
        )

    def by_key(self, source: str, key: str) -> Entry | None:
        """Give the entry of a source with this key, if there is one."""
        return next(iter(self._others("source = ? AND key = ?", (source, key))), None)

    def is_current(self, data: EntryData) -> bool:
        """Tell whether exactly this is stored and not withdrawn, so that `put` writes nothing."""
        stored = self._stored(data)
        if stored is None:
            before = taken_down(self._connections.connection, data.source, data.key)
            return before is not None and before["lifted"] is None
        return stored["withdrawn"] is None and bool(stored["checksum"] == checksum(data))

    def withdraw(self, source: str, keys: Collection[str], *, now: datetime) -> int:
        """Mark entries as taken away by their publisher; give how many were not so marked."""
        with self._connections.writing() as connection:
            marked = 0
            for key in keys:
                row = connection.execute(
                    "SELECT id FROM entry WHERE source = ? AND key = ? AND withdrawn IS NULL",
                    (source, key),
                ).fetchone()
                if row is not None:
                    _update(connection, row["id"], {"withdrawn": to_text(now)})
                    raise_sequences(connection, row["id"], now=now)
                    marked += 1
            if marked:
                mark_change(connection, now, sweeping=False)
        return marked

    def revisions(self, entry_id: int) -> list[Revision]:
        """Give an entry's earlier wordings, newest first. Raises `EntryNotFoundError`."""
        self.get(entry_id)
        rows = self._connections.connection.execute(
            "SELECT * FROM revision WHERE entry_id = ? ORDER BY id DESC", (entry_id,)
        )
        return [revision_from(row) for row in rows]

    def state(self) -> State:
        """Give the state that validators of listings and feeds are made from."""
        return read_state(self._connections.connection)

    def change(self) -> int:
        """Give the number of the present state."""
        return self._present.change()

    def known_keys(self, source: str, keys: Collection[str]) -> set[str]:
        """Tell which of these keys of a source are stored already."""
        asked, known = list(keys), set()
        for start in range(0, len(asked), _BATCH):
            batch = asked[start : start + _BATCH]
            rows = self._connections.connection.execute(
                "SELECT key FROM (SELECT source, key FROM entry UNION ALL"
                " SELECT source, key FROM takedown WHERE lifted IS NULL) AS known"
                f" WHERE source = ? AND key IN ({', '.join('?' * len(batch))})",
                [source, *batch],
            )
            known |= {key for (key,) in rows}
        return known

    def urls(self, source: str) -> set[str]:
        """Give the addresses of a source's stored entries."""
        rows = self._connections.connection.execute(
            "SELECT url FROM entry WHERE source = ? AND url <> ''", (source,)
        )
        return {url for (url,) in rows}

    def tokens_of(self, words: Collection[str]) -> dict[str, frozenset[str]]:
        """Give the index tokens of those of some words that entries have."""
        return tokens_of(self._connections.connection, words)

    def walk(self) -> Iterator[Entry]:
        """Walk through every entry by number."""
        last = 0
        while True:
            rows = self._connections.connection.execute(
                "SELECT * FROM entry WHERE id > ? ORDER BY id LIMIT ?", (last, _BATCH)
            ).fetchall()
            if not rows:
                return
            yield from entries_from(self._connections.connection, rows)
            last = rows[-1]["id"]

    def chosen(self, query: EntryQuery) -> Iterator[Entry]:
        """Walk through all entries a query chooses, in its order, a few in memory at a time."""
        numbers = self._numbers(query)
        for start in range(0, len(numbers), _BATCH):
            yield from self._in_order(numbers[start : start + _BATCH])

    def changes(self, query: EntryQuery, *, since: int, limit: int) -> Changes:
        """Give the entries of a query that are new or changed after a change, each once."""
        selection = select(query, self._matcher.match(query), one_a_story=False)
        connection = self._connections.connection
        return changes_after(connection, selection, since=since, limit=limit)

    def retag(self, entry_id: int, tags: Sequence[EntryTag], *, now: datetime) -> bool:
        """Replace an entry's tags; tell whether they differed."""
        if sorted(self.get(entry_id).tags, key=_by_slug) == sorted(tags, key=_by_slug):
            return False
        with self._connections.writing() as connection:
            _write_tags(connection, entry_id, tags)
            mark_change(connection, now)
        return True

    def reread(self, entry_id: int, data: EntryData, *, now: datetime) -> bool:
        """Put what a better parser reads in the place of what is stored."""
        everything = checksum(data)
        row = self._connections.connection.execute(
            "SELECT checksum FROM entry WHERE id = ?", (_bindable(entry_id),)
        ).fetchone()
        if row is None:
            raise EntryNotFoundError(entry_id)
        if row["checksum"] == everything:
            return False
        columns = entry_columns(data) | {"fingerprint": fingerprint(data), "checksum": everything}
        with self._connections.writing() as connection:
            _update(connection, entry_id, columns)
            write_attachments(connection, entry_id, data.attachments)
            _write_tags(connection, entry_id, data.tags)
            write_deadlines(connection, entry_id, data.deadlines, now=now)
            connection.index.write(entry_id, data)
            mark_change(connection, now)
        return True

    def reindex(
        self, *, if_outdated: bool = False, on_progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Build the search index anew from what is stored, or only where the words have changed."""
        with self._connections.writing() as connection:
            if if_outdated and not is_outdated(connection):
                return 0
            (total,) = connection.execute("SELECT count(*) FROM entry").fetchone()
            walked = self.walk()
            return connection.index.rebuild(
                _counted(walked, total, on_progress) if on_progress else walked
            )

    def _count(self, query: EntryQuery) -> int:
        selection = self._select(query)
        (count,) = self._connections.connection.execute(
            f"SELECT count(*) {selection.sql}", selection.values
        ).fetchone()
        return int(count)

    def _select(self, query: EntryQuery) -> Selection:
        return select(query, self._matcher.match(query))

    def _in_order(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        found = {entry.id: entry for entry in self._others(*_among(numbers))}
        # what was taken down since they were chosen is left out
        return tuple(found[number] for number in numbers if number in found)

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

    def _others(self, condition: str, values: Sequence[object]) -> tuple[Entry, ...]:
        connection = self._connections.connection
        rows = connection.execute(f"SELECT * FROM entry WHERE {condition}", values).fetchall()
        return entries_from(connection, rows)

    def _stored(self, data: EntryData) -> Row | None:
        row: Row | None = self._connections.connection.execute(
            "SELECT id, fingerprint, checksum, withdrawn FROM entry WHERE source = ? AND key = ?",
            (data.source, data.key),
        ).fetchone()
        return row

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


def _moments(data: EntryData, seen: datetime, *, first_crawl: bool) -> dict[str, object]:
    appeared = seen
    if first_crawl and data.published:
        # a date ahead of us must not pin an entry to the top
        appeared = min(data.published.moment, seen)
    return {"first_seen": to_text(seen), "appeared": to_text(appeared)}


def _insert(connection: Connection, columns: dict[str, object]) -> int:
    (number,) = connection.execute(
        f"INSERT INTO entry ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " RETURNING id",
        list(columns.values()),
    ).fetchone()
    return int(number)


def _update(connection: Connection, entry_id: int, columns: dict[str, object]) -> None:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(
        f"UPDATE entry SET {assignments} WHERE id = ?",
        [*columns.values(), entry_id],
    )


def _counted(
    entries: Iterable[Entry], total: int, on_progress: Callable[[int, int], None]
) -> Iterator[Entry]:
    for done, entry in enumerate(entries, start=1):
        yield entry
        on_progress(done, total)


def _keep_revision(connection: Connection, entry_id: int, *, until: datetime) -> None:
    connection.execute(
        """
        INSERT INTO revision (entry_id, title, lead, body, body_text, published,
                              published_precision, published_label, since, until)
        SELECT id, title, lead, body, body_text, published, published_precision, published_label,
               coalesce(revised, first_seen), ?
        FROM entry WHERE id = ?
        """,
        (to_text(until), entry_id),
    )


def _write_tags(connection: Connection, entry_id: int, tags: Iterable[EntryTag]) -> None:
    connection.execute("DELETE FROM entry_tag WHERE entry_id = ?", (entry_id,))
    connection.executemany(
        "INSERT INTO entry_tag (tag, entry_id, reason, score) VALUES (?, ?, ?, ?)",
        [(tag.slug, entry_id, tag.reason, tag.score) for tag in tags],
    )


def _among(numbers: Sequence[int]) -> tuple[str, Sequence[int]]:
    return f"id IN ({', '.join('?' * len(numbers))})", numbers


def _by_slug(tag: EntryTag) -> str:
    return tag.slug


def _bindable(number: int) -> int:
    """Keep a number from an address within what a column holds; outside it there is no entry."""
    return number if 0 <= number < 2**63 else -1
