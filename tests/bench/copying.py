"""Many times the entries of an archive, by copying rows: as they would be stored one by one."""

import sqlite3

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
