"""The deadlines that an entry names, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime

from db.models import Deadline, Entry, Republish
from feed.deadlines import DEADLINE_LABELS, ends_at, evidence_of
from feed.wording import OSLO, day_in_words, moment_in_words
from web.language import gettext, ui


@dataclass(frozen=True, slots=True)
class ShownDeadline:
    """A deadline in words."""

    label: str
    when: str
    #: for the `datetime` attribute
    machine: str
    #: whether it is over
    past: bool
    #: the sentence that names it; empty where it may not be shown
    evidence: str


def shown_deadlines(entry: Entry, republish: Republish, now: datetime) -> list[ShownDeadline]:
    """Give the deadlines that an entry still names, the first one first."""
    standing = [one for one in entry.deadlines if one.cancelled is None]
    return [_shown(one, entry, republish, now) for one in sorted(standing, key=ends_at)]


def _shown(one: Deadline, entry: Entry, republish: Republish, now: datetime) -> ShownDeadline:
    moment = datetime.combine(one.day, one.time, tzinfo=OSLO) if one.time else None
    return ShownDeadline(
        label=gettext(DEADLINE_LABELS[one.kind]),
        when=moment_in_words(moment, ui()) if moment else day_in_words(one.day, ui()),
        machine=moment.isoformat(timespec="minutes") if moment else one.day.isoformat(),
        past=ends_at(one) < now,
        evidence=evidence_of(entry, one, republish),
    )
