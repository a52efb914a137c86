"""Move everything that is kept from one store to another, of whatever engine.

Rows are taken as they are, by table, and with them the highest numbers ever given. How far it has
come is kept in the target, in the same transaction as the rows, so that it can be killed at any
moment and goes on. A table's checksum is the sum of its rows' hashes, for engines sort text
differently.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from db.errors import TransferError

#: what a column holds, whatever the engine calls its type: truth is 0 or 1
Value = None | int | float | str | bytes
Row = tuple[Value, ...]
#: called with the rows moved and all rows
OnProgress = Callable[[int, int], None]

#: rows, and about so many bytes of them, that are stored together
_TOGETHER = 1000
_BYTES_TOGETHER = 8_000_000
_MODULUS = 2**256


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows cannot be made again."""

    name: str
    #: by name, so that engines agree on the order
    columns: tuple[str, ...]
    #: those that tell its rows apart
    key: tuple[str, ...]

    def key_of(self, row: Row) -> Row:
        """Give what tells a row from the others."""
        return tuple(row[self.columns.index(name)] for name in self.key)


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows there are, and the sum of their hashes."""

    rows: int = 0
    total: int = 0

    def plus(self, rows: Iterable[Row]) -> "Checksum":
        """Count and add more rows."""
        count, total = self.rows, self.total
        for row in rows:
            count += 1
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest())
        return Checksum(count, total % _MODULUS)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a table has been moved."""

    #: key of its last row; None where it had none
    last: Row | None
    moved: Checksum


class Content(Protocol):
    """All that a store keeps, as it is at one moment."""

    @property
    def name(self) -> str:
        """What people call it, without passwords."""

    def tables(self) -> Sequence[Table]:
        """Give the tables, by name; what can be made again is not among them."""

    def count(self, table: Table) -> int:
        """Count the rows of a table."""

    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row]:
        """Give the rows of a table by key, those after a key; a few in memory at a time."""

    def numbers(self) -> Mapping[str, int]:
        """Give the highest number that each table has ever given."""


class Origin(Content, Protocol):
    """A store that is moved; what others write to it meanwhile is not seen."""

    def close(self) -> None:
        """Leave it."""


class Target(Content, Protocol):
    """A store that is being filled, which nobody else can use yet."""

    @property
    def is_in_use(self) -> bool:
        """Whether it was whole before: then it is only to be read."""

    def progress(self) -> Mapping[str, Progress]:
        """Give how far the tables have been moved that were begun."""

    def store(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        """Store rows and how far they bring us, in one transaction."""

    def clear(self) -> None:
        """Empty it, to begin again."""

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Go on beyond these numbers, and make again what can be made; may be repeated."""

    def hand_over(self) -> None:
        """Let others use it."""

    def close(self) -> None:
        """Leave it, whole or half filled."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved."""

    #: rows by table
    rows: Mapping[str, int]
    #: rows that an earlier attempt had moved
    before: int


def move(origin: Content, target: Target, *, on_progress: OnProgress | None = None) -> Moved:
    """Move everything, see that it has arrived, and let the target be used.

    Raises:
        TransferError: the two do not fit, or what arrived is not what was sent.
    """
    tables = _common_tables(origin, target)
    if target.is_in_use:
        return _moved_before(origin, target, tables)
    sums = {table: origin.count(table) for table in tables}
    before = _resumed(origin, target, tables)
    done = sum(progress.moved.rows for progress in before.values())
    arrived = {}
    for table in tables:
        progress = before.get(table.name, Progress(None, Checksum()))
        for rows in _batches(_keepable(origin.rows(table, progress.last))):
            progress = Progress(table.key_of(rows[-1]), progress.moved.plus(rows))
            target.store(table, rows, progress)
            done += len(rows)
            if on_progress is not None:
                on_progress(done, sum(sums.values()))
        arrived[table] = progress.moved
    target.finish(origin.numbers())
    _verify(origin, target, arrived)
    target.hand_over()
    return Moved(
        {table.name: moved.rows for table, moved in arrived.items()},
        sum(progress.moved.rows for progress in before.values()),
    )


def _moved_before(origin: Content, target: Content, tables: Sequence[Table]) -> Moved:
    """Give what is there already, of an attempt that ended before it could say so."""
    rows = {}
    for table in tables:
        rows[table.name] = origin.count(table)
        if target.count(table) != rows[table.name] or not _is_same(origin, target, table):
            raise TransferError(
                f"{target.name} holds something already and was left as it is; name an empty one"
            )
    return Moved(rows, sum(rows.values()))


def _is_same(origin: Content, target: Content, table: Table) -> bool:
    return checksum(target, table) == Checksum().plus(_keepable(origin.rows(table)))


def checksum(content: Content, table: Table) -> Checksum:
    """Read a table through."""
    return Checksum().plus(content.rows(table))


def _common_tables(origin: Content, target: Content) -> Sequence[Table]:
    tables, theirs = origin.tables(), target.tables()
    if tables != theirs:
        odd = {table.name for table in set(tables) ^ set(theirs)}
        raise TransferError(
            f"{origin.name} and {target.name} keep different things: {', '.join(sorted(odd))}"
        )
    return tables


def _resumed(origin: Content, target: Target, tables: Sequence[Table]) -> Mapping[str, Progress]:
    """Give what an earlier attempt moved, if it still is what origin and target hold."""
    begun = target.progress()
    for table in tables:
        moved = begun[table.name].moved if table.name in begun else Checksum()
        if not _begins_with(origin, table, moved) or checksum(target, table) != moved:
            target.clear()
            return {}
    return begun


def _begins_with(origin: Content, table: Table, moved: Checksum) -> bool:
    found = Checksum()
    rows = _keepable(origin.rows(table))
    while found.rows < moved.rows:
        row = next(rows, None)
        if row is None:
            return False
        found = found.plus([row])
    return found == moved


def _keepable(rows: Iterable[Row]) -> Iterator[Row]:
    """Put the mark of what cannot be shown for each NUL in a text: PostgreSQL keeps none."""
    for row in rows:
        if any(isinstance(value, str) and "\0" in value for value in row):
            yield tuple(one.replace("\0", "\ufffd") if isinstance(one, str) else one for one in row)
        else:
            yield row


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) == _TOGETHER or size > _BYTES_TOGETHER:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _verify(origin: Content, target: Target, arrived: Mapping[Table, Checksum]) -> None:
    for table, moved in arrived.items():
        if moved.rows != origin.count(table):
            raise TransferError(f"{moved.rows} of {origin.count(table)} rows of {table.name} came")
        if checksum(target, table) != moved:
            raise TransferError(f"what arrived of {table.name} is not what was sent")
    given = target.numbers()
    for name, number in origin.numbers().items():
        if given.get(name, number) != number:
            raise TransferError(f"{name} would give {given[name] + 1}, not {number + 1} next")
