"""Terms of the taxonomy and where they stand in a text."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from db.text import clean, tokens

#: a word, or what ends a sentence
_PIECE = re.compile(r"[^\W_]+|[.!?]+(?=\s)|\n")
#: in a term, any words that may stand between two others, and how many at most
GAP = "…"
LONGEST_GAP = 3
#: a part that any word matches
_ANY = "*"
#: words of which a matcher remembers the terms they begin
_MOST_REMEMBERED = 2_000
#: letters that the rest of a compound has at least, so that `tolke-` takes in no `tolker`
_LEAST_REST = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    #: as printed, for people
    surface: str
    #: in lower case
    lower: str
    #: as the search index knows it
    stem: str
    #: number of the sentence it stands in
    sentence: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Words of a text that a term stands for: from `start` up to, not including, `end`."""

    start: int
    end: int


class Text(tuple[Word, ...]):
    """The words of a text; if it was marked (`crawler.tags.beginnings`), what may begin where."""

    starts: "Mapping[Matcher, Sequence[int]] | None" = None


def words_of(text: str) -> Text:
    """Divide a text into words, with the stems that searching uses."""
    found: list[Word] = []
    sentence = 0
    for piece in _PIECE.findall(clean(text)):
        if piece[0].isalnum():
            found.append(Word(piece, piece.lower(), _stem(piece), sentence))
        else:
            sentence += 1
    return Text(found)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    found = tokens(word)
    return found[0] if found else word


class Matcher:
    """Finds a list of terms in texts, in time that hardly depends on how many there are.

    A term is one or several words. A word ending in `*` stands for every word that begins so, one
    beginning with `*` for every word that ends so, and with both for every word that holds it.
    `word-` stands for compounds that begin so and `-word` for those that end so: words with three
    letters more, or else every inflection would be one.
    `=word` stands for exactly these letters, any other word for itself in any inflection; where
    `literal` is set, every word stands for exactly its letters. `…` between two words stands for
    up to three others.
    """

    def __init__(self, terms: Iterable[str], *, literal: bool = False) -> None:
        self._literal = literal
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for term in terms:
            parts = [self._part(part) for part in term.lower().split()]
            for filled in _without_gaps(parts):
                self._by_first.setdefault(filled[0], []).append(filled)
        self._keys = Keys(self._by_first)
        self._begun: dict[str, tuple[tuple[str, ...], ...]] = {}

    @property
    def firsts(self) -> Collection[str]:
        """Give the words, stems and parts of words that terms begin with, each as a key."""
        return self._by_first.keys()

    def find(self, words: Text, *, outside: Collection[int] = ()) -> Iterator[Span]:
        """Give where the terms stand, without overlap, passing over the positions `outside`."""
        places = range(len(words)) if words.starts is None else words.starts.get(self, ())
        free = 0
        for place in places:
            if place >= free and (length := self._length_at(words, place, outside)):
                free = place + length
                yield Span(place, free)

    def covers(self, term: str) -> bool:
        """Tell whether every text that holds another term holds one of these in its place."""
        words = words_of(examples(term)[0])
        return any(span == Span(0, len(words)) for span in self.find(words))

    def _part(self, part: str) -> str:
        if part == GAP or _is_open(part):
            return part
        if part.startswith("=") or self._literal:
            return "=" + part.removeprefix("=")
        return _stem(part)

    def _length_at(self, words: Text, start: int, outside: Collection[int]) -> int:
        if start in outside:
            return 0
        for parts in self._begun_by(words[start]):
            end = start + len(parts)
            if (
                end <= len(words)
                and all(map(_matches, parts[1:], words[start + 1 : end]))
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
            begun = (parts for key in self._keys.of(word) for parts in self._by_first.get(key, ()))
            known = self._begun[word.lower] = tuple(sorted(begun, key=len, reverse=True))
        return known


class Keys:
    """Under which keys a word is to be looked up, where these are the keys that there are."""

    def __init__(self, firsts: Iterable[str]) -> None:
        starred = {first for first in firsts if _is_open(first)}
        self._within = sorted(first for first in starred if first[0] == first[-1] == "*")
        outer = starred.difference(self._within)
        self._prefixes = sorted({len(first) - 1 for first in outer if first[-1] in "*-"})
        self._suffixes = sorted({len(first) - 1 for first in outer if first[0] in "*-"})

    def of(self, word: Word) -> Iterator[str]:
        """Give a word's stem, its letters, and the beginnings and ends that there may be."""
        yield word.stem
        yield "=" + word.lower
        for length in self._prefixes:
            yield word.lower[:length] + "*"
            if len(word.lower) >= length + _LEAST_REST:
                yield word.lower[:length] + "-"
        for length in self._suffixes:
            yield "*" + word.lower[-length:]
            if len(word.lower) >= length + _LEAST_REST:
                yield "-" + word.lower[-length:]
        for within in self._within:
            if within[1:-1] in word.lower:
                yield within


def _is_open(part: str) -> bool:
    """Tell whether letters are left open at one end of a part, or at both."""
    return part[0] in "*-" or part[-1] in "*-"


def _matches(part: str, word: Word) -> bool:
    if _is_open(part):
        middle = part.strip("*-")
        if "-" in part and len(word.lower) < len(middle) + _LEAST_REST:
            return False
        if part.startswith("*") and part.endswith("*"):
            return middle in word.lower
        if part[-1] in "*-":
            return word.lower.startswith(middle)
        return word.lower.endswith(middle)
    return part == ("=" + word.lower if part.startswith("=") else word.stem)


def unreachable(term: str) -> bool:
    """Tell whether no text can hold a term: its letters never make up the words of one."""
    return any(_unreachable(part) for part in term.split() if part != GAP)


@lru_cache(maxsize=10_000)
def _unreachable(part: str) -> bool:
    return not Matcher([part]).covers(part)


def _without_gaps(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Write a term with a gap as one term for each number of words that may fill it."""
    if GAP not in parts:
        return [tuple(parts)]
    place = parts.index(GAP)
    before, after = parts[:place], parts[place + 1 :]
    return [
        filled
        for length in range(LONGEST_GAP + 1)
        for filled in _without_gaps([*before, *[_ANY] * length, *after])
    ]


def examples(term: str) -> tuple[str, str]:
    """Give words that a term stands for: with letters no other term has for its stars, and none."""
    parts = [part.removeprefix("=") for part in term.lower().split() if part != GAP]
    whole = [re.sub(r"^-", "qxq", re.sub(r"-$", "xqx", part)) for part in parts]
    filled = (re.sub(r"^\*", "qx", re.sub(r"\*$", "xq", part)) for part in whole)
    return " ".join(filled), " ".join(part.strip("*") for part in whole)
