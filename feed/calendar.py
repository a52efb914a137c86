"""Deadlines as a calendar (RFC 5545), by icalendar.

Nothing in it is *now*: an event dates from when we last saw something new in its deadline.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from icalendar import Calendar, Component, Event, Timezone, vDuration, vText, vUri

from db.models import Deadline, Entry, EntryDeadline, Republish, Source
from db.text import one_line
from feed.channel import Rendered
from feed.deadlines import DEADLINE_LABELS, deadline_uid, ends_at, evidence_of
from feed.isolation import made_of
from feed.language import translations
from feed.links import entry_url
from feed.sanitise import safe_url
from feed.site import Site
from feed.standing import withdrawn_in_words
from feed.wording import OSLO, cut, untitled

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
#: how often a calendar need look again
_REFRESH: Final = timedelta(hours=12)
_TITLE_CHARACTERS: Final = 200


#: the rule since 1996; nothing here is older by the minute
_OSLO: Final = """BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def calendar(
    found: Iterable[EntryDeadline],
    *,
    site: Site,
    sources: Mapping[str, Source],
    title: str,
    url: str,
) -> Rendered:
    """Write deadlines as events: whole days, or minutes in Europe/Oslo; cancelled ones say so.

    `title` names the query, `url` is the calendar's own address, `sources` is by slug. An event
    that cannot be written is logged and left out.
    """
    made = Calendar()
    made.add("prodid", f"-//{site.authority_name}//{site.name}//NB")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        made.add(name, title)
    made.add("x-wr-timezone", OSLO.key)
    made.add("source", vUri(url))
    made.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(_REFRESH))
    ordered = sorted(found, key=lambda one: (ends_at(one.deadline), one.deadline.id))
    if any(one.deadline.time for one in ordered):
        made.add_component(_oslo())
    left_out: list[int] = []
    for _, event in made_of(
        ordered,
        lambda one: _event_to_send(one, site, sources),
        name=lambda one: f"deadline {one.deadline.id}",
        where=url,
        leave_out=lambda one: left_out.append(one.entry.id),
    ):
        made.add_component(event)
    return Rendered(bytes(made.to_ical()), tuple(left_out))


@cache
def _oslo() -> Component:
    return Timezone.from_ical(_OSLO)


def _event_to_send(found: EntryDeadline, site: Site, sources: Mapping[str, Source]) -> Event:
    event = _event(found, site, sources)
    event.to_ical()  # what cannot be written is found out here, not when all of them are
    return event


def _event(found: EntryDeadline, site: Site, sources: Mapping[str, Source]) -> Event:
    entry, deadline = found.entry, found.deadline
    source = sources.get(entry.source)
    gone = entry.withdrawn is not None or deadline.cancelled is not None
    words = translations(entry.language)
    label = words.gettext(DEADLINE_LABELS[deadline.kind])
    title = cut(entry.title, _TITLE_CHARACTERS) or untitled(entry.language)
    event = Event()
    event.add("uid", deadline_uid(site, deadline))
    event.add("sequence", deadline.sequence)
    event.add("dtstamp", _whole(deadline.changed))
    event.add("created", _whole(deadline.found))
    event.add("last-modified", _whole(deadline.changed))
    if deadline.time:
        event.add("dtstart", datetime.combine(deadline.day, deadline.time, tzinfo=OSLO))
    else:
        event.add("dtstart", deadline.day)
        event.add("dtend", deadline.day + timedelta(days=1))
    event.add("summary", vText(f"{label}: {title}"))
    event.add("description", vText(_description(entry, deadline, source, site)))
    event.add("url", vUri(safe_url(entry.url) or entry_url(site, entry)))
    event.add("categories", [label])
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    # a deadline takes nobody's time
    event.add("transp", "TRANSPARENT")
    return event


def _description(entry: Entry, deadline: Deadline, source: Source | None, site: Site) -> str:
    publisher = one_line(entry.publisher or (source.publisher if source else ""))
    republish = source.republish if source else Republish.SUMMARY
    said = evidence_of(entry, deadline, republish)
    lines = [
        f"«{said}»" if said else "",
        withdrawn_in_words(publisher or site.name) if entry.withdrawn else "",
        f"Kilde: {publisher}" if publisher else "",
        entry_url(site, entry),
    ]
    return "\n".join(filter(None, lines))


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
