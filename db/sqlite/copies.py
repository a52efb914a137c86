"""Copies of a database: made while it is in use, looked through, and put in its place.

SQLite's backup API (https://www.sqlite.org/backup.html) copies page by page. A read transaction
held meanwhile pins what is copied, so that writers neither wait nor make the copy begin again. A
copy appears under its name only when it is whole, has been read through, and is on the disk.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from db.errors import SchemaNewerError, StoreUnavailableError
from db.models import Inspection
from db.sqlite.faults import in_words
from db.sqlite.migrations import APPLICATION_ID, KNOWN, applied_steps

#: called with the pages copied and all pages
Progress = Callable[[int, int], None]
#: pages copied between two words to whoever waits: 4 MB
_PAGES_A_STEP = 1024
#: numbers left out after a copy of a database that is lost: more than it can have given since
_LEFT_OUT = 10_000
#: faults that are named; more of them say nothing more
_MOST_FAULTS = 10
#: what the names of tables begin with that hold the search index, and what SQLite keeps itself
_DERIVED = ("entry_fts", "entry_term", "sqlite_", "_sqlite_")


def copy_database(
    source: sqlite3.Connection, path: Path, *, on_progress: Progress | None = None
) -> Inspection:
    """Copy a database that may be in use to a file that does not exist yet; give what it holds.

    Raises:
        FileExistsError: there is such a file.
        StoreUnavailableError: it cannot be read or written, or the copy is not sound; no file is
            left behind.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.part")
    with _cleared(part):
        _copy(source, part, on_progress)
        found = inspect_database(part)
        if found.faults:
            raise StoreUnavailableError(
                f"the copy of the database is damaged, as the database may be: {found.faults[0]}"
            )
        flush(part)
        give_name(part, path)
    flush(path.parent)
    return found


def give_name(part: Path, path: Path) -> None:
    """Let a file that is whole be found. Raises `FileExistsError` where another came meanwhile."""
    try:
        # unlike a renaming, a link never takes the place of a file that came meanwhile
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        part.replace(path)


def _copy(source: sqlite3.Connection, part: Path, on_progress: Progress | None) -> None:
    def tell(_status: int, remaining: int, total: int) -> None:
        if on_progress is not None:
            on_progress(total - remaining, total)

    try:
        # addresses of readers: for the owner alone, from the first byte
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(part)) as target, _pinned(source):
            source.backup(target, pages=_PAGES_A_STEP, progress=tell)
    except (sqlite3.Error, OSError) as error:
        words = in_words(error) if isinstance(error, sqlite3.Error) else str(error)
        raise StoreUnavailableError(f"cannot write a copy to {part.parent}: {words}") from error


@contextmanager
def _pinned(source: sqlite3.Connection) -> Iterator[None]:
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield
    finally:
        source.rollback()


def inspect_database(path: Path) -> Inspection:
    """Read a database through without touching it: its schema, its rows, and what is wrong.

    Raises:
        StoreUnavailableError: it is no database of imdifeed, or cannot be read.
        SchemaNewerError: a newer imdifeed has written it.
    """
    try:
        with closing(_open_unchanged(path)) as connection:
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            if application_id != APPLICATION_ID:
                raise StoreUnavailableError(f"{path} is no database of imdifeed")
            return _inspected(connection, path)
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"cannot read {path}: {in_words(error)}") from error


def _open_unchanged(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreUnavailableError(f"there is no file {path}")
    # what nobody writes needs no files beside it, and may lie where nothing can be written; but
    # what still waits in the log of a database in use belongs to it
    log = path.with_name(f"{path.name}-wal")
    in_use = log.exists() and log.stat().st_size > 0
    mode = "mode=ro" if in_use else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True)


def _inspected(connection: sqlite3.Connection, path: Path) -> Inspection:
    steps = applied_steps(connection)
    if newer := steps.difference(KNOWN):
        raise SchemaNewerError(
            f"{path} was written by a newer imdifeed ({', '.join(sorted(newer))}); install that"
            " version to use it"
        )
    return Inspection(
        schema=max(steps, default=""), rows=rows(connection), faults=faults(connection)
    )


def rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of every table that holds what cannot be made again."""
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for name in sorted(not_derived(connection))
    }


def not_derived(connection: sqlite3.Connection) -> set[str]:
    """Give the tables but for those of the full-text index and SQLite's own."""
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in names if not name.startswith(_DERIVED)}


def faults(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Tell what is wrong in a database: nothing in a sound one. Reads all of it."""
    found = [
        row[0]
        for row in connection.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")
        if row[0] != "ok"
    ]
    found += [
        f"row {row[1]} of {row[0]} belongs to one of {row[2]} that is missing"
        for row in connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_FAULTS)
    ]
    return tuple(found[:_MOST_FAULTS])


def put_in_place(
    copy: Path, path: Path, *, aside: Path, on_progress: Progress | None = None
) -> Inspection:
    """Put a copy in the place of a database nobody uses; one that is there is kept as `aside`.

    At every moment a whole database has the name.

    Raises:
        StoreUnavailableError, SchemaNewerError: the copy cannot be used; nothing was changed.
    """
    found = inspect_database(copy)
    if found.faults:
        raise StoreUnavailableError(f"{copy} is damaged and was not used: {found.faults[0]}")
    fresh = path.with_name(f"{path.name}.restored")
    fresh.unlink(missing_ok=True)
    with closing(_open_unchanged(copy)) as source:
        copy_database(source, fresh, on_progress=on_progress)
    try:
        _carry_on(fresh, path)
        _keep_aside(path, aside)
        fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        fresh.unlink(missing_ok=True)
        raise StoreUnavailableError(f"cannot put {copy} in the place of {path}: {error}") from error
    flush(path.parent)
    return found


def _carry_on(fresh: Path, path: Path) -> None:
    """Let a database put back give no number that the one before it, or a lost one, has given.

    Numbers stand in ids and addresses, and the state in validators: an old one must not come to
    mean something new.
    """
    given: dict[str, int] = {}
    change = 0
    with suppress(sqlite3.Error, StoreUnavailableError), closing(_open_unchanged(path)) as before:
        given = dict(before.execute("SELECT name, seq FROM sqlite_sequence"))
        (change,) = before.execute("SELECT change FROM state").fetchone()
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        fresh_ones = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
        connection.execute("DELETE FROM sqlite_sequence")
        for name in {*fresh_ones, *given}:
            last = fresh_ones.get(name, 0)
            beyond = max(last, given[name]) if name in given else last + _LEFT_OUT
            connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, beyond))
        connection.execute("UPDATE state SET change = max(change, ?) + ?", (change, _LEFT_OUT))
        connection.execute("COMMIT")


def _keep_aside(path: Path, aside: Path) -> None:
    logs = {suffix: path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")}
    if not path.exists():
        # a log without its database belongs to nothing, and must not be taken for the new one's
        for suffix, log in logs.items():
            with suppress(FileNotFoundError):
                log.replace(aside.with_name(aside.name + suffix))
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        # whoever closes last folds the log into the file
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    os.link(path, aside)
    for suffix, log in logs.items():
        # only where the file is too damaged to be opened
        with suppress(FileNotFoundError):
            log.replace(aside.with_name(aside.name + suffix))


@contextmanager
def _cleared(part: Path) -> Iterator[None]:
    """Leave no unfinished file behind, now or from a run that was killed."""
    beside = [part.with_name(part.name + suffix) for suffix in ("", "-journal", "-wal", "-shm")]
    for file in beside:
        file.unlink(missing_ok=True)
    try:
        yield
    finally:
        for file in beside:
            file.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have what was written to a file or folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
