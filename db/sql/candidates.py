"""Which entries a digest may tell: those that appeared, stand, match and are beyond doubt."""

from datetime import datetime, timedelta

from db.models import Candidate, Candidates
from db.query import EntryQuery
from db.sql.connection import Connection, Connections, Row
from db.sql.matching import Matcher
from db.sql.moments import optional_moment, to_moment, to_text
from db.sql.search import NEWEST, select

#: how long an entry in doubt is waited for, and how long after it appeared a correction by its
#: publisher may make it tell what it did not
WAITING = timedelta(days=30)


def _beyond_doubt(entry: str) -> str:
    # What a broken run found may be rubbish, and an open run has no verdict yet. The next good run
    # has looked at it again and lifts the doubt.
    return f"""
    (EXISTS (SELECT 1 FROM crawl_run WHERE crawl_run.source = {entry}.source
             AND crawl_run.finished >= {entry}.first_seen AND crawl_run.verdict <> 'broken')
     OR NOT EXISTS (SELECT 1 FROM crawl_run WHERE crawl_run.source = {entry}.source
                    AND {entry}.first_seen >= crawl_run.started
                    AND (crawl_run.finished IS NULL OR (crawl_run.verdict = 'broken'
                         AND {entry}.first_seen <= crawl_run.finished))))
    """


# What another source tells as well is no rubbish.
_CERTAIN = f"""
    ({_beyond_doubt("entry")}
     OR EXISTS (SELECT 1 FROM entry AS same WHERE same.id <> entry.id
                AND (same.id = entry.story OR same.story = coalesce(entry.story, entry.id))
                AND {_beyond_doubt("same")}))
"""


def horizon(connection: Connection, cutoff: datetime) -> int:
    """Give the number up to which no entry is waited for: what is told up to it is settled."""
    first_waited_for = connection.execute(
        "SELECT id FROM entry WHERE first_seen > ?"
        # what was withdrawn before it was told is told if it comes back
        f" AND (appeared > ? OR withdrawn IS NOT NULL OR NOT {_CERTAIN}) ORDER BY id LIMIT 1",
        (to_text(cutoff - WAITING), to_text(cutoff)),
    ).fetchone()
    if first_waited_for:
        return int(first_waited_for["id"]) - 1
    (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
    return int(newest)


def candidates(
    connections: Connections,
    matcher: Matcher,
    query: EntryQuery,
    *,
    beyond: int,
    after: datetime,
    cutoff: datetime,
    not_older_than: timedelta,
) -> Candidates:
    """Give the entries a query chooses that may be told to anybody, one a story."""
    match = matcher.match(query)
    selection = select(query.selection(), match, standing=True)
    lately = to_text(cutoff - WAITING)
    selection.require("entry.appeared > ? AND entry.appeared <= ?", to_text(after), to_text(cutoff))
    selection.require(
        "(entry.id > ? OR (entry.appeared > ? AND entry.revised > ? AND entry.revised <= ?))",
        beyond, lately, lately, to_text(cutoff),
    )  # fmt: skip
    selection.require(_CERTAIN)
    rows = connections.connection.execute(
        "SELECT entry.id, coalesce(entry.story, entry.id) AS story, entry.appeared,"
        " entry.published, entry.first_seen, entry.revised"
        f" {selection.sql} ORDER BY {NEWEST}",
        selection.values,
    )
    return Candidates(
        tuple(
            Candidate(
                entry_id=row["id"],
                story=row["story"],
                appeared=to_moment(row["appeared"]),
                old=_is_old(row, not_older_than),
                revised=row["revised"] is not None and row["revised"] > lately,
            )
            for row in rows
        ),
        match.sought,
    )


def _is_old(row: Row, not_older_than: timedelta) -> bool:
    published = optional_moment(row["published"])
    return published is not None and to_moment(row["first_seen"]) - published > not_older_than
