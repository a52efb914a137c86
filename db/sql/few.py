"""What is added to the hits of a search where they are few: what comes close, or has most of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nlargest
from itertools import compress

from db.search.meaning import Group
from db.search.relevance import Weighed, nearly, part, rarity, relevance, telling
from db.sql.finding import Finder, Found, all_of
from db.sql.index import Index
from db.sql.match import Match

#: with fewer hits than this, entries with most of the words are added, up to as many
FEW = 8
#: the least share of all words' weight that such an entry has, and of the relevance of the best
MOST_OF_IT = 0.4
MOST_OF_BEST = 0.36
#: the same share for what only comes close, and for what has parts of a compound
CLOSE_TO_BEST, PARTS_TO_BEST = 0.34, 0.5
#: the same share where no entry of a question has as much
LEAST_OF_A_QUESTION = 0.15
#: so many of those with most of the weight are looked at closely
_LOOKED_AT = 100
#: in a search of so many words, small ones too, those that nobody has written are passed over;
#: a search of fewer that finds all of them finds nothing else
QUESTION = 3


def with_others(
    match: Match, found: Sequence[Found], finder: Finder, index: Index, excluded: Collection[int]
) -> Match:
    """Add the best of those that lack something, so many that there are `FEW` in all.

    `found` is what each group of the search finds. Two words that stand together somewhere find
    nothing else, unless they are one term. Hits of a question by other words than those that were
    typed must be as relevant as what is added.
    """
    meaning = match.meaning
    is_question = meaning.words >= QUESTION
    groups = match.groups
    shares: dict[int, float] = {}
    if close := (*meaning.close.patterns, *meaning.close.wider):
        (one,) = finder.find([Group(close)])
        more = nearly(meaning.close, one.count, finder.total)
        groups = tuple((*group, *more) for group in groups)
        shares |= dict.fromkeys(_strongest(one, excluded), CLOSE_TO_BEST)
    if parts := meaning.close.parts:
        (one,) = finder.find([Group(parts)])
        shares = dict.fromkeys(_strongest(one, excluded), PARTS_TO_BEST) | shares
        groups += tuple(part(each, finder.hits(each).count, finder.total) for each in parts)
    if len(match.groups) > 1 and (is_question or not match.hits):
        heavy = _with_most(found, finder.total, excluded, is_question=is_question)
        shares |= dict.fromkeys(heavy, MOST_OF_BEST)
    sure = _as_typed(match, finder) if is_question else match.hits
    some = _best(index, shares, groups, sure)
    left = frozenset((*some, *sure))
    if left == frozenset(match.hits):
        return match
    # they are so few that each is looked at
    strengths = bytearray(len(match.strengths))
    for number in left:
        strengths[number] = 1
    whole = tuple(number for number in match.hits if number in left)
    return replace(match, strengths=bytes(strengths), whole=whole, groups=groups)


def _as_typed(match: Match, finder: Finder) -> list[int]:
    """Give the hits that have each word itself, not another one for it."""
    size = len(match.strengths)
    typed = all_of(finder.hits(group[0].pattern).marks(size) for group in match.groups)
    return [number for number in match.hits if typed[number]]


def _strongest(found: Found, excluded: Collection[int]) -> list[int]:
    strength = found.strength
    numbers = (n for n in compress(range(len(strength)), strength) if n not in excluded)
    # of equals the newest
    return nlargest(_LOOKED_AT, numbers, key=lambda number: (strength[number], number))


def _with_most(
    found: Sequence[Found], total: int, excluded: Collection[int], *, is_question: bool
) -> list[int]:
    """Give those with every required group and most of the weight of all, the heaviest first."""
    # in a question, a word that nobody has written says nothing of those that have the others
    sought = [one for one in found if one.count or not is_question]
    # where one of a pair stands nowhere, the page says which to leave out
    weights = [
        telling(one.group.patterns[0], one.count, total)
        if is_question
        else rarity(one.count, total)
        for one in sought
    ]
    required = [one.strength for one in found if one.group.required]

    def have(number: int) -> float:
        return sum(
            weight for one, weight in zip(sought, weights, strict=True) if one.strength[number]
        )

    def heaviest(share: float) -> list[int]:
        enough = (
            (have(number), number)
            for number in _about(sought, weights, share)
            if number not in excluded and all(one[number] for one in required)
        )
        least = share * sum(weights)
        return [
            number for _, number in nlargest(_LOOKED_AT, (one for one in enough if one[0] >= least))
        ]

    # whoever asks a question is answered as well as can be
    return heaviest(MOST_OF_IT) or (heaviest(LEAST_OF_A_QUESTION) if is_question else [])


def _about(found: Sequence[Found], weights: Sequence[float], share: float) -> Iterator[int]:
    """Give the numbers of all that may have a share of some weights, for all entries at once."""
    if not sum(weights):
        return iter(())
    total = 0
    for one, weight in zip(found, weights, strict=True):
        its_share = bytes([0, *[int(weight / sum(weights) * 255)] * 255])
        total += int.from_bytes(one.strength.translate(its_share), "little")
    # each share was rounded down by less than one
    least = int(share * 255) - len(found)
    enough = bytes(share >= least for share in range(256))
    size = len(found[0].strength)
    return compress(range(size), total.to_bytes(size, "little").translate(enough))


def _best(
    index: Index,
    shares: Mapping[int, float],
    groups: Sequence[Sequence[Weighed]],
    whole: Collection[int],
) -> list[int]:
    """Give the most relevant of some entries that are no hits, so many that there are `FEW`.

    `shares` tells how relevant each must be beside the best, hits too.
    """
    looked_at = list(dict.fromkeys((*shares, *whole)))
    scores = {number: relevance(terms, groups) for number, terms in index.terms(looked_at)}
    best = max(scores.values(), default=0.0)
    others = [
        number
        for number, score in scores.items()
        if number not in whole and score >= shares[number] * best
    ]
    return sorted(others, key=lambda number: (-scores[number], -number))[: FEW - len(whole)]
