"""The ledger of what was and is to be told."""

from dataclasses import dataclass
from datetime import datetime

from db.models.outbox import Shared
from db.models.results import Sought
from db.models.subscriptions import Rhythm, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a subscription was told of a story; unique, so it is told once."""

    subscription_id: int
    story: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """One planned window of one rhythm; unique by both."""

    id: int
    rhythm: Rhythm
    #: Oslo date, for immediate digests with the minute
    window: str
    #: entries that appeared up to here belong to this window
    cutoff: datetime
    completed: datetime | None = None
    #: how many messages were queued, and how many stories any of them told
    messages: int = 0
    stories: int = 0
    #: why nothing of it is sent until a person has looked; mostly empty
    held: str = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """A subscription and how far it was told."""

    subscription: Subscription
    #: number of the entry up to which every entry was told, or was nothing to tell
    position: int
    #: how many older finds wait to be counted in its next digest
    older: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a query chooses and a digest may tell."""

    entry_id: int
    story: int
    appeared: datetime
    #: published so long before it was found that it is counted, not told
    old: bool
    #: its publisher changed its words lately, so that it may match only now
    revised: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a query chooses for a window, newest first."""

    entries: tuple[Candidate, ...]
    sought: Sought


@dataclass(frozen=True, slots=True)
class Progress:
    """How much further a subscription was told."""

    subscription_id: int
    #: its position before and after
    before: int
    after: int
    #: older finds that were passed; counted in its digest, or in the next where it has none
    older: int = 0


@dataclass(frozen=True, slots=True)
class DigestContents:
    """What a digest does in the ledger."""

    told: tuple[Told, ...]
    #: of each of the reader's subscriptions that it names
    progress: tuple[Progress, ...] = ()
    #: stories of which changes were told, and up to when
    amended: tuple[Told, ...] = ()
    amended_until: datetime | None = None
    #: stories that it should have told and could not: the next digest tries again
    owed: tuple[Told, ...] = ()
    #: hashes of unsubscribe tokens with the subscriptions they end
    tokens: tuple[tuple[str, tuple[int, ...]], ...] = ()
    #: hash of the token of its web page with what it shows
    page: tuple[str, Shared] | None = None
    #: hash of the token of the link to its reader's subscriptions, and until when it works
    manage: tuple[str, datetime] | None = None
