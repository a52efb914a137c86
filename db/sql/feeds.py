"""What feeds ask for: the state of a query, its archive, and what was altered."""

from collections.abc import Sequence

from db.models import Alteration, Entry, EntryState, Revision, Stretch
from db.query import EntryQuery
from db.sql.choosing import Chooser
from db.sql.connection import Connection, Connections, Row
from db.sql.facts import Facts
from db.sql.matching import Matcher
from db.sql.moments import optional_moment, to_moment
from db.sql.rows import bindable, entries_from, publisher_date
from db.sql.search import NEWEST, OLDEST, Selection, select

#: places an entry in the order of listings
_KEY = "(entry.appeared, entry.id)"
_KEY_OF = "(SELECT appeared, id FROM entry WHERE id = ?)"


class SqlFeeds:
    """Implements `db.store.FeedStore`."""

    def __init__(
        self, connections: Connections, matcher: Matcher, chooser: Chooser, facts: Facts
    ) -> None:
        self._connections = connections
        self._matcher = matcher
        self._chooser = chooser
        self._facts = facts

    def states(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[EntryState, ...]:
        """Give the newest entries of a query by number and change, without their texts."""
        selection = self._select(query, within)
        rows = self._connections.connection.execute(
            "SELECT entry.id, entry_change.number, entry.first_seen, entry.withdrawn"
            " FROM entry JOIN entry_change ON entry_change.entry_id = entry.id"
            f" WHERE entry.id IN (SELECT entry.id {selection.sql} ORDER BY {NEWEST} LIMIT ?)"
            f" ORDER BY {NEWEST}",
            [*selection.values, limit],
        )
        return tuple(
            EntryState(
                entry_id=row["id"],
                change=row["number"],
                moment=optional_moment(row["withdrawn"]) or to_moment(row["first_seen"]),
            )
            for row in rows
        )

    def read(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`, or those of a part of its archive."""
        selection = self._select(query, within)
        connection = self._connections.connection
        # the order is found among numbers, and only then are the texts read
        rows = connection.execute(
            f"SELECT * FROM entry WHERE id IN (SELECT entry.id {selection.sql}"
            f" ORDER BY {NEWEST} LIMIT ?) ORDER BY {NEWEST}",
            [*selection.values, limit],
        ).fetchall()
        return entries_from(connection, rows)

    def count_before(self, query: EntryQuery, entry_id: int) -> int:
        """Count the entries of a query that appeared before an entry, which need not be of it."""
        connection, number = self._connections.connection, bindable(entry_id)
        row = connection.execute("SELECT appeared FROM entry WHERE id = ?", (number,)).fetchone()
        if row is None:
            return 0
        match, in_memory = self._chooser.matched(query)
        selection = select(query, match)
        earlier = 0
        if in_memory:
            # only those of the same moment are looked at
            earlier = self._facts.count_before(query, match.found, to_moment(row["appeared"]))
            selection.require("entry.appeared = ?", row["appeared"])
        elif selection.tables == "entry":
            # thousands are counted: without reading past their texts
            selection.tables = "entry INDEXED BY entry_brief"
        selection.require(f"{_KEY} < {_KEY_OF}", number)
        (count,) = connection.execute(
            f"SELECT count(*) {selection.sql}", selection.values
        ).fetchone()
        return earlier + int(count)

    def before(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give numbers of a query's entries that appeared last before an entry, oldest first."""
        return self._beside(query, f"{_KEY} < {_KEY_OF}", entry_id, NEWEST, limit)[::-1]

    def after(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give the numbers of a query's entries that appeared next after one, oldest first."""
        return self._beside(query, f"{_KEY} > {_KEY_OF}", entry_id, OLDEST, limit)

    def alterations(self, query: EntryQuery, *, limit: int) -> tuple[Alteration, ...]:
        """Give the newest corrections and withdrawals of a query's entries, newest first."""
        connection = self._connections.connection
        selection = select(query, self._matcher.match(query), one_a_story=False)
        chosen = f"IN (SELECT entry.id {selection.sql})" if selection.conditions else "> 0"
        rows = connection.execute(
            f"""
            SELECT * FROM (
              SELECT entry_id, id AS revision_id, until AS moment FROM revision
              WHERE entry_id {chosen} ORDER BY until DESC, id DESC LIMIT ?) AS revised
            UNION ALL
            SELECT * FROM (
              SELECT id, CAST(NULL AS BIGINT), withdrawn FROM entry
              WHERE withdrawn IS NOT NULL AND id {chosen}
              ORDER BY withdrawn DESC, id DESC LIMIT ?) AS withdrawn
            ORDER BY moment DESC, entry_id DESC, revision_id DESC NULLS LAST LIMIT ?
            """,
            [*selection.values, limit, *selection.values, limit, limit],
        ).fetchall()
        entries = _entries(connection, sorted({row["entry_id"] for row in rows}))
        return tuple(_alteration(connection, row, entries[row["entry_id"]]) for row in rows)

    def _beside(
        self, query: EntryQuery, condition: str, entry_id: int, order: str, limit: int
    ) -> tuple[int, ...]:
        selection = self._select(query)
        selection.require(condition, bindable(entry_id))
        rows = self._connections.connection.execute(
            f"SELECT entry.id {selection.sql} ORDER BY {order} LIMIT ?",
            [*selection.values, limit],
        )
        return tuple(number for (number,) in rows)

    def _select(self, query: EntryQuery, within: Stretch | None = None) -> Selection:
        selection = select(query, self._matcher.match(query))
        if within:
            selection.require(f"{_KEY} >= {_KEY_OF}", bindable(within.first))
            selection.require(f"{_KEY} <= {_KEY_OF}", bindable(within.last))
            selection.require("entry.id <= ?", bindable(within.up_to))
        return selection


def _entries(connection: Connection, numbers: Sequence[int]) -> dict[int, Entry]:
    marks = ", ".join("?" * len(numbers))
    rows = connection.execute(f"SELECT * FROM entry WHERE id IN ({marks})", numbers).fetchall()
    return {entry.id: entry for entry in entries_from(connection, rows)}


def _alteration(connection: Connection, row: Row, entry: Entry) -> Alteration:
    moment = to_moment(row["moment"])
    if row["revision_id"] is None:
        return Alteration(entry=entry, moment=moment)
    # the wording before, the one after unless that is the present one, and how many came earlier
    wordings = connection.execute(
        "SELECT * FROM revision WHERE entry_id = ? AND id >= ? ORDER BY id LIMIT 2",
        (entry.id, row["revision_id"]),
    ).fetchall()
    (number,) = connection.execute(
        "SELECT count(*) FROM revision WHERE entry_id = ? AND id <= ?",
        (entry.id, row["revision_id"]),
    ).fetchone()
    before, *after = (revision_from(wording) for wording in wordings)
    return Alteration(
        entry=entry,
        moment=moment,
        number=number,
        before=before,
        after=after[0] if after else None,
    )


def revision_from(row: Row) -> Revision:
    """Read a row of table `revision`."""
    return Revision(
        entry_id=row["entry_id"],
        title=row["title"],
        lead=row["lead"],
        body=row["body"],
        body_text=row["body_text"],
        published=publisher_date(row, "published"),
        since=to_moment(row["since"]),
        until=to_moment(row["until"]),
    )
