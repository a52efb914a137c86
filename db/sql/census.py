"""All entries in memory, counted as the stories they are.

A listing counts stories, and shows the first of a story's entries that its query chooses; most
stories are one entry. Which entries have a value is a set (`db.sql.bits`), so that counting what a
search has of each takes a few steps, however much it finds; stories of several entries are looked
at one by one. What all entries have together is counted as they come and go.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from heapq import nlargest
from operator import or_
from typing import Any

from db.models import Facets
from db.query import EntryQuery
from db.sql.bits import bits_at, numbers_in
from db.sql.tallies import Combination, Tallies
from db.sql.timeline import Timeline

#: the place of what is no entry
_NONE = 0


class Census:
    """Knows of each entry what is counted, by its number."""

    def __init__(self) -> None:
        #: by number: the place of its combination, and the millisecond it appeared
        self._places, self._appeared = array("I", [_NONE]), array("q", [0])
        self._combinations: list[Combination | None] = [None]
        self._known: dict[tuple[Any, ...], int] = {}
        #: the entries that there are, those of stories that have several, those with each value
        self._all = self._sharing = 0
        self._having: defaultdict[tuple[str, Any], int] = defaultdict(int)
        self._timeline = Timeline()
        #: of stories of several entries: the first by each of the others, the others by the first
        self._first: dict[int, int] = {}
        self._others: defaultdict[int, set[int]] = defaultdict(set)
        #: of all stories: when their first entries appeared, in order, and what they have
        self._every, self._tallies = array("q"), Tallies()

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """Come to know all entries for the first time; rows as for `put`."""
        for row in rows:
            self._note(*row)
        numbers = [number for number, place in enumerate(self._places) if place]
        for number in numbers:
            if number not in self._first:
                self._count(number, 1, array.append)
        # each is put in order once, not with every story
        self._every = array("q", sorted(self._every))
        self._timeline.fill((self._appeared[number], number) for number in numbers)
        self._all = bits_at(numbers)
        self._sharing = bits_at({*self._first, *self._others})
        packed = defaultdict[tuple[str, Any], bytearray](
            partial(bytearray, len(self._places) // 8 + 1)
        )
        for number in numbers:
            byte, bit = number >> 3, 1 << (number & 7)
            for value in self._values(number):
                packed[value][byte] |= bit
        for value, having in packed.items():
            self._having[value] = int.from_bytes(having, "little")

    def put(self, rows: Iterable[Sequence[Any]]) -> None:
        """Come to know entries that are new, changed or gone.

        A row has number, millisecond (None of one that is gone), story, kind, source, language,
        year, and tags as words.
        """
        for row in rows:
            number, _, story, *_ = row
            stories = {self._first.get(number, number), story or number}
            for one in stories:
                self._count(one, -1, _remove)
            self._turn(number, self._timeline.remove)
            self._note(*row)
            self._turn(number, self._timeline.add)
            for one in stories:
                self._count(one, 1, insort)
            for one in {number, *stories}:
                is_sharing = one in self._first or one in self._others
                if is_sharing != bool(self._sharing >> one & 1):
                    self._sharing ^= 1 << one

    def total(self, query: EntryQuery, found: int | None) -> int:
        """Count the stories of a query, or of the set that its words find."""
        if found is None and _is_open(query):
            return len(self._every)
        return self.shown(query, found).bit_count()

    def facets(self, query: EntryQuery, found: int | None) -> Facets:
        """Count those by value."""
        if found is None and _is_open(query):
            return self._tallies.facets()
        chosen, tallies = self._chosen(query, found), Tallies()
        alone = chosen & ~self._sharing
        for (facet, value), having in self._having.items():
            tallies.add_alone(facet, value, (alone & having).bit_count())
        for numbers in self._stories(chosen):
            tallies.add(self._combined(numbers), 1)
        return tallies.facets()

    def after(self, query: EntryQuery, found: int | None, moments: Sequence[int]) -> Sequence[int]:
        """Count what is shown of them that appeared after each of some milliseconds."""
        if found is None and _is_open(query):
            return [len(self._every) - bisect_right(self._every, moment) for moment in moments]
        shown = self.shown(query, found)
        return [(shown & self._timeline.after(moment)).bit_count() for moment in moments]

    def first(self, query: EntryQuery, found: int | None) -> int | None:
        """Give the millisecond at which the first of them appeared; None without any."""
        if found is None and _is_open(query):
            return self._every[0] if self._every else None
        shown = numbers_in(self.shown(query, found))
        return min(map(self._appeared.__getitem__, shown), default=None)

    def shown(self, query: EntryQuery, found: int | None) -> int:
        """Give the set of what a query shows: of each story the first entry that it chooses."""
        chosen = self._chosen(query, found)
        others = [number for numbers in self._stories(chosen) for number in numbers[1:]]
        return chosen & ~bits_at(others)

    def newest(self, numbers: Sequence[int], count: int) -> list[int]:
        """Give so many of some entries, lowest first, by when they appeared, newest first."""
        when = self._appeared.__getitem__
        if count < len(numbers):
            # of equals the highest comes first, as it does among those that are sorted
            return nlargest(count, reversed(numbers), key=when)
        return sorted(reversed(numbers), key=when, reverse=True)  # noqa: C414 - ties turn

    def _chosen(self, query: EntryQuery, found: int | None) -> int:
        chosen = self._all if found is None else self._all & found
        for facet, values in (
            ("kind", query.kinds),
            ("source", query.sources),
            ("language", query.languages),
            ("tag", query.tags),
        ):
            if values:
                chosen &= reduce(or_, (self._having.get((facet, value), 0) for value in values))
        return chosen

    def _stories(self, chosen: int) -> Iterable[list[int]]:
        """Give those of a set whose story has several entries, by story, lowest first."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number in numbers_in(chosen & self._sharing):
            found[self._first.get(number, number)].append(number)
        return found.values()

    def _combined(self, numbers: Iterable[int]) -> list[Combination]:
        places = (self._places[number] for number in numbers)
        return [one for place in places if (one := self._combinations[place])]

    def _values(self, number: int) -> Iterable[tuple[str, Any]]:
        one = self._combinations[self._places[number]]
        return one.values if one else ()

    def _turn(self, number: int, change: Callable[[int, int], None]) -> None:
        """Count an entry in or out of the sets that it belongs to."""
        if number < len(self._places) and self._places[number]:
            change(self._appeared[number], number)
            bit = 1 << number
            self._all ^= bit
            for value in self._values(number):
                self._having[value] ^= bit

    def _note(self, number: int, moment: int | None, story: int | None, *facts: Any) -> None:
        missing = number + 1 - len(self._places)
        if missing > 0:
            self._places.extend([_NONE] * missing)
            self._appeared.extend([0] * missing)
        before = self._first.pop(number, None)
        if before is not None:
            self._others[before].discard(number)
            if not self._others[before]:
                del self._others[before]
        self._places[number] = _NONE if moment is None else self._place(facts)
        if moment is not None:
            self._appeared[number] = moment
            if story is not None:
                self._first[number] = story
                self._others[story].add(number)

    def _count(self, story: int, n: int, change: Callable[["array[int]", int], object]) -> None:
        """Count a story in or out, by the number of its first entry."""
        numbers = sorted(self._others.get(story, ()))
        if story < len(self._places) and self._places[story] and story not in self._first:
            numbers.insert(0, story)
        if numbers:
            change(self._every, self._appeared[numbers[0]])
            self._tallies.add(self._combined(numbers), n)

    def _place(self, facts: tuple[Any, ...]) -> int:
        place = self._known.get(facts)
        if place is None:
            kind, source, language, year, tags = facts
            place = self._known[facts] = len(self._combinations)
            self._combinations.append(
                Combination(kind, source, language, year, frozenset((tags or "").split()))
            )
        return place


def _is_open(query: EntryQuery) -> bool:
    return not (query.kinds or query.sources or query.languages or query.tags)


def _remove(row: "array[int]", value: int) -> None:
    del row[bisect_left(row, value)]
