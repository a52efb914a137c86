"""What several mails, or the web pages of several digests, have in common: stored once each."""

from db.models import Shared
from db.sql.connection import Connection


def letter(connection: Connection, shared: Shared) -> int:
    """Give the number of a letter inside a transaction; it is stored where it was not there."""
    return _number(connection, "letter", shared)


def view(connection: Connection, shared: Shared) -> int:
    """Give the number of what a digest's page shows, as `letter` does."""
    return _number(connection, "digest_view", shared)


def forget_letters(connection: Connection) -> None:
    """Delete inside a transaction the letters that no mail needs any more."""
    connection.execute(
        "DELETE FROM letter WHERE NOT EXISTS (SELECT 1 FROM mail WHERE letter_id = letter.id)"
    )


def forget_views(connection: Connection) -> None:
    """Delete inside a transaction what no page shows any more."""
    connection.execute(
        "DELETE FROM digest_view"
        " WHERE NOT EXISTS (SELECT 1 FROM digest_page WHERE view_id = digest_view.id)"
    )


def _number(connection: Connection, table: str, shared: Shared) -> int:
    row = connection.execute(
        f"SELECT id FROM {table} WHERE checksum = ?", (shared.checksum,)
    ).fetchone()
    if row is None:
        # another writer may have come between
        row = connection.execute(
            f"INSERT INTO {table} (checksum, data) VALUES (?, ?)"
            " ON CONFLICT (checksum) DO UPDATE SET checksum = excluded.checksum RETURNING id",
            (shared.checksum, shared.data),
        ).fetchone()
    return int(row["id"])
