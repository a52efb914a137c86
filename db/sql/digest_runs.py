"""The digest_run table: the planned windows of each rhythm, and how far each run has come."""

from datetime import datetime

from db.models import DigestRun, Rhythm
from db.sql.connection import Connection, Row
from db.sql.figures import HELD
from db.sql.moments import optional_moment, to_moment, to_text


def plan(connection: Connection, rhythm: Rhythm, window: str, cutoff: datetime) -> DigestRun:
    """Open a window's run inside a transaction, or give the one there is.

    A completed one is opened again where more has been found by its cutoff since.
    """
    connection.execute(
        """
        INSERT INTO digest_run (rhythm, "window", cutoff, reached) VALUES (?, ?, ?, ?)
        ON CONFLICT (rhythm, "window") DO UPDATE SET completed = NULL, reached = excluded.reached,
          cutoff = CASE WHEN excluded.cutoff > digest_run.cutoff THEN excluded.cutoff
                        ELSE digest_run.cutoff END
        WHERE digest_run.completed IS NOT NULL AND excluded.reached > digest_run.reached
        """,
        (rhythm, window, to_text(cutoff), _newest_found(connection, cutoff)),
    )
    return _run(
        connection.execute(
            'SELECT * FROM digest_run WHERE rhythm = ? AND "window" = ?', (rhythm, window)
        ).fetchone()
    )


def is_over(connection: Connection, rhythm: Rhythm, window: str, cutoff: datetime) -> bool:
    """Tell whether `plan` would give a completed run."""
    row = connection.execute(
        'SELECT reached FROM digest_run WHERE rhythm = ? AND "window" = ?'
        " AND completed IS NOT NULL",
        (rhythm, window),
    ).fetchone()
    return row is not None and row["reached"] >= _newest_found(connection, cutoff)


def newest(connection: Connection, rhythm: Rhythm, limit: int) -> list[DigestRun]:
    """Give the newest completed runs that told anything, newest first."""
    rows = connection.execute(
        "SELECT * FROM digest_run WHERE rhythm = ? AND completed IS NOT NULL AND messages > 0"
        " ORDER BY id DESC LIMIT ?",
        (rhythm, limit),
    )
    return [_run(row) for row in rows]


def held(connection: Connection) -> list[DigestRun]:
    """Give the newest run of each rhythm where it is held."""
    rows = connection.execute(f"SELECT * FROM digest_run WHERE {HELD} ORDER BY id")
    return [_run(row) for row in rows]


def hold(connection: Connection, run_id: int, reason: str) -> None:
    """Record inside a transaction why nothing of a run is sent until a person has looked."""
    connection.execute(
        "UPDATE digest_run SET held = ? WHERE id = ? AND completed IS NULL", (reason, run_id)
    )


def complete(
    connection: Connection, run_id: int, messages: int, stories: int, now: datetime
) -> None:
    """Record inside a transaction that every message of a run has been enqueued."""
    connection.execute(
        "UPDATE digest_run SET completed = ?, held = '',"
        " messages = CASE WHEN ? > messages THEN ? ELSE messages END,"
        " stories = CASE WHEN ? > stories THEN ? ELSE stories END"
        " WHERE id = ? AND completed IS NULL",
        (to_text(now), messages, messages, stories, stories, run_id),
    )


def forget_empty(connection: Connection, before: datetime) -> None:
    """Delete inside a transaction the runs of immediate digests that told nothing."""
    connection.execute(
        "DELETE FROM digest_run WHERE rhythm = 'immediate' AND messages = 0"
        " AND cutoff < ? AND held = ''",
        (to_text(before),),
    )


def _newest_found(connection: Connection, cutoff: datetime) -> int:
    # from the newest backwards, mostly one step; not all there ever was in the order it was seen
    row = connection.execute(
        "SELECT id FROM entry WHERE +first_seen <= ? ORDER BY id DESC LIMIT 1", (to_text(cutoff),)
    ).fetchone()
    return row["id"] if row else 0


def _run(row: Row) -> DigestRun:
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
