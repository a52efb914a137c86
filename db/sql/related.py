"""Entries about the same as an entry: those that share its rarest words."""

import json
from collections.abc import Iterable
from itertools import accumulate

from db.models import Entry
from db.search.relevance import rarity
from db.sql.connection import Connection
from db.sql.pieces import AMONG, AMONG_TEXTS
from db.text import tokens

#: words of an entry that are looked for, the rarest ones, and the entries that have them, counted
#: for each word: what is looked through does not grow with the archive
_MOST_WORDS = 8
_MOST_LOOKED_AT = 4_000
#: characters of title and lead that the words are taken from
_MOST_READ = 600
#: a word that a larger share of all entries has says nothing about what one is about
_COMMON = 0.2
#: entries that a word may have in any archive: in a small one even what it is about is common
_FEW = 25
#: letters of a word that can be about something: shorter ones are mostly of, and, in
_SHORTEST = 4
#: of the words looked for, how many another entry must share
_LEAST_SHARED = 2


def related_numbers(connection: Connection, entry: Entry, limit: int) -> list[int]:
    """Give the numbers of the entries most like one, the likest first; not its story or versions.

    What is compared are words of title, lead and keywords. Where the entry has tags, they share
    one of those, too.
    """
    words = _rarest(connection, entry)
    if len(words) < _LEAST_SHARED:
        return []
    alike = connection.index.alike([word for word, _ in words])
    rows = connection.execute(
        "SELECT entry.id, entry.appeared FROM entry"
        f" WHERE entry.id {AMONG} AND entry.id <> ? AND coalesce(entry.story, entry.id) <> ?"
        " AND entry.story IS NULL AND entry.withdrawn IS NULL"
        " AND (entry.work = '' OR entry.work <> ?)"
        " AND (entry.series = '' OR entry.series <> ?)"
        " AND (? OR EXISTS (SELECT 1 FROM entry_tag"
        f" WHERE entry_id = entry.id AND tag {AMONG_TEXTS}))",
        (
            json.dumps(alike), entry.id, entry.story, entry.work, entry.series,
            not entry.tags, json.dumps([tag.slug for tag in entry.tags]),
        ),
    ).fetchall()  # fmt: skip
    appeared = {row["id"]: row["appeared"] for row in rows}
    likeness = {
        number: sum(rarity * terms.weight(word) for word, rarity in words)
        for number, terms in connection.index.terms(list(appeared))
    }

    def place(number: int) -> tuple[float, str, int]:
        return likeness[number], appeared[number], number

    return sorted(likeness, key=place, reverse=True)[:limit]


def _rarest(connection: Connection, entry: Entry) -> list[tuple[str, float]]:
    """Give the rarest words of an entry, each with what sharing it says."""
    text = f"{entry.title} {' '.join(entry.keywords)} {entry.lead}"[:_MOST_READ]
    found = {word for word in tokens(text) if len(word) >= _SHORTEST}
    # the highest number there is: as many entries, but for a few that were taken down
    (total,) = connection.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
    counted = sorted(
        (count, word)
        for word, count in _counts(connection, found)
        if 1 < count <= max(_FEW, _COMMON * total)
    )
    together = accumulate(count for count, _ in counted)
    return [
        (word, rarity(count, total))
        for place, ((count, word), so_far) in enumerate(zip(counted, together, strict=True))
        if place < _MOST_WORDS and (place < _LEAST_SHARED or so_far <= _MOST_LOOKED_AT)
    ]


def _counts(connection: Connection, words: Iterable[str]) -> list[tuple[str, int]]:
    asked = sorted(words)
    rows = connection.execute(
        f"SELECT key, sum(n) FROM word WHERE key IN ({', '.join('?' * len(asked))}) GROUP BY key",
        asked,
    )
    return [(word, count) for word, count in rows]
