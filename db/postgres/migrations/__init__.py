"""Bring a database up to date: one file of SQL a step, append-only, applied in order of name.

`schema.sql` beside this folder is generated from the steps.
"""

import logging
from pathlib import Path

import psycopg

from db.errors import SchemaNewerError, StoreUnavailableError
from db.postgres.faults import fault_of, in_words
from db.postgres.rows import Row

logger = logging.getLogger(__name__)

#: where the steps that were applied are noted
STEPS = "schema_step"
#: names of all steps this version knows, in order
KNOWN = tuple(sorted(step.stem for step in Path(__file__).parent.glob("*.sql")))
# Whoever starts at the same time waits, and finds nothing left to do. ("imdm" in ASCII)
_ALONE = f"SELECT pg_advisory_xact_lock({0x696D646D})"
_ALONE_AT_ONCE = _ALONE.replace("pg_advisory", "pg_try_advisory")
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"


def migrate(connection: psycopg.Connection[Row], name: str) -> None:
    """Bring a database up to date; all steps are applied, or none.

    Raises:
        StoreUnavailableError: it belongs to another program, or holds text in another encoding.
        SchemaNewerError: it has steps this version does not know; nothing is touched.
    """
    try:
        if applied_steps(connection) == set(KNOWN):
            return
        with connection.transaction():
            _wait_for_others(connection, name)
            _apply(connection, name)
    except psycopg.Error as error:
        words = f"cannot upgrade the database {name}: {in_words(error)}"
        raise fault_of(error, words) from error


def _wait_for_others(connection: psycopg.Connection[Row], name: str) -> None:
    """Upgrade alone; another process that does so takes as long as it takes."""
    connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
    if connection.execute(_ALONE_AT_ONCE).fetchall()[0][0] is False:
        logger.warning("%s: waiting for another process, which brings it up to date", name)
        connection.execute(_ALONE)
    connection.execute("SET LOCAL lock_timeout = '10min'")


def _apply(connection: psycopg.Connection[Row], name: str) -> None:
    applied = applied_steps(connection)
    if newer := applied.difference(KNOWN):
        raise SchemaNewerError(
            f"{name} was written by a newer imdifeed ({', '.join(sorted(newer))}); "
            "install that version, or restore a backup made before it"
        )
    if not applied:
        _require_empty(connection, name)
        connection.execute(
            f'CREATE TABLE {STEPS} (name text COLLATE "C" PRIMARY KEY,'
            " applied timestamptz NOT NULL DEFAULT now())"
        )
    for step in KNOWN:
        if step not in applied:
            script = Path(__file__).with_name(f"{step}.sql").read_text("utf-8")
            connection.execute(script)
            connection.execute(f"INSERT INTO {STEPS} (name) VALUES (%s)", (step,))


def applied_steps(connection: psycopg.Connection[Row]) -> set[str]:
    """Give the names of the steps a database has."""
    if not connection.execute(f"{_TABLES} AND relname = '{STEPS}'").fetchall():
        return set()
    return {name for (name,) in connection.execute(f"SELECT name FROM {STEPS}")}


def _require_empty(connection: psycopg.Connection[Row], name: str) -> None:
    (encoding,) = connection.execute("SHOW server_encoding").fetchall()[0]
    if encoding != "UTF8":
        raise StoreUnavailableError(
            f"{name} keeps text as {encoding}; make a database with `createdb --encoding=UTF8"
            " --template=template0` and name that one in `database`"
        )
    if connection.execute(f"{_TABLES} AND relkind = 'r' LIMIT 1").fetchall():
        raise StoreUnavailableError(
            f"{name} has tables of another program; name another database in `database`"
        )
