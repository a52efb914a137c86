"""Deadlines: known again when their date moves, cancelled when the text names them no more."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from db.models import Deadline, EntryDeadline, FoundDeadline
from db.query import EntryQuery
from db.sql.connection import Connection, Connections
from db.sql.matching import Matcher
from db.sql.moments import to_text
from db.sql.rows import deadline_from, entries_from
from db.sql.search import select
from db.sql.state import mark_change

#: Ways in which a deadline found now is one that was known, the surest first. A date that moved
#: leaves the rest of its sentence, and a sentence written anew leaves the date.
_SAME: tuple[Callable[[FoundDeadline], Any], ...] = (
    lambda one: (one.kind, one.wording, one.day),
    lambda one: (one.kind, one.wording),
    lambda one: one.day,
)
#: Where both have changed, it is the same if it is the only one for its purpose, or at all.
_ONLY: tuple[Callable[[FoundDeadline], Any], ...] = (lambda one: one.kind, lambda one: None)


class SqlDeadlines:
    """Implements `db.store.DeadlineStore`."""

    def __init__(self, connections: Connections, matcher: Matcher) -> None:
        self._connections = connections
        self._matcher = matcher

    def ahead(self, query: EntryQuery, *, from_day: date, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the deadlines from a day on that a query's entries name, soonest first."""
        return self._chosen(
            query,
            "deadline.day >= ? AND deadline.cancelled IS NULL AND deadline.entry_id IN"
            " (SELECT id FROM entry WHERE withdrawn IS NULL)",
            [from_day.isoformat()],
            "deadline.day, deadline.time NULLS FIRST, deadline.id",
            limit,
        )

    def calendar(self, query: EntryQuery, *, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the latest deadlines of a query's entries by day, cancelled ones too."""
        return self._chosen(query, "TRUE", [], "deadline.day DESC, deadline.id DESC", limit)

    def replace(self, entry_id: int, deadlines: Sequence[FoundDeadline], *, now: datetime) -> bool:
        """Replace what an entry's text names; tell whether anything differed."""
        with self._connections.writing() as connection:
            differed = write_deadlines(connection, entry_id, deadlines, now=now)
            if differed:
                mark_change(connection, now)
        return differed

    def _chosen(
        self, query: EntryQuery, condition: str, values: list[object], order: str, limit: int
    ) -> tuple[EntryDeadline, ...]:
        selection = select(query, self._matcher.match(query))
        connection = self._connections.connection
        rows = connection.execute(
            f"SELECT * FROM deadline WHERE {condition}"
            f" AND entry_id IN (SELECT entry.id {selection.sql}) ORDER BY {order} LIMIT ?",
            [*values, *selection.values, limit],
        ).fetchall()
        numbers = sorted({row["entry_id"] for row in rows})
        entries = {
            entry.id: entry
            for entry in entries_from(
                connection,
                connection.execute(
                    f"SELECT * FROM entry WHERE id IN ({', '.join('?' * len(numbers))})", numbers
                ).fetchall(),
            )
        }
        return tuple(EntryDeadline(entries[row["entry_id"]], deadline_from(row)) for row in rows)


def write_deadlines(
    connection: Connection,
    entry_id: int,
    found: Sequence[FoundDeadline],
    *,
    now: datetime,
) -> bool:
    """Bring an entry's deadlines up to what its text names, inside a transaction.

    One that is known again keeps its number; its sequence rises when date, time or standing change.
    Tells whether anything differed.
    """
    known = [
        deadline_from(row)
        for row in connection.execute(
            "SELECT * FROM deadline WHERE entry_id = ? ORDER BY cancelled IS NOT NULL, id",
            (entry_id,),
        )
    ]
    differed = False
    unpaired = list(found)
    gone = {one.id: one for one in known}
    for old, new in _pairs(known, unpaired):
        del gone[old.id]
        differed |= _renew(connection, old, new, now)
    for new in unpaired:
        _insert(connection, entry_id, new, now)
    lost = [one for one in gone.values() if one.cancelled is None]
    for old in lost:
        connection.execute(
            "UPDATE deadline SET cancelled = ?, changed = ?, sequence = sequence + 1 WHERE id = ?",
            (to_text(now), to_text(now), old.id),
        )
    return differed or bool(unpaired or lost)


def raise_sequences(connection: Connection, entry_id: int, *, now: datetime) -> None:
    """Note that an entry was withdrawn or came back, and with it its deadlines."""
    connection.execute(
        "UPDATE deadline SET changed = ?, sequence = sequence + 1"
        " WHERE entry_id = ? AND cancelled IS NULL",
        (to_text(now), entry_id),
    )


def _pairs(
    known: Sequence[Deadline], unpaired: list[FoundDeadline]
) -> Iterator[tuple[Deadline, FoundDeadline]]:
    """Pair what was known with what is found, the surest way first; takes it out of `unpaired`."""
    free = list(known)
    for same in _SAME:
        for new in list(unpaired):
            old = next((old for old in free if same(old) == same(new)), None)
            if old is not None:
                free.remove(old)
                unpaired.remove(new)
                yield old, new
    # one that was cancelled comes back by what it says, not for want of another
    free = [old for old in free if old.cancelled is None]
    for same in _ONLY:
        for new in list(unpaired):
            alike = [old for old in free if same(old) == same(new)]
            if len(alike) == 1 and sum(same(other) == same(new) for other in unpaired) == 1:
                free.remove(alike[0])
                unpaired.remove(new)
                yield alike[0], new


def _renew(connection: Connection, old: Deadline, new: FoundDeadline, now: datetime) -> bool:
    moved = (old.day, old.time) != (new.day, new.time) or old.cancelled is not None
    if not moved and (old.kind, old.sentence, old.wording) == (new.kind, new.sentence, new.wording):
        return False
    connection.execute(
        "UPDATE deadline SET kind = ?, day = ?, time = ?, sentence = ?, wording = ?,"
        " sequence = sequence + ?, changed = ?, cancelled = NULL WHERE id = ?",
        (*_columns(new), int(moved), to_text(now), old.id),
    )
    return True


def _insert(connection: Connection, entry_id: int, new: FoundDeadline, now: datetime) -> None:
    connection.execute(
        "INSERT INTO deadline (kind, day, time, sentence, wording, entry_id, found, changed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*_columns(new), entry_id, to_text(now), to_text(now)),
    )


def _columns(one: FoundDeadline) -> tuple[str, str, str | None, str, str]:
    clock = one.time.strftime("%H:%M") if one.time else None
    return one.kind.value, one.day.isoformat(), clock, one.sentence, one.wording
