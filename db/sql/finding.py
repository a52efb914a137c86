"""The entries that have the words of one search, each word looked up once.

What a pattern finds often is a byte for each entry of the archive, by its number: bytes are put
together for all entries at once, whether there are a thousand or a million.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from db.search.meaning import Group, How, Pattern
from db.search.relevance import Weighed, weighed
from db.search.weights import LEVELS, MOST, TYPICAL
from db.sql.index import Index
from db.sql.lookups import Hits, Lookups, hits_of, is_by_level

#: the level that stands for what is found by its place in the text: it has none of its own
_UNTOLD = LEVELS // 2
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


class Finder:
    """Looks up what one search asks for."""

    def __init__(self, index: Index, lookups: Lookups) -> None:
        self._index = index
        self._lookups = lookups

    @property
    def total(self) -> int:
        """How many entries there are."""
        return self._lookups.total

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""
        return any(self.hits(pattern).count for pattern in patterns)

    def hits(self, pattern: Pattern) -> Hits:
        """Give what a pattern finds."""
        found = self._lookups.get(pattern)
        if found is None:
            found = self._look_up(pattern)
            self._lookups.keep(pattern, found)
        return found

    def is_indexed(self, term: str) -> bool:
        """Tell whether the index has any entry under a term."""
        known = self._lookups.indexed
        if term not in known:
            known[term] = self._index.has(term)
        return known[term]

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match any of the patterns, lowest first."""
        found = self._any_of((self.hits(pattern), _SAME) for pattern in patterns)
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
        found = self._any_of(
            (
                self.hits(way.pattern),
                _table(
                    (1 << max(1, round(_STEPS * way.weight * typical / best))) - 1
                    for typical in TYPICAL
                ),
            )
            for way in ways
        )
        strengths = bytearray(256)
        for step in range(1, _STEPS + 1):
            strengths[(1 << step) - 1] = 1 + int(most * step / _STEPS)
        count = len(found) - found.count(0)
        return Found(group, found.translate(strengths), count, self._weigh(group, count))

    def _any_of(self, found: Iterable[tuple[Hits, bytes]]) -> bytes:
        """Give the bits of each entry that any of some hits has, by a table from its level."""
        both, few = 0, []
        for hits, table in found:
            # one after the other: a search may have hundreds, and an archive a million entries
            if hits.many:
                both |= _number(hits.many.translate(table))
            few += [(table[level], numbers) for level, numbers in hits.few]
        marks = bytearray(both.to_bytes(self._lookups.size, "little"))
        for bits, numbers in few:
            for number in numbers:
                marks[number] |= bits
        return bytes(marks)

    def _weigh(self, group: Group, whole: int) -> tuple[Weighed, ...]:
        return weighed(group.patterns, self.hits(group.patterns[0]).count, whole, self.total)

    def _at_most(self, group: Group) -> int:
        return min(self.total, sum(self.hits(pattern).count for pattern in group.patterns))

    def _look_up(self, pattern: Pattern) -> Hits:
        size = self._lookups.size
        if is_by_level(pattern):
            return hits_of(size, self._index.levels(pattern.terms[0]))
        if pattern.how is How.ALL and not pattern.title:
            each = [self.hits(Pattern(How.KEYS, (term,))) for term in pattern.terms]
            are_there = all(one.count for one in each)
            marks = all_of(one.marks(size) for one in each) if are_there else b""
            numbers = list(compress(range(size), marks))
        else:
            numbers = self._index.numbers([pattern])
        return hits_of(size, [*[[]] * _UNTOLD, numbers])


def all_of(found: Iterable[bytes]) -> bytes:
    """Give the sum of several strengths of each entry that has all of them; 0 for the others."""
    each = iter(found)
    first = next(each)
    total, shared = _number(first), _number(first.translate(SOME))
    for one in each:
        total += _number(one)
        shared &= _number(one.translate(SOME))
    return (total & shared).to_bytes(len(first), "little")


def _number(strengths: bytes) -> int:
    return int.from_bytes(strengths, "little")


def _table(values: Iterable[int]) -> bytes:
    """Give what `bytes.translate` takes: 0 stays, and 1 and the following become values."""
    return bytes([0, *values]).ljust(256, b"\0")


_SAME = _table(range(1, 256))
