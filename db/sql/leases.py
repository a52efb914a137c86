"""The lease table: what somebody has to itself for a while, and what is not free again yet."""

from datetime import datetime, timedelta

from db.errors import LeaseLostError
from db.models import Lease
from db.sql.connection import Connections
from db.sql.moments import to_moment, to_text

#: what was written further ahead than clocks differ was written by one that was wrong
_AHEAD = timedelta(minutes=5)


class SqlLeases:
    """Implements `db.store.LeaseStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(self, name: str, holder: str, *, now: datetime, lasting: timedelta) -> Lease | None:
        """Take what nobody holds; None while somebody does, even the same holder."""
        until = now + lasting
        with self._connections.writing(alone=False) as connection:
            row = connection.execute(
                "INSERT INTO lease (name, number, holder, written, until) VALUES (?, 1, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET number = lease.number + 1,"
                "  holder = excluded.holder, written = excluded.written, until = excluded.until"
                " WHERE lease.until <= excluded.written OR lease.written > ?"
                " RETURNING number",
                (name, holder, to_text(now), to_text(until), to_text(now + _AHEAD)),
            ).fetchone()
        if row is None:
            return None
        return Lease(name=name, number=row["number"], holder=holder, until=until)

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        """Hold something longer. Raises `LeaseLostError`."""
        until = now + lasting
        with self._connections.writing(alone=False) as connection:
            renewed = connection.execute(
                "UPDATE lease SET written = ?, until = ?"
                " WHERE name = ? AND number = ? AND holder <> ''",
                (to_text(now), to_text(until), lease.name, lease.number),
            ).rowcount
        if not renewed:
            raise LeaseLostError(lease.name)
        return Lease(name=lease.name, number=lease.number, holder=lease.holder, until=until)

    def release(self, lease: Lease, *, now: datetime, until: datetime | None = None) -> None:
        """Let others have it, at once or from a moment on; does nothing where it is lost."""
        with self._connections.writing(alone=False) as connection:
            connection.execute(
                "UPDATE lease SET holder = '', written = ?, until = ?"
                " WHERE name = ? AND number = ? AND holder <> ''",
                (to_text(now), to_text(until or now), lease.name, lease.number),
            )

    def held(self, *, now: datetime) -> list[Lease]:
        """Give what is held, by name."""
        rows = self._connections.connection.execute(
            "SELECT * FROM lease WHERE holder <> '' AND until > ? AND written <= ? ORDER BY name",
            (to_text(now), to_text(now + _AHEAD)),
        )
        return [
            Lease(
                name=row["name"],
                number=row["number"],
                holder=row["holder"],
                until=to_moment(row["until"]),
            )
            for row in rows
        ]

    def closed(self, *, now: datetime) -> dict[str, datetime]:
        """Give the names that cannot be taken, and until when."""
        rows = self._connections.connection.execute(
            "SELECT name, until FROM lease WHERE until > ? AND written <= ?",
            (to_text(now), to_text(now + _AHEAD)),
        )
        return {name: to_moment(until) for name, until in rows}
