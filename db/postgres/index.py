"""The search index in PostgreSQL: text search vectors, and an index of the terms by their level."""

from collections.abc import Mapping, Sequence

from db.postgres import vector
from db.search.meaning import How, Pattern
from db.search.weights import LEVELS
from db.sql.index import Index

# in one row each: as many rows as there may be entries cost more than finding them. The rows come
# in any order where workers find them side by side
_LEVELS = " UNION ALL ".join(
    f"SELECT {level} AS level, array_agg(entry_id ORDER BY entry_id) FROM entry_level"
    " WHERE terms @> ARRAY[?::text]"
    for level in range(LEVELS)
)

_HAS = "entry_id IN (SELECT entry_id FROM entry_vector WHERE terms @@ ?::tsquery)"


class VectorIndex(Index):
    """Holds and asks the index with `tsvector` and GIN."""

    def put(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Store an entry's fields, all of them, in the place of those there are."""
        self.drop(entry_id)
        pages = {name: text for name, text in fields.items() if name.startswith("pages")}
        self._put_vectors(entry_id, {n: t for n, t in fields.items() if n not in pages})
        self.change(entry_id, pages)

    def change(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Change the pages of an entry's files."""
        self._connection.execute(
            "DELETE FROM entry_vector WHERE entry_id = ? AND pages", (entry_id,)
        )
        if any(fields.values()):
            self._put_vectors(entry_id, fields, pages=True)

    def drop(self, entry_id: int) -> None:
        """Delete an entry's fields."""
        self._connection.execute("DELETE FROM entry_vector WHERE entry_id = ?", (entry_id,))

    def clear(self) -> None:
        """Delete the fields of every entry."""
        for table in ("entry_vector", "entry_level"):
            self._connection.execute(f"DELETE FROM {table}")

    def written(self, entry_id: int) -> Sequence[str]:
        """Give the words of an entry as they are written; nothing where it has none."""
        rows = self._connection.execute(
            "SELECT tsvector_to_array(terms) FROM entry_vector WHERE entry_id = ?", (entry_id,)
        )
        return [vector.written_in(lexemes) for (lexemes,) in rows]

    def lead(self, entry_id: int, *, before: str, after: str) -> None:
        """Let `levels` find an entry by other terms, each with its level, than before."""
        if before:
            self._connection.execute("DELETE FROM entry_level WHERE entry_id = ?", (entry_id,))
        if after:
            self._connection.execute(
                "INSERT INTO entry_level (entry_id, terms) VALUES (?, ?)",
                (entry_id, [vector.short(term) for term in after.split()]),
            )

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match any of the patterns, lowest first."""
        found, values = _found(patterns)
        (numbers,) = self._connection.execute(
            f"SELECT array_agg(DISTINCT entry_id) FROM entry_vector WHERE {found}", values
        ).fetchone()
        return list(numbers or ())

    def levels(self, term: str) -> list[list[int]]:
        """Give the numbers of the entries with a term, lowest first, for each level of it."""
        rows = self._connection.execute(
            _LEVELS, [vector.short(f"{term}{level}") for level in range(LEVELS)]
        )
        found = dict(rows.fetchall())
        return [list(found[level] or ()) for level in range(LEVELS)]

    def has(self, term: str) -> bool:
        """Tell whether any entry has a term, at whichever level."""
        each = [vector.short(f"{term}{level}") for level in range(LEVELS)]
        # all of them are found: for a first one the planner may read through the table
        row = self._connection.execute(
            "SELECT count(*) FROM entry_level WHERE terms && ?::text[]", (each,)
        ).fetchone()
        return bool(row and row[0])

    def alike(self, words: Sequence[str]) -> list[int]:
        """Give the numbers of the entries with two of some index tokens or more before the body."""
        rows = self._connection.execute(
            "SELECT DISTINCT entry_id FROM entry_vector WHERE terms @@ ?::tsquery",
            (vector.two_of(words),),
        )
        return [number for (number,) in rows]

    def _put_vectors(
        self, entry_id: int, fields: Mapping[str, str], *, pages: bool = False
    ) -> None:
        self._connection.executemany(
            "INSERT INTO entry_vector (entry_id, pages, part, terms) VALUES (?, ?, ?, ?::tsvector)",
            [(entry_id, pages, part, one) for part, one in enumerate(vector.vectors(fields))],
        )


def _found(patterns: Sequence[Pattern]) -> tuple[str, list[object]]:
    """Give the condition of what matches, with its values."""
    conditions, values, plain = [], list[object](), list[Pattern]()
    for pattern in patterns:
        if vector.scattered(pattern):
            conditions.append("(terms @@ ?::tsquery AND stand_near(terms, ?, ?))")
            values += [vector.all_keys(pattern), vector.keys_of(pattern), vector.SPAN]
        elif pattern.how is How.ALL:
            # an entry's words may stand in several of its vectors
            words = vector.each_of(pattern)
            conditions.append(f"({' AND '.join([_HAS] * len(words))})")
            values += words
        else:
            plain.append(pattern)
    if plain:
        conditions.append("terms @@ ?::tsquery")
        values.append(vector.any_of(plain))
    return " OR ".join(conditions), values
