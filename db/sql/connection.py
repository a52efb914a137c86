"""What the shared SQL needs of an engine's connections."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from db.sql.index import Index

#: the values of a statement, by place or by name
Values = Sequence[Any] | Mapping[str, Any]


class Row(Protocol):
    """A row, read by name or by place."""

    def __getitem__(self, name: int | str, /) -> Any:
        """Give a value."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the values."""

    def keys(self) -> list[str]:
        """Give the names."""


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""

    def fetchone(self) -> Any:
        """Give the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""


class Connection(Protocol):
    """A connection of one thread: outside transactions each statement stands for itself."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    @property
    def index(self) -> "Index":
        """The search index."""

    def reading(self) -> AbstractContextManager[None]:
        """See one moment of the store in all statements, whatever others commit meanwhile.

        Raises `RuntimeError` inside another transaction.
        """

    def execute(self, sql: str, parameters: Values = (), /) -> Cursor:
        """Run one statement, a value for each `?` or `:name`. Raises `StoreUnavailableError`."""

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Cursor:
        """Run one statement for each row of values. Raises `StoreUnavailableError`."""


class Connections(Protocol):
    """The connections of all threads."""

    @property
    def connection(self) -> Connection:
        """Give this thread's connection. Raises `StoreUnavailableError`."""

    def writing(self, *, alone: bool = True) -> AbstractContextManager[Connection]:
        """Run one write transaction; inside another one of this thread it is part of that one.

        Who writes `alone` waits for others that do; without it, an engine that can lets writers
        work side by side, and what they look for must keep them apart.
        """

    def mark(self) -> object | None:
        """Give what is another after every commit, whoever makes it.

        To be asked of an engine where that is much cheaper than a statement; None elsewhere.
        """

    def close(self) -> None:
        """Close them all."""
