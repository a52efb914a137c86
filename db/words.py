"""One word: its key in the index, and the keys of the parts of a compound.

A key joins what a reader takes for one word: every inflection, both written norms, the deed and the
word for it. `bosetting`, `busetjing`, `bosatte` and `bosette` have the key `bosett`;
`busetjingskommunane` has `bosettkommune`, with `bosett` and `kommune` for its parts.
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from db.lemma import lemma
from db.nynorsk import spell

DATA_PATH: Final = Path(__file__).with_name("norwegian.toml")
#: letters of the longest word that is looked into; a longer one is found by its beginning
LONGEST = 64
#: letters of a part that needs no line in `norwegian.toml`
_LONG_PART = 4
#: where every part is so long, a compound is no accident and not looked for among English words
_SURE_PART = 5
#: letters of a word that may be put together
_FEWEST_IN_COMPOUND = 6
#: parts of one compound: more are rows of letters
_MOST_PARTS = 5
#: words that end so take an -s- before the next part: `bosettingstall` holds no `stall`
_TAKE_S = ("ing", "sjon", "het", "skap", "dom", "tet", "else")
# kafé is kafe to whoever searches, but å is not a
_ACCENTS = str.maketrans("éèêëáàâíìîóòôúùûýñç", "eeeeaaaiiiooouuuync")
# å is typed as aa or a, ø as oe or o, æ as ae or a; å falls apart into a and its ring by itself
_FOLDED = (("æ", "a"), ("ø", "o"), ("ae", "a"), ("oe", "o"), ("aa", "a"))
#: endings of nouns, the longer first
_ENDINGS = ("enes", "anes", "ene", "ane", "ens", "ets", "ers", "en", "et", "er", "ar", "s")
# Cyrillic letters that text processing puts in the place of Latin ones: by their looks, or by sound
_LOOK_ALIKES = (
    str.maketrans("аеорсухікмтвнё", "aeopcyxikmtbhe"),
    str.maketrans("аеорсухікмтвнё", "aeorsuhikmtvne"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """What the index knows a word by."""

    key: str
    #: keys of what it is put together from, each once; empty unless it is a compound
    parts: tuple[str, ...] = ()
    #: those of its parts that are no compounds themselves, in order
    leaves: tuple[str, ...] = ()
    #: whether the dictionaries have it, or everything it is put together from
    known: bool = True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What `norwegian.toml` says."""

    alias: MappingProxyType[str, str]
    nynorsk: MappingProxyType[str, str]
    keep: frozenset[str]
    same: MappingProxyType[str, str]
    short: frozenset[str]
    never: frozenset[str]
    whole: frozenset[str]
    take_s: tuple[str, ...]
    small: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Read `norwegian.toml`, once."""
    tables = tomllib.loads(DATA_PATH.read_text(encoding="utf-8"))
    return Lexicon(
        alias=MappingProxyType(tables["alias"]),
        nynorsk=MappingProxyType(tables["nynorsk"]),
        keep=frozenset(tables["roots"]["keep"].split()),
        same=MappingProxyType(
            {
                word: line.split()[0]
                for line in tables["roots"]["same"].splitlines()
                for word in line.split()
            }
        ),
        short=frozenset(tables["compounds"]["short"].split()),
        never=frozenset(tables["compounds"]["never"].split()),
        whole=frozenset(tables["compounds"]["whole"].split()),
        take_s=(*_TAKE_S, *tables["compounds"]["take_s"].split()),
        small=frozenset(word for words in tables["small"].values() for word in words.split()),
    )


@lru_cache(maxsize=300_000)
def analyse(word: str) -> Word:
    """Give the key and parts of one word of letters and digits, in any case."""
    word = _plain(word)
    if not word.isalpha() or len(word) > LONGEST:
        return Word(word[:LONGEST], known=word.isdecimal())
    base = base_of(word)
    parts = _leaves(_split(base or word))
    if base is None and min(map(len, parts), default=0) < _SURE_PART:
        english = lemma(word, "en") or lemma(word.removesuffix("s"), "en")
        if english:
            return Word(english)
    if parts:
        return _compound(parts)
    return Word(_root(base)) if base else Word(_stripped(word), known=False)


def is_small(word: str) -> bool:
    """Tell whether a word says nothing of a text."""
    return word.lower() in lexicon().small


def _plain(word: str) -> str:
    word = unicodedata.normalize("NFC", word.lower()).translate(_ACCENTS)
    if word.isascii() or not any("\u0400" <= letter <= "\u045f" for letter in word):
        return word
    if not any("a" <= letter <= "z" for letter in word):
        return word
    latin = [word.translate(table) for table in _LOOK_ALIKES]
    return next((one for one in latin if base_of(one) or _split(one)), latin[0])


@lru_cache(maxsize=300_000)
def base_of(word: str) -> str | None:
    """Give the bokmål base form of a word of either norm, or None where neither has it."""
    found = _listed(word) or _respelt(word)
    if found is None and word.endswith("s") and len(word) > 3:
        owner = word[:-1]
        found = _listed(owner) or _respelt(owner)
    return found


def _listed(word: str) -> str | None:
    words = lexicon()
    if word in words.alias:
        return words.alias[word]
    if word in words.keep:
        return word
    if word in words.nynorsk:
        return _bokmal(words.nynorsk[word]) or words.nynorsk[word]
    nynorsk = lemma(word, "nn")
    if word.endswith("ar") and nynorsk not in (None, word) and (agent := _respelt(word)):
        # nynorsk has `brukar` for who uses and for using; bokmål has `bruker` for both
        return agent
    if bokmal := lemma(word, "nb"):
        return _settled(bokmal)
    if nynorsk is None:
        return None
    paired = words.nynorsk.get(nynorsk, nynorsk)
    return _bokmal(paired) or _respelt(nynorsk) or paired


def _settled(base: str) -> str:
    """Follow the dictionary to its end: `bosatte` leads to `bosatt`, and that to `bosette`."""
    words = lexicon()
    for _ in range(3):
        following = words.alias.get(base) or words.nynorsk.get(base)
        if following is None and base not in words.keep:
            following = lemma(base, "nb")
        if following is None or following == base:
            break
        base = following
    return base


def _respelt(word: str) -> str | None:
    return spell(word, _bokmal) if len(word) > 3 else None


def _bokmal(word: str) -> str | None:
    found = lexicon().alias.get(word) or lemma(word, "nb")
    return _settled(found) if found else None


@lru_cache(maxsize=100_000)
def _root(base: str) -> str:
    """Give what a verb and the words for its deed share: `tolk` of `tolke` and `tolking`."""
    words = lexicon()
    if base in words.same:
        return words.same[base]
    if base in words.keep or len(base) < 4:
        return base
    for ending in ("ning", "ing", "else"):
        stem = base.removesuffix(ending)
        if stem != base and len(stem) > 1 and lemma(f"{stem}e", "nb"):
            return stem
    if base.endswith("e") and len(base) > 4:
        stem = base[:-1]
        if any(lemma(f"{stem}{ending}", "nb") for ending in ("ing", "ning", "else")):
            return stem
    return base


def _stripped(word: str) -> str:
    """Take the common endings off a word nobody knows: `webinarene`, `Ullensvangs`, not `Olsen`."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _LONG_PART and not stem.endswith("s"):
            return stem if base_of(stem) is None else word
    return word


