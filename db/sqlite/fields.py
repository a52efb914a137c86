"""The index tokens of entries, as relevance is worked out from."""

from collections.abc import Iterator, Sequence

from db.search.relevance import FIELDS, Fields
from db.sql.connection import Connection

#: characters of each field that are looked at
_MOST_READ = 6_000
_COLUMNS = ", ".join(
    f"substr({name}, 1, {_MOST_READ}) AS {name}" for name in (*FIELDS, "title_parts", "body_parts")
)


def read_fields(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Fields]]:
    """Give each of some entries by its number, with its index tokens."""
    rows = connection.execute(
        f"SELECT rowid AS id, {_COLUMNS} FROM entry_fts"
        f" WHERE rowid IN ({', '.join('?' * len(numbers))})",
        numbers,
    )
    for row in rows:
        yield (
            row["id"],
            Fields(
                words={name: row[name] for name in FIELDS},
                parts={"title": row["title_parts"], "body": row["body_parts"]},
            ),
        )
