import socket
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Self

import pytest

from db.models import Category, Delivery, Language, Message, Rhythm, SubscriptionRequest, Told
from db.store import Store
from feed.delivery import Handover, TransportError
from imdifeed import workers
from imdifeed.handover import FIRST_PAUSE, MOST_ATTEMPTS, hand_over

SENDER = "IMDi-nytt <nytt@imdifeed.example>"


class Scripted:
    """A transport that answers as it was told to, and remembers what it was given."""

    def __init__(self, *answers: Delivery | TransportError) -> None:
        self.answers = list(answers)
        self.given: list[bytes] = []

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
        assert sender == SENDER
        self.given.append(data)
        answer = self.answers.pop(0)
        if isinstance(answer, TransportError):
            raise answer
        return Handover(answer, f"said {answer}")

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def message(key: str, category: Category) -> Message:
    return Message(
        category=category,
        recipient="kari@kommune.example",
        message_id=f"<{key}@imdifeed.example>",
        data=key.encode(),
        dedupe_key=key,
    )


@pytest.fixture
def outbox(store: Store, now: datetime) -> Store:
    """A store with a confirmation and a digest in the outbox."""
    store.subscriptions.request(
        SubscriptionRequest(
            email="kari@kommune.example",
            query="",
            rhythm=Rhythm.DAILY,
            language=Language.BOKMAL,
        ),
        token_hash="t",
        message=message("confirmation", Category.CONFIRMATION),
        now=now,
        expires=now + timedelta(days=7),
    )
    subscription = store.subscriptions.confirm("t", now=now)
    told = [Told(subscription_id=subscription.id, story=1)]
    store.digests.enqueue(message("digest", Category.DIGEST), told=told, tokens=[], now=now)
    return store


def test_each_message_is_handed_over_once_confirmations_first(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT, Delivery.SENT)
    tally = hand_over(outbox, transport, SENDER, clock=lambda: now)
    assert transport.given == [b"confirmation", b"digest"]
    assert (tally.sent, tally.later, tally.failed) == (2, 0, 0)
    hand_over(outbox, transport, SENDER, clock=lambda: now + timedelta(days=9))
    assert len(transport.given) == 2


def test_only_one_category_when_asked(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT)
    hand_over(outbox, transport, SENDER, clock=lambda: now, category=Category.CONFIRMATION)
    assert transport.given == [b"confirmation"]


def test_a_refusal_is_told_and_final(outbox: Store, now: datetime) -> None:
    tally = hand_over(outbox, Scripted(Delivery.SENT, Delivery.FAILED), SENDER, clock=lambda: now)
    assert (tally.sent, tally.failed, tally.last_refusal) == (1, 1, "said failed")
    assert outbox.digests.counts() == {"failed": 1, "sent": 1}


def test_pauses_double_and_end(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT, *[Delivery.DEFERRED] * MOST_ATTEMPTS)
    moment, waited = now, timedelta()
    for attempt in range(MOST_ATTEMPTS):
        tally = hand_over(outbox, transport, SENDER, clock=lambda at=moment: at)
        last = attempt == MOST_ATTEMPTS - 1
        assert (tally.later, tally.failed) == ((0, 1) if last else (1, 0))
        pause = FIRST_PAUSE * 2**attempt
        if not last:
            too_soon = moment + pause - timedelta(seconds=1)
            assert hand_over(outbox, transport, SENDER, clock=lambda at=too_soon: at).later == 0
            moment, waited = moment + pause, waited + pause
    assert transport.answers == []
    assert timedelta(hours=20) < waited < timedelta(hours=24)


def test_what_may_have_arrived_is_repeated_for_digests_and_once_for_confirmations(
    outbox: Store, now: datetime
) -> None:
    transport = Scripted(*[Delivery.AMBIGUOUS] * 5)
    for hours in (0, 1, 3):
        hand_over(outbox, transport, SENDER, clock=lambda h=hours: now + timedelta(hours=h))
    assert transport.given.count(b"confirmation") == 2
    assert transport.given.count(b"digest") == 3


def test_a_fault_of_the_server_stops_the_run_and_costs_no_message(
    outbox: Store, now: datetime
) -> None:
    with pytest.raises(TransportError, match="no route"):
        hand_over(outbox, Scripted(TransportError("no route")), SENDER, clock=lambda: now)
    assert outbox.digests.counts() == {"queued": 2}
    later = now + FIRST_PAUSE
    transport = Scripted(Delivery.SENT, Delivery.SENT)
    assert hand_over(outbox, transport, SENDER, clock=lambda: later).sent == 2


def test_a_message_held_by_a_sender_that_died_here_is_taken_over(
    outbox: Store, now: datetime
) -> None:
    code = "import imdifeed.workers as workers; print(workers.own_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    gone = ended.stdout.strip()
    alive = workers.own_name()
    for worker in (gone, alive):
        assert outbox.digests.claim(worker, now=now, lease_for=timedelta(minutes=30))
    transport = Scripted(Delivery.SENT)
    assert hand_over(outbox, transport, SENDER, clock=lambda: now).sent == 1
    assert transport.given == [b"confirmation"]
    assert outbox.digests.workers() == {alive}


@pytest.mark.parametrize(
    ("worker", "died"),
    [("elsewhere:1:1:1", False), (f"{socket.gethostname()}:1::1", False)],
)
def test_nobody_else_is_taken_for_dead(worker: str, died: bool) -> None:
    assert workers.has_died(worker) is died
