"""Several senders at once: each message is leased to one of them, and limits hold for all."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from db.errors import BrakeError
from db.models import (
    Brakes,
    Category,
    Delivery,
    DigestContents,
    Language,
    Message,
    Progress,
    Rhythm,
    SubscriptionRequest,
    Told,
)
from db.store import Store

pytestmark = pytest.mark.every_engine

SENDERS = 8
MESSAGES = 120
LEASE = timedelta(minutes=45)


def message(key: str, category: Category) -> Message:
    return Message(
        category=category, recipient="kari@kommune.example", message_id=f"<{key}@x>",
        data=key.encode(), dedupe_key=key,
    )  # fmt: skip


@pytest.fixture
def outbox(store: Store, now: datetime) -> Store:
    """Give a store whose outbox holds digests to one reader, each of a story of its own."""
    store.subscriptions.request(
        SubscriptionRequest(
            email="kari@kommune.example", query="", rhythm=Rhythm.DAILY, language=Language.BOKMAL
        ),
        token_hash="t",
        message=message("confirmation", Category.CONFIRMATION),
        now=now,
        expires=now + timedelta(days=7),
    )
    number = store.subscriptions.confirm("t", now=now).id
    claimed = store.digests.claim("x", now=now, lease_for=LEASE)
    assert claimed
    store.digests.settle(claimed, "x", Delivery.SENT, now=now)
    with store.together():
        for story in range(1, MESSAGES + 1):
            contents = DigestContents(
                told=(Told(subscription_id=number, story=story),),
                progress=(Progress(number, 0, 0),),
            )
            assert store.digests.enqueue(message(f"{story}", Category.DIGEST), contents, now=now)
    return store


def at_once(work: Callable[[str], int]) -> list[int]:
    ready = threading.Barrier(SENDERS)

    def begin(sender: str) -> int:
        ready.wait()
        return work(sender)

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(begin, [f"sender {number}" for number in range(SENDERS)]))


def test_each_message_goes_to_one_of_many_senders(outbox: Store, now: datetime) -> None:
    got: list[str] = []

    def send(sender: str) -> int:
        count = 0
        following = outbox.digests.claim(sender, now=now, lease_for=LEASE)
        while claimed := following:
            got.append(claimed.message.dedupe_key)
            count += 1
            # as a sender does it: one commit for this message and the lease of the next
            with outbox.together(alone=False):
                outbox.digests.settle(claimed, sender, Delivery.SENT, now=now)
                following = outbox.digests.claim(sender, now=now, lease_for=LEASE)
        return count

    counts = at_once(send)
    assert Counter(got) == Counter(str(story) for story in range(1, MESSAGES + 1))
    assert sum(counts) == MESSAGES
    assert outbox.digests.counts() == {"sent": MESSAGES + 1}
    assert outbox.digests.workers() == set()


def test_what_died_with_its_sender_goes_to_one_of_the_others(outbox: Store, now: datetime) -> None:
    for _ in range(10):
        assert outbox.digests.claim("dead", now=now, lease_for=LEASE)
    got: list[tuple[str, bool]] = []

    def send(sender: str) -> int:
        while claimed := outbox.digests.claim(sender, now=now + LEASE, lease_for=LEASE):
            got.append((claimed.message.dedupe_key, claimed.uncertain))
        return 0

    at_once(send)
    assert len({key for key, _ in got}) == len(got) == MESSAGES
    assert sum(uncertain for _, uncertain in got) == 10


@pytest.mark.parametrize("brakes", [Brakes(most_per_hour=30), Brakes(most_per_day=30)])
def test_limits_hold_for_all_senders_together(outbox: Store, now: datetime, brakes: Brakes) -> None:
    def send(sender: str) -> int:
        count = 0
        with suppress(BrakeError):
            while outbox.digests.claim(sender, now=now, lease_for=LEASE, brakes=brakes):
                count += 1
        return count

    assert sum(at_once(send)) == 30
    with pytest.raises(BrakeError, match=r"^30 digests were handed over within the "):
        outbox.digests.claim("late", now=now, lease_for=LEASE, brakes=brakes)
    next_day = now + timedelta(days=1)
    assert outbox.digests.claim("next day", now=next_day, lease_for=LEASE, brakes=brakes)


def test_who_is_held_back_voids_nothing_that_was_recorded_with_it(
    outbox: Store, now: datetime
) -> None:
    brakes = Brakes(most_per_hour=1)
    claimed = outbox.digests.claim("a", now=now, lease_for=LEASE, brakes=brakes)
    assert claimed
    with outbox.together(alone=False):
        outbox.digests.settle(claimed, "a", Delivery.SENT, now=now)
        with pytest.raises(BrakeError):
            outbox.digests.claim("a", now=now, lease_for=LEASE, brakes=brakes)
    assert outbox.digests.counts()["sent"] == 2
    later = now + timedelta(hours=1)
    assert outbox.digests.claim("a", now=later, lease_for=LEASE, brakes=brakes)
