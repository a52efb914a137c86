"""What any engine must do with crawl runs, subscriptions and messages; runs against `Store`."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from db.errors import AlreadyToldError, BrakeError, SignUpLimitError, TokenNotFoundError
from db.models import (
    Brakes,
    Category,
    Cause,
    CrawlRun,
    Delivery,
    DigestContents,
    EntryData,
    EntryTag,
    Follower,
    Kind,
    Language,
    Message,
    Precision,
    Progress,
    PublisherDate,
    Rhythm,
    Subscription,
    SubscriptionRequest,
    Told,
    Verdict,
)
from db.store import Store
from imdifeed.sending.selection import Selector

pytestmark = pytest.mark.every_engine

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
    selector = Selector(store, subscription.rhythm, cutoff=cutoff, now=cutoff)
    # whose queries have nothing new is no reader of the window
    return [
        one.entry_id
        for choices in selector.readers()
        for choice in choices
        if choice.follower.subscription == subscription
        for one in choice.fresh
    ]


def enqueue(store: Store, now: datetime, key: str, *told: Told, token: str | None = None) -> bool:
    """Queue a digest that tells one subscription of stories."""
    numbers = sorted({one.subscription_id for one in told})
    contents = DigestContents(
        told=told,
        progress=tuple(Progress(number, 0, 0) for number in numbers),
        tokens=((token, tuple(numbers)),) if token else (),
    )
    return store.digests.enqueue(message(key, Category.DIGEST), contents, now=now)


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
    tokens = (("all", (one.id, other.id)), ("one", (one.id,)))
    contents = DigestContents(told=(), tokens=tokens)
    store.digests.enqueue(message("d", Category.DIGEST), contents, now=now)
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
    contents = DigestContents(told=(), tokens=(("x", (one.id,)),))
    store.digests.enqueue(message("d", Category.DIGEST), contents, now=now)
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
    assert enqueue(store, now, "d", Told(subscription_id=subscription.id, story=first))
    assert untold(store, subscription, now + DAY) == [second]


def test_a_message_is_queued_once(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    first = Told(subscription_id=subscription.id, story=put(store, now + HOUR, "a"))
    other = Told(subscription_id=subscription.id, story=put(store, now + HOUR, "b"))
    assert enqueue(store, now, "d", first)
    assert not enqueue(store, now, "d", other, token="x")
    assert untold(store, subscription, now + DAY) == [other.story]
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.behind("x")


def test_a_window_is_planned_once(store: Store, now: datetime) -> None:
    first = store.digests.plan(Rhythm.DAILY, "2026-11-23", cutoff=now)
    assert store.digests.plan(Rhythm.DAILY, "2026-11-23", cutoff=now + HOUR) == first
    assert first.cutoff == now
    assert store.digests.plan(Rhythm.WEEKLY, "2026-11-23", cutoff=now).id != first.id
    store.digests.hold(first.id, reason="too much")
    assert [run.held for run in store.digests.held()] == ["too much"]
    store.digests.complete(first.id, messages=2, stories=3, now=now + HOUR)
    done = store.digests.plan(Rhythm.DAILY, "2026-11-23", cutoff=now)
    assert (done.completed, done.messages, done.stories, done.held) == (now + HOUR, 2, 3, "")
    assert store.digests.held() == []
    assert store.digests.runs(Rhythm.DAILY, limit=9) == [done]
    assert store.digests.runs(Rhythm.WEEKLY, limit=9) == []


def test_entries_in_doubt_or_to_come_hold_the_horizon_for_a_month(
    store: Store, now: datetime
) -> None:
    sound = put(store, now, "sound")
    run = store.crawls.begin("s", now=now + HOUR)
    doubtful = put(store, now + 2 * HOUR, "doubtful")
    beyond = put(store, now + 3 * HOUR, "beyond", source="other")
    assert store.digests.horizon(cutoff=now + 2 * HOUR) == sound
    assert store.digests.horizon(cutoff=now + DAY) == sound
    store.crawls.finish(replace(run, finished=now + 3 * HOUR, verdict=Verdict.BROKEN))
    assert store.digests.horizon(cutoff=now + 29 * DAY) == sound
    # nobody has mended it for a month: it waits no longer
    assert store.digests.horizon(cutoff=now + 31 * DAY) == beyond
    assert doubtful < beyond


def test_what_another_source_tells_as_well_is_beyond_doubt(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    store.crawls.begin("s", now=now + HOUR)
    doubtful = put(store, now + 2 * HOUR, "doubtful")
    sound = put(store, now + 3 * HOUR, "sound", source="other")
    assert untold(store, subscription, now + DAY) == [sound]
    store.stories.join(doubtful, sound, by_person=False, now=now + 4 * HOUR)
    assert untold(store, subscription, now + DAY) == [doubtful]


def test_what_we_change_is_no_news_but_what_the_publisher_changes_is(
    store: Store, now: datetime
) -> None:
    subscription = subscribe(store, now, query="tag=work")
    retagged = put(store, now + HOUR, "retagged")
    corrected = put(store, now + HOUR, "corrected")
    advance(store, subscription, corrected)
    work = (EntryTag("work", "«arbeid» i tittelen", 4.0),)
    assert store.entries.retag(retagged, work, now=now + 2 * HOUR)
    put(store, now + 2 * HOUR, "corrected", title="Tolk i arbeid", tags=work)
    assert untold(store, subscription, now + DAY) == [corrected]
    # long after it appeared it is old, whatever its publisher does
    assert untold(store, subscription, now + 40 * DAY) == []


def advance(store: Store, subscription: Subscription, to: int, older: int = 0) -> None:
    (position,) = [
        follower.position
        for follower in store.digests.followers(
            subscription.rhythm,
            queries=[subscription.query],
            now=subscription.confirmed,
            addresses=9,
        )
        if follower.subscription.id == subscription.id
    ]
    store.digests.advance([Progress(subscription.id, position, to, older)])


def test_progress_is_made_once(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    step = Progress(subscription.id, 0, 7, older=3)
    store.digests.advance([step])
    store.digests.advance([step])
    (follower,) = store.digests.followers(Rhythm.DAILY, queries=["q=tolk"], now=now, addresses=9)
    assert (follower.position, follower.older) == (7, 3)
    with pytest.raises(AlreadyToldError):
        store.digests.enqueue(
            message("d", Category.DIGEST), DigestContents(told=(), progress=(step,)), now=now
        )
    assert store.digests.counts() == {"queued": 1}


def test_followers_come_by_whole_addresses(store: Store, now: datetime) -> None:
    for number, (email, query) in enumerate(
        [("b@x.no", "q=a"), ("a@x.no", "q=a"), ("b@x.no", "q=b"), ("c@x.no", "q=a")]
    ):
        subscribe(store, now, f"t{number}", email=email, query=query)
    subscribe(store, now, "weekly", email="d@x.no", rhythm=Rhythm.WEEKLY)

    def page(after: str) -> list[str]:
        found = store.digests.followers(
            Rhythm.DAILY, queries=["q=a"], now=now, after=after, addresses=2
        )
        return [follower.subscription.email for follower in found]

    assert page("") == ["a@x.no", "b@x.no", "b@x.no"]
    assert page("b@x.no") == ["c@x.no"]
    assert page("c@x.no") == []
    assert set(store.digests.lowest(Rhythm.DAILY)) == {"q=a", "q=b"}


def test_whose_queries_have_nothing_new_is_passed_over(store: Store, now: datetime) -> None:
    for email, query in (("a@x.no", "q=a"), ("b@x.no", "q=b"), ("c@x.no", "q=a")):
        subscribe(store, now, email, email=email, query=query)
    corrected = subscribe(store, now, "c", email="d@x.no", query="q=a", corrections=True)
    ahead = subscribe(store, now, "e", email="e@x.no", query="q=a")
    store.digests.advance([Progress(ahead.id, 0, 12)])

    def found(*queries: str) -> dict[str, int]:
        followers = store.digests.followers(Rhythm.DAILY, queries=queries, now=now, addresses=9)
        assert store.digests.readers(Rhythm.DAILY, queries=queries) == len(followers)
        return {one.subscription.email: one.position for one in followers}

    # whoever wants to know of corrections may be told of one, whatever is new
    assert found("q=b") == {"b@x.no": 0, corrected.email: 0}
    assert found() == {corrected.email: 0}
    store.digests.advance_all(Rhythm.DAILY, queries=["q=a"], now=now, to=7)
    store.digests.advance_all(Rhythm.WEEKLY, queries=["q=b"], now=now, to=7)
    assert found("q=a", "q=b") == {
        "a@x.no": 7, "b@x.no": 0, "c@x.no": 7, "d@x.no": 7, "e@x.no": 12
    }  # fmt: skip


# handing over


def claim(store: Store, now: datetime, worker: str = "w1", **options: Category) -> str | None:
    claimed = store.digests.claim(worker, now=now, lease_for=HOUR, **options)
    return claimed and claimed.message.dedupe_key


def queue_digest(store: Store, now: datetime) -> Subscription:
    subscription = subscribe(store, now)
    told = Told(subscription_id=subscription.id, story=put(store, now + HOUR, "a"))
    enqueue(store, now, "digest", told, token="leave")
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
        (Delivery.AMBIGUOUS, False, "uncertain", False),
        (Delivery.FAILED, False, "failed", True),
        (Delivery.BOUNCED, False, "cancelled", True),
        (Delivery.BLOCKED, False, "failed", True),
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
    assert not enqueue(store, now, "digest")
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
    enqueue(store, now, "one", a)
    with pytest.raises(AlreadyToldError):
        enqueue(store, now, "two", b, a)
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


@pytest.mark.parametrize(
    ("last", "state", "owed"),
    [
        (Delivery.DEFERRED, "uncertain", False),
        (Delivery.AMBIGUOUS, "uncertain", False),
        (Delivery.SENT, "sent", False),
        # who refuses it now has hardly taken it before: a double is better than a loss
        (Delivery.FAILED, "failed", True),
    ],
)
def test_what_may_have_arrived_is_owed_only_if_it_was_refused_in_the_end(
    store: Store, now: datetime, last: Delivery, state: str, owed: bool
) -> None:
    subscription = queue_digest(store, now)
    moment = now
    for outcome, retry in ((Delivery.AMBIGUOUS, True), (last, False)):
        claimed = store.digests.claim("w", now=moment, lease_for=HOUR, category=Category.DIGEST)
        assert claimed
        moment += HOUR
        retry_at = moment if retry else None
        store.digests.settle(claimed, "w", outcome, now=moment, retry_at=retry_at)
    assert claimed.uncertain
    assert store.digests.counts() == {"queued": 1, state: 1}
    assert bool(untold(store, subscription, now + DAY)) is owed


@pytest.mark.parametrize("left", ["by its lease", "by its death"])
def test_what_a_dead_sender_held_may_have_arrived(store: Store, now: datetime, left: str) -> None:
    queue_digest(store, now)
    assert claim(store, now, "dead", category=Category.DIGEST) == "digest"
    if left == "by its death":
        store.digests.release("dead", now=now + HOUR)
    again = store.digests.claim("w", now=now + HOUR, lease_for=HOUR, category=Category.DIGEST)
    assert again
    assert again.uncertain


def test_what_is_owed_is_told_by_the_next_and_counts_older_finds_again(
    store: Store, now: datetime
) -> None:
    subscription = subscribe(store, now)
    story = put(store, now + HOUR, "a")
    contents = DigestContents(
        told=(Told(subscription_id=subscription.id, story=story),),
        progress=(Progress(subscription.id, 0, story, older=12),),
    )
    assert store.digests.enqueue(message("one", Category.DIGEST), contents, now=now)

    def follower() -> Follower:
        (found,) = store.digests.followers(Rhythm.DAILY, queries=["q=tolk"], now=now, addresses=9)
        return found

    assert (follower().position, follower().older) == (story, 0)
    claimed = store.digests.claim("w", now=now, lease_for=HOUR, category=Category.DIGEST)
    assert claimed
    store.digests.settle(claimed, "w", Delivery.FAILED, now=now)
    assert (follower().position, follower().older) == (story, 12)
    assert store.digests.owed([subscription.id]) == {subscription.id: {story}}
    assert untold(store, subscription, now + DAY) == [story]
    contents = replace(contents, progress=(Progress(subscription.id, story, story),))
    assert store.digests.enqueue(message("two", Category.DIGEST), contents, now=now)
    assert follower().older == 0
    assert untold(store, subscription, now + DAY) == []


def test_what_could_not_be_shown_is_owed(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    broken, sound = put(store, now + HOUR, "a"), put(store, now + HOUR, "b")
    contents = DigestContents(
        told=(Told(subscription_id=subscription.id, story=sound),),
        owed=(Told(subscription_id=subscription.id, story=broken),),
        progress=(Progress(subscription.id, 0, sound),),
    )
    assert store.digests.enqueue(message("one", Category.DIGEST), contents, now=now)
    assert untold(store, subscription, now + DAY) == [broken]


def test_changes_of_what_was_told_are_told_once(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    entry = put(store, now + HOUR, "a")
    put(store, now + HOUR, "untold")
    told = Told(subscription_id=subscription.id, story=entry)
    enqueue(store, now + 2 * HOUR, "one", told)

    def amended(cutoff: datetime) -> list[int]:
        found = store.digests.amended(subscription.id, cutoff=cutoff, limit=9)
        return [one.id for one in found]

    put(store, now + 3 * HOUR, "a", title="Tolk, rettet")
    put(store, now + 3 * HOUR, "untold", title="Tolk, rettet")
    assert amended(now + 2 * HOUR) == []
    assert amended(now + 4 * HOUR) == [entry]
    contents = DigestContents(told=(), amended=(told,), amended_until=now + 4 * HOUR)
    store.digests.enqueue(message("two", Category.DIGEST), contents, now=now + 5 * HOUR)
    assert amended(now + 6 * HOUR) == []
    store.entries.withdraw("s", ["a"], now=now + 6 * HOUR)
    assert amended(now + 7 * HOUR) == [entry]


def test_brakes_stop_digests_by_the_clock_and_nothing_else(store: Store, now: datetime) -> None:
    for number in range(4):
        subscription = subscribe(store, now, f"t{number}", email=f"{number}@x.no")
        story = put(store, now + HOUR, f"{number}")
        enqueue(store, now, f"d{number}", Told(subscription_id=subscription.id, story=story))

    def next_one(moment: datetime, brakes: Brakes) -> str:
        claimed = store.digests.claim("w", now=moment, lease_for=MONTH, brakes=brakes)
        assert claimed
        return claimed.message.dedupe_key

    two_an_hour, three_a_day = Brakes(most_per_hour=2), Brakes(2, 3)
    assert [next_one(now, two_an_hour)[:7] for _ in range(4)] == ["confirm"] * 4
    assert [next_one(now, two_an_hour) for _ in range(2)] == ["d0", "d1"]
    with pytest.raises(BrakeError, match="2 digests were handed over within the hour"):
        next_one(now, two_an_hour)
    ask(store, now, "late", email="late@x.no")
    assert next_one(now, two_an_hour) == "confirm-late"
    assert next_one(now + HOUR, three_a_day) == "d2"
    with pytest.raises(BrakeError, match="3 digests were handed over within the day"):
        next_one(now + 2 * HOUR, three_a_day)
    assert next_one(now + 25 * HOUR, three_a_day) == "d3"
