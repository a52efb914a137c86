"""What an engine promises of the files of entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from db.models import AttachmentState, UnreadAttachment


class AttachmentStore(Protocol):
    """The text of the files that come with entries."""

    def unread(self, source: str) -> list[UnreadAttachment]:
        """Give the files of a source that have an address and wait to be read."""

    def read(
        self,
        entry_id: int,
        position: int,
        state: AttachmentState,
        pages: Sequence[str] = (),
        *,
        media_type: str = "",
        length: int | None = None,
        now: datetime,
    ) -> None:
        """Record a file's text, a string a page, or why there is none, and make it searchable.

        `media_type` and `length`, as the server gave them, complete what the publisher printed.
        """

    def pages(self, entry_id: int, position: int) -> list[str]:
        """Give the text of a file, a string a page."""
