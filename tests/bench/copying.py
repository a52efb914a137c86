"""Many times the entries of an archive, by copying rows: as they would be stored one by one."""

import sqlite3

import psycopg

_MOMENTS = ("published", "appeared", "first_seen")
#: seconds between a copy and the next: no two of an archive's entries come together
_APART = 7


def multiply(connection: sqlite3.Connection, times: int) -> None:
    """Make an archive `times` as large, numbers going on, each copy a moment earlier."""
    connection.executescript(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA foreign_keys = OFF"
    )
    (most,) = connection.execute("SELECT max(id) FROM entry").fetchone()
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    triggers = triggers.fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for copy in range(1, times):
        for table in _tables(connection):
            _copy(connection, table, copy, most)
        connection.execute(
            "INSERT INTO entry_change (entry_id) SELECT id FROM entry WHERE id > ?", (copy * most,)
        )
        connection.commit()
    connection.execute("UPDATE word SET n = n * ?", (times,))
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("UPDATE state SET change = change + 1")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Give the tables with a row or more for each entry, entries first."""
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND (name IN ('entry_tag', 'entry_term') OR sql LIKE '%USING fts5%')"
        " ORDER BY sql LIKE '%USING fts5%', name"
    )
    return ["entry", *(name for (name,) in names)]


def _copy(connection: sqlite3.Connection, table: str, copy: int, most: int) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    number = next((one for one in columns if one in {"id", "entry_id"}), "rowid")
    given = {one: one for one in columns} | {number: f"{number} + {copy * most}"}
    if table == "entry":
        given["key"] = f"key || '/{copy}'"
        for moment in _MOMENTS:
            given[moment] = f"strftime('%Y-%m-%dT%H:%M:%fZ', {moment}, '-{copy * _APART} seconds')"
    connection.execute(
        f"INSERT INTO {table} ({', '.join(given)}) SELECT {', '.join(given.values())}"
        f" FROM {table} WHERE {number} <= {most}"
    )


#: what PostgreSQL has a row or more of for each entry, with the column of its number
_ON_SERVER = {
    "entry": "id", "entry_tag": "entry_id", "entry_term": "entry_id", "entry_vector": "entry_id",
    "entry_level": "entry_id",
}  # fmt: skip


def multiply_on_server(address: str, times: int) -> None:
    """Do the same in a PostgreSQL database, which gives the same numbers to the same entries."""
    with psycopg.connect(address, autocommit=True) as connection:
        # neither triggers nor foreign keys
        connection.execute("SET session_replication_role = replica")
        row = connection.execute("SELECT max(id) FROM entry").fetchone()
        most = row[0] if row else 0
        # an index is built from rows that are there in a fraction of the time
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING gin%'"
        ).fetchall()
        for name, _ in found:
            connection.execute(f"DROP INDEX {name}")
        for table, number in _ON_SERVER.items():
            columns = connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema AND table_name = %s",
                [table],
            ).fetchall()
            given = {one: one for (one,) in columns} | {number: f"{number} + copy * {most}"}
            if table == "entry":
                given["key"] = "key || '/' || copy"
                for moment in _MOMENTS:
                    given[moment] = _earlier(moment)
            connection.execute(
                f"INSERT INTO {table} ({', '.join(given)}) SELECT {', '.join(given.values())}"
                f" FROM {table}, generate_series(1, {times - 1}) AS copy WHERE {number} <= {most}"
            )
        connection.execute(
            f"INSERT INTO entry_change (entry_id) SELECT id FROM entry WHERE id > {most}"
        )
        connection.execute(f"UPDATE word SET n = n * {times}")
        for _, sql in found:
            connection.execute(sql)
        connection.execute("UPDATE state SET change = change + 1")
        connection.execute("VACUUM ANALYZE")


def _earlier(moment: str) -> str:
    return (
        f"to_char({moment}::timestamptz AT TIME ZONE 'UTC' - copy * interval '{_APART} seconds',"
        """ 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
    )
