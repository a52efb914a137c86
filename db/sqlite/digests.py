"""The ledger: what was planned, rendered, told and handed over."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from db.errors import AlreadyToldError
from db.models import (
    Category,
    ClaimedMessage,
    Delivery,
    DigestRun,
    Entry,
    Message,
    Rhythm,
    Subscription,
    Told,
)
from db.query import EntryQuery
from db.sqlite.connection import Connections, optional_moment, to_moment, to_text
from db.sqlite.matching import Matcher
from db.sqlite.outbox import insert_message, lease, next_due
from db.sqlite.rows import entries_from
from db.sqlite.search import select

# What a broken run found may be rubbish, and an open run has no verdict yet. The next good run
# has looked at it again and lifts the doubt.
_NOT_IN_DOUBT = """
    (NOT EXISTS (SELECT 1 FROM crawl_run WHERE crawl_run.source = entry.source
                 AND entry.first_seen >= crawl_run.started
                 AND (crawl_run.finished IS NULL
                      OR (crawl_run.verdict = 'broken' AND entry.first_seen <= crawl_run.finished)))
     OR EXISTS (SELECT 1 FROM crawl_run WHERE crawl_run.source = entry.source
                AND crawl_run.finished >= entry.first_seen AND crawl_run.verdict <> 'broken'))
