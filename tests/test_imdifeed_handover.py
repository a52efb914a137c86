import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest

import db
from chaos.harness import subscribe as chaos_subscribe
from db import holders
from db.models import (
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
from db.sql.store import SqlStore
from db.store import Store
from feed.delivery import Handover, TransportError
from imdifeed.sending import handover
from imdifeed.sending.handover import (
    FIRST_PAUSE,
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    Manner,
    hand_over,
    hand_over_by,
)
from imdifeed.sending.tally import MOST_BLOCKED, Tally

SENDER = "IMDi-nytt <nytt@imdifeed.example>"
MANNER = Manner(SENDER, chance=lambda: 0.5)


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
    contents = DigestContents(
        told=(Told(subscription_id=subscription.id, story=1),),
        progress=(Progress(subscription.id, 0, 1),),
    )
    store.digests.enqueue(message("digest", Category.DIGEST), contents, now=now)
    return store


def test_each_message_is_handed_over_once_confirmations_first(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT, Delivery.SENT)
    tally = hand_over(outbox, transport, MANNER, clock=lambda: now)
    assert transport.given == [b"confirmation", b"digest"]
    assert (tally.sent, tally.later, tally.failed) == (2, 0, 0)
    hand_over(outbox, transport, MANNER, clock=lambda: now + timedelta(days=9))
    assert len(transport.given) == 2


def test_only_one_category_when_asked(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT)
    hand_over(outbox, transport, MANNER, clock=lambda: now, category=Category.CONFIRMATION)
    assert transport.given == [b"confirmation"]


def test_a_refusal_is_told_and_final(outbox: Store, now: datetime) -> None:
    tally = hand_over(outbox, Scripted(Delivery.SENT, Delivery.FAILED), MANNER, clock=lambda: now)
    assert (tally.sent, tally.failed, tally.last_refusal) == (1, 1, "said failed")
    assert outbox.digests.counts() == {"failed": 1, "sent": 1}


def test_pauses_double_until_a_day_is_over(outbox: Store, now: datetime) -> None:
    moment, pause, pauses = now, FIRST_PAUSE, []
    transport = Scripted(Delivery.SENT, *[Delivery.DEFERRED] * 20)
    while (tally := hand_over(outbox, transport, MANNER, clock=lambda at=moment: at)).later:
        too_soon = moment + pause - timedelta(seconds=1)
        if moment + pause < now + GIVE_UP_AFTER:
            assert hand_over(outbox, transport, MANNER, clock=lambda at=too_soon: at).later == 0
        pauses.append(pause)
        moment = min(moment + pause, now + GIVE_UP_AFTER)
        pause = min(2 * pause, LONGEST_PAUSE)
    assert (tally.failed, moment) == (1, now + GIVE_UP_AFTER)
    assert pauses[:8] == [FIRST_PAUSE * n for n in (1, 2, 4, 8, 16, 32, 48, 48)]
    assert len(transport.given) == len(pauses) + 2


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_chance_keeps_what_failed_together_apart(
    outbox: Store, now: datetime, chance: float
) -> None:
    manner = Manner(SENDER, chance=lambda: chance)
    hand_over(outbox, Scripted(Delivery.SENT, Delivery.DEFERRED), manner, clock=lambda: now)
    due = now + FIRST_PAUSE * (0.8 if chance == 0.0 else 1.2)
    for moment, sent in ((due - timedelta(seconds=1), 0), (due, 1)):
        transport = Scripted(Delivery.SENT)
        assert hand_over(outbox, transport, manner, clock=lambda at=moment: at).sent == sent


def test_each_message_has_its_own_return_path(outbox: Store, now: datetime) -> None:
    seen = []

    class Recording(Scripted):
        def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
            seen.append(sender)
            return Handover(Delivery.SENT, "250 ok")

    manner = Manner(SENDER, return_path=lambda number: f"retur+{number}@imdifeed.example")
    hand_over(outbox, Recording(), manner, clock=lambda: now)
    assert seen == ["retur+1@imdifeed.example", "retur+2@imdifeed.example"]


def test_an_address_that_does_not_exist_is_written_to_no_more(outbox: Store, now: datetime) -> None:
    transport = Scripted(Delivery.SENT, Delivery.BOUNCED)
    tally = hand_over(outbox, transport, MANNER, clock=lambda: now)
    assert (tally.sent, tally.bounced, tally.failed) == (1, 1, 0)
    reader = outbox.readers.by_email("kari@kommune.example")
    assert reader
    assert (reader.suppressed, reader.suppressed_reason) == (now, "said bounced")


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_bounce_is_no_trap_for_another_writer(
    outbox: Store, store_url: str, now: datetime
) -> None:
    other = db.open_store(store_url)
    assert isinstance(other, SqlStore)
    writing = threading.Event()
    failed: list[BaseException] = []

    class Refusing(Scripted):
        def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
            assert writing.wait(20)
            return super().hand_over(sender, recipient, data)

    def send() -> None:
        try:
            hand_over(
                outbox, Refusing(Delivery.BOUNCED), MANNER,
                clock=lambda: now, category=Category.CONFIRMATION,
            )  # fmt: skip
        except BaseException as error:
            failed.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    with other._connections.writing() as connection:
        writing.set()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not connection.execute(waits).fetchone()[0]:
            assert sender.is_alive()
        # a sender that held its message meanwhile would wait for this, and this for the sender
        connection.execute("UPDATE outbox SET last_reply = last_reply")
    sender.join(20)
    other.close()
    assert failed == []
    assert outbox.digests.counts()["cancelled"] == 1


def test_a_policy_that_refuses_everything_stops_the_run_and_blames_nobody(
    store: Store, now: datetime
) -> None:
    for number in range(MOST_BLOCKED + 5):
        store.subscriptions.request(
            SubscriptionRequest(
                email=f"{number}@kommune.example", query="", rhythm=Rhythm.DAILY,
                language=Language.BOKMAL,
            ),
            token_hash=f"{number}", message=message(f"{number}", Category.CONFIRMATION),
            now=now, expires=now + timedelta(days=7),
        )  # fmt: skip
        store.subscriptions.confirm(f"{number}", now=now)
    transport = Scripted(Delivery.BLOCKED, Delivery.SENT, *[Delivery.BLOCKED] * MOST_BLOCKED)
    with pytest.raises(TransportError, match=r"10 messages in a row by policy.*said blocked"):
        hand_over(store, transport, MANNER, clock=lambda: now)
    assert store.digests.counts()["queued"] == 3
    reader = store.readers.by_email("0@kommune.example")
    assert reader
    assert reader.suppressed is None


def test_a_server_that_closes_is_left_alone(outbox: Store, now: datetime) -> None:
    class Closing(Scripted):
        def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
            self.given.append(data)
            return Handover(Delivery.DEFERRED, "421 4.3.2 closing", closing=True)

    waits: list[float] = []
    manner = Manner(SENDER, wait=waits.append)
    transport = Closing()
    tally = hand_over(outbox, transport, manner, clock=lambda: now)
    assert (tally.later, waits) == (2, [1.0, 2.0])


def test_several_connections_share_the_outbox(
    outbox: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[bytes] = []
    meeting = threading.Barrier(2, timeout=20)

    class Meeting(Scripted):
        def hand_over(self, sender: str, recipient: str, data: bytes) -> Handover:
            meeting.wait()
            given.append(data)
            return Handover(Delivery.SENT, "250 ok")

    monkeypatch.setattr(handover, "transport_for", lambda _mail: Meeting())
    mail = SimpleNamespace(transport="smtp")
    tally = Tally()
    hand_over_by(2, outbox, mail, MANNER, tally, clock=lambda: now)
    assert sorted(given) == [b"confirmation", b"digest"]
    assert tally.sent == 2


def test_what_stops_one_connection_stops_all(
    outbox: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "transport_for", lambda _mail: Scripted(TransportError("away")))
    tally = Tally()
    with pytest.raises(TransportError, match="away"):
        hand_over_by(1, outbox, SimpleNamespace(transport="smtp"), MANNER, tally, clock=lambda: now)
    assert outbox.digests.counts() == {"queued": 2}


def test_what_may_have_arrived_is_repeated_for_digests_and_once_for_confirmations(
    outbox: Store, now: datetime
) -> None:
    transport = Scripted(*[Delivery.AMBIGUOUS] * 5)
    for hours in (0, 1, 3):
        hand_over(outbox, transport, MANNER, clock=lambda h=hours: now + timedelta(hours=h))
    assert transport.given.count(b"confirmation") == 2
    assert transport.given.count(b"digest") == 3


def test_a_fault_of_the_server_stops_the_run_and_costs_no_message(
    outbox: Store, now: datetime
) -> None:
    with pytest.raises(TransportError, match="no route"):
        hand_over(outbox, Scripted(TransportError("no route")), MANNER, clock=lambda: now)
    assert outbox.digests.counts() == {"queued": 2}
    later = now + FIRST_PAUSE
    transport = Scripted(Delivery.SENT, Delivery.SENT)
    assert hand_over(outbox, transport, MANNER, clock=lambda: later).sent == 2


def test_a_message_held_by_a_sender_that_died_here_is_taken_over(
    outbox: Store, now: datetime
) -> None:
    code = "import db.holders as holders; print(holders.own_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    gone = ended.stdout.strip()
    alive = holders.own_name()
    for worker in (gone, alive):
        assert outbox.digests.claim(worker, now=now, lease_for=timedelta(minutes=30))
    transport = Scripted(Delivery.SENT)
    assert hand_over(outbox, transport, MANNER, clock=lambda: now).sent == 1
    assert transport.given == [b"confirmation"]
    assert outbox.digests.workers() == {alive}


def test_claiming_a_message_costs_the_same_however_many_subscribe(
    tmp_path: Path, now: datetime
) -> None:
    def steps(readers: int) -> int:
        """Count what SQLite does to claim a digest, in tens of its instructions."""
        path = tmp_path / f"{readers}.db"
        store = db.open_store(str(path))
        with store.together():
            for number in range(readers):
                moment = now - number * timedelta(minutes=1)
                chaos_subscribe(store, f"{number}@kommune.example", "", moment)
        (follower, *_) = store.digests.followers(Rhythm.DAILY, queries=[""], now=now, addresses=1)
        told = Told(subscription_id=follower.subscription.id, story=1)
        contents = DigestContents(
            told=(told,), progress=(Progress(told.subscription_id, follower.position, 1),)
        )
        store.digests.enqueue(message("digest", Category.DIGEST), contents, now=now)
        store.close()
        taken = 0

        def count() -> int:
            nonlocal taken
            taken += 1
            return 0

        store = db.open_store(str(path))
        store._connections.connection.set_progress_handler(count, 10)  # type: ignore[attr-defined]
        claimed = store.digests.claim(
            "w", now=now, lease_for=timedelta(minutes=1), category=Category.DIGEST
        )
        assert claimed
        store.close()
        return taken

    assert steps(200) <= 1.5 * steps(20)
