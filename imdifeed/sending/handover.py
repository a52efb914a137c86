"""Hand over what waits in the outbox: claim → hand over → commit, one message at a time.

Each message is leased to one sender before it speaks to the mail server, so that several senders,
and one that died half-way, do no harm. Senders of one process wait for the disk together.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from db import holders
from db.errors import BrakeError
from db.models import Bounce, Brakes, Category, ClaimedMessage, Delivery
from db.store import Store
from feed.bounces import return_path
from feed.delivery import FolderTransport, Handover, Transport, TransportError
from feed.smtp import SmtpTransport
from imdifeed.sending.commits import Commits
from imdifeed.sending.tally import Tally
from imdifeed.settings import MailSettings, Settings

#: a sender that says nothing for so long is taken for dead; longer than any SMTP reply may take
LEASE = timedelta(minutes=45)
#: first pause before another attempt; doubled each time up to the longest
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=4)
#: part of a pause that chance adds or takes, so that what failed together is not tried together
JITTER = 0.2
#: after so long a message is given up: the next digest carries its items
GIVE_UP_AFTER = timedelta(hours=24)
#: so often in a row a server may say that it is closing (421) before we leave it alone
MOST_CLOSINGS = 5

_CLOCK = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Manner:
    """How messages are handed over."""

    #: From of the mails, and where reports go unless `return_path` says otherwise
    sender: str
    #: envelope sender of a message by its number, for reports (VERP)
    return_path: Callable[[int], str] | None = None
    brakes: Brakes | None = None
    #: from 0 to 1
    chance: Callable[[], float] = random.random
    #: wait some seconds, or until all is to stop
    wait: Callable[[float], object] = lambda _seconds: None


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


def manner_of(settings: Settings, *, limited: bool = True) -> Manner:
    """Give how messages are handed over by the settings; without brakes unless `limited`."""
    template, secret = settings.mail.return_path, settings.secret_key
    limits = Brakes(settings.digest.most_per_hour, settings.digest.most_per_day)
    return Manner(
        settings.mail.sender,
        return_path=(lambda number: return_path(template, number, secret)) if template else None,
        brakes=limits if limited else None,
    )


def hand_over(
    store: Store,
    transport: Transport,
    manner: Manner,
    *,
    clock: _CLOCK,
    category: Category | None = None,
    tally: Tally | None = None,
    stopped: Callable[[], bool] = lambda: False,
    commits: Commits | None = None,
) -> Tally:
    """Hand over what waits in the outbox, each message committed before the next.

    Raises:
        TransportError: nothing can be handed over at present; every message is kept.
        BrakeError: a limit on digests is reached; every message is kept.
    """
    tally = tally or Tally()
    record = (commits or Commits(store)).record
    sender = _Sender(store, transport, manner, clock, category, stopped)
    _release_dead(store, clock)
    closings = 0
    claimed = record(sender.claim)
    while claimed:
        if isinstance(claimed, BrakeError):
            raise claimed
        handover = sender.attempt(claimed)
        retry_at = _retry_at(claimed, handover.outcome, clock(), manner.chance())
        following = record(
            partial(sender.settle, claimed, handover, retry_at),
            # whom nobody can write to is no reader any more
            alone=handover.outcome is Delivery.BOUNCED,
        )
        tally.count(claimed, handover, retry_at)
        closings = closings + 1 if handover.closing else 0
        if closings >= MOST_CLOSINGS:
            break
        if closings:
            manner.wait(2.0 ** (closings - 1))
        claimed = following or record(sender.claim)
    return tally


def hand_over_by(
    count: int, store: Store, mail: MailSettings, manner: Manner, tally: Tally, *, clock: _CLOCK
) -> None:
    """Hand over with several connections at once, counting in `tally`; what stops one stops all.

    Raises as `hand_over` does.
    """
    stop, commits = threading.Event(), Commits(store)
    manner = replace(manner, wait=stop.wait)
    # files of a folder gain nothing from it
    count = count if mail.transport == "smtp" else 1

    def work() -> None:
        try:
            with transport_for(mail) as transport:
                hand_over(
                    store, transport, manner, clock=clock, tally=tally, stopped=stop.is_set,
                    commits=commits,
                )  # fmt: skip
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(count, thread_name_prefix="sender") as pool:
        try:
            tasks = [pool.submit(work) for _ in range(count)]
            for task in tasks:
                task.result()
        finally:
            # a signal lets each finish the message it is at
            stop.set()


def _release_dead(store: Store, clock: _CLOCK) -> None:
    for other in store.digests.workers():
        # no need to wait for the lease of one that was killed here
        if holders.has_died(other, one_machine=store.one_machine):
            store.digests.release(other, now=clock())


@dataclass(frozen=True, slots=True)
class _Sender:
    """One of those who take messages from the outbox to the mail server."""

    store: Store
    transport: Transport
    manner: Manner
    clock: _CLOCK
    category: Category | None
    stopped: Callable[[], bool]
    worker: str = field(default_factory=holders.own_name)

    def claim(self) -> ClaimedMessage | BrakeError | None:
        """Lease the next message; what forbids it is given, not raised: it voids no other write."""
        if self.stopped():
            return None
        try:
            return self.store.digests.claim(
                self.worker, now=self.clock(), lease_for=LEASE, category=self.category,
                brakes=self.manner.brakes,
            )  # fmt: skip
        except BrakeError as error:
            return error

    def attempt(self, claimed: ClaimedMessage) -> Handover:
        """Hand a message over. Raises `TransportError`; then it waits for a while."""
        message, manner = claimed.message, self.manner
        envelope = manner.return_path(claimed.id) if manner.return_path else manner.sender
        try:
            return self.transport.hand_over(envelope, message.recipient, message.data)
        except TransportError as error:
            self.store.digests.settle(
                claimed, self.worker, Delivery.DEFERRED, now=self.clock(),
                retry_at=self.clock() + FIRST_PAUSE, reply=str(error),
            )  # fmt: skip
            raise

    def settle(
        self, claimed: ClaimedMessage, handover: Handover, retry_at: datetime | None
    ) -> ClaimedMessage | BrakeError | None:
        """Record how a message fared, and lease the next where there is nothing to think about."""
        self.store.digests.settle(
            claimed, self.worker, handover.outcome, now=self.clock(), retry_at=retry_at,
            reply=handover.reply,
        )  # fmt: skip
        if handover.outcome is Delivery.BOUNCED:
            self.store.readers.bounced(
                claimed.id, Bounce.HARD, reason=handover.reply, now=self.clock()
            )
        return self.claim() if handover.outcome is Delivery.SENT else None


def _retry_at(
    claimed: ClaimedMessage, outcome: Delivery, now: datetime, chance: float
) -> datetime | None:
    """Tell when to try again, if at all: a lost digest is worse than a rare double of it."""
    if outcome not in (Delivery.DEFERRED, Delivery.AMBIGUOUS):
        return None
    last = claimed.created + GIVE_UP_AFTER
    is_digest = claimed.message.category is Category.DIGEST
    doubles = outcome is Delivery.AMBIGUOUS and not is_digest and claimed.attempts > 1
    if now >= last or doubles:
        return None
    times: int = 2 ** min(claimed.attempts - 1, 10)
    pause = min(FIRST_PAUSE * times, LONGEST_PAUSE)
    return min(now + pause * (1 + JITTER * (2 * chance - 1)), max(last, now + FIRST_PAUSE))
