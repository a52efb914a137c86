"""What a query would have brought by mail lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db.models import Entry, Rhythm
from db.query import EntryQuery
from feed.language import format_weekday
from feed.rhythm import told_on
from feed.stories import Names, Story, story_of
from web.services import Services

#: how far back, and how many entries at most
WITHIN = timedelta(days=30)
_MOST = 500
#: stories of the one mail that are shown
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """The stories of the last 30 days, and the newest mail they would have made."""

    total: int
    #: whether there are more than we counted
    more: bool
    #: how many mails the stories would have come in, by rhythm; at most, for immediate ones
    mails: dict[Rhythm, int]
    #: day of the newest mail, in words; empty where there was none
    day: str
    stories: tuple[Story, ...]
    #: stories of that mail that are not shown
    rest: int


def preview(
    query: EntryQuery, rhythm: Rhythm, served: Services, names: Names, now: datetime
) -> Preview:
    """Say what a subscription would have told in the last 30 days."""
    newest = served.store.entries.newest(query.selection(), _MOST)
    told = [entry for entry in newest if _would_be_told(entry, now)]
    days = {one: _by_day(told, one) for one in Rhythm}
    total = sum(map(len, days[Rhythm.DAILY].values()))
    last = max(days[rhythm], default=None)
    entries = days[rhythm][last] if last else []
    return Preview(
        total=total,
        more=len(told) == _MOST,
        # how many come together depends on the crawls
        mails={one: len(found) for one, found in days.items()} | {Rhythm.IMMEDIATE: total},
        day=format_weekday(last, names.language) if last else "",
        stories=tuple(story_of(entry, names) for entry in entries[:_MOST_SHOWN]),
        rest=max(len(entries) - _MOST_SHOWN, 0),
    )


def _would_be_told(entry: Entry, now: datetime) -> bool:
    """Tell whether an entry is new enough, and was not old already when it was found."""
    if not now - WITHIN < entry.appeared <= now:
        return False
    return entry.published is None or entry.published.moment >= entry.first_seen - WITHIN


def _by_day(entries: Sequence[Entry], rhythm: Rhythm) -> dict[date, list[Entry]]:
    """Put stories under the day of their digest, each story once."""
    days: dict[date, list[Entry]] = {}
    seen: set[int] = set()
    for entry in entries:
        if entry.story not in seen:
            seen.add(entry.story)
            days.setdefault(told_on(entry.appeared, rhythm), []).append(entry)
    return days
