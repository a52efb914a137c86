"""Crawl runs: one row a run, with counts and verdict."""

import json
import sqlite3
from datetime import datetime

from db.models import Cause, CrawlRun, Verdict
from db.sqlite.connection import Connections, optional_moment, optional_text, to_moment, to_text


class SqliteCrawls:
    """Implements `db.store.CrawlStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, source: str, *, now: datetime) -> CrawlRun:
        """Open a run; `first` is set while the source has no completed run that found entries."""
        with self._connections.writing() as connection:
            earlier = connection.execute(
                "SELECT 1 FROM crawl_run WHERE source = ? AND finished IS NOT NULL"
                " AND verdict IS NOT 'broken' AND new + changed + unchanged > 0 LIMIT 1",
                (source,),
            ).fetchone()
            cursor = connection.execute(
                "INSERT INTO crawl_run (source, started, first) VALUES (?, ?, ?)",
                (source, to_text(now), earlier is None),
            )
        assert cursor.lastrowid is not None  # noqa: S101 - an INSERT into a rowid table has one
        return CrawlRun(id=cursor.lastrowid, source=source, started=now, first=earlier is None)

    def broken_off(self, run: CrawlRun) -> bool:
        """Tell whether the source's run before this one was opened and never finished."""
        before = self._connections.connection.execute(
            "SELECT finished FROM crawl_run WHERE source = ? AND id < ? ORDER BY id DESC LIMIT 1",
            (run.source, run.id),
        ).fetchone()
        return before is not None and before["finished"] is None

    def finish(self, run: CrawlRun) -> None:
        """Record the counts and verdict of a run opened by `begin`."""
        with self._connections.writing() as connection:
            connection.execute(
                """
                UPDATE crawl_run SET finished = ?, requests = ?, new = ?, changed = ?,
                       unchanged = ?, rejected = ?, verdict = ?, reason = ?, cause = ?,
                       coverage = ?, shapes = ? WHERE id = ?
                """,
                (
                    optional_text(run.finished),
                    run.requests,
                    run.new,
                    run.changed,
                    run.unchanged,
                    run.rejected,
                    run.verdict,
                    run.reason,
                    run.cause,
                    json.dumps(dict(run.coverage), sort_keys=True),
                    json.dumps(dict(run.shapes), sort_keys=True),
                    run.id,
                ),
            )

    def latest(self) -> dict[str, CrawlRun]:
        """Give each source's newest finished run."""
        rows = self._connections.connection.execute(
            "SELECT * FROM crawl_run WHERE id IN"
            " (SELECT max(id) FROM crawl_run WHERE finished IS NOT NULL GROUP BY source)"
        )
        return {row["source"]: _run(row) for row in rows}

    def recent(self, source: str, *, limit: int) -> list[CrawlRun]:
        """Give a source's finished runs, newest first."""
        rows = self._connections.connection.execute(
            "SELECT * FROM crawl_run WHERE source = ? AND finished IS NOT NULL"
            " ORDER BY id DESC LIMIT ?",
            (source, limit),
        )
        return [_run(row) for row in rows]

    def moments(self, source: str, *, limit: int) -> list[datetime]:
        """Give when the source's newest entries were published, or else appeared, newest first."""
        rows = self._connections.connection.execute(
            "SELECT coalesce(published, appeared) AS moment FROM entry WHERE source = ?"
            " ORDER BY appeared DESC, id DESC LIMIT ?",
            (source, limit),
        )
        return sorted((to_moment(moment) for (moment,) in rows), reverse=True)


def _run(row: sqlite3.Row) -> CrawlRun:
    return CrawlRun(
        id=row["id"],
        source=row["source"],
        started=to_moment(row["started"]),
        finished=optional_moment(row["finished"]),
        first=bool(row["first"]),
        requests=row["requests"],
        new=row["new"],
        changed=row["changed"],
        unchanged=row["unchanged"],
        rejected=row["rejected"],
        verdict=row["verdict"] and Verdict(row["verdict"]),
        reason=row["reason"],
        cause=row["cause"] and Cause(row["cause"]),
        coverage=json.loads(row["coverage"]),
        shapes=json.loads(row["shapes"]),
    )
