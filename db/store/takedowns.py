"""What an engine promises of takedowns."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from db.models import Takedown


class TakedownStore(Protocol):
    """Entries that may not be shown any more, by a person's decision."""

    def take_down(
        self, entry_id: int, *, reason: str, is_about: Callable[[bytes], bool], now: datetime
    ) -> None:
        """Delete an entry with its files, revisions and page, and refuse it from now on.

        Mails that wait and tell of it are cancelled, to be written without it. `is_about` tells of
        the web page of a digest whether it names the entry; such pages are deleted. Raises
        `EntryNotFoundError`.
        """

    def lift(self, entry_id: int, *, now: datetime) -> Takedown:
        """Let an entry come back, under its number, when it is next crawled or imported.

        It appears when it first appeared, and nobody is told of it anew. Raises
        `EntryNotFoundError` where none with this number was taken down.
        """

    def all(self) -> list[Takedown]:
        """Give every takedown, lifted ones too, the newest first."""
