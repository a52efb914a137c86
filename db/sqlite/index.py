"""The search index in SQLite's FTS5; `rowid` is the number of the entry."""

import json
from collections.abc import Mapping, Sequence

from db.search.meaning import Pattern
from db.search.weights import LEVELS
from db.sql.index import Index
from db.sql.indexed import WRITTEN
from db.sqlite.expression import either, phrase

_BEFORE_BODY = "{title lead keywords}"
# in one row each: as many rows as there may be entries cost more than finding them
_LEVELS = " UNION ALL ".join(
    ["SELECT json_group_array(rowid) FROM entry_term_fts WHERE entry_term_fts MATCH ?"] * LEVELS
)
_HAS = "SELECT 1 FROM entry_term_fts WHERE entry_term_fts MATCH ? LIMIT 1"


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
        self._connection.execute(
            "INSERT INTO entry_term_fts (entry_term_fts) VALUES ('delete-all')"
        )

    def written(self, entry_id: int) -> Sequence[str]:
        """Give the `db.sql.indexed.WRITTEN` fields of an entry; nothing where it has none."""
        row: Sequence[str] | None = self._connection.execute(
            f"SELECT {', '.join(WRITTEN)} FROM entry_fts WHERE rowid = ?", (entry_id,)
        ).fetchone()
        return row or ()

    def lead(self, entry_id: int, *, before: str, after: str) -> None:
        """Let `levels` find an entry by other terms, each with its level, than before."""
        if before:
            self._connection.execute(
                "INSERT INTO entry_term_fts (entry_term_fts, rowid, terms) VALUES ('delete', ?, ?)",
                (entry_id, before),
            )
        if after:
            self._connection.execute(
                "INSERT INTO entry_term_fts (rowid, terms) VALUES (?, ?)", (entry_id, after)
            )

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match one of the patterns, lowest first."""
        (numbers,) = self._connection.execute(
            "SELECT json_group_array(rowid) FROM entry_fts WHERE entry_fts MATCH ?",
            (either(patterns),),
        ).fetchone()
        found: list[int] = json.loads(numbers)
        return found

    def levels(self, term: str) -> list[list[int]]:
        """Give the numbers of the entries with a term, lowest first, for each level of it."""
        rows = self._connection.execute(
            _LEVELS, [phrase([f"{term}{level}"]) for level in range(LEVELS)]
        )
        return [json.loads(numbers) for (numbers,) in rows]

    def has(self, term: str) -> bool:
        """Tell whether any entry has a term, at whichever level."""
        # nothing else begins like a term with its level
        sought = f"{phrase([term])} *"
        row = self._connection.execute(_HAS, (sought,)).fetchone()
        return row is not None

    def alike(self, words: Sequence[str]) -> list[int]:
        """Give the numbers of the entries with two of some index tokens or more before the body."""
        sought = [phrase([word]) for word in words]
        # each with any of those after it: half the look-ups of as many pairs
        pairs = " OR ".join(
            f"({one} AND ({' OR '.join(sought[place:])}))"
            for place, one in enumerate(sought[:-1], start=1)
        )
        rows = self._connection.execute(
            "SELECT rowid FROM entry_fts WHERE entry_fts MATCH ?", (f"{_BEFORE_BODY} : ({pairs})",)
        )
        return [number for (number,) in rows]
