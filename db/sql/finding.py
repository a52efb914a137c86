"""The entries that have the words of one search, each word looked up once.

What a pattern finds is a byte for each entry of the archive, by its number: bytes are put together
for all entries at once, whether there are a thousand or a million.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from db.search.meaning import Group, How, Pattern
from db.search.relevance import Weighed, weighed
from db.search.weights import LEVELS, MOST, TYPICAL
from db.sql.index import Index

#: the level that stands for what is found by its place in the text: it has none of its own
_UNTOLD = LEVELS // 2
#: bytes that are kept of lookups
_MOST_KEPT = 8_000_000
#: steps of strength within a group: a step is so many bits from the right, so that of two steps
#: both together are the higher one
_STEPS = 8
#: by byte: 255 for anything but 0
SOME = bytes([0, *[MOST] * MOST])


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that match one group of a search."""

    group: Group
    #: by number, an estimate of how well each answers the group; 0 where it does not
    strength: bytes
    #: how many they are
    count: int
    weighed: tuple[Weighed, ...]


class Lookups:
    """What was looked up in one state of `total` entries, as much as may be kept."""

    def __init__(self, total: int, highest: int) -> None:
        self.total = total
        #: one more than the highest number
        self.size = highest + 1
        self._found: OrderedDict[Pattern, bytes] = OrderedDict()

    def get(self, pattern: Pattern) -> bytes | None:
        """Give what a pattern finds, if it is known."""
        return self._found.get(pattern)

    def keep(self, pattern: Pattern, found: bytes) -> None:
        """Keep what a pattern finds, for what was kept longest."""
        self._found[pattern] = found
        while len(self._found) * self.size > _MOST_KEPT:
            self._found.popitem(last=False)


class Finder:
    """Looks up what one search asks for."""

    def __init__(self, index: Index, lookups: Lookups) -> None:
        self._index = index
        self._lookups = lookups
        self._counts: dict[Pattern, int] = {}

    @property
    def total(self) -> int:
        """How many entries there are."""
        return self._lookups.total

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""
        return any(self._count(pattern) for pattern in patterns)

    def levels(self, pattern: Pattern) -> bytes:
        """Give, by number, the level at which an entry matches a pattern, from 1; 0 for none."""
        found = self._lookups.get(pattern)
        if found is None:
            found = self._look_up(pattern)
            self._lookups.keep(pattern, found)
        return found

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match any of the patterns, lowest first."""
        found = _any_of(self.levels(pattern) for pattern in patterns)
        return list(compress(range(len(found)), found))

    def find(self, groups: Sequence[Group]) -> list[Found]:
        """Find the entries of each of some groups.

        The strengths of one entry in all of them add up to `MOST` at most.
        """
        guessed = [self._weigh(group, self._at_most(group)) for group in groups]
        best = [max(one.weight for one in ways) or 1e-9 for ways in guessed]
        return [
            # each is one at least
            self._found(group, ways, (MOST - len(groups)) * most / sum(best))
            for group, ways, most in zip(groups, guessed, best, strict=True)
        ]

    def _found(self, group: Group, ways: Sequence[Weighed], most: float) -> Found:
        best = max(one.weight for one in ways) * TYPICAL[-1] or 1.0
        found = _any_of(
            self.levels(way.pattern).translate(
                _table(
                    (1 << max(1, round(_STEPS * way.weight * typical / best))) - 1
                    for typical in TYPICAL
                )
            )
            for way in ways
        )
        strengths = bytearray(256)
        for step in range(1, _STEPS + 1):
            strengths[(1 << step) - 1] = 1 + int(most * step / _STEPS)
        count = len(found) - found.count(0)
        return Found(group, found.translate(strengths), count, self._weigh(group, count))

    def _weigh(self, group: Group, whole: int) -> tuple[Weighed, ...]:
        return weighed(group.patterns, self._count(group.patterns[0]), whole, self.total)

    def _at_most(self, group: Group) -> int:
        return min(self.total, sum(map(self._count, group.patterns)))

    def _count(self, pattern: Pattern) -> int:
        count = self._counts.get(pattern)
        if count is None:
            found = self.levels(pattern)
            count = self._counts[pattern] = len(found) - found.count(0)
        return count

    def _look_up(self, pattern: Pattern) -> bytes:
        if pattern.how is How.KEYS and len(pattern.terms) == 1 and not pattern.title:
            return self._marked(self._index.levels(pattern.terms[0]))
        if pattern.how is How.ALL and not pattern.title:
            each = (self.levels(Pattern(How.KEYS, (term,))) for term in pattern.terms)
            return all_of(each).translate(_table([_UNTOLD + 1] * MOST))
        return self._marked([[]] * _UNTOLD + [self._index.numbers([pattern])])

    def _marked(self, levels: Sequence[Sequence[int]]) -> bytes:
        marks = bytearray(self._lookups.size)
        for level, numbers in enumerate(levels, start=1):
            if numbers and numbers[-1] >= len(marks):
                # stored since the entries were counted: for whoever asks next
                numbers = [number for number in numbers if number < len(marks)]
            for number in numbers:
                marks[number] = level
        return bytes(marks)


def all_of(found: Iterable[bytes]) -> bytes:
    """Give the sum of several strengths of each entry that has all of them; 0 for the others."""
    each = iter(found)
    first = next(each)
    total, shared = _number(first), _number(first.translate(SOME))
    for one in each:
        total += _number(one)
        shared &= _number(one.translate(SOME))
    return (total & shared).to_bytes(len(first), "little")


def _any_of(found: Iterable[bytes]) -> bytes:
    """Give the bits of each entry that any of several have."""
    both, size = 0, 0
    for one in found:
        # one after the other: a search may have hundreds, and an archive a million entries
        both, size = both | _number(one), len(one)
    return both.to_bytes(size, "little")


def _number(strengths: bytes) -> int:
    return int.from_bytes(strengths, "little")


def _table(values: Iterable[int]) -> bytes:
    """Give what `bytes.translate` takes: 0 stays, and 1 and the following become values."""
    return bytes([0, *values]).ljust(256, b"\0")
