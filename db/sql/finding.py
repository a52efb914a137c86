"""The entries that have the words of one search, each word looked up once."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from operator import itemgetter

from db.search.meaning import Group, How, Pattern
from db.search.relevance import Weighed, weighed
from db.search.weights import LEVELS, MOST, TYPICAL
from db.sql.index import Index

#: the level that stands for what is found by its place in the text: it has none of its own
_UNTOLD = LEVELS // 2


#: numbers that are kept of lookups, together: 4 bytes each
_MOST_KEPT = 1_000_000

#: numbers of entries, lowest first, for each level
Levels = list["array[int]"]


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that match one group of a search."""

    group: Group
    #: their numbers, lowest first
    numbers: Sequence[int]
    #: by number, an estimate of how well each answers the group, 0 for none; as far as it goes
    strength: bytearray
    weighed: tuple[Weighed, ...]


class Lookups:
    """What was looked up in one state of the entries, as much as may be kept."""

    def __init__(self, total: int) -> None:
        #: how many entries there are
        self.total = total
        self._found: dict[Pattern, Levels] = {}
        self._kept = 0

    def get(self, pattern: Pattern) -> Levels | None:
        """Give what a pattern finds, if it is known."""
        return self._found.get(pattern)

    def keep(self, pattern: Pattern, found: Levels) -> None:
        """Keep what a pattern finds."""
        self._kept += sum(map(len, found))
        if self._kept > _MOST_KEPT:
            self._found, self._kept = {}, 0
        self._found[pattern] = found


class Finder:
    """Looks up what one search asks for."""

    def __init__(self, index: Index, lookups: Lookups) -> None:
        self._index = index
        self._lookups = lookups
        # of this search, however much it finds
        self._levels: dict[Pattern, Levels] = {}

    @property
    def total(self) -> int:
        """How many entries there are."""
        return self._lookups.total

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""
        return any(any(self.levels(pattern)) for pattern in patterns)

    def levels(self, pattern: Pattern) -> Levels:
        """Give the numbers of the entries that match a pattern, lowest first, level by level."""
        found = self._levels.get(pattern) or self._lookups.get(pattern)
        if found is None:
            found = [array("I", numbers) for numbers in self._find(pattern)]
            self._lookups.keep(pattern, found)
        self._levels[pattern] = found
        return found

    def numbers(self, patterns: Sequence[Pattern]) -> Sequence[int]:
        """Give the numbers of the entries that match any of the patterns, lowest first."""
        found = [numbers for pattern in patterns for numbers in self.levels(pattern) if numbers]
        if len(found) < 2:
            return found[0] if found else ()
        return marked(_marks(found))

    def find(self, groups: Sequence[Group]) -> list[Found]:
        """Find the entries of each of some groups.

        The strengths of one entry in all of them add up to `MOST` at most.
        """
        guessed = [self._weigh(group, self._at_most(group)) for group in groups]
        scale = MOST / max(sum(max(one.weight for one in ways) for ways in guessed), 1e-9)
        return [
            self._found(group, ways, scale) for group, ways in zip(groups, guessed, strict=True)
        ]

    def _found(self, group: Group, ways: Sequence[Weighed], scale: float) -> Found:
        found = [
            (max(1, int(scale * way.weight * typical / MOST)), same)
            for way in ways
            for typical, same in zip(TYPICAL, self.levels(way.pattern), strict=True)
            if same
        ]
        strength = _empty([same for _, same in found])
        for value, same in sorted(found, key=itemgetter(0)):
            for number in same:
                strength[number] = value
        numbers = marked(strength)
        return Found(group, numbers, strength, self._weigh(group, len(numbers)))

    def _weigh(self, group: Group, whole: int) -> tuple[Weighed, ...]:
        typed = sum(map(len, self.levels(group.patterns[0])))
        return weighed(group.patterns, typed, whole, self.total)

    def _at_most(self, group: Group) -> int:
        found = (len(numbers) for pattern in group.patterns for numbers in self.levels(pattern))
        return min(self.total, sum(found))

    def _find(self, pattern: Pattern) -> Sequence[Sequence[int]]:
        if pattern.how is How.KEYS and len(pattern.terms) == 1 and not pattern.title:
            return self._index.levels(pattern.terms[0])
        if pattern.how is How.ALL and not pattern.title:
            each = [self.numbers([Pattern(How.KEYS, (term,))]) for term in pattern.terms]
            numbers = sorted(frozenset(each[0]).intersection(*each[1:]))
        else:
            numbers = self._index.numbers([pattern])
        return [numbers if level == _UNTOLD else [] for level in range(LEVELS)]


def marked(marks: bytes | bytearray) -> list[int]:
    """Give the places that are not 0."""
    return list(compress(range(len(marks)), marks))


def _marks(found: Sequence[Sequence[int]]) -> bytearray:
    marks = _empty(found)
    for number in chain.from_iterable(found):
        marks[number] = 1
    return marks


def _empty(found: Sequence[Sequence[int]]) -> bytearray:
    return bytearray(1 + max((numbers[-1] for numbers in found), default=-1))


def common(found: Sequence[Found]) -> tuple[list[int], bytes]:
    """Give the numbers of the entries that match all of some groups, with their strengths."""
    first, *others = sorted(found, key=lambda one: len(one.numbers))
    numbers = [*first.numbers]
    for other in others:
        end = bisect_left(numbers, len(other.strength))
        strength = other.strength
        numbers = [number for number in numbers[:end] if strength[number]]
    each: list[Iterator[int]] = [map(one.strength.__getitem__, numbers) for one in found]
    return numbers, bytes(map(sum, zip(*each, strict=True)) if others else each[0])
