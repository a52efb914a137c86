"""Stems to compare wordings by: endings taken off, and nothing else.

Searching has index tokens (`db.text.tokens`), which join what means the same in both written norms.
Two releases are one for what they say in so many words, so here such words stay apart.
"""

from functools import cache, lru_cache

import snowballstemmer

from db.text import words


def stems(text: str) -> list[str]:
    """Give the Norwegian stems of a text, in order, in lower case, numbers joined."""
    return [_stem(word) for word in words(text)]


@cache
def _stemmer() -> "snowballstemmer.NorwegianStemmer":
    return snowballstemmer.stemmer("norwegian")


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem
