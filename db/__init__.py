"""Model, query language and store: where the writing and the reading side meet."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from db.models import Inspection
from db.store import Store

if TYPE_CHECKING:
    from db.transfer import Moved


def open_store(url: str) -> Store:
    """Open the store at `url`, a file path, creating or upgrading it where needed.

    Raises:
        StoreUnavailableError: the file cannot be opened or is no imdifeed database.
        SchemaNewerError: a newer imdifeed has written it; nothing is touched.
    """
    from db.sqlite import open_sqlite_store

    return open_sqlite_store(url)


def inspect_store(path: Path) -> Inspection:
    """Read a file that holds a store, a backup as a rule, through; change nothing.

    Raises:
        StoreUnavailableError: it is no database of imdifeed, or cannot be read.
        SchemaNewerError: a newer imdifeed has written it.
    """
    from db.sqlite.copies import inspect_database

    return inspect_database(path)


def restore_store(
    copy: Path, url: str, *, aside: Path, on_progress: Callable[[int, int], None] | None = None
) -> Inspection:
    """Put a copy in the place of a store that nobody has open; what was there is kept as `aside`.

    Raises:
        StoreUnavailableError, SchemaNewerError: the copy cannot be used; nothing was changed.
    """
    from db.sqlite.copies import put_in_place

    return put_in_place(copy, Path(url), aside=aside, on_progress=on_progress)


def move_store(
    origin: str, target: str, *, on_progress: Callable[[int, int], None] | None = None
) -> "Moved":
    """Move everything a store holds, as it is at one moment, to one that is not there yet.

    Killed at any moment, it goes on where it was when it is done again.

    Raises:
        TransferError: the target is there, or is being filled from elsewhere; or what arrived is
            not what was sent.
        StoreUnavailableError, SchemaNewerError: one of them cannot be used.
    """
    from db.sqlite.transfer import SqliteOrigin, SqliteTarget
    from db.transfer import move

    inspect_store(Path(origin))
    open_store(origin).close()
    with (
        closing(SqliteOrigin(origin)) as content,
        closing(SqliteTarget(Path(target), origin)) as filled,
    ):
        return move(content, filled, on_progress=on_progress)
