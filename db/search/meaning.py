"""The meaning of a search, for an engine to compile, and what it is asked about its index."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from db.models import Correction
from db.search.synonym import Synonym

#: words of a compound's parts may be so far apart to stand for it
NEAR = 8


class How(StrEnum):
    """How the terms of a pattern are to be found."""

    #: index tokens, one after the other
    KEYS = "keys"
    #: any term of a line of the thesaurus, or of those that it takes in, by a token for them
    LINE = "line"
    #: index tokens, at most `NEAR` words apart
    NEAR = "near"
    #: index tokens, anywhere
    ALL = "all"
    #: words as written, one after the other
    WRITTEN = "written"
    #: words as written that begin so
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way for an entry to match."""

    how: How
    terms: tuple[str, ...]
    #: look in titles only
    title: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What a clause of a search comes to: any of its patterns will do."""

    patterns: tuple[Pattern, ...]
    #: whether an entry that lacks it is no hit at all: phrases and titles are meant as they stand
    required: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """What comes close to all that a search asks for: looked at where hits are few."""

    patterns: tuple[Pattern, ...] = ()
    #: what is wider, and comes less close
    wider: tuple[Pattern, ...] = ()
    #: the parts of a compound: the more of them an entry has, the closer it comes
    parts: tuple[Pattern, ...] = ()

    def __or__(self, other: "Close") -> "Close":
        """Give what comes close to either."""
        return Close(
            tuple(dict.fromkeys((*self.patterns, *other.patterns))),
            tuple(dict.fromkeys((*self.wider, *other.wider))),
            tuple(dict.fromkeys((*self.parts, *other.parts))),
        )


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search means."""

    groups: tuple[Group, ...] = ()
    excluded: tuple[Pattern, ...] = ()
    close: Close = Close()
    #: words that were searched for in the place of misspelt ones
    corrections: tuple[Correction, ...] = ()
    #: other words for the same, of those that occur
    also: tuple[str, ...] = ()
    #: how many words, phrases and alternatives were typed
    words: int = 0


class Index(Protocol):
    """What is asked about the words of an index."""

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""

    def occurring(self, line: Sequence[Synonym], most: int) -> list[Synonym]:
        """Give the first terms of a line, so many of them, that stand in any entry."""

    def same_letters(self, word: str) -> str | None:
        """Give the most frequent word that differs in å, ä, æ, ø and the like at most."""

    def nearest(self, word: str, distance: int) -> str | None:
        """Give the most frequent of the words with the fewest wrong letters, up to a number."""

    def forms(self, key: str) -> list[str]:
        """Give the words with an index token, most frequent first."""

    def beginning(self, letters: str) -> list[str]:
        """Give a few of the words that begin so, but for å, æ, ø and the like, frequent first."""
