"""The embedded engine: SQLite through sqlite-utils."""

from pathlib import Path

from db.errors import StoreUnavailableError
from db.sql.renewing import renew_index
from db.sql.store import SqlStore
from db.sqlite.connection import Connections
from db.sqlite.migrations import migrate
from db.sqlite.upkeep import SqliteUpkeep


def open_sqlite_store(path: str) -> SqlStore:
    """Open the store in a file, creating or upgrading it. See `db.open_store` for the errors."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise StoreUnavailableError(
            f"cannot open the database {path}: the folder {folder} does not exist"
        )
    connections = Connections(path)
    store = SqlStore(connections, SqliteUpkeep(connections), one_machine=True)
    try:
        migrate(connections.connection, path)
        renew_index(store, connections, path)
    except BaseException:
        connections.close()
        raise
    return store
