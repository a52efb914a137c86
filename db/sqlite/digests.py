"""The ledger: what was planned, rendered, told and handed over."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from db.errors import AlreadyToldError, BrakeError
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
from db.sqlite import outbox
from db.sqlite.candidates import candidates, horizon
from db.sqlite.connection import Connections, optional_moment, optional_text, to_moment, to_text
from db.sqlite.matching import Matcher
from db.sqlite.rows import entries_from
from db.sqlite.subscriptions import subscription_from

#: runs of immediate digests that told nothing are kept no longer
KEEP_EMPTY_RUNS = timedelta(days=1)


#: when an entry's words changed or it was taken away
_CHANGED = "max(coalesce(entry.revised, ''), coalesce(entry.withdrawn, ''))"


class SqliteDigests:
    """Implements `db.store.DigestStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._matcher = Matcher(connections)

    def plan(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> DigestRun:
        """Open the run of this rhythm and window, or give the one somebody opened.

        A completed one is opened again where more has been found by its cutoff since.
        """
        with self._connections.writing() as connection:
            connection.execute(
                "INSERT INTO digest_run (rhythm, window, cutoff, reached) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (rhythm, window) DO UPDATE SET completed = NULL,"
                "  cutoff = max(cutoff, excluded.cutoff), reached = excluded.reached"
                " WHERE completed IS NOT NULL AND excluded.reached > reached",
                (rhythm, window, to_text(cutoff), _newest_found(connection, cutoff)),
            )
            row = connection.execute(
                "SELECT * FROM digest_run WHERE rhythm = ? AND window = ?", (rhythm, window)
            ).fetchone()
        return _run(row)

    def is_over(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> bool:
        """Tell whether `plan` would give a completed run."""
        connection = self._connections.connection
        row = connection.execute(
            "SELECT reached FROM digest_run"
            " WHERE rhythm = ? AND window = ? AND completed IS NOT NULL",
            (rhythm, window),
        ).fetchone()
        return row is not None and row["reached"] >= _newest_found(connection, cutoff)

    def runs(self, rhythm: Rhythm, *, limit: int) -> list[DigestRun]:
        """Give the newest completed runs of a rhythm that told anything, newest first."""
        rows = self._connections.connection.execute(
            "SELECT * FROM digest_run WHERE rhythm = ? AND completed IS NOT NULL AND messages > 0"
            " ORDER BY id DESC LIMIT ?",
            (rhythm, limit),
        )
        return [_run(row) for row in rows]

    def held(self) -> list[DigestRun]:
        """Give the newest run of each rhythm where it is held."""
        rows = self._connections.connection.execute(
            "SELECT * FROM digest_run WHERE held <> '' AND completed IS NULL"
            " AND id IN (SELECT max(id) FROM digest_run GROUP BY rhythm) ORDER BY id"
        )
        return [_run(row) for row in rows]

    def hold(self, run_id: int, *, reason: str) -> None:
        """Record why nothing of a run is sent until a person has looked."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE digest_run SET held = ? WHERE id = ? AND completed IS NULL",
                (reason, run_id),
            )

    def complete(self, run_id: int, *, messages: int, stories: int, now: datetime) -> None:
        """Record that every message of a run has been enqueued, and how many in all."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE digest_run SET completed = ?, messages = max(messages, ?),"
                " stories = max(stories, ?), held = '' WHERE id = ? AND completed IS NULL",
                (to_text(now), messages, stories, run_id),
            )

    def horizon(self, *, cutoff: datetime) -> int:
        """Give the number up to which no entry is waited for."""
        return horizon(self._connections.connection, cutoff)

    def followers(
        self, rhythm: Rhythm, *, now: datetime, after: str = "", addresses: int
    ) -> list[Follower]:
        """Give the subscriptions of the next addresses that may be written to, by address."""
        rows = self._connections.connection.execute(
            # along the addresses, not through all subscriptions for each page of them
            "SELECT * FROM wanted WHERE +rhythm = ? AND subscriber_id IN"
            " (SELECT subscriber.id FROM subscriber WHERE email > ?"
            "  AND (not_before IS NULL OR not_before <= ?) AND EXISTS"
            "  (SELECT 1 FROM wanted AS one WHERE one.subscriber_id = subscriber.id"
            "   AND one.rhythm = ?) ORDER BY email LIMIT ?)"
            " ORDER BY email, id",
            (rhythm, after, to_text(now), rhythm, addresses),
        )
        return [Follower(subscription_from(row), row["position"], row["older"]) for row in rows]

    def lowest(self, rhythm: Rhythm) -> dict[str, tuple[int, datetime]]:
        """Give, by query, from where on any of its subscriptions is to be told."""
        rows = self._connections.connection.execute(
            "SELECT query, min(coalesce(since, confirmed)) AS after, min(min(position,"
            " coalesce((SELECT min(story) - 1 FROM told WHERE subscription_id = wanted.id"
            "  AND outbox_id IS NULL), position))) AS position"
            " FROM wanted WHERE rhythm = ? GROUP BY query",
            (rhythm,),
        )
        return {row["query"]: (row["position"], to_moment(row["after"])) for row in rows}

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
            "SELECT * FROM entry WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        ).fetchall()
        return entries_from(connection, rows)

    def told(
        self, subscriptions: Collection[int], stories: Collection[int]
    ) -> dict[int, frozenset[int]]:
        """Give, by subscription, which of these stories it was told; what is owed is not told."""
        return _by_subscription(
            self._connections.connection.execute(
                "SELECT subscription_id, story FROM told WHERE outbox_id IS NOT NULL"
                " AND subscription_id IN (SELECT value FROM json_each(?))"
                " AND story IN (SELECT value FROM json_each(?))",
                (json.dumps(list(subscriptions)), json.dumps(list(stories))),
            )
        )

    def owed(self, subscriptions: Collection[int]) -> dict[int, frozenset[int]]:
        """Give, by subscription, the entries of which a message did not arrive in the end."""
        return _by_subscription(
            self._connections.connection.execute(
                "SELECT subscription_id, story FROM told WHERE outbox_id IS NULL"
                " AND subscription_id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(subscriptions)),),
            )
        )

    def amended(self, subscription_id: int, *, cutoff: datetime, limit: int) -> tuple[Entry, ...]:
        """Give the entries that changed or were withdrawn after it was told of them."""
        connection = self._connections.connection
        rows = connection.execute(
            f"SELECT entry.* FROM told JOIN outbox ON outbox.id = told.outbox_id"
            f" JOIN entry ON entry.id IN (SELECT id FROM entry AS one"
            f"  WHERE one.id = told.story OR one.story = told.story)"
            f" WHERE told.subscription_id = ? AND {_CHANGED} <= ?"
            f" AND {_CHANGED} > coalesce(told.amended, outbox.created)"
            " ORDER BY entry.id DESC LIMIT ?",
            (subscription_id, to_text(cutoff), limit),
        ).fetchall()
        return entries_from(connection, rows)

    def enqueue(self, message: Message, contents: DigestContents, *, now: datetime) -> bool:
        """Store a message and all it does; False when it was there."""
        with self._connections.writing() as connection:
            outbox_id = outbox.insert_message(connection, message, now)
            if outbox_id is None:
                return False
            _record_told(connection, contents, outbox_id)
            _move(connection, contents.progress)
            connection.executemany(
                "INSERT INTO digest_part (outbox_id, subscription_id, older)"
                " SELECT ?, id, older FROM subscription WHERE id = ?",
                [(outbox_id, one.subscription_id) for one in contents.progress],
            )
            connection.executemany(
                "UPDATE subscription SET older = 0 WHERE id = ?",
                [(one.subscription_id,) for one in contents.progress],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO unsubscribe_token (token_hash, subscription_id)"
                " VALUES (?, ?)",
                [(token, number) for token, numbers in contents.tokens for number in numbers],
            )
            if contents.page:
                connection.execute(
                    "INSERT OR REPLACE INTO digest_page (token_hash, outbox_id, data)"
                    " VALUES (?, ?, ?)",
                    (contents.page[0], outbox_id, contents.page[1]),
                )
            if contents.manage and contents.progress:
                token_hash, expires = contents.manage
                connection.execute(
                    "INSERT OR REPLACE INTO manage_token (token_hash, subscriber_id, expires)"
                    " SELECT ?, subscriber_id, ? FROM subscription WHERE id = ?",
                    (token_hash, to_text(expires), contents.progress[0].subscription_id),
                )
        return True

    def advance(self, progress: Iterable[Progress]) -> None:
        """Record how far subscriptions were told without a message."""
        with self._connections.writing() as connection:
            _move(connection, progress, strict=False)

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
        with self._connections.writing() as connection:
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
        with self._connections.writing() as connection:
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
        with self._connections.writing() as connection:
            outbox.settle(connection, claimed, worker, outcome, now, retry_at, reply)

    def forget_settled(self, *, before: datetime) -> int:
        """Delete the rendered mails and addresses of messages settled before a moment."""
        with self._connections.writing() as connection:
            connection.execute(
                "DELETE FROM digest_run WHERE rhythm = 'immediate' AND messages = 0"
                " AND cutoff < ? AND held = ''",
                (to_text(before),),
            )
            connection.execute(
                "DELETE FROM pace WHERE hour < ?", (to_text(before)[: len("2026-01-01T00")],)
            )
            # The row stays: `told` points to it, and its dedupe_key keeps it from being sent again.
            return connection.execute(
                "UPDATE outbox SET recipient = '', data = x'', last_reply = ''"
                " WHERE state IN ('sent', 'failed', 'cancelled') AND settled < ?"
                " AND recipient <> ''",
                (to_text(before),),
            ).rowcount

    def waiting_since(self) -> datetime | None:
        """Give since when the message that is due longest has been due; None where none waits."""
        (moment,) = self._connections.connection.execute(
            "SELECT min(not_before) FROM outbox WHERE state = 'queued'"
        ).fetchone()
        return optional_moment(moment)

    def counts(self) -> dict[str, int]:
        """Count the outbox by state, forgotten messages aside."""
        rows = self._connections.connection.execute(
            "SELECT iif(state = 'sent' AND uncertain, 'uncertain', state) AS is_so,"
            " count(*) FROM outbox WHERE recipient <> '' GROUP BY is_so ORDER BY is_so"
        )
        return dict(tuple(row) for row in rows)


def _newest_found(connection: sqlite3.Connection, cutoff: datetime) -> int:
    row = connection.execute(
        "SELECT id FROM entry WHERE first_seen <= ? ORDER BY id DESC LIMIT 1", (to_text(cutoff),)
    ).fetchone()
    return row["id"] if row else 0


def _record_told(connection: sqlite3.Connection, contents: DigestContents, outbox_id: int) -> None:
    new = connection.executemany(
        "INSERT INTO told (subscription_id, story, outbox_id) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET outbox_id = excluded.outbox_id WHERE outbox_id IS NULL",
        [(record.subscription_id, record.story, outbox_id) for record in contents.told],
    ).rowcount
    if contents.told and new < len(contents.told):
        raise AlreadyToldError(f"{len(contents.told) - new} stories were told by another message")
    connection.executemany(
        "INSERT INTO told (subscription_id, story, outbox_id) VALUES (?, ?, NULL)"
        " ON CONFLICT DO NOTHING",
        [(record.subscription_id, record.story) for record in contents.owed],
    )
    connection.executemany(
        "UPDATE told SET amended = ? WHERE subscription_id = ? AND story = ?",
        [
            (optional_text(contents.amended_until), record.subscription_id, record.story)
            for record in contents.amended
        ],
    )


def _move(
    connection: sqlite3.Connection, progress: Iterable[Progress], *, strict: bool = True
) -> None:
    """Move subscriptions on from where they were; another run may have moved them meanwhile."""
    steps = [one for one in progress if strict or one.before != one.after]
    moved = connection.executemany(
        "UPDATE subscription SET position = ?, older = older + ? WHERE id = ? AND position = ?",
        [(one.after, one.older, one.subscription_id, one.before) for one in steps],
    ).rowcount
    if strict and steps and moved < len(steps):
        raise AlreadyToldError(f"{len(steps) - moved} subscriptions were told by another run")


def _by_subscription(rows: Iterable[sqlite3.Row]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for number, story in rows:
        found[number].add(story)
    return {number: frozenset(stories) for number, stories in found.items()}


def _run(row: sqlite3.Row) -> DigestRun:
    return DigestRun(
        id=row["id"],
        rhythm=Rhythm(row["rhythm"]),
        window=row["window"],
        cutoff=to_moment(row["cutoff"]),
        completed=optional_moment(row["completed"]),
        messages=row["messages"],
        stories=row["stories"],
        held=row["held"],
    )
