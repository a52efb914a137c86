"""What an engine promises of deadlines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from db.models import EntryDeadline, FoundDeadline
from db.query import EntryQuery


class DeadlineStore(Protocol):
    """Days by which something has to be done, found in the entries' texts."""

    def ahead(self, query: EntryQuery, *, from_day: date, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the deadlines from a day on that a query's entries name, soonest first.

        Neither those of withdrawn entries nor those a text no longer names.
        """

    def calendar(self, query: EntryQuery, *, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the latest deadlines of a query's entries by day, cancelled ones too."""

    def replace(self, entry_id: int, deadlines: Sequence[FoundDeadline], *, now: datetime) -> bool:
        """Replace what an entry's text names, as `EntryStore.put` does for a changed entry.

        A deadline that is known again keeps its number. Tells whether anything differed.
        """
