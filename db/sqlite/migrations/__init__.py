"""Bring a database up to date: one file of SQL a step, append-only, applied in order of name.

`schema.sql` beside this folder is generated from the steps.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from db.errors import SchemaNewerError, StoreUnavailableError
from db.sqlite.faults import is_busy

if TYPE_CHECKING:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

logger = logging.getLogger(__name__)

#: "imdf" in ASCII, so that another program's database is never taken for ours
APPLICATION_ID = 0x696D6466
#: where sqlite-utils notes the steps that were applied, and what ours are called there
_STEPS, _SET = "_sqlite_migrations", "imdifeed"
#: names of all steps this version knows, in order
KNOWN = tuple(
    sorted(step.stem for step in Path(__file__).parent.iterdir() if step.suffix == ".sql")
)
#: seconds between attempts while another process brings the same database up to date, and how often
#: to try where what was to be made is there
_PAUSE, _ATTEMPTS = 0.1, 100


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring a database up to date.

    Raises:
        StoreUnavailableError: the file belongs to another program.
        SchemaNewerError: it has steps this version does not know; nothing is touched.
    """
    try:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        applied = applied_steps(connection) if _STEPS in tables else set()
    except (sqlite3.Error, StoreUnavailableError) as error:
        raise StoreUnavailableError(f"cannot use the database {path}: {error}") from error
    if tables and application_id != APPLICATION_ID:
        raise StoreUnavailableError(
            f"{path} is a database of another program; name another file in `database`"
        )
    if newer := applied.difference(KNOWN):
        raise SchemaNewerError(
            f"{path} was written by a newer imdifeed ({', '.join(sorted(newer))}); "
            "install that version, or restore a backup made before it"
        )
    if len(applied) < len(KNOWN):
        _apply_in_turn(connection, path)


def _apply_in_turn(connection: sqlite3.Connection, path: str) -> None:
    """Apply what is missing; where others that were started at the same time do so, let them."""
    attempts, told = 1, False
    while True:
        try:
            _apply(connection, path)
            return
        except StoreUnavailableError as error:
            cause = _cause_of(error)
            if cause and is_busy(cause):
                if not told:
                    logger.warning("%s: waiting for another process, which writes to it", path)
                told = True
            elif not (cause and _is_made(cause) and attempts < _ATTEMPTS):
                raise
            else:
                attempts += 1
        time.sleep(_PAUSE)


def _cause_of(error: StoreUnavailableError) -> sqlite3.Error | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, sqlite3.Error):
        cause = cause.__cause__
    return cause


def _is_made(cause: sqlite3.Error) -> bool:
    """Tell whether what was to be made was made by another a moment ago."""
    return isinstance(cause, sqlite3.IntegrityError | sqlite3.OperationalError) and (
        (cause.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_CONSTRAINT
        or "already exists" in str(cause)
        or "duplicate column" in str(cause)
    )


def _apply(connection: sqlite3.Connection, path: str) -> None:
    # imported here: it takes longer than most commands, which find nothing to apply
    import sqlite_utils

    database = sqlite_utils.Database(connection)
    try:
        # WAL is a property of the file: set once, outside the transaction of a migration.
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrations().apply(database)
    except (sqlite3.Error, StoreUnavailableError) as error:
        raise StoreUnavailableError(f"cannot upgrade the database {path}: {error}") from error


def applied_steps(connection: sqlite3.Connection) -> set[str]:
    """Give the names of the steps a database has."""
    rows = connection.execute(f"SELECT name FROM {_STEPS} WHERE migration_set = '{_SET}'")
    return {name for (name,) in rows}


def _migrations() -> "Migrations":
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(_SET)
    for name in KNOWN:
        migrations(name=name)(_step(name))
    return migrations


def _step(name: str) -> Callable[["sqlite_utils.Database"], None]:
    def apply(database: "sqlite_utils.Database") -> None:
        script = Path(__file__).with_name(f"{name}.sql").read_text("utf-8")
        for statement in _statements(script):
            database.execute(statement)

    return apply


def _statements(script: str) -> list[str]:
    # executescript would commit the migration's transaction
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