"""


class SqliteDigests:
    """Implements `db.store.DigestStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._matcher = Matcher(connections)

    def plan(self, rhythm: Rhythm, local_date: date, *, now: datetime) -> DigestRun:
        """Open the run of this rhythm and Oslo date, or give the one somebody opened."""
        with self._connections.writing() as connection:
            connection.execute(
                "INSERT INTO digest_run (rhythm, local_date, cutoff) VALUES (?, ?, ?)"
                " ON CONFLICT (rhythm, local_date) DO NOTHING",
                (rhythm, local_date.isoformat(), to_text(now)),
            )
            row = connection.execute(
                "SELECT * FROM digest_run WHERE rhythm = ? AND local_date = ?",
                (rhythm, local_date.isoformat()),
            ).fetchone()
        return DigestRun(
            id=row["id"],
            rhythm=Rhythm(row["rhythm"]),
            local_date=date.fromisoformat(row["local_date"]),
            cutoff=to_moment(row["cutoff"]),
            completed=optional_moment(row["completed"]),
        )

    def untold(
        self,
        subscription: Subscription,
        query: EntryQuery,
        *,
        cutoff: datetime,
        not_older_than: timedelta,
    ) -> tuple[Entry, ...]:
        """Give the matching entries that appeared after confirmation and are not told yet."""
        selection = select(query.selection(), self._matcher.match(query))
        selection.require("entry.appeared > ?", to_text(subscription.confirmed))
        selection.require("entry.appeared <= ?", to_text(cutoff))
        selection.require(
            "(entry.published IS NULL"
            " OR julianday(entry.published) >= julianday(entry.first_seen) - ?)",
            not_older_than / timedelta(days=1),
        )
        selection.require(_NOT_IN_DOUBT)
        selection.require(
            "NOT EXISTS (SELECT 1 FROM told WHERE told.subscription_id = ?"
            " AND told.story = coalesce(entry.story, entry.id))",
            subscription.id,
        )
        rows = self._connections.connection.execute(
            f"SELECT entry.* {selection.sql} ORDER BY entry.appeared DESC, entry.id DESC",
            selection.values,
        ).fetchall()
        one_a_story = {row["story"] or row["id"]: row for row in reversed(rows)}
        chosen = {row["id"] for row in one_a_story.values()}
        return entries_from(
            self._connections.connection, [row for row in rows if row["id"] in chosen]
        )

    def enqueue(
        self,
        message: Message,
        *,
        told: Sequence[Told],
        tokens: Iterable[tuple[str, Sequence[int]]],
        now: datetime,
    ) -> bool:
        """Store a message, what it tells and its unsubscribe tokens; False when it was there."""
        with self._connections.writing() as connection:
            outbox_id = insert_message(connection, message, now)
            if outbox_id is None:
                return False
            new = connection.executemany(
                "INSERT OR IGNORE INTO told (subscription_id, story, outbox_id) VALUES (?, ?, ?)",
                [(record.subscription_id, record.story, outbox_id) for record in told],
            ).rowcount
            if told and new < len(told):
                raise AlreadyToldError(f"{len(told) - new} stories were told by another message")
            connection.executemany(
                "INSERT INTO unsubscribe_token (token_hash, subscription_id) VALUES (?, ?)",
                [(token_hash, number) for token_hash, numbers in tokens for number in numbers],
            )
        return True

    def complete(self, run_id: int, *, now: datetime) -> None:
        """Record that every message of a run has been enqueued."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE digest_run SET completed = ? WHERE id = ? AND completed IS NULL",
                (to_text(now), run_id),
            )

    def claim(
        self,
        worker: str,
        *,
        now: datetime,
        lease_for: timedelta,
        category: Category | None = None,
    ) -> ClaimedMessage | None:
        """Lease the next message that is due, confirmations first; None when none is."""
        with self._connections.writing() as connection:
            while row := next_due(connection, now, category):
                if row["category"] == Category.CONFIRMATION or _still_wanted(connection, row["id"]):
                    return lease(connection, row, worker, now, lease_for)
                connection.execute(
                    "UPDATE outbox SET state = 'cancelled', settled = ? WHERE id = ?",
                    (to_text(now), row["id"]),
                )
        return None

    def workers(self) -> set[str]:
        """Give the workers that hold a lease."""
        rows = self._connections.connection.execute(
            "SELECT DISTINCT worker FROM outbox WHERE state = 'sending'"
        )
        return {worker for (worker,) in rows}

    def release(self, worker: str, *, now: datetime) -> int:
        """Make the messages of a worker that has died due again; give how many."""
        with self._connections.writing() as connection:
            return connection.execute(
                "UPDATE outbox SET state = 'queued', not_before = ?, lease_until = NULL"
                " WHERE state = 'sending' AND worker = ?",
                (to_text(now), worker),
            ).rowcount

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
        if retry_at is not None:
            state = "queued"
        else:
            # Not to be tried again: taken, taken for all we know, or not taken at all.
            state = "sent" if outcome in (Delivery.SENT, Delivery.AMBIGUOUS) else "failed"
        with self._connections.writing() as connection:
            mine = connection.execute(
                "UPDATE outbox SET state = ?, settled = ?, not_before = coalesce(?, not_before),"
                " lease_until = NULL, last_reply = ?"
                " WHERE id = ? AND worker = ? AND state = 'sending'",
                (
                    state,
                    to_text(now),
                    retry_at and to_text(retry_at),
                    reply,
                    claimed.id,
                    worker,
                ),
            ).rowcount
            if mine and state == "failed":
                # the next digest carries it
                connection.execute("DELETE FROM told WHERE outbox_id = ?", (claimed.id,))

    def forget_settled(self, *, before: datetime) -> int:
        """Delete the rendered mails and addresses of messages settled before a moment."""
        with self._connections.writing() as connection:
            # The row stays: `told` points to it, and its dedupe_key keeps it from being sent again.
            return connection.execute(
                "UPDATE outbox SET recipient = '', data = x'', last_reply = ''"
                " WHERE settled < ? AND state NOT IN ('queued', 'sending') AND recipient <> ''",
                (to_text(before),),
            ).rowcount

    def counts(self) -> dict[str, int]:
        """Count the outbox by state, forgotten messages aside."""
        rows = self._connections.connection.execute(
            "SELECT state, count(*) FROM outbox WHERE recipient <> '' GROUP BY state ORDER BY state"
        )
        return dict(tuple(row) for row in rows)


def _still_wanted(connection: sqlite3.Connection, outbox_id: int) -> bool:
    return (
        connection.execute(
            "SELECT 1 FROM told JOIN subscription ON subscription.id = told.subscription_id"
            " WHERE told.outbox_id = ? AND subscription.ended IS NULL LIMIT 1",
            (outbox_id,),
        ).fetchone()
        is not None
    )
