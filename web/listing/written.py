"""Rows of listings as they were written: after a change only what changed is written again."""

from collections.abc import Mapping
from itertools import count
from sys import getsizeof
from typing import Final, NamedTuple

from db.models import Source, Tag, Version
from web.every_request.bounded import Bounded
from web.listing.forms import Text

#: bytes that are kept of rows, and of long texts with their words; what a row takes besides texts
MOST_BYTES: Final = 4 * 1024 * 1024
_BESIDES: Final = 1_200


class WrittenRow(NamedTuple):
    """An entry as listings show it, but for what depends on the search."""

    #: HTML around title, excerpt, and what is said of a file that has the words
    html: tuple[str, str, str, str]
    title: Text
    #: what is shown where no other place of its text has the words
    beginning: Text
    #: whether another place of its text may be shown
    is_open: bool
    #: whether its files have pages, and whether it is what one of them says
    has_pages: bool
    is_file: bool


class RowName(NamedTuple):
    """All that a row depends on; an entry that changed has another one."""

    version: Version
    #: number of the names that tags and sources have (`WrittenRows.names`)
    names: int
    #: language of the page, and the one that its address asks for
    language: str
    chosen: str


class WrittenRows:
    """Rows that were written before, for the threads of one process."""

    def __init__(self) -> None:
        self._rows: Bounded[RowName, WrittenRow] = Bounded(MOST_BYTES, _weight)
        self._numbers = count(1)
        self._names: tuple[object, int] = None, 0
        self.get, self.put = self._rows.get, self._rows.put
        #: long texts, in which words are looked for where a row's own have none
        self.texts: Bounded[Version, Text] = Bounded(MOST_BYTES, lambda _, text: _size(text))

    def names(self, tags: Mapping[str, Tag], sources: Mapping[str, Source]) -> int:
        """Give a number that stands for these tags and sources, and for no others."""
        known, number = self._names
        if known != (tags, sources):
            number = next(self._numbers)
            self._names = (tags, sources), number
        return number


def _weight(_: RowName, row: WrittenRow) -> int:
    return _BESIDES + sum(map(getsizeof, row.html)) + _size(row.title) + _size(row.beginning)


def _size(text: Text) -> int:
    # one character that is none of Latin-1 makes all of a text two or four times as large; words
    # are those that other texts have as well
    return getsizeof(text.text) + getsizeof(text.words)
