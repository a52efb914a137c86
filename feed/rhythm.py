"""When digests are due, in Europe/Oslo: daily at seven, weekly on Mondays."""

from datetime import date, datetime, timedelta
from typing import Final

from db.models import Rhythm
from feed.wording import in_oslo

#: hour of the day, in Oslo, from which a day's digest is due
DIGEST_HOUR: Final = 7


def due_day(now: datetime) -> date:
    """Give the Oslo date whose daily digest is the newest one due."""
    local = in_oslo(now)
    return local.date() if local.hour >= DIGEST_HOUR else local.date() - timedelta(days=1)


def told_on(appeared: datetime, rhythm: Rhythm) -> date:
    """Give the Oslo date of the digest that tells what appeared at a moment."""
    if rhythm is Rhythm.IMMEDIATE:
        return in_oslo(appeared).date()
    day = due_day(appeared) + timedelta(days=1)
    return day + timedelta(days=-day.weekday() % 7) if rhythm is Rhythm.WEEKLY else day
