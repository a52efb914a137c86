"""Which digests are due at a moment: pure functions over the clock and the calendar of Oslo.

A window is known by its date, so that days of 23 and 25 hours are days like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from db.models import Rhythm
from feed.rhythm import DIGEST_HOUR

OSLO = ZoneInfo("Europe/Oslo")
_DAY = timedelta(days=1)
_MONDAY = 0

#: whether no digest is written on a day
Rests = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """What one run of digests covers: all that appeared up to its cutoff and was not told."""

    rhythm: Rhythm
    #: unique for the rhythm: the Oslo date, for immediate digests with the minute
    name: str
    cutoff: datetime


def never_rests(_day: date) -> bool:
    """Take every day for a working day."""
    return False


@lru_cache(maxsize=400)
def is_norwegian_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Norway, other than for being a Sunday."""
    # the calendar of every country takes a moment to import
    from holidays import country_holidays

    return day in country_holidays("NO", years=day.year)


def due_windows(now: datetime, rests: Rests = never_rests) -> list[Window]:
    """Give the newest window of each rhythm that is due; none on a day of rest.

    However many windows were missed, the newest one carries what all of them would have.
    """
    if rests(now.astimezone(OSLO).date()):
        return []
    minute = now.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M%z")
    day, monday = due_date(now, rests), due_monday(now, rests)
    return [
        Window(Rhythm.IMMEDIATE, minute, now),
        Window(Rhythm.DAILY, day.isoformat(), _morning(day)),
        Window(Rhythm.WEEKLY, monday.isoformat(), _morning(_working_day(monday, rests))),
    ]


def due_date(now: datetime, rests: Rests = never_rests) -> date:
    """Give the Oslo date whose daily digest is the newest one due."""
    local = now.astimezone(OSLO)
    day = local.date() if local.hour >= DIGEST_HOUR else local.date() - _DAY
    while rests(day):
        day -= _DAY
    return day


def due_monday(now: datetime, rests: Rests = never_rests) -> date:
    """Give the Monday whose weekly digest is the newest one due; after a holiday, it waits."""
    today = now.astimezone(OSLO).date()
    monday = today - _DAY * ((today.weekday() - _MONDAY) % 7)
    if now < _morning(_working_day(monday, rests)):
        monday -= 7 * _DAY
    return monday


def _working_day(day: date, rests: Rests) -> date:
    while rests(day):
        day += _DAY
    return day


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(DIGEST_HOUR), tzinfo=OSLO)
