"""Crawl runs: one row a run, with counts and verdict."""

import json
from datetime import datetime, timedelta

from db.models import Cause, CrawlRun, Verdict
from db.sql.connection import Connection, Connections, Row
from db.sql.moments import optional_moment, optional_text, to_moment, to_text

#: how long a run is kept, and how many of a source are kept however old they are
KEEP = timedelta(days=90)
KEPT = 100


class SqlCrawls:
    """Implements `db.store.CrawlStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, source: str, *, now: datetime, imported: bool = False) -> CrawlRun:
        """Open a run; what is `first` and `thorough` depends on whether those before ended."""
        with self._connections.writing() as connection:
            before = "FROM crawl_run WHERE source = ? AND (imported = 0 OR ?)"
            last = connection.execute(
                f"SELECT complete, unfetched {before} ORDER BY id DESC LIMIT 1", (source, imported)
            ).fetchone()
            whole = connection.execute(
                f"SELECT 1 {before} AND complete = 1 ORDER BY id DESC LIMIT 1", (source, imported)
            ).fetchone()
            first = whole is None
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
            thorough=first or not last["complete"] or last["unfetched"] > 0,
        )

    def finish(self, run: CrawlRun) -> None:
        """Record the counts and verdict of a run opened by `begin`, and forget very old ones."""
        with self._connections.writing() as connection:
            if run.finished is not None:
                _forget(connection, run.source, run.finished)
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
            # from one source to the next, and of each to its newest: not through every run
            """
            WITH RECURSIVE crawled (source) AS (
              SELECT min(source) FROM crawl_run
              UNION ALL
              SELECT (SELECT min(source) FROM crawl_run WHERE source > crawled.source)
              FROM crawled WHERE crawled.source IS NOT NULL)
            SELECT * FROM crawl_run WHERE id IN (
              SELECT coalesce(
                (SELECT id FROM crawl_run WHERE source = crawled.source AND finished IS NOT NULL
                 AND imported = 0 ORDER BY id DESC LIMIT 1),
                (SELECT id FROM crawl_run WHERE source = crawled.source AND finished IS NOT NULL
                 AND imported = 1 ORDER BY id DESC LIMIT 1))
              FROM crawled WHERE crawled.source IS NOT NULL)
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


def _forget(connection: Connection, source: str, now: datetime) -> None:
    """Delete inside a transaction the runs of a source that nothing is held against any more."""
    connection.execute(
        "DELETE FROM crawl_run WHERE source = ? AND started < ?"
        " AND id < coalesce((SELECT id FROM crawl_run WHERE source = ?"
        "  ORDER BY id DESC LIMIT 1 OFFSET ?), 0)"
        # that one came to its end makes later ones no first ones
        " AND id <> coalesce((SELECT id FROM crawl_run WHERE source = ? AND complete = 1"
        "  ORDER BY id DESC LIMIT 1), 0)",
        (source, to_text(now - KEEP), source, KEPT - 1, source),
    )


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
