"""What the shared SQL needs of an engine's search index."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from db.models import Entry, EntryData
from db.search.meaning import Pattern
from db.search.relevance import Fields

if TYPE_CHECKING:
    from db.sql.search import Selection


class Index(Protocol):
    """The search index of one connection."""

    def write(self, entry_id: int, data: EntryData) -> None:
        """Index an entry and its files anew, at the end of the open transaction."""

    def write_pages(self, entry_id: int) -> None:
        """Index the pages of an entry's files anew, inside a transaction."""

    def remove(self, entry_id: int) -> None:
        """Take an entry out of the index, inside a transaction."""

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Index everything anew, inside a transaction; give the number of entries."""

    def is_outdated(self) -> bool:
        """Tell whether the index was made with another version of the words."""

    def has(self, patterns: Sequence[Pattern]) -> bool:
        """Tell whether any entry matches one of the patterns."""

    def count(self, patterns: Sequence[Pattern]) -> int:
        """Count the entries that match one of the patterns."""

    def numbers(self, patterns: Sequence[Pattern]) -> list[int]:
        """Give the numbers of the entries that match one of the patterns, in no order."""

    def fields(self, numbers: Sequence[int]) -> Iterator[tuple[int, Fields]]:
        """Give each of some entries by its number, with its index tokens."""

    def ranked(self, selection: "Selection", start: int, end: int | None) -> list[int]:
        """Give the numbers of a selection's entries by relevance, from one place to another."""

    def related(self, entry: Entry, limit: int) -> list[int]:
        """Give the numbers of the entries most like one, the likest first."""
