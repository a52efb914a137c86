"""The search index: what of an entry can be found, and every word that is written in one."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import db
from db.models import Entry, EntryData
from db.sqlite.connection import Connection
from db.text import terms_of
from db.words import analyse, fold
from db.words.wordlist import lists_version

#: columns of `entry_fts`, with what a hit in each weighs by relevance
WEIGHTS = {
    "title": 6.0,
    "title_parts": 3.0,
    "title_written": 3.0,
    "lead": 3.0,
    "keywords": 3.0,
    "body": 1.0,
    "body_parts": 0.5,
    "body_written": 0.5,
    "pages": 0.5,
    "pages_parts": 0.25,
    "pages_written": 0.25,
}
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


def write_index(connection: Connection, entry_id: int, data: EntryData) -> None:
    """Index an entry and its files anew, at the end of the open transaction."""
    connection.unindexed[entry_id] = data


def write_waiting(connection: Connection) -> None:
    """Index all that a transaction has stored, at its end.

    Together, because FTS5 writes out what it holds whenever other tables are written between, and
    because each word is counted once for all.
    """
    if not connection.unindexed:
        return
    counts: Counter[str] = Counter()
    for entry_id in connection.unindexed:
        counts.subtract(_written(connection, entry_id))
    for entry_id, data in connection.unindexed.items():
        counts.update(_insert(connection, entry_id, data))
    connection.unindexed.clear()
    _count_words(connection, counts)


def write_pages_index(connection: Connection, entry_id: int) -> None:
    """Index the pages of an entry's files anew, inside a transaction."""
    if entry_id in connection.unindexed:
        return
    counts: Counter[str] = Counter()
    counts.subtract(_written(connection, entry_id))
    pages = _pages(connection, entry_id)
    connection.execute(
        "UPDATE entry_fts SET pages = ?, pages_parts = ?, pages_written = ? WHERE rowid = ?",
        (*_indexed(pages), entry_id),
    )
    counts.update(_written(connection, entry_id))
    _count_words(connection, counts)


def remove_from_index(connection: Connection, entry_id: int) -> None:
    """Take an entry out of the index, inside a transaction."""
    connection.unindexed.pop(entry_id, None)
    _count_words(connection, dict.fromkeys(_written(connection, entry_id), -1))
    connection.execute("DELETE FROM entry_fts WHERE rowid = ?", (entry_id,))


def rebuild(connection: sqlite3.Connection, entries: Iterable[Entry]) -> int:
    """Index everything anew, inside a transaction; give the number of entries."""
    connection.execute("DELETE FROM entry_fts")
    connection.execute("DELETE FROM word")
    counts: Counter[str] = Counter()
    number = 0
    for entry in entries:
        number += 1
        counts.update(_insert(connection, entry.id, entry))
    connection.executemany(
        "INSERT INTO word (surface, fold, key, n) VALUES (?, ?, ?, ?)",
        [(word, fold(word), analyse(word).key, n) for word, n in counts.items()],
    )
    connection.execute("UPDATE search_index SET version = ?", (index_version(),))
    return number


def is_outdated(connection: sqlite3.Connection) -> bool:
    """Tell whether the index was made with another version of the words."""
    (made_with,) = connection.execute("SELECT version FROM search_index").fetchone()
    return bool(made_with != index_version())


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
