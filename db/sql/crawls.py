"""Crawl runs: one row a run, with counts and verdict."""

import json
from datetime import datetime

from db.models import Cause, CrawlRun, Verdict
from db.sql.connection import Connections, Row
from db.sql.moments import optional_moment, optional_text, to_moment, to_text


class SqlCrawls:
    """Implements `db.store.CrawlStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, source: str, *, now: datetime, imported: bool = False) -> CrawlRun:
        """Open a run; what is `first` and `thorough` depends on whether those before ended."""
        with self._connections.writing() as connection:
            before = connection.execute(
                "SELECT complete, unfetched FROM crawl_run"
                " WHERE source = ? AND (imported = 0 OR ?) ORDER BY id DESC",
                (source, imported),
            ).fetchall()
            first = not any(row["complete"] for row in before)
            (number,) = connection.execute(
                "INSERT INTO crawl_run (source, started, imported, first) VALUES (?, ?, ?, ?)"
                " RETURNING id",
                (source, to_text(now), imported, first),
            ).fetchone()
        return CrawlRun(
            id=number,
            source=source,
            started=now,
            imported=imported,
            first=first,
            thorough=first or not before[0]["complete"] or before[0]["unfetched"] > 0,
        )

    def finish(self, run: CrawlRun) -> None:
        """Record the counts and verdict of a run opened by `begin`."""
        with self._connections.writing() as connection:
            connection.execute(
                """
                UPDATE crawl_run SET finished = ?, complete = ?, requests = ?, new = ?, changed = ?,
                       unchanged = ?, rejected = ?, unfetched = ?, verdict = ?, reason = ?,
                       cause = ?, coverage = ?, shapes = ?
                WHERE id = ?
                """,
                (
                    optional_text(run.finished),
                    run.complete,
                    run.requests,
                    run.new,
                    run.changed,
                    run.unchanged,
                    run.rejected,
                    run.unfetched,
                    run.verdict,
                    run.reason,
                    run.cause,
                    json.dumps(dict(run.coverage), sort_keys=True),
                    json.dumps(dict(run.shapes), sort_keys=True),
                    run.id,
                ),
            )

    def latest(self) -> dict[str, CrawlRun]:
        """Give each source's newest finished crawl; of a source only imported, its last import."""
        rows = self._connections.connection.execute(
            """
            SELECT * FROM crawl_run WHERE id IN (
              SELECT max(id) FROM crawl_run AS run
              WHERE finished IS NOT NULL AND imported =
                (SELECT min(imported) FROM crawl_run AS other
                 WHERE other.source = run.source AND other.finished IS NOT NULL)
              GROUP BY source)
            """
        )
        return {row["source"]: _run(row) for row in rows}

    def recent(self, source: str, *, limit: int) -> list[CrawlRun]:
        """Give a source's finished crawls, newest first."""
        rows = self._connections.connection.execute(
            "SELECT * FROM crawl_run WHERE source = ? AND finished IS NOT NULL AND imported = 0"
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


def _run(row: Row) -> CrawlRun:
    return CrawlRun(
        id=row["id"],
        source=row["source"],
        started=to_moment(row["started"]),
        finished=optional_moment(row["finished"]),
        imported=bool(row["imported"]),
        first=bool(row["first"]),
        complete=bool(row["complete"]),
        requests=row["requests"],
        new=row["new"],
        changed=row["changed"],
        unchanged=row["unchanged"],
        rejected=row["rejected"],
        unfetched=row["unfetched"],
        verdict=row["verdict"] and Verdict(row["verdict"]),
        reason=row["reason"],
        cause=row["cause"] and Cause(row["cause"]),
        coverage=json.loads(row["coverage"]),
        shapes=json.loads(row["shapes"]),
    )
