"""What an engine promises to feeds."""

from typing import Protocol

from db.models import Alteration, Entry, EntryState, Stretch
from db.query import EntryQuery


class FeedStore(Protocol):
    """What feeds ask for: the state of a query, its archive, and what was altered.

    The archive is the entries of a query in the order they appeared. Where an entry stands in it
    changes only when one comes in or leaves before it.
    """

    def states(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[EntryState, ...]:
        """Give the newest entries of a query by number and change, without their texts.

        Equal states are equal answers of `read`, the vocabulary aside.
        """

    def read(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`, or those of a part of its archive."""

    def count_before(self, query: EntryQuery, entry_id: int) -> int:
        """Count the entries of a query that appeared before an entry, which need not be of it."""

    def before(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give numbers of a query's entries that appeared last before an entry, oldest first."""

    def after(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give the numbers of a query's entries that appeared next after one, oldest first."""

    def alterations(self, query: EntryQuery, *, limit: int) -> tuple[Alteration, ...]:
        """Give the newest corrections and withdrawals of a query's entries, newest first.

        Stories are not folded: an entry is altered for itself.
        """
