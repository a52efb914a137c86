"""A text as words, each with what terms are compared with."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from db.text import clean
from db.words import analyse

if TYPE_CHECKING:
    from crawler.tags.terms import Matcher

_WORD = re.compile(r"[^\W_]+")
#: what ends a sentence
_END = re.compile(r"[.!?]+(?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Word:
    """One word."""

    #: as printed, for people
    surface: str
    #: in lower case
    lower: str
    #: as the search index knows it
    stem: str


class Span(NamedTuple):
    """Words of a text that a term stands for: from `start` up to, not including, `end`."""

    start: int
    end: int


class Text(tuple[Word, ...]):
    """The words of a text, in order."""

    #: the places of the words that come after the end of a sentence
    _breaks: Sequence[int] = ()
    #: where terms of each matcher stand, if the text was marked (`crawler.tags.tree`): at each
    #: place the longest first, overlapping ones too
    found: "Mapping[Matcher, Sequence[Span]] | None" = None

    def sentence(self, place: int) -> int:
        """Give the number of the sentence that a word stands in."""
        return bisect_right(self._breaks, place)

    @classmethod
    def of(cls, text: str, most: int | None = None) -> "Text":
        """Divide a text into words, with the stems that searching uses; at most so many."""
        words: list[Word] = []
        breaks: list[int] = []
        for sentence in _END.split(clean(text)):
            words += map(_word, _WORD.findall(sentence))
            breaks.append(len(words))
        divided = cls(words[:most])
        divided._breaks = breaks
        return divided


# most words of a text were met before; made once, they also take less memory
@lru_cache(maxsize=50_000)
def _word(printed: str) -> Word:
    return Word(printed, printed.lower(), analyse(printed).key)
