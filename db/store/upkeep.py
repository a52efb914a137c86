"""What an engine promises to those who look after it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from db.models import Figures, Inspection


class UpkeepStore(Protocol):
    """Looking after what is kept. Copies of a store are used through `db`."""

    def copy(
        self, path: Path, *, on_progress: Callable[[int, int], None] | None = None
    ) -> Inspection:
        """Copy the store, consistent while it is written to, to a file that does not exist yet.

        The copy has been read through when it gets its name. `on_progress` is told parts copied
        and all parts. Raises `FileExistsError`, or `StoreUnavailableError` and leaves no file.
        """

    def faults(self) -> tuple[str, ...]:
        """Read everything and tell what is wrong, nothing in a sound store."""

    def figures(self) -> Figures:
        """Give what somebody who watches over it wants to know."""

    def require_current(self) -> None:
        """Raise `SchemaNewerError` or `SchemaOutdatedError` where another version has taken over.

        Raises `StoreUnavailableError` where the store cannot be read.
        """
