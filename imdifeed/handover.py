"""Hand over what waits in the outbox: claim → hand over → commit, one message at a time.

Each message is leased to one sender before it speaks to the mail server, so that several senders,
and one that died half-way, do no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models import Category, ClaimedMessage, Delivery
from db.store import Store
from feed.delivery import FolderTransport, Handover, SmtpTransport, Transport, TransportError
from imdifeed import workers
from imdifeed.config import MailSettings

#: a sender that says nothing for so long is taken for dead; longer than any SMTP reply may take
LEASE = timedelta(minutes=30)
#: first pause before another attempt; doubled each time
FIRST_PAUSE = timedelta(minutes=5)
#: after so many attempts (about 21 hours) a message is given up: the next digest carries its items
MOST_ATTEMPTS = 9


@dataclass(slots=True)
class Tally:
    """How a hand-over went."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    last_refusal: str = ""

    def count(self, handover: Handover, retry_at: datetime | None) -> None:
        """Count one settled message."""
        if retry_at is not None:
            self.later += 1
        elif handover.outcome in (Delivery.SENT, Delivery.AMBIGUOUS):
            self.sent += 1
        else:
            self.failed += 1
            self.last_refusal = handover.reply


def transport_for(mail: MailSettings) -> Transport:
    """Make the configured way out for mail."""
    if mail.transport == "folder":
        return FolderTransport(mail.outbox_folder)
    return SmtpTransport(
        mail.host,
        mail.port,
        username=mail.username,
        password=mail.password,
        starttls=mail.starttls,
    )


def hand_over(
    store: Store,
    transport: Transport,
    sender: str,
    *,
    clock: Callable[[], datetime],
    category: Category | None = None,
) -> Tally:
    """Hand over what waits in the outbox, each message committed before the next.

    Raises:
        TransportError: nothing can be handed over at present; every message is kept.
    """
    tally = Tally()
    worker = workers.own_name()
    for other in store.digests.workers():
        # no need to wait for the lease of one that was killed here
        if workers.has_died(other):
            store.digests.release(other, now=clock())
    while claimed := store.digests.claim(worker, now=clock(), lease_for=LEASE, category=category):
        try:
            handover = transport.hand_over(sender, claimed.message.recipient, claimed.message.data)
        except TransportError as error:
            store.digests.settle(
                claimed, worker, Delivery.DEFERRED, now=clock(),
                retry_at=clock() + FIRST_PAUSE, reply=str(error),
            )  # fmt: skip
            raise
        retry_at = _retry_at(claimed, handover.outcome, clock())
        store.digests.settle(
            claimed, worker, handover.outcome, now=clock(), retry_at=retry_at,
            reply=handover.reply,
        )  # fmt: skip
        tally.count(handover, retry_at)
    return tally


def _retry_at(claimed: ClaimedMessage, outcome: Delivery, now: datetime) -> datetime | None:
    """Tell when to try again, if at all: a lost digest is worse than a rare double of it."""
    confirmation = claimed.message.category is Category.CONFIRMATION
    most = 2 if outcome is Delivery.AMBIGUOUS and confirmation else MOST_ATTEMPTS
    if outcome in (Delivery.SENT, Delivery.FAILED) or claimed.attempts >= most:
        return None
    pauses: int = 2 ** (claimed.attempts - 1)
    return now + FIRST_PAUSE * pauses
