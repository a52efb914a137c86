"""When each entry appeared, in order."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from db.sql.bits import bits_at

#: milliseconds of a day
_DAY = 86_400_000
#: days of which it is kept who has appeared since they began
_MOST_KEPT = 8


class Timeline:
    """Knows the milliseconds at which entries appeared."""

    def __init__(self) -> None:
        self._moments, self._numbers = array("q"), array("I")
        #: by day: those that have appeared since it began
        self._since: dict[int, int] = {}

    def fill(self, appeared: Iterable[tuple[int, int]]) -> None:
        """Come to know entries for the first time, each by its millisecond and number."""
        for moment, number in sorted(appeared):
            self._moments.append(moment)
            self._numbers.append(number)

    def add(self, moment: int, number: int) -> None:
        """Come to know one more."""
        place = self._place(moment, number)
        self._moments.insert(place, moment)
        self._numbers.insert(place, number)
        self._turn(moment, number)

    def remove(self, moment: int, number: int) -> None:
        """Forget one that is known."""
        place = self._place(moment, number)
        del self._moments[place], self._numbers[place]
        self._turn(moment, number)

    def after(self, moment: int) -> int:
        """Give the set of those that appeared after a millisecond."""
        # the day is kept while others come and go, and of a day there are few
        day = moment // _DAY
        start = bisect_left(self._moments, day * _DAY)
        if day not in self._since:
            if len(self._since) == _MOST_KEPT:
                del self._since[next(iter(self._since))]
            self._since[day] = bits_at(self._numbers[start:])
        until = self._numbers[start : bisect_right(self._moments, moment)]
        return self._since[day] & ~bits_at(until)

    def _place(self, moment: int, number: int) -> int:
        start, end = bisect_left(self._moments, moment), bisect_right(self._moments, moment)
        return bisect_left(self._numbers, number, start, end)

    def _turn(self, moment: int, number: int) -> None:
        for day in self._since:
            if moment >= day * _DAY:
                self._since[day] ^= 1 << number
