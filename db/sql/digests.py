"""The ledger: what was planned, rendered, told and handed over."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from db.errors import BrakeError
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
from db.sql import digest_runs, followers, outbox, shared
from db.sql.candidates import candidates, horizon
from db.sql.connection import Connections
from db.sql.figures import outbox_counts, waiting_since
from db.sql.matching import Matcher
from db.sql.moments import to_text
from db.sql.pieces import AMONG
from db.sql.rows import entries_from
from db.sql.telling import insert_digest, move


class SqlDigests:
    """Implements `db.store.DigestStore`."""

    def __init__(self, connections: Connections, matcher: Matcher) -> None:
        self._connections = connections
        self._matcher = matcher

    def plan(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> DigestRun:
        """Open the run of this rhythm and window, or give the one somebody opened.

        A completed one is opened again where more has been found by its cutoff since.
        """
        with self._connections.writing() as connection:
            return digest_runs.plan(connection, rhythm, window, cutoff)

    def is_over(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> bool:
        """Tell whether `plan` would give a completed run."""
        return digest_runs.is_over(self._connections.connection, rhythm, window, cutoff)

    def runs(self, rhythm: Rhythm, *, limit: int) -> list[DigestRun]:
        """Give the newest completed runs of a rhythm that told anything, newest first."""
        return digest_runs.newest(self._connections.connection, rhythm, limit)

    def held(self) -> list[DigestRun]:
        """Give the newest run of each rhythm where it is held."""
        return digest_runs.held(self._connections.connection)

    def hold(self, run_id: int, *, reason: str) -> None:
        """Record why nothing of a run is sent until a person has looked."""
        with self._connections.writing() as connection:
            digest_runs.hold(connection, run_id, reason)

    def complete(self, run_id: int, *, messages: int, stories: int, now: datetime) -> None:
        """Record that every message of a run has been enqueued, and how many in all."""
        with self._connections.writing() as connection:
            digest_runs.complete(connection, run_id, messages, stories, now)

    def horizon(self, *, cutoff: datetime) -> int:
        """Give the number up to which no entry is waited for."""
        return horizon(self._connections.connection, cutoff)

    def followers(
        self,
        rhythm: Rhythm,
        *,
        queries: Collection[str],
        now: datetime,
        after: str = "",
        addresses: int,
    ) -> list[Follower]:
        """Give the subscriptions of the next addresses that may be told something, by address."""
        return followers.followers(
            self._connections.connection, rhythm,
            queries=queries, now=now, after=after, addresses=addresses,
        )  # fmt: skip

    def readers(self, rhythm: Rhythm, *, queries: Collection[str]) -> int:
        """Count the addresses of which `followers` gives subscriptions."""
        return followers.readers(self._connections.connection, rhythm, queries)

    def lowest(self, rhythm: Rhythm) -> dict[str, tuple[int, datetime]]:
        """Give, by query, from where on any of its subscriptions is to be told."""
        return followers.lowest(self._connections.connection, rhythm)

    def candidates(
        self,
        query: EntryQuery,
        *,
        beyond: int,
        after: datetime,
        cutoff: datetime,
        not_older_than: timedelta,
    ) -> Candidates:
        """Give the entries a query chooses that may be told to anybody, one a story."""
        return candidates(
            self._connections, self._matcher, query,
            beyond=beyond, after=after, cutoff=cutoff, not_older_than=not_older_than,
        )  # fmt: skip

    def entries(self, numbers: Collection[int]) -> tuple[Entry, ...]:
        """Give the entries with these numbers, in no order; unknown ones are left out."""
        connection = self._connections.connection
        rows = connection.execute(
            f"SELECT * FROM entry WHERE id {AMONG}",
            (json.dumps(list(numbers)),),
        ).fetchall()
        return entries_from(connection, rows)

    def told(
        self, subscriptions: Collection[int], stories: Collection[int]
    ) -> dict[int, frozenset[int]]:
        """Give, by subscription, which of these stories it was told; what is owed is not told."""
        return followers.told(self._connections.connection, subscriptions, stories)

    def owed(self, subscriptions: Collection[int]) -> dict[int, frozenset[int]]:
        """Give, by subscription, the entries of which a message did not arrive in the end."""
        return followers.owed(self._connections.connection, subscriptions)

    def amended(self, subscription_id: int, *, cutoff: datetime, limit: int) -> tuple[Entry, ...]:
        """Give the entries that changed or were withdrawn after it was told of them."""
        return followers.amended(self._connections.connection, subscription_id, cutoff, limit)

    def enqueue(self, message: Message, contents: DigestContents, *, now: datetime) -> bool:
        """Store a message and all it does; False when it was there."""
        with self._connections.writing() as connection:
            return insert_digest(connection, message, contents, now)

    def advance(self, progress: Iterable[Progress]) -> None:
        """Record how far subscriptions were told without a message."""
        with self._connections.writing() as connection:
            move(connection, progress, strict=False)

    def advance_all(
        self, rhythm: Rhythm, *, queries: Collection[str], now: datetime, to: int
    ) -> None:
        """Record that there was nothing to tell whoever follows these queries."""
        with self._connections.writing() as connection:
            followers.advance_all(connection, rhythm, queries=queries, now=now, to=to)

    def claim(
        self,
        worker: str,
        *,
        now: datetime,
        lease_for: timedelta,
        category: Category | None = None,
        brakes: Brakes | None = None,
    ) -> ClaimedMessage | None:
        """Lease the next message that is due, digests last; None when none is."""
        with self._connections.writing(alone=False) as connection:
            if category is not Category.DIGEST:
                row = outbox.next_due(connection, now, digests=False)
                if row:
                    return outbox.lease(connection, row, worker, now, lease_for)
            if category not in (None, Category.DIGEST):
                return None
            while row := outbox.next_due(connection, now, digests=True):
                is_wanted, is_outdated = outbox.still_wanted(connection, row)
                if is_wanted and not is_outdated:
                    if reason := outbox.slow_down(connection, brakes or Brakes(), now):
                        raise BrakeError(reason)
                    return outbox.lease(connection, row, worker, now, lease_for)
                outbox.cancel(connection, row["id"], now, anew=is_wanted)
        return None

    def workers(self) -> set[str]:
        """Give the workers that hold a lease."""
        rows = self._connections.connection.execute(
            "SELECT DISTINCT worker FROM outbox WHERE state = 'sending'"
        )
        return {worker for (worker,) in rows}

    def release(self, worker: str, *, now: datetime) -> int:
        """Make the messages of a worker that has died due again; give how many."""
        with self._connections.writing(alone=False) as connection:
            return outbox.release(connection, worker, now)

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
        """Record how a claimed message fared; `retry_at` puts it back for another attempt."""
        with self._connections.writing(alone=False) as connection:
            outbox.settle(connection, claimed, worker, outcome, now, retry_at, reply)

    def forget_settled(self, *, before: datetime) -> int:
        """Delete the rendered mails and addresses of messages settled before a moment."""
        with self._connections.writing() as connection:
            digest_runs.forget_empty(connection, before)
            connection.execute(
                "DELETE FROM pace WHERE hour < ?", (to_text(before)[: len("2026-01-01T00")],)
            )
            # The row stays: `told` points to it, and its dedupe_key keeps it from being sent again.
            forgotten = connection.execute(
                "UPDATE outbox SET recipient = '', last_reply = ''"
                " WHERE state IN ('sent', 'failed', 'cancelled') AND settled < ?"
                " AND recipient <> ''",
                (to_text(before),),
            ).rowcount
            if forgotten:
                shared.forget_letters(connection)
                connection.execute(
                    "DELETE FROM change_told WHERE NOT EXISTS (SELECT 1 FROM outbox"
                    " WHERE outbox.id = change_told.outbox_id AND recipient <> '')"
                )
        return forgotten

    def waiting_since(self) -> datetime | None:
        """Give since when the message that is due longest has been due; None where none waits."""
        return waiting_since(self._connections.connection)

    def counts(self) -> dict[str, int]:
        """Count the outbox by state, forgotten messages aside."""
        return outbox_counts(self._connections.connection)
