"""The order in which entries last changed, for harvesters; triggers in the schema keep it."""

from db.errors import ChangeNotFoundError
from db.models import Changes
from db.sql.connection import Connection
from db.sql.pieces import NEWEST_CHANGE
from db.sql.rows import entries_from
from db.sql.search import Selection


def changes_after(
    connection: Connection, selection: Selection, *, since: int, limit: int
) -> Changes:
    """Give the entries of a selection that changed after a change, each once, in that order.

    Raises `ChangeNotFoundError` for a number that no change has had, as after an older copy of the
    database was put back: then what a harvester holds cannot be brought up to date from there.
    """
    newest = _newest(connection)
    if since > newest:
        raise ChangeNotFoundError(
            f"no change has the number {since}, as after an older copy of the database was put"
            " back; begin again with since=0"
        )
    chosen = ""
    if selection.conditions:
        chosen = f" AND entry_id IN (SELECT entry.id {selection.sql})"
    rows = connection.execute(
        f"SELECT number, entry_id FROM entry_change WHERE number > ?{chosen}"
        " ORDER BY number LIMIT ?",
        [since, *selection.values, limit],
    ).fetchall()
    # What the query passes over up to now need not be looked at again.
    last = rows[-1]["number"] if len(rows) == limit else newest
    numbers = [row["entry_id"] for row in rows]
    found = {
        entry.id: entry
        for entry in entries_from(
            connection,
            connection.execute(
                f"SELECT * FROM entry WHERE id IN ({', '.join('?' * len(numbers))})", numbers
            ).fetchall(),
        )
    }
    (remaining,) = connection.execute(
        f"SELECT count(*) FROM entry_change WHERE number > ?{chosen}", [last, *selection.values]
    ).fetchone()
    # what was taken down since its number was read is left out
    entries = tuple(found[number] for number in numbers if number in found)
    return Changes(entries, last, remaining)


def _newest(connection: Connection) -> int:
    (number,) = connection.execute(NEWEST_CHANGE).fetchone()
    return int(number)
