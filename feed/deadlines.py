"""Deadlines as readers meet them: what to call them, by which id, and on what evidence."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Final

from db.models import Deadline, DeadlineKind, Entry, Republish
from db.text import one_line
from feed.language import marked
from feed.site import Site
from feed.wording import OSLO

#: to be translated where they are used
DEADLINE_LABELS: Final[Mapping[DeadlineKind, str]] = {
    DeadlineKind.APPLICATION: marked("Søknadsfrist"),
    DeadlineKind.CONSULTATION: marked("Høringsfrist"),
    DeadlineKind.REGISTRATION: marked("Påmeldingsfrist"),
    DeadlineKind.OTHER: marked("Frist"),
}


def deadline_uid(site: Site, deadline: Deadline) -> str:
    """Give a deadline's permanent id (RFC 5545, 3.8.4.7): no date, wording or host changes it."""
    return f"deadline-{deadline.id}@{site.authority_name}"


def evidence_of(entry: Entry, deadline: Deadline, republish: Republish) -> str:
    """Give the sentence that names a deadline, as far as it may be shown; empty where it may not.

    Nothing of a withdrawn entry; of a source we show summaries of, what stands in title or lead.
    """
    if entry.withdrawn:
        return ""
    shown = republish is Republish.FULL or any(
        deadline.sentence in one_line(text) for text in (entry.title, entry.lead)
    )
    return deadline.sentence if shown else ""


def ends_at(deadline: Deadline) -> datetime:
    """Give the moment, in UTC, after which it is too late: the named minute, or the day's end."""
    clock = deadline.time or time(23, 59, 59)
    return datetime.combine(deadline.day, clock, tzinfo=OSLO).astimezone(UTC)
