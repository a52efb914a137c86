"""The search index in SQLite's FTS5; `rowid` is the number of the entry."""

import json
from collections.abc import Iterator, Mapping, Sequence

from db.models import Entry
from db.search.meaning import Pattern
from db.search.relevance import Fields
from db.sql.index import Index
from db.sql.indexed import WRITTEN
from db.sql.search import Selection
from db.sqlite.expression import either
from db.sqlite.fields import read_fields
from db.sqlite.ranking import ranked
from db.sqlite.related import related_numbers


class FtsIndex(Index):
    """Holds and asks the index with FTS5."""

    def put(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Store an entry's fields, all of them, in the place of those there are."""
        self.drop(entry_id)
        marks = ", ".join("?" * len(fields))
        self._connection.execute(
            f"INSERT INTO entry_fts (rowid, {', '.join(fields)}) VALUES (?, {marks})",
            [entry_id, *fields.values()],
        )

    def change(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Change some of an entry's fields; an entry that is not there stays so."""
        changes = ", ".join(f"{name} = ?" for name in fields)
        self._connection.execute(
            f"UPDATE entry_fts SET {changes} WHERE rowid = ?", [*fields.values(), entry_id]
        )

    def drop(self, entry_id: int) -> None:
        """Delete an entry's fields."""
        self._connection.execute("DELETE FROM entry_fts WHERE rowid = ?", (entry_id,))

    def clear(self) -> None:
        """Delete the fields of every entry."""
        self._connection.execute("DELETE FROM entry_fts")

    def written(self, entry_id: int) -> Sequence[str]:
        """Give the `db.sql.indexed.WRITTEN` fields of an entry; nothing where it has none."""
        row: Sequence[str] | None = self._connection.execute(
            f"SELECT {', '.join(WRITTEN)} FROM entry_fts WHERE rowid = ?", (entry_id,)
        ).fetchone()
        return row or ()

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""
        found = self._connection.execute(
            "SELECT 1 FROM entry_fts WHERE entry_fts MATCH ? LIMIT 1", (either(patterns),)
        ).fetchone()
        return found is not None

    def count(self, patterns: Sequence[Pattern]) -> int:
        """Count the entries that match one of the patterns."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM entry_fts WHERE entry_fts MATCH ?", (either(patterns),)
        ).fetchone()
        return int(count)

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match one of the patterns, in no order."""
        if not patterns:
            return []
        # in one row: as many rows as there may be entries cost more than finding them
        (numbers,) = self._connection.execute(
            "SELECT json_group_array(rowid) FROM entry_fts WHERE entry_fts MATCH ?",
            (either(patterns),),
        ).fetchone()
        found: list[int] = json.loads(numbers)
        return found

    def fields(self, numbers: Sequence[int]) -> Iterator[tuple[int, Fields]]:
        """Give each of some entries by its number, with its index tokens."""
        return read_fields(self._connection, numbers)

    def ranked(self, selection: Selection, start: int, end: int | None) -> list[int]:
        """Give the numbers of a selection's entries by relevance, from one place to another."""
        return ranked(self._connection, selection, start, end)

    def related(self, entry: Entry, limit: int) -> list[int]:
        """Give the numbers of the entries most like one, the likest first."""
        return related_numbers(self._connection, entry, limit)
