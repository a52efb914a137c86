"""How well an entry answers a search, whichever engine found it: its weights for what is sought.

A group of a search counts once, by the best of its patterns: an engine's own measure adds synonyms
up as if they were different words, and counts what most entries have for nothing, so that in
`flyktninger fra Ukraina i arbeid` only the country would tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from db.search.meaning import Close, How, Pattern
from db.search.weights import Terms
from db.words import analyse
from db.words.frequency import usual_share

#: what other ways to match weigh beside the word that was typed
_SYNONYM, _APART = 0.8, 0.4
#: what weighs that comes close to the whole search, and what is wider than it
_CLOSE, _WIDER = 0.3, 0.08
#: ordinary texts that count with the entries of an archive
_ORDINARY = 400
#: and what each part of a compound does, beside the whole
_PART = 0.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """One way to match, with its weight: the fewer entries it finds, the more."""

    pattern: Pattern
    weight: float


def rarity(count: float, total: float) -> float:
    """Give what finding `count` of `total` entries says (as in BM25, but never below 0)."""
    return log(1 + (total - count + 0.5) / (count + 0.5))


def telling(typed: Pattern, count: int, total: int) -> float:
    """Give what finding `count` of `total` entries says, where that is sought by what was typed.

    Few entries do not tell how common a word is: as many ordinary texts count with them, so that
    *mener* says less than *innvandring* among a hundred entries on immigration as well.
    """
    is_words = typed.how in (How.KEYS, How.ALL)
    usual = min(map(usual_share, typed.terms)) if is_words else 0.0
    return rarity(count + _ORDINARY * usual, total + _ORDINARY)


def weighed(patterns: Sequence[Pattern], typed: int, whole: int, total: int) -> tuple[Weighed, ...]:
    """Weigh the patterns of a group that finds `whole` entries, the first of them `typed`.

    The first is what was typed and weighs as the word that it is; the others stand in for it and
    weigh as the group, or a rare synonym would say more than the word itself.
    """
    first, *others = patterns
    as_group = telling(first, whole, total)
    return (
        Weighed(first, telling(first, typed, total)),
        *(Weighed(pattern, as_group * _standing(pattern)) for pattern in others),
    )


def nearly(close: Close, found: int, total: int) -> tuple[Weighed, ...]:
    """Weigh what comes close to a search and finds `found` entries of all."""
    tiers = ((close.patterns, _CLOSE), (close.wider, _WIDER))
    return tuple(
        Weighed(pattern, rarity(found, total + _ORDINARY) * standing)
        for patterns, standing in tiers
        for pattern in patterns
    )


def part(pattern: Pattern, found: int, total: int) -> tuple[Weighed, ...]:
    """Weigh a part of a compound that finds `found` entries of all, as a group of its own."""
    return (Weighed(pattern, rarity(found, total + _ORDINARY) * _PART),)


def relevance(terms: Terms, groups: Sequence[Sequence[Weighed]]) -> float:
    """Give how well an entry answers a search; 0 where it does not at all.

    That is how much it is about the groups it has, times what having them says: an entry with most
    of a question comes before one that is about a single word of it.
    """
    about = has = 0.0
    for group in groups:
        best = 0.0
        for one in group:
            # a share is 1 at most: what weighs less than the best need not be looked for
            if one.weight > best:
                best = max(best, one.weight * _share(terms, one.pattern))
        if best:
            about += best
            has += group[0].weight
    return about * has


def _standing(pattern: Pattern) -> float:
    return _APART if pattern.how in (How.NEAR, How.ALL) else _SYNONYM


def _share(terms: Terms, pattern: Pattern) -> float:
    """Give how much an entry is about a pattern, from 0 to 1."""
    if pattern.how is How.PREFIX:
        # index tokens mostly begin as the words do
        return terms.beginning(pattern.terms[0])
    if pattern.how is How.WRITTEN:
        return min(terms.weight(analyse(word).key) for word in pattern.terms)
    share = terms.weight(pattern.terms[0])
    for term in pattern.terms[1:]:
        share = min(share, terms.weight(term))
    if pattern.how in (How.NEAR, How.ALL):
        # a part counts half where it stands for a word, but here parts are what is sought
        return 2 * share / (1 + share)
    return share
