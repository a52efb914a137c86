"""Compounds: which words a word is put together from, by the dictionaries it is found in."""

from collections.abc import Iterator
from functools import lru_cache

from db.words.bases import base_of, in_bokmal, root_of
from db.words.lemma import lemma
from db.words.lexicon import lexicon

#: letters of a part that needs no line in `norwegian.toml`
_LONG_PART = 4
#: letters of a word that may be put together
_FEWEST = 6
#: parts of one compound, and compounds within compounds: more are rows of letters
_MOST_PARTS, _DEEPEST = 5, 4


@lru_cache(maxsize=20_000)
def split(word: str) -> tuple[str, ...]:
    """Give the base forms a compound is put together from, or nothing.

    Two parts that are words are best; of several such pairs, the one with the longest first part
    that cuts through no word which is said to be whole.
    """
    if len(word) < _FEWEST or word in lexicon().whole or word in lexicon().keep:
        return ()
    strict = lemma(word, "nb") is not None
    best: tuple[str, ...] = ()
    endings = list(_endings(word, strict=strict))
    for beginning, base in endings:
        if stem := _stem(beginning, strict=strict):
            best = (stem, base)
            if base in lexicon().whole:
                break
    if best or strict:
        return best
    for beginning, base in endings:
        for rest in _unlinked(beginning):
            if found := split(rest):
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
        if base is None:
            continue
        if strict and not _is_plain(ending, base):
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
        words = lexicon()
        if base in allowed or stem in words.alias or stem in words.also or in_bokmal(stem):
            return base
        if not strict and lemma(stem, "nb") is None:
            return base
    return None


def _is_plain(ending: str, base: str) -> bool:
    if base in (ending, lemma(ending, "nb")):
        return True
    return len(ending) >= _LONG_PART and base == in_bokmal(ending)


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
    if word in words.also:
        return True
    return len(word) >= _LONG_PART and word not in words.never and word not in words.small


def leaves(bases: tuple[str, ...], depth: int = 0) -> tuple[str, ...]:
    """Take parts that are compounds themselves apart, and give the roots of all."""
    found: list[str] = []
    for base in bases:
        smaller = split(base) if depth < _DEEPEST else ()
        found += leaves(smaller, depth + 1) if smaller else [root_of(base)]
    return tuple(found[:_MOST_PARTS])
