"""Rows that are read by name and by place, and values as SQLite has them."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.types.string import StrDumperUnknown


class Row(tuple[Any, ...]):
    """A row of a result; each result has a class of its own, which knows the names."""

    __slots__ = ()
    places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, name: Any, /) -> Any:
        """Give a value by its name or place."""
        return tuple.__getitem__(self, self.places[name] if isinstance(name, str) else name)

    def keys(self) -> list[str]:
        """Give the names."""
        return list(self.places)


@lru_cache(maxsize=1_024)
def _class_of(names: tuple[str, ...]) -> type[Row]:
    # the first of equal names, as in SQLite
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    return type("Row", (Row,), {"__slots__": (), "places": {name: places[name] for name in names}})


def make_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    """Give what makes rows of a cursor's values (a row factory of psycopg)."""
    description = cursor.description or ()
    return _class_of(tuple(column.name for column in description))


class _Text(StrDumperUnknown):
    """Writes text; a NUL, which PostgreSQL refuses, as the mark of what cannot be shown."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)


class _Flag(Dumper):
    """Writes a truth value so that a column of numbers takes it, and a condition as well."""

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


class _Sum(Loader):
    """Reads what adding up many numbers gives, which is of a type without limits."""

    def load(self, data: Any) -> int | float:
        text = bytes(data)
        return float(text) if b"." in text else int(text)


def adapt(context: AdaptContext) -> None:
    """Make a connection write and read values as SQLite does."""
    adapters = context.adapters
    assert adapters is not None  # noqa: S101 - every connection has its own
    adapters.register_dumper(str, _Text)
    adapters.register_dumper(bool, _Flag)
    adapters.register_loader("numeric", _Sum)
