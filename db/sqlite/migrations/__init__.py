"""Bring a database up to date: one file of SQL a step, append-only, applied in order of name.

`schema.sql` beside this folder is generated from the steps.
"""

import sqlite3
from collections.abc import Callable
from importlib.resources import files

import sqlite_utils
from sqlite_utils.migrations import Migrations

from db.errors import SchemaNewerError, StoreUnavailableError

#: "imdf" in ASCII, so that another program's database is never taken for ours
APPLICATION_ID = 0x696D6466
#: names of all steps this version knows, in order
KNOWN = tuple(
    sorted(
        step.name.removesuffix(".sql")
        for step in files(__package__).iterdir()
        if step.name.endswith(".sql")
    )
)


def migrate(database: sqlite_utils.Database, path: str) -> None:
    """Bring a database up to date.

    Raises:
        StoreUnavailableError: the file belongs to another program.
        SchemaNewerError: it has steps this version does not know; nothing is touched.
    """
    try:
        (application_id,) = database.execute("PRAGMA application_id").fetchone()
        tables = set(database.table_names())
        migrations = _migrations()
        applied = {step.name for step in migrations.applied(database)}
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
    if len(applied) == len(KNOWN):
        return
    try:
        # WAL is a property of the file: set once, outside the transaction of a migration.
        database.execute("PRAGMA journal_mode = WAL").fetchone()
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(database)
    except (sqlite3.Error, StoreUnavailableError) as error:
        raise StoreUnavailableError(f"cannot upgrade the database {path}: {error}") from error


def applied_steps(connection: sqlite3.Connection) -> set[str]:
    """Give the names of the steps a database has."""
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = 'imdifeed'"
    )
    return {name for (name,) in rows}


def _migrations() -> Migrations:
    migrations = Migrations("imdifeed")
    for name in KNOWN:
        migrations(name=name)(_step(name))
    return migrations


def _step(name: str) -> Callable[[sqlite_utils.Database], None]:
    def apply(database: sqlite_utils.Database) -> None:
        script = files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
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
