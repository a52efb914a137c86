"""All entries in memory, counted as the stories they are.

A listing counts stories, and shows the first of a story's entries that its query chooses; most
stories are one entry. Archives have few combinations of kind, source, language, year and tags, so
stories are counted by those of their entries: a query without words looks at each of them once,
however many stories there are. The moments are kept in order, to be counted up to any of them.
"""

from array import array
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import compress
from typing import Any

from db.models import Facets
from db.query import EntryQuery
from db.sql.tallies import Combination, Tallies

#: the place of what is no entry
_NONE = 0


class Census:
    """Knows of each entry what is counted, by its number."""

    def __init__(self) -> None:
        #: by number: the place of its combination, and the millisecond it appeared
        self._places, self._appeared = array("I", [_NONE]), array("q", [0])
        self._combinations: list[Combination | None] = [None]
        self._known: dict[tuple[Any, ...], int] = {}
        #: of stories of several entries: the first by each of the others, the others by the first
        self._first: dict[int, int] = {}
        self._others: defaultdict[int, set[int]] = defaultdict(set)
        #: by the places of a story's entries in their order: when each of them appeared, in order
        self._moments: dict[tuple[int, ...], list[array[int]]] = {}
        #: of all stories: when their first entries appeared, in order, and what they have
        self._every, self._tallies = array("q"), Tallies()

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """Come to know all entries for the first time; rows as for `put`."""
        for row in rows:
            self._note(*row)
        for number in range(1, len(self._places)):
            if number not in self._first:
                self._count(number, 1, array.append)
        # each is put in order once, not with every story
        self._every = array("q", sorted(self._every))
        for places, moments in self._moments.items():
            self._moments[places] = [array("q", sorted(one)) for one in moments]

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
            self._note(*row)
            for one in stories:
                self._count(one, 1, insort)

    def total(self, query: EntryQuery, hits: Sequence[int] | None) -> int:
        """Count the stories of a query, or of some hits that it chooses."""
        if hits is None and _is_open(query):
            return len(self._every)
        return sum(n for _, n in self._chosen(query, hits))

    def facets(self, query: EntryQuery, hits: Sequence[int] | None) -> Facets:
        """Count those by value."""
        if hits is None and _is_open(query):
            return self._tallies.facets()
        tallies = Tallies()
        if hits is not None and not self._stories(hits):
            fits = self._fits(query)
            counted = Counter(map(self._places.__getitem__, hits)).items()
            tallies.add_alone((self._combinations[place], n) for place, n in counted if fits[place])
            return tallies.facets()
        for story, n in self._chosen(query, hits):
            tallies.add(story, n)
        return tallies.facets()

    def moments(self, query: EntryQuery, hits: Sequence[int] | None) -> Iterator[Sequence[int]]:
        """Give when what is shown of them appeared: some rows, each in order, none empty."""
        if hits is not None:
            shown = self.shown(query, hits)
            seen = hits if shown is None else compress(hits, shown)
            found = sorted(map(self._appeared.__getitem__, seen))
            yield from [found] if found else []
        elif _is_open(query):
            yield from [self._every] if self._every else []
        else:
            fits = self._fits(query)
            for places, moments in self._moments.items():
                first = next((at for at, place in enumerate(places) if fits[place]), None)
                if first is not None:
                    yield moments[first]

    def shown(self, query: EntryQuery, hits: Sequence[int]) -> bytes | None:
        """Tell of each hit, lowest first, whether a query shows it, 1 or 0; None if all."""
        stories = self._stories(hits)
        if _is_open(query) and not stories:
            return None
        fits = self._fits(query)
        shown = bytearray(map(fits.__getitem__, map(self._places.__getitem__, hits)))
        for numbers in stories.values():
            chosen = [number for number in numbers if fits[self._places[number]]]
            for number in chosen[1:]:
                shown[bisect_left(hits, number)] = False
        return bytes(shown)

    def newest(self, numbers: Sequence[int], count: int) -> list[int]:
        """Give so many of some entries, lowest first, by when they appeared, newest first."""
        when = self._appeared.__getitem__
        if count < len(numbers):
            # of equals the highest comes first, as it does among those that are sorted
            return nlargest(count, reversed(numbers), key=when)
        return sorted(reversed(numbers), key=when, reverse=True)  # noqa: C414 - ties turn

    def _chosen(
        self, query: EntryQuery, hits: Sequence[int] | None
    ) -> Iterator[tuple[tuple[Combination, ...], int]]:
        """Give what stories have that are of the same combinations, and how many they are."""
        found: Iterable[tuple[tuple[int, ...], int]]
        if hits is None:
            found = ((places, len(moments[0])) for places, moments in self._moments.items())
        else:
            alone = Counter(map(self._places.__getitem__, hits))
            shared: Counter[tuple[int, ...]] = Counter()
            for numbers in self._stories(hits).values():
                places = tuple(self._places[number] for number in numbers)
                alone.subtract(places)
                shared[places] += 1
            found = [*(((place,), n) for place, n in alone.items() if n), *shared.items()]
        fits = self._fits(query)
        for places, n in found:
            story = tuple(
                one for place in places if fits[place] and (one := self._combinations[place])
            )
            if story:
                yield story, n

    def _fits(self, query: EntryQuery) -> list[bool]:
        if _is_open(query):
            return [one is not None for one in self._combinations]
        return [one is not None and one.is_in(query) for one in self._combinations]

    def _stories(self, hits: Sequence[int]) -> dict[int, list[int]]:
        """Give those of some entries, lowest first, whose story has several, by story."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        if len(self._first) < len(hits):
            sharing = sorted({*self._first, *self._others})
            hits = [number for number in sharing if _holds(hits, number)]
        for number in hits:
            first = self._first.get(number, number)
            if first in self._others:
                found[first].append(number)
        return found

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
        if not numbers:
            return
        places = tuple(self._places[number] for number in numbers)
        moments = self._moments.setdefault(places, [array("q") for _ in places])
        for number, row in zip(numbers, moments, strict=True):
            change(row, self._appeared[number])
        change(self._every, self._appeared[numbers[0]])
        self._tallies.add([one for place in places if (one := self._combinations[place])], n)
        if not moments[0]:
            del self._moments[places]

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


def _holds(numbers: Sequence[int], number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
