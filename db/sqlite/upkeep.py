"""Looking after the store: copies, soundness, figures."""

from pathlib import Path

from db.errors import SchemaNewerError, SchemaOutdatedError
from db.models import Figures, Inspection
from db.sql.moments import optional_moment
from db.sqlite.connection import Connections
from db.sqlite.copies import Progress, copy_database, faults
from db.sqlite.migrations import KNOWN, applied_steps

_FIGURES = """
    SELECT
      (SELECT count(*) FROM entry) AS entries,
      (SELECT count(*) FROM entry WHERE withdrawn IS NOT NULL) AS withdrawn,
      (SELECT count(*) FROM subscriber WHERE email IS NOT NULL AND suppressed IS NOT NULL)
        AS suppressed,
      (SELECT count(*) FROM subscriber
        WHERE email IS NOT NULL AND suppressed IS NULL AND soft_bounces > 0) AS bouncing,
      (SELECT count(*) FROM subscription_request WHERE subscription_id IS NULL) AS unconfirmed,
      (SELECT min(created) FROM outbox WHERE state IN ('queued', 'sending')) AS unsent_since,
      (SELECT min(settled) FROM outbox JOIN mail ON outbox_id = id) AS mails_since,
      (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS size
"""


class SqliteUpkeep:
    """Implements `db.store.UpkeepStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def copy(self, path: Path, *, on_progress: Progress | None = None) -> Inspection:
        """Copy the store to a file."""
        return copy_database(self._connections.connection, path, on_progress=on_progress)

    def faults(self) -> tuple[str, ...]:
        """Read everything and tell what is wrong."""
        return faults(self._connections.connection)

    def figures(self) -> Figures:
        """Count what is kept."""
        connection = self._connections.connection
        row = connection.execute(_FIGURES).fetchone()
        active = connection.execute("SELECT rhythm, count(*) FROM wanted GROUP BY rhythm")
        return Figures(
            entries=row["entries"],
            withdrawn=row["withdrawn"],
            subscriptions=dict(active),
            suppressed=row["suppressed"],
            bouncing=row["bouncing"],
            unconfirmed=row["unconfirmed"],
            unsent_since=optional_moment(row["unsent_since"]),
            mails_since=optional_moment(row["mails_since"]),
            size=row["size"],
        )

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
