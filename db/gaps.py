"""How often a source publishes, counted in working days (Monday to Friday, Europe/Oslo)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_OSLO = ZoneInfo("Europe/Oslo")
_WEEK, _WORKING_WEEK = 7, 5
#: gaps below which nothing is usual yet
FEWEST_GAPS = 5
#: how many usual gaps a source may be silent, and at most where longer ones are not rare
_PATIENCE, _MOST_PATIENCE = 3, 6


@dataclass(frozen=True, slots=True)
class Gap:
    """The time between two days on which a source published, in working days."""

    #: half of the gaps are no longer
    median: int
    #: 19 of 20 gaps are no longer
    longest_usual: int

    @property
    def patience(self) -> int:
        """Give the working days after which silence is unusual."""
        return max(_PATIENCE * self.median, min(self.longest_usual, _MOST_PATIENCE * self.median))


def usual_gap(moments: Iterable[datetime], *, now: datetime) -> Gap | None:
    """Measure the gaps between publications up to now; None where they are too few to tell.

    Several on one day count once, so that a day of many is no sign of haste.
    """
    days = sorted({_day(moment) for moment in moments if moment <= now})
    gaps = sorted(max(1, working_days(before, after)) for before, after in pairwise(days))
    if len(gaps) < FEWEST_GAPS:
        return None
    return Gap(median=gaps[(len(gaps) - 1) // 2], longest_usual=gaps[(len(gaps) * 19 - 1) // 20])


def silence(moments: Iterable[datetime], *, now: datetime) -> int | None:
    """Give the working days since the newest publication; None where there was none."""
    newest = max((moment for moment in moments if moment <= now), default=None)
    return None if newest is None else working_days(_day(newest), _day(now))


def working_days(before: date, after: date) -> int:
    """Count the working days after one day, up to and including another."""
    whole_weeks, rest = divmod((after - before).days, _WEEK)
    tail = (after - timedelta(days=number) for number in range(rest))
    return whole_weeks * _WORKING_WEEK + sum(day.isoweekday() <= _WORKING_WEEK for day in tail)


def _day(moment: datetime) -> date:
    return moment.astimezone(_OSLO).date()
