"""Rendered messages and what becomes of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Final, Self

#: what no mail holds: stands between the pieces of one that is kept in two parts
BETWEEN: Final = b"\0"


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


@dataclass(frozen=True, slots=True)
class Shared:
    """Bytes that the mails, or the web pages, of several readers have in common: stored once."""

    data: bytes
    #: SHA-256 of the data
    checksum: str

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Make it of its bytes."""
        return cls(data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered email, ready to hand over; the same bytes on every attempt."""

    category: Category
    recipient: str
    #: RFC 5322 Message-ID, stable over attempts
    message_id: str
    #: the mail; where it has a letter, its own pieces alone, with `BETWEEN` between two
    data: bytes
    #: unique: a second message with the same key is not stored
    dedupe_key: str
    #: what it has in common with the mails of others: a piece of it follows each of its own
    letter: Shared | None = None

    def mail(self) -> bytes:
        """Give the whole mail."""
        return self.data if self.letter is None else put_together(self.data, self.letter.data)


def put_together(own: bytes, letter: bytes) -> bytes:
    """Give a mail of its own pieces and those of its letter, in turn.

    Raises:
        ValueError: the one has more pieces than the other.
    """
    pieces = zip(own.split(BETWEEN), letter.split(BETWEEN), strict=True)
    return b"".join(chain.from_iterable(pieces))


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
