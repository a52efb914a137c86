"""Looking after the store: soundness and figures. Copies are made with PostgreSQL's own tools."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from db.errors import SchemaNewerError, SchemaOutdatedError, StoreUnavailableError
from db.models import Figures
from db.postgres.connection import Connections
from db.postgres.migrations import KNOWN, STEPS
from db.sql.figures import read_figures


class PostgresUpkeep:
    """Implements `db.store.UpkeepStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def copy(
        self, path: Path, *, on_progress: Callable[[int, int], None] | None = None
    ) -> NoReturn:
        """Refuse: `pg_dump` does it. Raises `StoreUnavailableError`."""
        command = shlex.join(
            ["pg_dump", "--format=custom", f"--file={path}", f"--dbname={self._connections.open}"]
        )
        raise StoreUnavailableError(
            f"{path} was not written: a PostgreSQL database is copied with PostgreSQL's own"
            f" `{command}`"
        )

    def faults(self) -> tuple[str, ...]:
        """Tell what is wrong: PostgreSQL sees to its rows, and here is what it cannot know."""
        connection = self._connections.connection
        (missing,) = connection.execute(
            "SELECT count(*) FROM entry WHERE"
            " NOT EXISTS (SELECT 1 FROM entry_level WHERE entry_id = entry.id)"
            " OR NOT EXISTS (SELECT 1 FROM entry_vector WHERE entry_id = entry.id)"
        ).fetchall()[0]
        if not missing:
            return ()
        return (f"{missing} entries cannot be searched for; `imdifeed reindex` makes it good",)

    def figures(self) -> Figures:
        """Count what is kept."""
        connection = self._connections.connection
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchall()[0]
        return read_figures(connection, size=size)

    def require_current(self) -> None:
        """Compare the schema with the one this version knows."""
        rows = self._connections.connection.execute(f"SELECT name FROM {STEPS}")
        found = {name for (name,) in rows}
        name = self._connections.name
        if newer := found.difference(KNOWN):
            raise SchemaNewerError(
                f"{name} has steps of a newer imdifeed: {', '.join(sorted(newer))}"
            )
        if missing := set(KNOWN).difference(found):
            raise SchemaOutdatedError(f"{name} lacks {', '.join(sorted(missing))}; start anew")
