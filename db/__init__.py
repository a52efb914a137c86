"""Model, query language and store: where the writing and the reading side meet."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from db.errors import StoreUnavailableError

if TYPE_CHECKING:
    from db.models import Inspection
    from db.store import Store
    from db.transfer import Moved, Origin, Target

_ADDRESSES = ("postgresql://", "postgres://")
_PARAMETERS = r"\?\w+="


def is_address(url: str) -> bool:
    """Tell the address of a database server from the path of a file."""
    return url.startswith(_ADDRESSES)


def name_of(url: str) -> str:
    """Give what people may read of where a store is: an address without its password."""
    if not is_address(url):
        return url
    credentials, place, _ = _parts_of(url)
    user = f"{credentials.partition(':')[0]}@" if credentials else ""
    return f"postgresql://{user}{place}"


def passwords_of(url: str) -> list[str]:
    """Give what must not be shown of where a store is, as it is written and as it is meant."""
    if not is_address(url):
        return []
    credentials, _, asked = _parts_of(url)
    written = [credentials.partition(":")[2], *re.findall(r"[?&](?:ssl)?password=([^&]*)", asked)]
    return [*dict.fromkeys(one for part in written for one in (part, unquote(part)) if one)]


def _parts_of(address: str) -> tuple[str, str, str]:
    """Split an address: user and password, host and database, parameters.

    As libpq does, which lets a password that is not encoded hold what ends a part of other
    addresses.
    """
    rest, asked = address.partition("://")[2], ""
    found = re.search(_PARAMETERS, rest)
    if found and re.search("[@/]", rest[: found.start()]):
        rest, asked = rest[: found.start()], rest[found.start() :]
    credentials, _, place = rest.rpartition("@")
    return credentials, re.split("[?#]", place)[0], asked


def open_store(url: str) -> "Store":
    """Open the store at `url`, creating or upgrading it where needed.

    `url` is a file path, or the address of a PostgreSQL database: postgresql://user@host/database.

    Raises:
        StoreUnavailableError: it cannot be opened or is no imdifeed database.
        SchemaNewerError: a newer imdifeed has written it; nothing is touched.
    """
    if is_address(url):
        try:
            from db.postgres import open_postgres_store
        except ModuleNotFoundError as error:
            raise StoreUnavailableError(
                f"{error.name} is missing, which PostgreSQL needs: install imdifeed with its extra"
                " `postgres` (pip install 'imdifeed[postgres]')"
            ) from error
        return open_postgres_store(url)
    from db.sqlite import open_sqlite_store

    return open_sqlite_store(url)


def inspect_store(path: Path) -> "Inspection":
    """Read a file that holds a store, a backup as a rule, through; change nothing.

    Raises:
        StoreUnavailableError: it is no database of imdifeed, or cannot be read.
        SchemaNewerError: a newer imdifeed has written it.
    """
    from db.sqlite.copies import inspect_database

    return inspect_database(path)


def restore_store(
    copy: Path, url: str, *, aside: Path, on_progress: Callable[[int, int], None] | None = None
) -> "Inspection":
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
    from db.transfer import move

    with closing(_origin(origin)) as content, closing(_target(target, content.name)) as filled:
        return move(content, filled, on_progress=on_progress)


def _origin(url: str) -> "Origin":
    if is_address(url):
        from db.postgres.address import read_address
        from db.postgres.transfer import PostgresOrigin

        open_store(url).close()
        return PostgresOrigin(read_address(url))
    from db.sqlite.transfer import SqliteOrigin

    inspect_store(Path(url))
    open_store(url).close()
    # by the same name from wherever it is begun again
    return SqliteOrigin(str(Path(url).absolute()))


def _target(url: str, origin: str) -> "Target":
    if is_address(url):
        from db.postgres.filling import PostgresTarget

        return PostgresTarget(url, origin)
    from db.sqlite.transfer import SqliteTarget

    return SqliteTarget(Path(url), origin)
