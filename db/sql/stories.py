"""Stories: entries that are the same news, joined by rule or by a person's decision."""

from datetime import datetime, timedelta

from db.errors import EntryNotFoundError
from db.models import Entry
from db.sql.connection import Connection, Connections
from db.sql.moments import to_moment, to_text
from db.sql.replacing import replacing
from db.sql.rows import entries_from
from db.sql.state import mark_change

_MOMENT = "coalesce(published, appeared)"
_MEMBERS = "SELECT id FROM entry WHERE coalesce(story, id) = ? ORDER BY id"

_DECIDE = replacing(
    "story_decision", ("entry_id", "other_id", "same", "decided"), ("entry_id", "other_id")
)


class SqlStories:
    """Implements `db.store.StoryStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def near(self, entry_id: int, *, within: timedelta) -> list[Entry]:
        """Give the entries of other stories that came at most so long before or after an entry."""
        connection = self._connections.connection
        story = _story_of(connection, entry_id)
        (text,) = connection.execute(
            f"SELECT {_MOMENT} FROM entry WHERE id = ?", (entry_id,)
        ).fetchone()
        moment = to_moment(text)
        rows = connection.execute(
            f"SELECT * FROM entry WHERE {_MOMENT} BETWEEN ? AND ? AND coalesce(story, id) <> ?"
            " ORDER BY id",
            (to_text(moment - within), to_text(moment + within), story),
        ).fetchall()
        return list(entries_from(connection, rows))

    def join(self, entry_id: int, other_id: int, *, by_person: bool, now: datetime) -> bool:
        """Make the stories of two entries one, under the lower number."""
        with self._connections.writing() as connection:
            one, other = _story_of(connection, entry_id), _story_of(connection, other_id)
            if one == other:
                return False
            if by_person:
                _decide(connection, one, other, same=True, now=now)
            elif _is_split(connection, one, other):
                return False
            connection.execute(
                "UPDATE entry SET story = ? WHERE coalesce(story, id) = ?",
                (min(one, other), max(one, other)),
            )
            # what one part of the story was told of, the whole was
            connection.execute(
                "INSERT INTO told (subscription_id, story, outbox_id)"
                " SELECT subscription_id, ?, outbox_id FROM told WHERE story = ?"
                " ON CONFLICT DO NOTHING",
                (min(one, other), max(one, other)),
            )
            mark_change(connection, now)
        return True

    def split(self, entry_id: int, *, now: datetime) -> bool:
        """Take an entry out of its story by a person's decision, which no rule undoes."""
        with self._connections.writing() as connection:
            story = _story_of(connection, entry_id)
            others = [
                number for (number,) in connection.execute(_MEMBERS, (story,))
                if number != entry_id
            ]  # fmt: skip
            if not others:
                return False
            for other in others:
                _decide(connection, entry_id, other, same=False, now=now)
            connection.execute("UPDATE entry SET story = NULL WHERE id = ?", (entry_id,))
            first = min(others)
            connection.execute(
                f"UPDATE entry SET story = ? WHERE id IN ({', '.join('?' * len(others))})",
                (first, *others),
            )
            connection.execute("UPDATE entry SET story = NULL WHERE id = ?", (first,))
            # both parts were told of: a decision about them is no news
            for part in (entry_id, first):
                connection.execute(
                    "INSERT INTO told (subscription_id, story, outbox_id)"
                    " SELECT subscription_id, ?, outbox_id FROM told WHERE story = ?"
                    " ON CONFLICT DO NOTHING",
                    (part, story),
                )
            mark_change(connection, now)
        return True

    def members(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the entries of an entry's story, the first one first."""
        connection = self._connections.connection
        rows = connection.execute(
            f"SELECT * FROM entry WHERE id IN ({_MEMBERS}) ORDER BY id",
            (_story_of(connection, entry_id),),
        ).fetchall()
        return entries_from(connection, rows)


def _story_of(connection: Connection, entry_id: int) -> int:
    row = connection.execute(
        "SELECT coalesce(story, id) FROM entry WHERE id = ?", (entry_id,)
    ).fetchone()
    if row is None:
        raise EntryNotFoundError(entry_id)
    return int(row[0])


def _decide(connection: Connection, one: int, other: int, *, same: bool, now: datetime) -> None:
    for a in _numbers(connection, one) if same else [one]:
        for b in _numbers(connection, other) if same else [other]:
            connection.execute(
                _DECIDE,
                (min(a, b), max(a, b), same, to_text(now)),
            )


def _is_split(connection: Connection, one: int, other: int) -> bool:
    """Tell whether a person has split any entry of one story from any of the other."""
    return any(
        connection.execute(
            "SELECT 1 FROM story_decision WHERE entry_id = ? AND other_id = ? AND same = 0",
            (min(a, b), max(a, b)),
        ).fetchone()
        for a in _numbers(connection, one)
        for b in _numbers(connection, other)
    )


def _numbers(connection: Connection, story: int) -> list[int]:
    return [number for (number,) in connection.execute(_MEMBERS, (story,))]
