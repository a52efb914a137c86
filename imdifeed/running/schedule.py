"""When what is done by the clock is due: pure functions over moments.

A moment that lies in the future, because the clock has been set back since, counts as long past: to
do something once too often is safe here, to wait for a clock is not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from db.models import CrawlRun, Source

#: pause after a first failure; doubled with each one that follows
FIRST_PAUSE = timedelta(seconds=2)
#: what fails for ever is tried no more seldom
LONGEST_PAUSE = timedelta(minutes=10)
#: the same for what readers wait for
LONGEST_ABSENCE = timedelta(seconds=30)
#: what has run for so long before it failed begins again with the first pause
STEADY = timedelta(minutes=1)


def is_due(last: datetime | None, every: timedelta, *, now: datetime) -> bool:
    """Tell whether what is done `every` so often is due, having begun last at `last`.

    However many times were missed, it is due once.
    """
    if not every:
        return False
    return last is None or not last <= now < last + every


def last_of(begun: datetime, ended: datetime, every: timedelta) -> datetime:
    """Give the moment from which the next time is counted.

    Mostly it is when the last time began; what took longer than its interval gets a whole pause.
    """
    return begun if begun <= ended < begun + every else ended


def pause_after(failures: int, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """Give how long to wait after so many failures in a row."""
    doublings = min(max(failures - 1, 0), 30)
    factor: int = 2**doublings
    return min(FIRST_PAUSE * factor, longest)


def due_sources(
    sources: Sequence[Source], latest: Mapping[str, CrawlRun], every: timedelta, *, now: datetime
) -> list[Source]:
    """Give the sources that are due to be crawled, by their last runs that came to an end."""

    def last(source: Source) -> datetime | None:
        run = latest.get(source.slug)
        if run is None or run.imported or run.finished is None:
            return None
        return last_of(run.started, run.finished, every)

    return [source for source in sources if is_due(last(source), every, now=now)]
