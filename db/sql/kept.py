"""Entries as they are kept: by number, by key, by kin, and all in a row."""

from collections.abc import Collection, Iterator, Sequence

from db.models import Entry, Revision, State
from db.sql.connection import Connections
from db.sql.feeds import revision_from
from db.sql.related import related_numbers
from db.sql.rows import bindable, entries_from
from db.sql.state import Present, read_state
from db.sql.takedowns import not_found
from db.sql.words import tokens_of

#: most values of one IN list, and entries in memory at a time
BATCH = 500


class KeptEntries:
    """The part of `db.store.EntryStore` that looks entries up."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._present = Present(connections)

    def get(self, entry_id: int) -> Entry:
        """Give one entry. Raises `EntryNotFoundError`."""
        rows = self._connections.connection.execute(
            "SELECT * FROM entry WHERE id = ?", (bindable(entry_id),)
        ).fetchall()
        if not rows:
            raise not_found(self._connections.connection, entry_id)
        return entries_from(self._connections.connection, rows)[0]

    def texts(self, numbers: Sequence[int], characters: int) -> dict[int, str]:
        """Give so many characters of the text of entries, by number."""
        if not numbers:
            return {}
        among, values = _among(numbers)
        rows = self._connections.connection.execute(
            f"SELECT id, substr(body_text, 1, ?) AS text FROM entry WHERE {among}",
            [characters, *values],
        )
        return {row["id"]: row["text"] for row in rows}

    def by_key(self, source: str, key: str) -> Entry | None:
        """Give the entry of a source with this key, if there is one."""
        return next(iter(self._others("source = ? AND key = ?", (source, key))), None)

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

    def related(self, entry_id: int, limit: int) -> tuple[Entry, ...]:
        """Give the entries that are most about the same, the likest first."""
        numbers = related_numbers(self._connections.connection, self.get(entry_id), limit)
        return self.several(numbers)

    def revisions(self, entry_id: int) -> list[Revision]:
        """Give an entry's earlier wordings, newest first. Raises `EntryNotFoundError`."""
        self.get(entry_id)
        rows = self._connections.connection.execute(
            "SELECT * FROM revision WHERE entry_id = ? ORDER BY id DESC", (entry_id,)
        )
        return [revision_from(row) for row in rows]

    def known_keys(self, source: str, keys: Collection[str]) -> set[str]:
        """Tell which of these keys of a source are stored already."""
        asked, known = list(keys), set()
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
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

    def tokens_of(self, words: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Give the index tokens of those of some words that entries have."""
        return tokens_of(self._connections.connection, words)

    def walk(self) -> Iterator[Entry]:
        """Walk through every entry by number."""
        last = 0
        while True:
            rows = self._connections.connection.execute(
                "SELECT * FROM entry WHERE id > ? ORDER BY id LIMIT ?", (last, BATCH)
            ).fetchall()
            if not rows:
                return
            yield from entries_from(self._connections.connection, rows)
            last = rows[-1]["id"]

    def state(self) -> State:
        """Give the state that validators of listings and feeds are made from."""
        return read_state(self._connections.connection)

    def change(self) -> int:
        """Give the number of the present state."""
        return self._present.change()

    def several(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """Give entries by number, in this order; one that was taken down is left out."""
        if not numbers:
            return ()
        found = {entry.id: entry for entry in self._others(*_among(numbers))}
        return tuple(found[number] for number in numbers if number in found)

    def _others(self, condition: str, values: Sequence[object]) -> tuple[Entry, ...]:
        connection = self._connections.connection
        rows = connection.execute(f"SELECT * FROM entry WHERE {condition}", values).fetchall()
        return entries_from(connection, rows)


def _among(numbers: Sequence[int]) -> tuple[str, Sequence[int]]:
    return f"id IN ({', '.join('?' * len(numbers))})", numbers
