"""How a hand-over went, counted by all who take part in it."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from db.models import ClaimedMessage, Delivery
from feed.delivery import Handover, TransportError

#: so many messages refused by policy in a row, by whomever, are no matter of the recipients
MOST_BLOCKED = 10


@dataclass(slots=True)
class Tally:
    """How a hand-over went."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    #: for addresses that do not exist; they are written to no more
    bounced: int = 0
    #: given up without knowing whether they arrived
    uncertain: int = 0
    last_refusal: str = ""
    #: refused by policy, one after the other
    blocked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, claimed: ClaimedMessage, handover: Handover, retry_at: datetime | None) -> None:
        """Count one settled message. Raises `TransportError` where none would be taken."""
        with self._lock:
            outcome = handover.outcome
            self.blocked = self.blocked + 1 if outcome is Delivery.BLOCKED else 0
            if retry_at is not None:
                self.later += 1
            elif outcome is Delivery.SENT:
                self.sent += 1
            elif outcome is Delivery.BOUNCED:
                self.bounced += 1
            elif outcome is Delivery.AMBIGUOUS or (
                outcome is Delivery.DEFERRED and claimed.uncertain
            ):
                self.uncertain += 1
            else:
                self.failed += 1
                self.last_refusal = handover.reply
            if self.blocked >= MOST_BLOCKED:
                raise TransportError(
                    f"the mail server refused {self.blocked} messages in a row by policy, the last"
                    f" with “{handover.reply}”; see whether it lets this machine send, and whether"
                    " others block it"
                )
