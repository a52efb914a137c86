"""What we know of Norwegian words beside the dictionaries: `norwegian.toml`."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

LEXICON_PATH: Final = Path(__file__).with_name("norwegian.toml")
#: letters of a listed nynorsk word that others may begin or end with
LISTED: Final = 4
#: words that end so take an -s- before the next part: `bosettingstall` holds no `stall`
_TAKE_S = ("ing", "sjon", "het", "skap", "dom", "tet", "else")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What `norwegian.toml` says."""

    #: misspellings and faults of the dictionaries, to the right word
    alias: MappingProxyType[str, str]
    #: nynorsk base forms, to those of bokmål
    nynorsk: MappingProxyType[str, str]
    #: those that others may begin or end with, by their first and by their last four letters
    begins: MappingProxyType[str, tuple[str, ...]]
    ends: MappingProxyType[str, tuple[str, ...]]
    #: base forms that only look like the word for a deed
    keep: frozenset[str]
    #: verbs whose forms are theirs, though a noun with such letters is in the dictionary
    verbs: frozenset[str]
    #: words for one deed, to the first of their line
    same: MappingProxyType[str, str]
    #: words that may be a part of a compound though they are short or small
    also: frozenset[str]
    #: words that never are
    never: frozenset[str]
    #: words that are no compounds
    whole: frozenset[str]
    #: what takes an -s- before the next part
    take_s: tuple[str, ...]
    #: words that say nothing of a text
    small: frozenset[str]
    #: words that say nothing in a search
    asking: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Read `norwegian.toml`, once."""
    tables = tomllib.loads(LEXICON_PATH.read_text(encoding="utf-8"))
    return Lexicon(
        alias=MappingProxyType(tables["alias"]),
        nynorsk=MappingProxyType(tables["nynorsk"]),
        begins=_by_letters(tables["nynorsk"], slice(None, LISTED)),
        ends=_by_letters(tables["nynorsk"], slice(-LISTED, None)),
        keep=frozenset(tables["roots"]["keep"].split()),
        verbs=frozenset(tables["roots"]["verbs"].split()),
        same=MappingProxyType(
            {
                word: line.split()[0]
                for line in tables["roots"]["same"].splitlines()
                for word in line.split()
            }
        ),
        also=frozenset(tables["compounds"]["also"].split()),
        never=frozenset(tables["compounds"]["never"].split()),
        whole=frozenset(tables["compounds"]["whole"].split()),
        take_s=(*_TAKE_S, *tables["compounds"]["take_s"].split()),
        small=frozenset(word for words in tables["small"].values() for word in words.split()),
        asking=frozenset(word for words in tables["asking"].values() for word in words.split()),
    )


def _by_letters(words: Iterable[str], letters: slice) -> MappingProxyType[str, tuple[str, ...]]:
    """Group words by some of their letters, the longest first; short ones are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= LISTED:
            found[word[letters]] = (*found.get(word[letters], ()), word)
    return MappingProxyType(found)


@cache
def small_words() -> frozenset[str]:
    """Give the words that a search passes over, in lower case."""
    return lexicon().small | lexicon().asking


def is_small(word: str) -> bool:
    """Tell whether a search passes a word over."""
    return word.lower() in small_words()
