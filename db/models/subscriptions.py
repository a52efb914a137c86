"""Who is written to, about what and how often."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.models.language import Language


class Rhythm(StrEnum):
    """How often a subscription is written to."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """A sign-up that waits for its confirmation."""

    email: str
    #: canonical string of the `EntryQuery`
    query: str
    rhythm: Rhythm
    #: language of mails and pages
    language: Language
    #: whether to be told, too, of what publishers corrected or took away
    corrections: bool = False
    #: what the reader agreed to, as the form said it
    wording: str = ""
    #: keyed hash of the address, by which a refusal is known; empty for none
    address_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A confirmed address, a query and a rhythm."""

    id: int
    email: str
    #: canonical string of the `EntryQuery`
    query: str
    rhythm: Rhythm
    #: language of mails and pages
    language: Language
    confirmed: datetime
    ended: datetime | None = None
    ended_reason: str = ""
    #: when its query was last changed or its pause ended; None for never
    since: datetime | None = None
    paused: datetime | None = None
    #: whether to be told, too, of what publishers corrected or took away
    corrections: bool = False

    @property
    def tells_after(self) -> datetime:
        """The moment after which what appears is told."""
        return self.since or self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """An address and all that is known of it."""

    id: int
    #: empty once erased
    email: str
    #: ended ones too, the oldest first
    subscriptions: tuple[Subscription, ...]
    #: since when nothing is sent because messages came back; None while they arrive
    suppressed: datetime | None = None
    #: what the mail server said
    suppressed_reason: str = ""
    #: until when nothing is sent because a message came back for now
    not_before: datetime | None = None
