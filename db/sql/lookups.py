"""What patterns find in the index, kept through changes of the entries.

What finds many is a byte for each entry of the archive, by its number.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import getsizeof

from db.search.meaning import How, Pattern
from db.search.weights import Terms

#: bytes that are kept of lookups, those of a number where they are few, and what each lookup takes
#: besides: whoever asks for words that nobody has written is given nothing, and that is kept too
_MOST_KEPT, _BYTES_OF_ONE, _BESIDES = 16_000_000, 4, 1_000
#: a pattern that finds less than one entry of so many is kept by its numbers
_FEW = 16


@dataclass(frozen=True, slots=True)
class Hits:
    """What a pattern finds, each entry at a level from 1."""

    count: int
    #: by number, the levels; only where they are many
    many: bytes = b""
    #: the numbers of each level; only where they are few
    few: tuple[tuple[int, "array[int]"], ...] = ()

    def marks(self, size: int) -> bytes:
        """Give the levels of so many entries by number, 0 for none."""
        if self.many:
            return self.many
        marks = bytearray(size)
        for level, numbers in self.few:
            for number in numbers:
                marks[number] = level
        return bytes(marks)

    def after(self, levels: Mapping[int, int], size: int) -> "Hits":
        """Give what it finds now that some entries, by number, have another level, 0 for none."""
        if self.many:
            marks = bytearray(self.many[:size].ljust(size, b"\0"))
            for number, level in levels.items():
                if number < size:
                    marks[number] = level
            return Hits(size - marks.count(0), many=bytes(marks))
        found = {level: array("I", numbers) for level, numbers in self.few}
        for number, level in levels.items():
            for numbers in found.values():
                place = bisect_left(numbers, number)
                if numbers[place : place + 1] == array("I", [number]):
                    del numbers[place]
            if level and number < size:
                insort(found.setdefault(level, array("I")), number)
        few = tuple((level, found[level]) for level in sorted(found) if found[level])
        return Hits(sum(len(numbers) for _, numbers in few), few=few)


class Lookups:
    """What was looked up in one state of `total` entries, as much as may be kept."""

    def __init__(self, total: int, highest: int) -> None:
        self.total = total
        #: one more than the highest number
        self.size = highest + 1
        self._found: dict[Pattern, Hits] = {}
        self._kept = 0
        #: whether there is any entry under a term of the thesaurus
        self.indexed: dict[str, bool] = {}

    def get(self, pattern: Pattern) -> Hits | None:
        """Give what a pattern finds, if it is known."""
        return self._found.get(pattern)

    def after(self, total: int, highest: int, changed: Mapping[int, Terms]) -> "Lookups":
        """Give what is known once some entries have other terms: what is looked up by those."""
        known, size = Lookups(total, highest), highest + 1
        having = {
            number: {term[:-1]: 1 + int(term[-1]) for term in terms.line.split()}
            for number, terms in changed.items()
        }
        terms_had = frozenset().union(*having.values())
        for pattern, hits in list(self._found.items()):
            if is_by_level(pattern):
                (term,) = pattern.terms
                # of what nobody had, and nobody has now, there may be thousands
                if hits.count or term in terms_had:
                    now = {number: terms_of.get(term, 0) for number, terms_of in having.items()}
                    hits = hits.after(now, size)
                known.keep(pattern, hits)
        return known

    def keep(self, pattern: Pattern, found: Hits) -> None:
        """Keep what a pattern finds; all else is forgotten when it is too much."""
        self._kept += _BESIDES + sum(map(getsizeof, pattern.terms))
        self._kept += len(found.many) or _BYTES_OF_ONE * found.count
        if self._kept > _MOST_KEPT:
            self._found, self._kept = {}, 0
        self._found[pattern] = found


def is_by_level(pattern: Pattern) -> bool:
    """Tell whether the index has what is sought as one term, under its level in each entry."""
    return pattern.how in (How.KEYS, How.LINE) and len(pattern.terms) == 1 and not pattern.title


def hits_of(size: int, levels: Sequence[Sequence[int]]) -> Hits:
    """Give what is found at each level, the numbers lowest first, below a size."""
    few = []
    for level, numbers in enumerate(levels, start=1):
        if numbers and numbers[-1] >= size:
            # stored since the entries were counted: for whoever asks next
            numbers = [number for number in numbers if number < size]
        if numbers:
            few.append((level, array("I", numbers)))
    found = Hits(sum(len(numbers) for _, numbers in few), few=tuple(few))
    if _FEW * found.count > size:
        return Hits(found.count, many=found.marks(size))
    return found
