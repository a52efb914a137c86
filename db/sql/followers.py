"""Who follows what: from where on each is to be told, and what each was told."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from db.models import Entry, Follower, Rhythm
from db.sql.connection import Connection, Row
from db.sql.moments import to_moment, to_text
from db.sql.pieces import AMONG, AMONG_TEXTS
from db.sql.rows import entries_from
from db.sql.subscriptions import subscription_from
from db.sql.telling import CHANGED

# whoever wants to know of corrections may be told of one, whatever is new
_MAY_BE_TOLD = f"(one.corrections = 1 OR one.query {AMONG_TEXTS})"


def followers(
    connection: Connection,
    rhythm: Rhythm,
    *,
    queries: Collection[str],
    now: datetime,
    after: str,
    addresses: int,
) -> list[Follower]:
    """Give the subscriptions of the next addresses that may be told something, by address."""
    rows = connection.execute(
        # along the addresses, not through all subscriptions for each page of them
        "SELECT * FROM wanted WHERE +rhythm = ? AND subscriber_id IN"
        " (SELECT subscriber.id FROM subscriber WHERE email > ?"
        "  AND (not_before IS NULL OR not_before <= ?) AND EXISTS"
        "  (SELECT 1 FROM wanted AS one WHERE one.subscriber_id = subscriber.id"
        f"   AND +one.rhythm = ? AND {_MAY_BE_TOLD}) ORDER BY email LIMIT ?)"
        " ORDER BY email, id",
        (rhythm, after, to_text(now), rhythm, json.dumps(list(queries)), addresses),
    )
    return [Follower(subscription_from(row), row["position"], row["older"]) for row in rows]


def readers(connection: Connection, rhythm: Rhythm, queries: Collection[str]) -> int:
    """Count the addresses of which `followers` gives subscriptions."""
    (count,) = connection.execute(
        "SELECT count(DISTINCT subscriber_id) FROM wanted AS one"
        f" WHERE one.rhythm = ? AND {_MAY_BE_TOLD}",
        (rhythm, json.dumps(list(queries))),
    ).fetchone()
    return int(count)


def lowest(connection: Connection, rhythm: Rhythm) -> dict[str, tuple[int, datetime]]:
    """Give, by query, from where on any of its subscriptions is to be told."""
    rows = connection.execute(
        "SELECT query, min(coalesce(since, confirmed)) AS after, min(position) AS position"
        " FROM wanted WHERE rhythm = ? GROUP BY query",
        (rhythm,),
    )
    found = {row["query"]: (int(row["position"]), to_moment(row["after"])) for row in rows}
    for query, story in connection.execute(
        "SELECT query, min(story) FROM told JOIN wanted ON wanted.id = subscription_id"
        " WHERE outbox_id IS NULL AND rhythm = ? GROUP BY query",
        (rhythm,),
    ):
        # one that was confirmed just now is owed nothing
        if query in found:
            position, after = found[query]
            found[query] = (min(position, story - 1), after)
    return found


def advance_all(
    connection: Connection, rhythm: Rhythm, *, queries: Collection[str], now: datetime, to: int
) -> None:
    """Move on, inside a transaction, whoever follows these queries and is not further."""
    connection.execute(
        "UPDATE subscription SET position = ? WHERE position < ? AND id IN"
        f" (SELECT id FROM wanted WHERE rhythm = ? AND query {AMONG_TEXTS}"
        "  AND (not_before IS NULL OR not_before <= ?))",
        (to, to, rhythm, json.dumps(list(queries)), to_text(now)),
    )


def told(
    connection: Connection, subscriptions: Collection[int], stories: Collection[int]
) -> dict[int, frozenset[int]]:
    """Give, by subscription, which of these stories it was told; what is owed is not told."""
    rows = connection.execute(
        # from the first of them on: mostly nothing was told that is newer than what is new
        "SELECT subscription_id, story FROM told WHERE outbox_id IS NOT NULL AND story >= ?"
        f" AND subscription_id {AMONG}",
        (min(stories, default=0), json.dumps(list(subscriptions))),
    )
    among = frozenset(stories)
    return _by_subscription(row for row in rows if row["story"] in among)


def owed(connection: Connection, subscriptions: Collection[int]) -> dict[int, frozenset[int]]:
    """Give, by subscription, the stories of messages that did not arrive in the end."""
    return _by_subscription(
        connection.execute(
            "SELECT subscription_id, story FROM told WHERE outbox_id IS NULL"
            f" AND subscription_id {AMONG}",
            (json.dumps(list(subscriptions)),),
        )
    )


def amended(
    connection: Connection, subscription_id: int, cutoff: datetime, limit: int
) -> tuple[Entry, ...]:
    """Give the entries that changed or were withdrawn after a subscription was told of them."""
    rows = connection.execute(
        "SELECT entry.* FROM told JOIN outbox ON outbox.id = told.outbox_id"
        " JOIN entry ON entry.id IN (SELECT id FROM entry AS one"
        "  WHERE one.id = told.story OR one.story = told.story)"
        f" WHERE told.subscription_id = ? AND {CHANGED} <= ?"
        f" AND {CHANGED} > coalesce(told.amended, outbox.created)"
        " ORDER BY entry.id DESC LIMIT ?",
        (subscription_id, to_text(cutoff), limit),
    ).fetchall()
    return entries_from(connection, rows)


def _by_subscription(rows: Iterable[Row]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row["subscription_id"]].add(row["story"])
    return {number: frozenset(stories) for number, stories in found.items()}
