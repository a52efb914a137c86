"""From an inflected word of either norm to its bokmål base form, and to the root that it shares."""

from functools import lru_cache

from db.words.lemma import lemma
from db.words.lexicon import lexicon
from db.words.nynorsk import spell
from db.words.pairs import exchanged, inflection_of, may_be_exchanged, stems

#: letters of a word that may hold another one
_SHORTEST_COMPOUND = 6


@lru_cache(maxsize=20_000)
def base_of(word: str) -> str | None:
    """Give the bokmål base form of a word of either norm, or None where neither has it."""
    found = _listed(word) or _respelt(word)
    if found is None and word.endswith("s") and len(word) > 3:
        owner = word[:-1]
        found = _listed(owner) or _respelt(owner)
    return found


def base_of_stem(word: str) -> str | None:
    """Give the bokmål base form of an inflected nynorsk compound that no list has, or None."""
    if len(word) < _SHORTEST_COMPOUND:
        return None
    return next(filter(None, map(_exchanged, stems(word))), None)


def _listed(word: str) -> str | None:
    words = lexicon()
    if word in words.alias:
        return _bokmal(word)
    ours = word if word in words.nynorsk else inflection_of(word)
    if paired := _paired(ours) if ours else _exchanged(word):
        return paired
    nynorsk = lemma(word, "nn")
    if word.endswith("ar") and nynorsk not in (None, word) and (agent := _respelt(word)):
        # nynorsk has `brukar` for who uses and for using; bokmål has `bruker` for both
        return in_bokmal(agent) or agent
    if bokmal := _bokmal(word):
        return bokmal
    if nynorsk is None:
        return None
    return in_bokmal(nynorsk) or _bokmal(nynorsk) or _respelt(nynorsk) or nynorsk


def in_bokmal(word: str) -> str | None:
    """Give the bokmål of a nynorsk word that is one of ours, or that begins or ends with one."""
    return _paired(word) or _exchanged(word)


def _paired(word: str) -> str | None:
    listed = lexicon().nynorsk.get(word)
    return (_bokmal(listed) or listed) if listed else None


def _exchanged(word: str) -> str | None:
    if len(word) < _SHORTEST_COMPOUND or not may_be_exchanged(word):
        return None
    found = next(filter(None, map(_bokmal, exchanged(word))), None)
    # the lists of bokmål have `sykeheim` as well
    return next(filter(None, map(_bokmal, exchanged(found))), found) if found else None


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
    if len(word) < 4:
        return None
    if len(word) < _SHORTEST_COMPOUND or not may_be_exchanged(word):
        return spell(word, _bokmal)
    # offentleggjering is offentleggjøring, and that offentliggjøring
    tried = (spell(one, _bokmal) for one in (word, *exchanged(word)))
    return next(filter(None, tried), None)


def _bokmal(word: str) -> str | None:
    words = lexicon()
    if word in words.alias or word in words.keep:
        return words.alias.get(word, word)
    found = lemma(word, "nb")
    if found is None or found in words.verbs:
        return found
    return _settled(_noun(word, found))


def _noun(word: str, base: str) -> str:
    """Take `rapporter` for several of a `rapport`, where the dictionary takes it for a verb."""
    for ending in ("er", "ene"):
        stem = word.removesuffix(ending)
        if len(stem) > 2 and stem != word and lemma(stem, "nb") == stem:
            return stem if base in (word, f"{word}e", f"{stem}e") else base
    return base


@lru_cache(maxsize=20_000)
def root_of(base: str) -> str:
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
    if base.endswith("e"):
        stem = base[:-1]
        deeds = [f"{stem}{ending}" for ending in ("ing", "ning", "else")]
        # måling is no deed of måle here, or mål would be found by both
        if words.keep.isdisjoint(deeds) and any(lemma(deed, "nb") for deed in deeds):
            return stem
    return base
