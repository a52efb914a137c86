"""Entries per month as bars: the shape of an SVG path, and the months it shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

#: units of the drawing: from bar to bar, of a bar, and of the highest bar
STEP = 10
BAR = 8
HEIGHT = 60


@dataclass(frozen=True, slots=True)
class Chart:
    """Months with their counts, oldest first, and the drawing of them."""

    #: first day of each month, with its count
    months: tuple[tuple[date, int], ...]
    #: `d` of an SVG path
    path: str
    width: int
    #: height of the highest bar
    height: int = HEIGHT

    @property
    def total(self) -> int:
        """Give how many entries the months have in all."""
        return sum(count for _, count in self.months)

    @property
    def most(self) -> tuple[date, int]:
        """Give the month that has most, the newest of equals."""
        return max(reversed(self.months), key=lambda one: one[1])


def chart_of(counts: Mapping[str, int], *, last: date, number: int) -> Chart:
    """Draw the counts, by month as `2020-05`, of so many months up to that of `last`."""
    months = tuple((day, counts.get(f"{day:%Y-%m}", 0)) for day in _months(last, number))
    return Chart(months, bars([count for _, count in months]), width=number * STEP)


def bars(values: Sequence[int]) -> str:
    """Give the path of bars beside each other on one line, the highest `HEIGHT` high."""
    highest = max(values, default=0)
    pieces = []
    for place, value in enumerate(values):
        if value:
            # what there is of shows, however little it is
            up = max(1, round(HEIGHT * value / highest))
            pieces.append(f"M{place * STEP} {HEIGHT}v-{up}h{BAR}v{up}z")
    return "".join(pieces)


def _months(last: date, number: int) -> Iterator[date]:
    newest = last.year * 12 + last.month - 1
    for month in range(newest - number + 1, newest + 1):
        yield date(month // 12, month % 12 + 1, 1)
