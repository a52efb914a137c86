"""What feeds and harvesters ask for: states, changes and parts of archives."""

from dataclasses import dataclass
from datetime import datetime

from db.models.entries import Entry, Revision


@dataclass(frozen=True, slots=True)
class State:
    """State of the entries: moves when, and only when, what readers see or find has changed."""

    #: number of the newest change
    change: int
    #: when it was stored; None for an empty store
    moment: datetime | None
    #: when the last change was stored that may concern any query: what left one, what all of them
    #: show. New entries and withdrawals do not count
    sweeping: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry by number, and what tells whether it is shown as before."""

    entry_id: int
    #: number of the newest change to what readers see of it
    change: int
    #: when it was first seen or, later, taken away
    moment: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a query's archive, by numbers of entries in the order they appeared.

    What comes into the archive later never comes into a stretch.
    """

    #: the oldest and the newest entry of it
    first: int
    last: int
    #: the highest number in it: an entry found afterwards, though it appeared between, is not of it
    up_to: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries in the order they last changed, from a point that a harvester has come to."""

    entries: tuple[Entry, ...]
    #: number of the last change in it, from where the next part follows
    last: int
    #: how many entries follow
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """That a publisher corrected an entry, or took it away."""

    #: as it is now
    entry: Entry
    #: when we saw it
    moment: datetime
    #: which correction of the entry it is, from 1; 0 where it was taken away
    number: int = 0
    #: the wording that was corrected; None where the entry was taken away
    before: Revision | None = None
    #: the wording that took its place; None where that is the present one
    after: Revision | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How often entries of a query have appeared."""

    last_30_days: int
    #: on average over the last year, or over the time since the first one where that is shorter
    per_week: float
