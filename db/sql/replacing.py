"""Rows that take the place of those with the same key."""

from collections.abc import Sequence


def replacing(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Give the start of an INSERT into some columns, and what ends it: a row that is there changes.

    Unlike `INSERT OR REPLACE`, which is SQLite's own, it deletes nothing.
    """
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    marks = ", ".join("?" * len(columns))
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
    )
