"""What an engine promises of stories."""

from datetime import datetime, timedelta
from typing import Protocol

from db.models import Entry


class StoryStore(Protocol):
    """Which entries are the same news. A story's number is that of its first entry."""

    def near(self, entry_id: int, *, within: timedelta) -> list[Entry]:
        """Give the entries of other stories that came at most so long before or after an entry.

        What counts is `published`, or `appeared` where that is unknown.
        """

    def join(self, entry_id: int, other_id: int, *, by_person: bool, now: datetime) -> bool:
        """Make the stories of two entries one, under the lower number.

        False, and nothing done, where they are one already, or where a person has split them and
        `by_person` is not set. Raises `EntryNotFoundError`.
        """

    def split(self, entry_id: int, *, now: datetime) -> bool:
        """Take an entry out of its story by a person's decision, which no rule undoes.

        False where it stands alone. Raises `EntryNotFoundError`.
        """

    def members(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the entries of an entry's story, the first one first."""
