"""What those who look after a store want to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What somebody who watches over a store wants to know of it, at one moment."""

    entries: int
    #: what a listing counts: entries that are one story once
    stories: int
    #: entries that their publishers have taken away
    withdrawn: int
    #: active subscriptions by rhythm
    subscriptions: Mapping[str, int]
    #: addresses that are not written to any more, and those from which mail came back lately
    suppressed: int
    bouncing: int
    #: sign-ups that wait to be confirmed
    unconfirmed: int
    #: when the oldest message that still waits was made
    unsent_since: datetime | None
    #: when the message that is due longest was due; None where none waits
    waiting_since: datetime | None
    #: messages by state, forgotten ones aside
    outbox: Mapping[str, int]
    #: runs of digests that wait for a person
    held: int
    #: when the oldest mail that is kept was settled
    mails_since: datetime | None
    #: bytes
    size: int
