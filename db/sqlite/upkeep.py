"""Looking after the store: copies, soundness, figures."""

from pathlib import Path
from typing import TYPE_CHECKING

from db.errors import SchemaNewerError, SchemaOutdatedError
from db.sql.figures import read_figures
from db.sqlite.connection import Connections
from db.sqlite.migrations import KNOWN, applied_steps

if TYPE_CHECKING:
    from db.models import Figures, Inspection
    from db.sqlite.copies import Progress


class SqliteUpkeep:
    """Implements `db.store.UpkeepStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def copy(self, path: Path, *, on_progress: "Progress | None" = None) -> "Inspection":
        """Copy the store to a file."""
        from db.sqlite.copies import copy_database

        return copy_database(self._connections.connection, path, on_progress=on_progress)

    def faults(self) -> tuple[str, ...]:
        """Read everything and tell what is wrong."""
        from db.sqlite.copies import faults

        return faults(self._connections.connection)

    def figures(self) -> "Figures":
        """Count what is kept."""
        connection = self._connections.connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        return read_figures(connection, size=pages * size)

    def require_current(self) -> None:
        """Compare the schema with the one this version knows."""
        found = applied_steps(self._connections.connection)
        path = self._connections.path
        if newer := found.difference(KNOWN):
            raise SchemaNewerError(
                f"{path} has steps of a newer imdifeed: {', '.join(sorted(newer))}"
            )
        if missing := set(KNOWN).difference(found):
            raise SchemaOutdatedError(f"{path} lacks {', '.join(sorted(missing))}; start anew")
