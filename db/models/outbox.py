"""Rendered messages and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Bounce(StrEnum):
    """What a message that came back says about its address."""

    #: there is no such mailbox
    HARD = "hard"
    #: not now: full, out of order, too slow
    SOFT = "soft"
    #: nothing: refused for its content, its sender, or by policy
    NONE = "none"


class Category(StrEnum):
    """Why a message is written; confirmations overtake digests in the outbox."""

    CONFIRMATION = "confirmation"
    DIGEST = "digest"


class Delivery(StrEnum):
    """What became of one attempt to hand a message over."""

    #: the mail server took it
    SENT = "sent"
    #: not taken now; try again later
    DEFERRED = "deferred"
    #: refused for good, for what it is
    FAILED = "failed"
    #: refused for good: there is no such mailbox (RFC 3463, x.1.y)
    BOUNCED = "bounced"
    #: refused for good by policy, whoever it is for (RFC 3463, x.7.y)
    BLOCKED = "blocked"
    #: the connection ended after the last byte: it may or may not have been taken
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered email, ready to hand over; the same bytes on every attempt."""

    category: Category
    recipient: str
    #: RFC 5322 Message-ID, stable over attempts
    message_id: str
    data: bytes
    #: unique: a second message with the same key is not stored
    dedupe_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMessage:
    """An outbox message leased to one sender."""

    id: int
    message: Message
    #: how often it has been claimed, this time included
    attempts: int
    #: when it was queued
    created: datetime
    #: whether an earlier attempt may have succeeded without our knowing
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Brakes:
    """The most digests to hand over in an hour and in a day, by the clock; 0 for no limit."""

    most_per_hour: int = 0
    most_per_day: int = 0
