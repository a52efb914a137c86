"""What any engine must do with crawl runs, subscriptions and messages; runs against `Store`."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from db.errors import AlreadyToldError, SignUpLimitError, TokenNotFoundError
from db.models import (
    Category,
    Cause,
    CrawlRun,
    Delivery,
    EntryData,
    Kind,
    Language,
    Message,
    Precision,
    PublisherDate,
    Rhythm,
    Subscription,
    SubscriptionRequest,
    Told,
    Verdict,
)
from db.query import EntryQuery
from db.store import Store

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
REQUEST = SubscriptionRequest(
    email="kari@kommune.example", query="q=tolk", rhythm=Rhythm.DAILY, language=Language.BOKMAL
)


def message(key: str, category: Category = Category.CONFIRMATION) -> Message:
    return Message(
        category=category,
        recipient=REQUEST.email,
        message_id=f"<{key}@imdifeed.example>",
        data=key.encode(),
        dedupe_key=key,
    )


def ask(store: Store, now: datetime, token: str = "t1", **changes: object) -> None:
    store.subscriptions.request(
        replace(REQUEST, **changes),
        token_hash=token,
        message=message(f"confirm-{token}"),
        now=now,
        expires=now + 7 * DAY,
    )


def subscribe(store: Store, now: datetime, token: str = "t1", **changes: object) -> Subscription:
    ask(store, now, token, **changes)
    return store.subscriptions.confirm(token, now=now)


def put(store: Store, seen: datetime, key: str, **changes: object) -> int:
    data = EntryData(source="s", key=key, url="", kind=Kind.NEWS, title=f"Tolk {key}")
    return store.entries.put(replace(data, **changes), seen=seen, first_crawl=False).entry_id


def untold(store: Store, subscription: Subscription, cutoff: datetime) -> list[int]:
    query = EntryQuery.from_canonical(subscription.query)
    entries = store.digests.untold(subscription, query, cutoff=cutoff, not_older_than=MONTH)
    return [entry.id for entry in entries]


# crawl runs


def run(
    store: Store, now: datetime, source: str = "s", *, imported: bool = False, **found: object
) -> CrawlRun:
    """Run a crawl or import of a source to its end, or as `found` says."""
    begun = store.crawls.begin(source, now=now, imported=imported)
    values = {"finished": now + HOUR, "complete": True, "verdict": Verdict.OK, "new": 1} | found
    done = replace(begun, **values)
    store.crawls.finish(done)
    return done


def test_a_run_is_first_until_one_came_to_its_end(store: Store, now: datetime) -> None:
    killed = store.crawls.begin("s", now=now)
    interrupted = run(store, now, complete=False, verdict=Verdict.DEGRADED)
    whole = run(
        store, now, requests=4, changed=2, rejected=1, reason="1 of 7 had no title",
        cause=Cause.LOGIN, coverage={"lead": 0.5}, shapes={"prs_api": 6},
    )  # fmt: skip
    assert [r.first for r in (killed, interrupted, whole)] == [True] * 3
    assert [r.thorough for r in (killed, interrupted, whole)] == [True] * 3
    after = store.crawls.begin("s", now=now)
    assert (after.first, after.thorough) == (False, False)
    assert store.crawls.begin("other", now=now).first
    whole = replace(whole, thorough=False)
    assert store.crawls.latest() == {"s": whole}
    assert [r.id for r in store.crawls.recent("s", limit=9)] == [whole.id, interrupted.id]
    assert store.crawls.recent("s", limit=1) == [whole]


def test_after_a_run_that_did_not_end_everything_is_read_again(store: Store, now: datetime) -> None:
    run(store, now)
    store.crawls.begin("s", now=now)  # killed: it never finishes
    after_the_kill = run(store, now, complete=False)
    assert (after_the_kill.first, after_the_kill.thorough) == (False, True)
    assert run(store, now).thorough
    assert not run(store, now, rejected=1, unfetched=1).thorough
    again = run(store, now)
    assert (again.first, again.thorough) == (False, True)
    assert not run(store, now).thorough


def test_an_import_is_no_crawl(store: Store, now: datetime) -> None:
    assert run(store, now, imported=True).first
    assert not run(store, now, imported=True).first
    crawl = run(store, now, verdict=Verdict.BROKEN, complete=False)
    assert crawl.first
    run(store, now, imported=True)
    assert store.crawls.latest()["s"].verdict is Verdict.BROKEN
    last = run(store, now, "documents", imported=True)
    assert store.crawls.latest()["documents"].id == last.id


def test_the_newest_moments_of_a_source_are_told(store: Store, now: datetime) -> None:
    dated = PublisherDate(now - 9 * DAY, Precision.DAY)
    put(store, now, "a", published=dated)
    put(store, now + HOUR, "b")
    put(store, now, "c", source="other")
    assert store.crawls.moments("s", limit=9) == [now + HOUR, now - 9 * DAY]
    assert store.crawls.moments("s", limit=1) == [now + HOUR]


# sign-up


def test_a_sign_up_waits_for_its_confirmation(store: Store, now: datetime) -> None:
    ask(store, now)
    assert store.subscriptions.active(Rhythm.DAILY) == []
    assert store.subscriptions.requested("t1", now=now) == REQUEST
    subscription = store.subscriptions.confirm("t1", now=now + HOUR)
    assert (subscription.email, subscription.query) == (REQUEST.email, REQUEST.query)
    assert subscription.confirmed == now + HOUR
    assert store.subscriptions.active(Rhythm.DAILY) == [subscription]
    assert store.subscriptions.active(Rhythm.WEEKLY) == []


def test_confirming_twice_gives_the_same_subscription(store: Store, now: datetime) -> None:
    first = subscribe(store, now)
    assert store.subscriptions.confirm("t1", now=now + 30 * DAY) == first


def test_an_unknown_or_outworn_token_is_refused(store: Store, now: datetime) -> None:
    ask(store, now)
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.confirm("t2", now=now)
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.confirm("t1", now=now + 8 * DAY)
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.requested("t1", now=now + 8 * DAY)
    assert store.subscriptions.active(Rhythm.DAILY) == []


def test_signing_up_for_the_same_again_makes_no_second_one(store: Store, now: datetime) -> None:
    first = subscribe(store, now)
    again = subscribe(store, now + 2 * HOUR, "t2", rhythm=Rhythm.WEEKLY)
    assert again == replace(first, rhythm=Rhythm.WEEKLY)
    assert store.subscriptions.active(Rhythm.DAILY) == []


def test_nobody_is_flooded_with_confirmations(store: Store, now: datetime) -> None:
    ask(store, now)
    with pytest.raises(SignUpLimitError):
        ask(store, now + HOUR / 2, "again")
    ask(store, now + HOUR / 2, "other-reader", email="ola@kommune.example")
    ask(store, now + HOUR / 2, "other-query", query="tag=work")
    ask(store, now + 2 * HOUR, "t4")
    with pytest.raises(SignUpLimitError):
        ask(store, now + 6 * HOUR, "t5")
    ask(store, now + 2 * DAY, "t6")
    assert store.digests.counts() == {"queued": 5}


def test_who_confirms_may_sign_up_for_much(store: Store, now: datetime) -> None:
    for number in range(10):
        subscribe(store, now, f"t{number}", query=f"q=tolk+{number}")
    assert len(store.subscriptions.active(Rhythm.DAILY)) == 10


# leaving


def test_a_link_ends_what_it_stands_for_any_number_of_times(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    other = subscribe(store, now + 2 * HOUR, "t2", query="tag=work")
    store.digests.enqueue(
        message("d", Category.DIGEST),
        told=[],
        tokens=[("all", [one.id, other.id]), ("one", [one.id])],
        now=now,
    )
    assert [s.id for s in store.subscriptions.behind("all")] == [one.id, other.id]
    assert store.subscriptions.end("one", reason="link", now=now + DAY) == 1
    assert store.subscriptions.active(Rhythm.DAILY) == [other]
    assert store.subscriptions.end("one", reason="link", now=now + 2 * DAY) == 0
    assert store.subscriptions.behind("one")[0].ended == now + DAY
    assert store.subscriptions.end("all", reason="one-click", now=now + 400 * DAY) == 1
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.end("unknown", reason="link", now=now)


def test_who_left_may_come_back(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    store.digests.enqueue(message("d", Category.DIGEST), told=[], tokens=[("x", [one.id])], now=now)
    store.subscriptions.end("x", reason="link", now=now)
    again = subscribe(store, now + 2 * HOUR, "t2")
    assert again.id != one.id
    assert store.subscriptions.end("x", reason="link", now=now + DAY) == 0


# selection


def test_only_what_appeared_after_confirmation_is_told(store: Store, now: datetime) -> None:
    put(store, now - HOUR, "before")
    subscription = subscribe(store, now)
    after = put(store, now + HOUR, "after")
    put(store, now + 5 * HOUR, "beyond")
    put(store, now + HOUR, "other", title="Bosetting")
    assert untold(store, subscription, now + 4 * HOUR) == [after]


def test_what_is_old_when_found_is_listed_not_mailed(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    seen = now + HOUR
    put(store, seen, "old", published=PublisherDate(seen - 31 * DAY, Precision.DAY))
    young = put(store, seen, "young", published=PublisherDate(seen - 29 * DAY, Precision.DAY))
    assert untold(store, subscription, now + DAY) == [young]


def test_what_a_broken_or_unjudged_run_found_waits_for_a_good_one(
    store: Store, now: datetime
) -> None:
    subscription = subscribe(store, now)
    run = store.crawls.begin("s", now=now + HOUR)
    number = put(store, now + 2 * HOUR, "a")
    assert untold(store, subscription, now + DAY) == []
    finished = replace(run, finished=now + 2 * HOUR, verdict=Verdict.BROKEN)
    store.crawls.finish(finished)
    assert untold(store, subscription, now + DAY) == []
    after = put(store, now + 3 * HOUR, "b")
    assert untold(store, subscription, now + DAY) == [after]
    run = store.crawls.begin("s", now=now + 4 * HOUR)
    assert untold(store, subscription, now + DAY) == [after]
    store.crawls.finish(replace(run, finished=now + 5 * HOUR, verdict=Verdict.DEGRADED))
    assert untold(store, subscription, now + DAY) == [after, number]


def test_what_was_told_is_not_told_again(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    first, second = put(store, now + HOUR, "a"), put(store, now + HOUR, "b")
    told = [Told(subscription_id=subscription.id, story=first)]
    assert store.digests.enqueue(message("d", Category.DIGEST), told=told, tokens=[], now=now)
    assert untold(store, subscription, now + DAY) == [second]


def test_a_message_is_queued_once(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    first = [Told(subscription_id=subscription.id, story=put(store, now + HOUR, "a"))]
    other = [Told(subscription_id=subscription.id, story=put(store, now + HOUR, "b"))]
    assert store.digests.enqueue(message("d", Category.DIGEST), told=first, tokens=[], now=now)
    assert not store.digests.enqueue(
        message("d", Category.DIGEST), told=other, tokens=[("x", [subscription.id])], now=now
    )
    assert untold(store, subscription, now + DAY) == [other[0].story]
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.behind("x")


def test_a_window_is_planned_once(store: Store, now: datetime) -> None:
    first = store.digests.plan(Rhythm.DAILY, date(2026, 11, 23), now=now)
    again = store.digests.plan(Rhythm.DAILY, date(2026, 11, 23), now=now + HOUR)
    assert first == again
    assert first.cutoff == now
    assert store.digests.plan(Rhythm.WEEKLY, date(2026, 11, 23), now=now).id != first.id
    store.digests.complete(first.id, now=now + HOUR)
    done = store.digests.plan(Rhythm.DAILY, date(2026, 11, 23), now=now)
    assert done.completed == now + HOUR


# handing over


def claim(store: Store, now: datetime, worker: str = "w1", **options: Category) -> str | None:
    claimed = store.digests.claim(worker, now=now, lease_for=HOUR, **options)
    return claimed and claimed.message.dedupe_key


def queue_digest(store: Store, now: datetime) -> Subscription:
    subscription = subscribe(store, now)
    told = [Told(subscription_id=subscription.id, story=put(store, now + HOUR, "a"))]
    tokens = [("leave", [subscription.id])]
    store.digests.enqueue(message("digest", Category.DIGEST), told=told, tokens=tokens, now=now)
    return subscription


def test_confirmations_overtake_digests_and_each_is_leased_to_one(
    store: Store, now: datetime
) -> None:
    queue_digest(store, now)
    ask(store, now, "late", email="ola@kommune.example")
    later = now + HOUR
    assert claim(store, later) == "confirm-t1"
    assert claim(store, later, "w2") == "confirm-late"
    assert claim(store, later, category=Category.CONFIRMATION) is None
    assert claim(store, later) == "digest"
    assert claim(store, later) is None
    assert claim(store, later + HOUR, "w3") == "confirm-t1"


def test_a_digest_nobody_wants_any_more_is_cancelled(store: Store, now: datetime) -> None:
    queue_digest(store, now)
    assert claim(store, now) == "confirm-t1"
    store.subscriptions.end("leave", reason="link", now=now)
    assert claim(store, now) is None
    assert store.digests.counts() == {"cancelled": 1, "sending": 1}


@pytest.mark.parametrize(
    ("outcome", "retry", "state", "told_again"),
    [
        (Delivery.SENT, False, "sent", False),
        (Delivery.DEFERRED, True, "queued", False),
        (Delivery.AMBIGUOUS, True, "queued", False),
        (Delivery.AMBIGUOUS, False, "sent", False),
        (Delivery.FAILED, False, "failed", True),
        (Delivery.DEFERRED, False, "failed", True),
    ],
)
def test_how_a_message_fared_decides_what_comes_next(
    store: Store, now: datetime, outcome: Delivery, retry: bool, state: str, told_again: bool
) -> None:
    subscription = queue_digest(store, now)
    claimed = store.digests.claim("w", now=now, lease_for=HOUR, category=Category.DIGEST)
    assert claimed
    retry_at = now + DAY if retry else None
    store.digests.settle(claimed, "w", outcome, now=now, retry_at=retry_at, reply="250 ok")
    assert store.digests.counts() == {"queued": 2 if state == "queued" else 1} | (
        {} if state == "queued" else {state: 1}
    )
    assert bool(untold(store, subscription, now + DAY)) is told_again
    assert claim(store, now + HOUR, category=Category.DIGEST) is None
    assert claim(store, now + DAY, category=Category.DIGEST) == ("digest" if retry else None)


def test_a_worker_that_lost_its_lease_settles_nothing(store: Store, now: datetime) -> None:
    queue_digest(store, now)
    slow = store.digests.claim("slow", now=now, lease_for=HOUR, category=Category.DIGEST)
    assert slow
    later = now + 2 * HOUR
    quick = store.digests.claim("quick", now=later, lease_for=HOUR, category=Category.DIGEST)
    assert quick
    assert (quick.id, quick.attempts) == (slow.id, 2)
    store.digests.settle(slow, "slow", Delivery.FAILED, now=later)
    assert store.digests.counts() == {"queued": 1, "sending": 1}
    store.digests.settle(quick, "quick", Delivery.SENT, now=later)
    assert store.digests.counts() == {"queued": 1, "sent": 1}


def test_what_is_settled_is_forgotten_but_not_sent_again(store: Store, now: datetime) -> None:
    subscription = queue_digest(store, now)
    for worker in ("a", "b"):
        claimed = store.digests.claim(worker, now=now, lease_for=HOUR)
        assert claimed
        store.digests.settle(claimed, worker, Delivery.SENT, now=now, reply="250 ok")
    assert store.digests.forget_settled(before=now) == 0
    assert store.digests.forget_settled(before=now + HOUR) == 2
    assert store.digests.forget_settled(before=now + HOUR) == 0
    assert store.digests.counts() == {}
    assert untold(store, subscription, now + DAY) == []
    again = message("digest", Category.DIGEST)
    assert not store.digests.enqueue(again, told=[], tokens=[], now=now)
    assert claim(store, now + DAY) is None
    assert store.subscriptions.behind("leave") == [subscription]


def test_what_waits_is_not_forgotten(store: Store, now: datetime) -> None:
    queue_digest(store, now)
    assert store.digests.forget_settled(before=now + DAY) == 0
    assert claim(store, now) == "confirm-t1"
    assert store.digests.forget_settled(before=now + DAY) == 0


def test_a_sign_up_nobody_confirmed_is_deleted(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    ask(store, now, "forgotten", email="ola@kommune.example")
    assert store.subscriptions.forget_unconfirmed(now=now + 6 * DAY) == 0
    assert store.subscriptions.forget_unconfirmed(now=now + 8 * DAY) == 1
    assert store.subscriptions.confirm("t1", now=now + 9 * DAY) == subscription


def test_two_messages_never_tell_the_same(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    a, b = (
        Told(subscription_id=subscription.id, story=put(store, now + HOUR, key)) for key in "ab"
    )
    store.digests.enqueue(message("one", Category.DIGEST), told=[a], tokens=[], now=now)
    with pytest.raises(AlreadyToldError):
        store.digests.enqueue(message("two", Category.DIGEST), told=[b, a], tokens=[], now=now)
    assert untold(store, subscription, now + DAY) == [b.story]
    assert store.digests.counts() == {"queued": 2}


def test_what_a_dead_worker_held_is_due_again(store: Store, now: datetime) -> None:
    queue_digest(store, now)
    assert claim(store, now, "dead") == "confirm-t1"
    assert claim(store, now, "alive") == "digest"
    assert store.digests.workers() == {"dead", "alive"}
    assert store.digests.release("dead", now=now) == 1
    assert claim(store, now, "alive") == "confirm-t1"
    assert claim(store, now, "alive") is None
