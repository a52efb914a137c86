"""What an engine promises of leases."""

from datetime import datetime, timedelta
from typing import Protocol

from db.models import Lease


class LeaseStore(Protocol):
    """What several processes, on one machine or on many, have to themselves in turn.

    Moments come from the holders' clocks, which may differ by much less than a lease lasts. A lease
    that was written minutes in the future, because a clock was ahead, counts as run out.
    """

    def take(self, name: str, holder: str, *, now: datetime, lasting: timedelta) -> Lease | None:
        """Take what nobody holds; None while somebody does, even the same holder."""

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        """Hold something longer; one that ran out is had back, unless somebody has taken it.

        Raises `LeaseLostError`.
        """

    def release(self, lease: Lease, *, now: datetime, until: datetime | None = None) -> None:
        """Let others have it, at once or from a moment on; does nothing where it is lost."""

    def held(self, *, now: datetime) -> list[Lease]:
        """Give what is held, by name."""

    def closed(self, *, now: datetime) -> dict[str, datetime]:
        """Give the names that cannot be taken, and until when: held, or not yet free again."""
