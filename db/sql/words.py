"""What is asked about the words of the index, for `db.search.meaning`."""

import json
from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import islice

from db.search.meaning import How, Pattern
from db.search.spelling import nearest
from db.search.synonym import Synonym
from db.search.thesaurus import thesaurus
from db.sql.connection import Connection
from db.sql.finding import Finder
from db.sql.pieces import AMONG_TEXTS
from db.words import fold

#: forms of one word that are looked at, and words with one beginning
_MOST_FORMS, _MOST_BEGINNING = 40, 40
#: terms of several words of a line that are asked for, each by itself: to read all terms of the
#: line's strongest hits in their place takes three times as long, and tells of fewer
_MOST_ASKED = 24


class SqlWords:
    """Implements `db.search.meaning.Index`; `listed` gives every word, most frequent first."""

    def __init__(
        self, connection: Connection, finder: Finder, listed: Callable[[], Sequence[str]]
    ) -> None:
        self._connection = connection
        self._finder = finder
        self._listed = listed

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""
        return self._finder.has(patterns)

    def occurring(self, line: Sequence[Synonym], most: int) -> list[Synonym]:
        """Give the first terms of a line, so many of them, that stand in any entry."""
        single = [one.token for one in line if len(one.keys) == 1]
        several = [one.token for one in line if len(one.keys) > 1][:_MOST_ASKED]
        rows = self._connection.execute(
            f"SELECT DISTINCT key FROM word WHERE key {AMONG_TEXTS}", (json.dumps(single),)
        )
        known = {key for (key,) in rows}
        # `word` lists what is letters only
        known |= {
            token
            for token in single
            if not token.isalpha() and self._finder.has([Pattern(How.KEYS, (token,))])
        }
        found = (
            one
            for one in line
            if one.token in known or (one.token in several and self._finder.is_indexed(one.token))
        )
        return list(islice(found, most))

    def same_letters(self, word: str) -> str | None:
        """Give the most frequent word that differs in å, ä, æ, ø and the like at most."""
        folded = fold(word)
        row = self._connection.execute(
            "SELECT surface FROM word WHERE fold = ? ORDER BY n DESC, surface LIMIT 1", (folded,)
        ).fetchone()
        if row:
            return str(row[0])
        return _thesaurus_folded().get(folded)

    def nearest(self, word: str, distance: int) -> str | None:
        """Give the most frequent of the words with the fewest wrong letters, up to a number."""
        return nearest(word, self._listed(), distance=distance)

    def forms(self, key: str) -> list[str]:
        """Give the words with an index token, most frequent first."""
        rows = self._connection.execute(
            "SELECT surface FROM word WHERE key = ? ORDER BY n DESC, surface LIMIT ?",
            (key, _MOST_FORMS),
        )
        return [surface for (surface,) in rows]

    def beginning(self, letters: str) -> list[str]:
        """Give a few of the words that begin so, but for å, æ, ø and the like, frequent first."""
        folded = fold(letters)
        rows = self._connection.execute(
            "SELECT surface FROM word WHERE fold >= ? AND fold < ?"
            " ORDER BY n DESC, surface LIMIT ?",
            (folded, f"{folded}\U0010ffff", _MOST_BEGINNING),
        )
        return [surface for (surface,) in rows]


@cache
def _thesaurus_folded() -> dict[str, str]:
    return {fold(word): word for word in sorted(thesaurus().words, reverse=True)}


def listed_words(connection: Connection) -> list[str]:
    """Give every word of the index, most frequent first, and then those of the thesaurus."""
    rows = connection.execute("SELECT surface FROM word WHERE length(surface) > 2 ORDER BY n DESC")
    found = [surface for (surface,) in rows]
    return found + sorted(thesaurus().words.difference(found))


def tokens_of(connection: Connection, words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give the index tokens of those of some words that entries have: its own, and of its parts."""
    rows = connection.execute(
        f"SELECT surface, key, parts FROM word WHERE surface {AMONG_TEXTS}",
        # one that is near another is found where that was
        (json.dumps(sorted(words)),),
    )
    return {surface: (key, *parts.split()) for surface, key, parts in rows}
