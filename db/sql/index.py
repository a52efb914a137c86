"""The search index: kept in step with the entries here, held and asked by an engine."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from db.models import Entry, EntryData
from db.search.meaning import Pattern
from db.search.weights import Terms, weigh
from db.sql.index_version import index_version
from db.sql.indexed import fields_of, listed, page_fields
from db.sql.pieces import TERMS
from db.words import analyse, fold

if TYPE_CHECKING:
    from db.sql.connection import Connection

#: entries whose terms are held back while an index is built anew
_TOGETHER = 500


class Index(ABC):
    """The search index of one connection. Fields have the names of `db.sql.indexed.FIELDS`."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        #: entries by number that the open transaction has still to index
        self._waiting: dict[int, EntryData] = {}
        #: terms of entries that are indexed already but for them
        self._weighed: dict[int, Terms] = {}

    def write(self, entry_id: int, data: EntryData) -> None:
        """Index an entry and its files anew, at the end of the open transaction."""
        self._waiting[entry_id] = data

    def write_waiting(self) -> None:
        """Index all that a transaction has stored, at its end.

        Together, because an engine may write out what it holds whenever other tables are written
        between, and because each word is counted once for all.
        """
        if not self._waiting:
            return
        counts: Counter[str] = Counter()
        for entry_id in self._waiting:
            counts.subtract(listed(self.written(entry_id)))
        for entry_id, data in self._waiting.items():
            counts.update(self._put(entry_id, data))
        self._waiting.clear()
        self._put_weighed()
        self._count_words(counts)
        # what another version of the words has made is not of one kind any more
        self._connection.execute(
            "UPDATE search_index SET version = '' WHERE version <> ?", (index_version(),)
        )

    def forget_waiting(self) -> None:
        """Forget what a transaction stored that came to nothing."""
        self._waiting.clear()
        self._weighed.clear()

    def write_pages(self, entry_id: int) -> None:
        """Index the pages of an entry's files anew, inside a transaction."""
        if entry_id in self._waiting:
            return
        counts: Counter[str] = Counter()
        counts.subtract(listed(self.written(entry_id)))
        fields = page_fields(self._pages(entry_id))
        self.change(entry_id, fields)
        for _, terms in self.terms([entry_id]):
            self._put_terms(entry_id, terms.with_pages(fields))
        counts.update(listed(self.written(entry_id)))
        self._count_words(counts)

    def remove(self, entry_id: int) -> None:
        """Take an entry out of the index, inside a transaction."""
        self._waiting.pop(entry_id, None)
        self._count_words(dict.fromkeys(listed(self.written(entry_id)), -1))
        self.drop(entry_id)
        self._drop_terms(entry_id)

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Index everything anew, inside a transaction."""
        self.clear()
        self._connection.execute("DELETE FROM entry_term")
        self._connection.execute("DELETE FROM word")
        counts: Counter[str] = Counter()
        for entry in entries:
            counts.update(self._put(entry.id, entry))
            if len(self._weighed) == _TOGETHER:
                self._put_weighed()
        self._put_weighed()
        self._count_words(counts)
        self._connection.execute("UPDATE search_index SET version = ?", (index_version(),))

    @abstractmethod
    def put(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Store an entry's fields, all of them, in the place of those there are."""

    @abstractmethod
    def change(self, entry_id: int, fields: Mapping[str, str]) -> None:
        """Change some of an entry's fields; an entry that is not there stays so."""

    @abstractmethod
    def drop(self, entry_id: int) -> None:
        """Delete an entry's fields."""

    @abstractmethod
    def clear(self) -> None:
        """Delete the fields of every entry."""

    @abstractmethod
    def written(self, entry_id: int) -> Sequence[str]:
        """Give the `db.sql.indexed.WRITTEN` fields of an entry; nothing where it has none."""

    @abstractmethod
    def lead(self, entry_id: int, *, before: str, after: str) -> None:
        """Let `levels` find an entry by other terms, each with its level, than before."""

    @abstractmethod
    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match any of the patterns, lowest first."""

    @abstractmethod
    def levels(self, term: str) -> list[list[int]]:
        """Give the numbers of the entries with a term, lowest first, for each level of it."""

    @abstractmethod
    def has(self, term: str) -> bool:
        """Tell whether any entry has a term, at whichever level."""

    @abstractmethod
    def alike(self, words: Sequence[str]) -> list[int]:
        """Give the numbers of the entries with two of some index tokens or more before the body.

        That is in title, lead and keywords.
        """

    def _put(self, entry_id: int, data: EntryData) -> set[str]:
        """Index an entry; give its words that `word` lists."""
        fields = fields_of(data, self._pages(entry_id))
        self.put(entry_id, fields)
        self._weighed[entry_id] = weigh(fields)
        return listed([text for name, text in fields.items() if name.endswith("_written")])

    def terms(self, numbers: Sequence[int]) -> Iterator[tuple[int, Terms]]:
        """Give each of some entries by its number, with its weighed terms."""
        marks = ", ".join("?" * len(numbers))
        rows = self._connection.execute(
            f"SELECT entry_id, {TERMS}, weights FROM entry_term WHERE entry_id IN ({marks})",
            numbers,
        )
        return ((number, Terms(text, weights)) for number, text, weights in rows)

    def _put_weighed(self) -> None:
        # after all entries of a transaction, because the engine holds them apart
        for entry_id, terms in self._weighed.items():
            self._put_terms(entry_id, terms)
        self._weighed.clear()

    def _put_terms(self, entry_id: int, terms: Terms) -> None:
        self._drop_terms(entry_id)
        self.lead(entry_id, before="", after=terms.line)
        self._connection.execute(
            "INSERT INTO entry_term (entry_id, terms, weights) VALUES (?, ?, ?)",
            (entry_id, terms.line, terms.weights),
        )

    def _drop_terms(self, entry_id: int) -> None:
        row = self._connection.execute(
            "DELETE FROM entry_term WHERE entry_id = ? RETURNING terms", (entry_id,)
        ).fetchone()
        if row:
            self.lead(entry_id, before=row[0], after="")

    def _pages(self, entry_id: int) -> list[str]:
        rows = self._connection.execute(
            "SELECT position, text FROM attachment_page WHERE entry_id = ? ORDER BY position, page",
            (entry_id,),
        )
        files = groupby(rows, key=lambda row: row["position"])
        return ["\n".join(row["text"] for row in pages) for _, pages in files]

    def _count_words(self, counts: Mapping[str, int]) -> None:
        """Add to how many entries have each word, or take away."""
        self._connection.executemany(
            "INSERT INTO word (surface, fold, key, parts, n) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (surface) DO UPDATE SET n = word.n + excluded.n",
            [_word(word, n) for word, n in counts.items() if n > 0],
        )
        gone = [(-n, word) for word, n in counts.items() if n < 0]
        self._connection.executemany("UPDATE word SET n = n - ? WHERE surface = ?", gone)
        self._connection.executemany(
            "DELETE FROM word WHERE surface = ? AND n < 1", [(word,) for _, word in gone]
        )


def _word(surface: str, n: int) -> tuple[str, str, str, str, int]:
    analysed = analyse(surface)
    return surface, fold(surface), analysed.key, " ".join(analysed.parts), n