@lru_cache(maxsize=300_000)
def _split(word: str) -> tuple[str, ...]:
    """Give the base forms a compound is put together from, or nothing.

    Two parts that are words are best; of several such pairs, the one with the longest first part.
    """
    if len(word) < _FEWEST_IN_COMPOUND or word in lexicon().whole or word in lexicon().keep:
        return ()
    strict = lemma(word, "nb") is not None
    best: tuple[str, ...] = ()
    endings = list(_endings(word, strict=strict))
    for beginning, base in endings:
        if stem := _stem(beginning, strict=strict):
            best = (stem, base)
    if best or strict:
        return best
    for beginning, base in endings:
        for rest in _unlinked(beginning):
            if found := _split(rest):
                return (*found, base)
    return ()


def _endings(word: str, *, strict: bool) -> Iterator[tuple[str, str]]:
    """Give each ending that is a word, longest first: what stands before it, and its base form.

    `strict` is for words the dictionary has: they are mostly whole, so only base forms count.
    """
    take_s = lexicon().take_s
    for start in range(2, len(word) - 1):
        beginning, ending = word[:start], word[start:]
        base = _as_part(ending)
        if base is None or (strict and base not in (ending, lemma(ending, "nb"))):
            continue
        if ending[0] == "s" and beginning.endswith(take_s) and _as_part(ending[1:]):
            continue
        yield beginning, base


def _stem(beginning: str, *, strict: bool) -> str | None:
    """Give the base form a beginning is, with or without the letter that links it."""
    for stem in _unlinked(beginning):
        base = _as_part(stem)
        if base is None:
            continue
        # what is inflected begins no compound
        allowed = (stem, f"{stem}e", stem[:-1], f"{stem[:-2]}e")
        if base in allowed or stem in lexicon().alias:
            return base
        if not strict and lemma(stem, "nb") is None:
            return base
    return None


def _as_part(word: str) -> str | None:
    base = base_of(word) if _may_be_part(word) else None
    return base if base and _may_be_part(base) else None


def _unlinked(beginning: str) -> Iterator[str]:
    if beginning.endswith("s") and not beginning.endswith("ss"):
        yield beginning[:-1]
    if beginning.endswith("e"):
        yield beginning[:-1]
    yield beginning


def _may_be_part(word: str) -> bool:
    words = lexicon()
    if len(word) < _LONG_PART:
        return word in words.short
    return word not in words.never and word not in words.small


def _leaves(bases: tuple[str, ...]) -> tuple[str, ...]:
    """Take parts that are compounds themselves apart, and give the roots of all."""
    found: list[str] = []
    for base in bases:
        smaller = _split(base)
        found += _leaves(smaller) if smaller else [_root(base)]
    return tuple(found[:_MOST_PARTS])


def _compound(leaves: tuple[str, ...]) -> Word:
    count = len(leaves)
    rows = (
        "".join(leaves[start : start + length])
        for length in range(1, count)
        for start in range(count - length + 1)
    )
    return Word("".join(leaves), tuple(dict.fromkeys(rows)), leaves)


def fold(word: str) -> str:
    """Write a word as on a keyboard without æ, ø and å: `opplæring`, `opplaering` → `opplaring`."""
    for letters, plain in _FOLDED:
        word = word.replace(letters, plain)
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
