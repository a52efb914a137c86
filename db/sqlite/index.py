"""The search index: what of an entry can be found, and every word that is written in one."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import db
from db.models import Entry, EntryData
from db.search.meaning import Pattern
from db.search.relevance import Fields
from db.sql.search import Selection
from db.sqlite.expression import either
from db.sqlite.fields import read_fields
from db.sqlite.ranking import ranked
from db.sqlite.related import related_numbers
from db.text import terms_of
from db.words import analyse, fold
from db.words.wordlist import lists_version

_WRITTEN = ("title_written", "body_written", "pages_written")
# Stands between two texts, so that no phrase goes from one to the next. FTS5 takes this private
# letter for a word; `db.text` never does, so nobody can search for it.
_BARRIER = " \ue000 "
#: what decides on the words of the index, beside the dictionaries
_MADE_OF = (
    "text.py",
    "words/__init__.py",
    "words/bases.py",
    "words/compounds.py",
    "words/nynorsk.py",
    "words/lemma.py",
    "words/lexicon.py",
    "words/norwegian.toml",
    "sqlite/index.py",
)
#: letters of the words that `word` lists
_SHORTEST, _LONGEST = 2, 40


@cache
def index_version() -> str:
    """Give a name for what makes index tokens of words: another one needs another index."""
    folder = Path(db.__file__).parent
    content = b"".join((folder / name).read_bytes() for name in _MADE_OF)
    return f"{hashlib.sha256(content).hexdigest()[:16]} {lists_version()}"


class FtsIndex:
    """Implements `db.sql.index.Index` with FTS5."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        #: entries by number that the open transaction has still to index
        self._waiting: dict[int, EntryData] = {}

    def write(self, entry_id: int, data: EntryData) -> None:
        """Index an entry and its files anew, at the end of the open transaction."""
        self._waiting[entry_id] = data

    def write_waiting(self) -> None:
        """Index all that a transaction has stored, at its end.

        Together, because FTS5 writes out what it holds whenever other tables are written between,
        and because each word is counted once for all.
        """
        if not self._waiting:
            return
        counts: Counter[str] = Counter()
        for entry_id in self._waiting:
            counts.subtract(_written(self._connection, entry_id))
        for entry_id, data in self._waiting.items():
            counts.update(_insert(self._connection, entry_id, data))
        self._waiting.clear()
        _count_words(self._connection, counts)

    def forget_waiting(self) -> None:
        """Forget what a transaction stored that came to nothing."""
        self._waiting.clear()

    def write_pages(self, entry_id: int) -> None:
        """Index the pages of an entry's files anew, inside a transaction."""
        if entry_id in self._waiting:
            return
        counts: Counter[str] = Counter()
        counts.subtract(_written(self._connection, entry_id))
        pages = _pages(self._connection, entry_id)
        self._connection.execute(
            "UPDATE entry_fts SET pages = ?, pages_parts = ?, pages_written = ? WHERE rowid = ?",
            (*_indexed(pages), entry_id),
        )
        counts.update(_written(self._connection, entry_id))
        _count_words(self._connection, counts)

    def remove(self, entry_id: int) -> None:
        """Take an entry out of the index, inside a transaction."""
        self._waiting.pop(entry_id, None)
        _count_words(self._connection, dict.fromkeys(_written(self._connection, entry_id), -1))
        self._connection.execute("DELETE FROM entry_fts WHERE rowid = ?", (entry_id,))

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Index everything anew, inside a transaction; give the number of entries."""
        self._connection.execute("DELETE FROM entry_fts")
        self._connection.execute("DELETE FROM word")
        counts: Counter[str] = Counter()
        number = 0
        for entry in entries:
            number += 1
            counts.update(_insert(self._connection, entry.id, entry))
        self._connection.executemany(
            "INSERT INTO word (surface, fold, key, n) VALUES (?, ?, ?, ?)",
            [(word, fold(word), analyse(word).key, n) for word, n in counts.items()],
        )
        self._connection.execute("UPDATE search_index SET version = ?", (index_version(),))
        return number

    def is_outdated(self) -> bool:
        """Tell whether the index was made with another version of the words."""
        (made_with,) = self._connection.execute("SELECT version FROM search_index").fetchone()
        return bool(made_with != index_version())

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


def _insert(connection: sqlite3.Connection, entry_id: int, data: EntryData) -> set[str]:
    """Index an entry; give its words that `word` lists."""
    title, title_parts, title_written = _indexed([data.title])
    lead, lead_parts, lead_written = _indexed([data.lead])
    keywords, keywords_parts, keywords_written = _indexed([*data.keywords, data.chapter])
    labels = [file.label for file in data.attachments]
    body, body_parts, body_written = _indexed([data.body_text, *labels])
    pages, pages_parts, pages_written = _indexed(_pages(connection, entry_id))
    values = {
        "title": title,
        "title_parts": title_parts,
        "title_written": title_written,
        "lead": lead,
        "keywords": keywords,
        "body": body,
        "body_parts": f"{lead_parts} {body_parts} {keywords_parts}",
        "body_written": _BARRIER.join((lead_written, body_written, keywords_written)),
        "pages": pages,
        "pages_parts": pages_parts,
        "pages_written": pages_written,
    }
    connection.execute("DELETE FROM entry_fts WHERE rowid = ?", (entry_id,))
    connection.execute(
        f"INSERT INTO entry_fts (rowid, {', '.join(values)}) VALUES (?{', ?' * len(values)})",
        [entry_id, *values.values()],
    )
    return _listed(values[name] for name in _WRITTEN)


def _pages(connection: sqlite3.Connection, entry_id: int) -> list[str]:
    rows = connection.execute(
        "SELECT group_concat(text, char(10)) FROM"
        " (SELECT position, text FROM attachment_page WHERE entry_id = ? ORDER BY position, page)"
        " GROUP BY position",
        (entry_id,),
    )
    return [text for (text,) in rows]


def _written(connection: sqlite3.Connection, entry_id: int) -> set[str]:
    """Give the words of an entry that `word` lists."""
    row = connection.execute(
        f"SELECT {', '.join(_WRITTEN)} FROM entry_fts WHERE rowid = ?", (entry_id,)
    ).fetchone()
    return _listed(row or ())


def _listed(texts: Iterable[str]) -> set[str]:
    found = {word for text in texts for word in text.split()}
    return {word for word in found if _SHORTEST <= len(word) <= _LONGEST and word.isalpha()}


def _count_words(connection: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    """Add to how many entries have each word, or take away."""
    connection.executemany(
        "INSERT INTO word (surface, fold, key, n) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (surface) DO UPDATE SET n = n + excluded.n",
        [(word, fold(word), analyse(word).key, n) for word, n in counts.items() if n > 0],
    )
    gone = [(-n, word) for word, n in counts.items() if n < 0]
    connection.executemany("UPDATE word SET n = n - ? WHERE surface = ?", gone)
    connection.executemany(
        "DELETE FROM word WHERE surface = ? AND n < 1", [(word,) for _, word in gone]
    )


def _indexed(texts: Iterable[str]) -> tuple[str, str, str]:
    """Give what the index holds of some texts: tokens, those of parts, and the words as written."""
    read = [terms_of(text) for text in texts]
    return (
        _BARRIER.join(" ".join(terms.tokens) for terms in read),
        " ".join(part for terms in read for part in terms.parts),
        _BARRIER.join(" ".join(terms.words) for terms in read),
    )
