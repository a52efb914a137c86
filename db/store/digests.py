"""What an engine promises of the ledger of messages."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from db.models import (
    Brakes,
    Candidates,
    Category,
    ClaimedMessage,
    Delivery,
    DigestContents,
    DigestRun,
    Entry,
    Follower,
    Message,
    Progress,
    Rhythm,
)
from db.query import EntryQuery


class DigestStore(Protocol):
    """The ledger of what was and is to be told: plan, render, claim, hand over."""

    def plan(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> DigestRun:
        """Open the run of this rhythm and window, or give the one somebody opened.

        A completed one is opened again where more has been found by its cutoff since: it may have
        been run ahead of its time.
        """

    def is_over(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> bool:
        """Tell whether `plan` would give a completed run."""

    def runs(self, rhythm: Rhythm, *, limit: int) -> list[DigestRun]:
        """Give the newest completed runs of a rhythm that told anything, newest first."""

    def hold(self, run_id: int, *, reason: str) -> None:
        """Record why nothing of a run is sent until a person has looked."""

    def held(self) -> list[DigestRun]:
        """Give the newest run of each rhythm where it is held."""

    def complete(self, run_id: int, *, messages: int, stories: int, now: datetime) -> None:
        """Record that every message of a run has been enqueued, and how many in all."""

    def horizon(self, *, cutoff: datetime) -> int:
        """Give the number up to which every entry can be judged.

        Beyond it stands one that appears after `cutoff`, or was first seen in a run that was judged
        broken or not yet. It is waited for until a later run is judged otherwise, 30 days at most.
        """

    def followers(
        self,
        rhythm: Rhythm,
        *,
        queries: Collection[str],
        now: datetime,
        after: str = "",
        addresses: int,
    ) -> list[Follower]:
        """Give the subscriptions of the next addresses that may be told something, by address.

        These are addresses that may be written to, with a subscription to one of some queries or
        to corrections; all their subscriptions of the rhythm are given.
        """

    def readers(self, rhythm: Rhythm, *, queries: Collection[str]) -> int:
        """Count the addresses of which `followers` gives subscriptions, now or later."""

    def lowest(self, rhythm: Rhythm) -> dict[str, tuple[int, datetime]]:
        """Give, by query, from where on any of its subscriptions is to be told.

        That is the lowest position, or below what is owed, and the earliest `tells_after`.
        """

    def candidates(
        self,
        query: EntryQuery,
        *,
        beyond: int,
        after: datetime,
        cutoff: datetime,
        not_older_than: timedelta,
    ) -> Candidates:
        """Give the entries a query chooses that may be told to anybody, one a story, newest first.

        They appeared after `after` and up to `cutoff`, and are beyond doubt (see `horizon`). Their
        numbers are above `beyond`, or their publishers have changed their words within 30 days:
        that retagging or reindexing makes an entry match is no news. One published longer than
        `not_older_than` before it was first seen is `old`.
        """

    def entries(self, numbers: Collection[int]) -> tuple[Entry, ...]:
        """Give the entries with these numbers, in no order; unknown ones are left out."""

    def told(
        self, subscriptions: Collection[int], stories: Collection[int]
    ) -> dict[int, frozenset[int]]:
        """Give, by subscription, which of these stories it was told; what is owed is not told."""

    def owed(self, subscriptions: Collection[int]) -> dict[int, frozenset[int]]:
        """Give, by subscription, the stories of messages that did not arrive in the end."""

    def amended(self, subscription_id: int, *, cutoff: datetime, limit: int) -> tuple[Entry, ...]:
        """Give the entries whose words changed, or which were withdrawn, after they were told."""

    def enqueue(self, message: Message, contents: DigestContents, *, now: datetime) -> bool:
        """Store a message and all it does in the ledger, in one transaction.

        Raises `AlreadyToldError`, and stores nothing, where another message tells part of it or
        another run has moved a subscription on. False, and nothing stored, when a message with this
        `dedupe_key` is there already.
        """

    def advance(self, progress: Iterable[Progress]) -> None:
        """Record how far subscriptions were told without a message.

        One that another run has moved on meanwhile is left as it is.
        """

    def advance_all(
        self, rhythm: Rhythm, *, queries: Collection[str], now: datetime, to: int
    ) -> None:
        """Move every subscription to these queries on to a number, where it is not beyond it.

        Those whose address may not be written to now are left as they are.
        """

    def claim(
        self,
        worker: str,
        *,
        now: datetime,
        lease_for: timedelta,
        category: Category | None = None,
        brakes: Brakes | None = None,
    ) -> ClaimedMessage | None:
        """Lease the next message that is due, digests last; None when none is.

        With a category, only messages of that category.

        A message whose lease ran out is due again. A digest is passed over and cancelled when none
        of its subscriptions may be written to any more; what it was to tell is owed.

        Raises:
            BrakeError: a digest is due, and `brakes` allows no more for now.
        """

    def workers(self) -> set[str]:
        """Give the workers that hold a lease."""

    def release(self, worker: str, *, now: datetime) -> int:
        """Make the messages of a worker that has died due again; give how many."""

    def settle(
        self,
        claimed: ClaimedMessage,
        worker: str,
        outcome: Delivery,
        *,
        now: datetime,
        retry_at: datetime | None = None,
        reply: str = "",
    ) -> None:
        """Record how a claimed message fared; `retry_at` puts it back for another attempt.

        What a digest was to tell is owed when it was refused for good or given up; given up after
        an attempt that may have succeeded without our knowing, it is counted as uncertain instead.
        """

    def forget_settled(self, *, before: datetime) -> int:
        """Delete the rendered mails and addresses of messages settled before a moment.

        What was told stays told, and no message is sent again. Gives how many.
        """

    def waiting_since(self) -> datetime | None:
        """Give since when the message that is due longest has been due; None where none waits."""

    def counts(self) -> dict[str, int]:
        """Count the outbox by state, forgotten messages aside.

        Those sent of which it is not known whether they arrived are counted as `uncertain`.
        """
