"""Days by which something has to be done."""

from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as datetime_time
from enum import StrEnum


class DeadlineKind(StrEnum):
    """What a deadline is for."""

    #: applications, proposals, nominations
    APPLICATION = "application"
    #: what people think of a proposal
    CONSULTATION = "consultation"
    #: signing up for a course or a meeting
    REGISTRATION = "registration"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadline:
    """A day by which something has to be done, as an entry's text names it."""

    kind: DeadlineKind
    #: in Europe/Oslo
    day: date
    #: by the clock in Oslo; None where the whole day counts
    time: "datetime_time | None" = None
    #: the sentence that names it
    sentence: str
    #: the sentence without its dates: what it is known by when the date moves
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(FoundDeadline):
    """A deadline as the store holds it."""

    #: permanent number, never reused; the same when date or sentence change
    id: int
    #: how often date, time or standing have changed (RFC 5545, 3.8.7.4)
    sequence: int
    #: when we first and last saw something new in it
    found: datetime
    changed: datetime
    #: when the text no longer named it; None while it does
    cancelled: datetime | None = None
