"""Terms of the taxonomy and where they stand in a text."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from db.text import clean, tokens

_WORD = re.compile(r"[^\W_]+")
#: words of which a matcher remembers the terms they begin
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    #: as printed, for people
    surface: str
    #: in lower case
    lower: str
    #: as the search index knows it
    stem: str


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text that a term stands for: from `start` up to, not including, `end`."""

    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """Divide a text into words, with the stems that searching uses."""
    return [Word(found, found.lower(), _stem(found)) for found in _WORD.findall(clean(text))]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    found = tokens(word)
    return found[0] if found else word


class Matcher:
    """Finds a list of terms in texts, in time that hardly depends on how many there are.

    A term is one or several words. A word ending in `*` stands for every word that begins so, one
    beginning with `*` for every word that ends so. Another word stands for itself in any inflection
    or, where `literal` is set, for exactly these letters.
    """

    def __init__(self, terms: Iterable[str], *, literal: bool = False) -> None:
        self._literal = literal
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for term in terms:
            parts = tuple(self._part(part) for part in term.lower().split())
            self._by_first.setdefault(parts[0], []).append(parts)
        firsts = self._by_first.keys()
        self._prefixes = sorted({len(first) - 1 for first in firsts if first.endswith("*")})
        self._suffixes = sorted({len(first) - 1 for first in firsts if first.startswith("*")})
        self._begun: dict[str, tuple[tuple[str, ...], ...]] = {}

    def find(self, words: Sequence[Word], *, outside: Collection[int] = ()) -> Iterator[Span]:
        """Give where the terms stand, without overlap, passing over the positions `outside`."""
        begun = self._begun
        position = 0
        while position < len(words):
            # nearly every word of a text is known to begin nothing
            if begun.get(words[position].lower) == ():
                position += 1
                continue
            length = self._length_at(words, position, outside)
            if length:
                yield Span(position, position + length)
            position += length or 1

    def _part(self, part: str) -> str:
        if "*" in part or self._literal:
            return part
        return _stem(part)

    def _length_at(self, words: Sequence[Word], start: int, outside: Collection[int]) -> int:
        if start in outside:
            return 0
        for parts in self._begun_by(words[start]):
            end = start + len(parts)
            if (
                end <= len(words)
                and all(map(self._matches, parts[1:], words[start + 1 : end]))
                and not any(place in outside for place in range(start, end))
            ):
                return len(parts)
        return 0

    def _begun_by(self, word: Word) -> tuple[tuple[str, ...], ...]:
        """Give the terms that a word may begin, the longest first; most words begin none."""
        known = self._begun.get(word.lower)
        if known is None:
            if len(self._begun) >= _MOST_REMEMBERED:
                self._begun.clear()
            begun = (parts for key in self._keys(word) for parts in self._by_first.get(key, ()))
            known = self._begun[word.lower] = tuple(sorted(begun, key=len, reverse=True))
        return known

    def _keys(self, word: Word) -> Iterator[str]:
        yield word.lower if self._literal else word.stem
        for length in self._prefixes:
            yield word.lower[:length] + "*"
        for length in self._suffixes:
            yield "*" + word.lower[-length:]

    def _matches(self, part: str, word: Word) -> bool:
        if part.endswith("*"):
            return word.lower.startswith(part[:-1])
        if part.startswith("*"):
            return word.lower.endswith(part[1:])
        return part == (word.lower if self._literal else word.stem)
