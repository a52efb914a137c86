"""How well an entry answers a search: BM25 over its fields, whichever engine found it.

A group of a search counts once, by the best of its patterns: an engine's own measure adds synonyms
up as if they were different words, and counts what most entries have for nothing, so that in
`flyktninger fra Ukraina i arbeid` only the country would tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from db.search.meaning import How, Pattern
from db.words import analyse

#: what a word weighs in each field of an entry
FIELDS = {"title": 6.0, "lead": 2.0, "keywords": 2.0, "body": 1.0}
#: what other ways to match weigh beside the word that was typed
_SYNONYM, _PART, _APART = 0.8, 0.5, 0.4
#: BM25: how soon more of the same word adds nothing, and how much a long text counts against it
_SOON, _LENGTH = 4.5, 0.5
#: characters of the usual entry's index tokens
_USUAL = 2_100


@dataclass(frozen=True, slots=True)
class Weighed:
    """One way to match, with its weight: the fewer entries it finds, the more."""

    pattern: Pattern
    weight: float


@dataclass(frozen=True, slots=True)
class Fields:
    """An entry's index tokens, as one string a field: its words, and the parts of its compounds."""

    words: Mapping[str, str]
    parts: Mapping[str, str]


def rarity(count: int, total: int) -> float:
    """Give what finding `count` of `total` entries says (as in BM25, but never below 0)."""
    return log(1 + (total - count + 0.5) / (count + 0.5))


def weighed(patterns: Sequence[Pattern], typed: int, whole: int, total: int) -> tuple[Weighed, ...]:
    """Weigh the patterns of a group that finds `whole` entries, the first of them `typed`.

    The first is what was typed and weighs as the word that it is; the others stand in for it and
    weigh as the group, or a rare synonym would say more than the word itself.
    """
    return tuple(
        Weighed(
            pattern, rarity(whole, total) * _standing(pattern) if place else rarity(typed, total)
        )
        for place, pattern in enumerate(patterns)
    )


def relevance(fields: Fields, groups: Sequence[Sequence[Weighed]]) -> float:
    """Give how well an entry answers a search; 0 where it does not at all."""
    text = _Text(fields)
    return sum(
        max((one.weight * text.saturated(one.pattern) for one in group), default=0.0)
        for group in groups
    )


def _standing(pattern: Pattern) -> float:
    return _APART if pattern.how in (How.NEAR, How.ALL) else _SYNONYM


class _Text:
    """Counts patterns in the fields of one entry."""

    def __init__(self, fields: Fields) -> None:
        self._words = {name: f" {text} " for name, text in fields.words.items()}
        self._parts = {name: f" {text} " for name, text in fields.parts.items()}
        length = sum(map(len, self._words.values())) / _USUAL
        self._half = _SOON * (1 - _LENGTH + _LENGTH * length)

    def saturated(self, pattern: Pattern) -> float:
        """Give how much of a pattern there is, from 0 to 1."""
        found = sum(weight * self._count(pattern, name) for name, weight in FIELDS.items())
        return found / (found + self._half)

    def _count(self, pattern: Pattern, name: str) -> float:
        if pattern.title and name != "title":
            return 0
        if pattern.how is How.PREFIX:
            # index tokens mostly begin as the words do
            return self._words[name].count(f" {pattern.terms[0]}")
        if pattern.how in (How.NEAR, How.ALL):
            return min(self._one(term, name, part=1) for term in pattern.terms)
        if pattern.how is How.WRITTEN:
            return _times(" ".join(analyse(word).key for word in pattern.terms), self._words[name])
        if len(pattern.terms) == 1:
            return self._one(pattern.terms[0], name, part=_PART)
        return _times(" ".join(pattern.terms), self._words[name])

    def _one(self, term: str, name: str, *, part: float) -> float:
        parts = self._parts.get(name)
        return _times(term, self._words[name]) + (part * _times(term, parts) if parts else 0)


def _times(terms: str, text: str) -> int:
    # most synonyms are nowhere in a text, and that is seen fastest without the spaces
    return text.count(f" {terms} ") if terms in text else 0
