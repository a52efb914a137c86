"""Model, query language and store: where the writing and the reading side meet."""

from db.store import Store


def open_store(url: str) -> Store:
    """Open the store at `url`, a file path, creating or upgrading it where needed.

    Raises:
        StoreUnavailableError: the file cannot be opened or is no imdifeed database.
        SchemaNewerError: a newer imdifeed has written it; nothing is touched.
    """
    from db.sqlite import open_sqlite_store

    return open_sqlite_store(url)
