"""What any engine must do with readers: their links, changes, data and bounces."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from db.errors import SignUpLimitError, TokenNotFoundError, TooManySignUpsError
from db.models import (
    Bounce,
    Category,
    ClaimedMessage,
    Delivery,
    DigestContents,
    Language,
    Message,
    Progress,
    Reader,
    Rhythm,
    Shared,
    Subscription,
    SubscriptionRequest,
    Told,
)
from db.store import Store

pytestmark = pytest.mark.every_engine

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KARI = "kari@kommune.example"
REQUEST = SubscriptionRequest(
    email=KARI,
    query="q=tolk",
    rhythm=Rhythm.DAILY,
    language=Language.NYNORSK,
    wording="Eg vil ha nye saker om «tolk».",
    address_key="key-of-kari",
)


def message(key: str, to: str = KARI, category: Category = Category.CONFIRMATION) -> Message:
    return Message(
        category=category,
        recipient=to,
        message_id=f"<{key}@imdifeed.example>",
        data=key.encode(),
        dedupe_key=key,
    )


def ask(store: Store, now: datetime, token: str = "t1", **changes: object) -> None:
    request = replace(REQUEST, **changes)
    store.subscriptions.request(
        request,
        token_hash=token,
        message=message(f"confirm-{token}", request.email),
        now=now,
        expires=now + 7 * DAY,
    )


def subscribe(store: Store, now: datetime, token: str = "t1", **changes: object) -> Subscription:
    ask(store, now, token, **changes)
    return store.subscriptions.confirm(token, now=now)


def reader(store: Store, email: str = KARI) -> Reader:
    found = store.readers.by_email(email)
    assert found
    return found


def request_link(store: Store, now: datetime, token: str = "m1", email: str = KARI) -> None:
    store.readers.request_link(
        email,
        address_key=email.encode().hex(),
        token_hash=token,
        message=message(f"link-{token}", email),
        now=now,
        expires=now + DAY,
    )


def mail_digest(store: Store, now: datetime, subscription: Subscription, key: str = "d1") -> int:
    """Queue a digest of one story; give its number in the outbox."""
    contents = DigestContents(
        told=(Told(subscription_id=subscription.id, story=1),),
        progress=(Progress(subscription_id=subscription.id, before=0, after=0),),
        tokens=((f"leave-{key}", (subscription.id,)),),
        page=(f"page-{key}", Shared.of(b"what it showed")),
        manage=(f"manage-{key}", now + 30 * DAY),
    )
    written = message(key, subscription.email, Category.DIGEST)
    assert store.digests.enqueue(written, contents, now=now)
    claimed: ClaimedMessage | None = None
    while claimed is None or claimed.message.dedupe_key != key:
        claimed = store.digests.claim("w", now=now, lease_for=HOUR)
        assert claimed
        store.digests.settle(claimed, "w", Delivery.SENT, now=now)
    return claimed.id


# links


def test_a_link_leads_to_its_reader_until_it_runs_out(store: Store, now: datetime) -> None:
    subscription = subscribe(store, now)
    request_link(store, now)
    assert store.readers.behind("m1", now=now + HOUR) == reader(store)
    assert reader(store).subscriptions == (subscription,)
    with pytest.raises(TokenNotFoundError):
        store.readers.behind("m1", now=now + DAY)
    with pytest.raises(TokenNotFoundError):
        store.readers.behind("m2", now=now)


def test_nobody_is_flooded_with_links_and_strangers_get_none(store: Store, now: datetime) -> None:
    with pytest.raises(SignUpLimitError):
        request_link(store, now, "nobody-at-all")
    subscribe(store, now)
    with pytest.raises(SignUpLimitError):
        request_link(store, now, "stranger", "ola@kommune.example")
    with pytest.raises(TokenNotFoundError):
        store.readers.behind("stranger", now=now)
    request_link(store, now)
    with pytest.raises(SignUpLimitError):
        request_link(store, now + timedelta(minutes=1), "too-soon")
    request_link(store, now + HOUR, "m2")
    request_link(store, now + 2 * HOUR, "m3")
    with pytest.raises(SignUpLimitError):
        request_link(store, now + 3 * HOUR, "too-many")
    request_link(store, now + 25 * HOUR, "m4")
    assert store.digests.counts() == {"queued": 5}


def test_mails_that_strangers_ask_for_have_a_limit_in_all(store: Store, now: datetime) -> None:
    for number in range(300):
        ask(store, now, f"t{number}", email=f"a{number}@x.example", address_key=str(number))
    with pytest.raises(TooManySignUpsError):
        ask(store, now + HOUR / 2, "one-more", email="more@x.example")
    with pytest.raises(TooManySignUpsError):
        request_link(store, now + HOUR / 2)
    ask(store, now + 2 * HOUR, "later", email="later@x.example")


def test_a_digest_s_link_leads_to_its_reader(store: Store, now: datetime) -> None:
    mail_digest(store, now, subscribe(store, now))
    assert store.readers.behind("manage-d1", now=now + 29 * DAY).email == KARI
    assert store.readers.digest_page("page-d1") == b"what it showed"
    with pytest.raises(TokenNotFoundError):
        store.readers.digest_page("page-d2")


# changes


def test_another_query_tells_only_what_comes_from_now_on(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    kept = {"query": one.query, "rhythm": Rhythm.WEEKLY, "corrections": True}
    kept |= {"language": Language.ENGLISH}
    assert store.readers.change(reader(store), one.id, **kept, now=now + DAY)
    (changed,) = reader(store).subscriptions
    assert changed == replace(
        one, rhythm=Rhythm.WEEKLY, corrections=True, language=Language.ENGLISH
    )
    assert changed.tells_after == now
    store.readers.change(reader(store), one.id, **kept | {"query": "q=lov"}, now=now + 2 * DAY)
    (changed,) = reader(store).subscriptions
    assert (changed.query, changed.confirmed, changed.tells_after) == ("q=lov", now, now + 2 * DAY)


def test_two_subscriptions_never_become_one_by_a_change(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    other = subscribe(store, now, "t2", query="q=lov")
    taken = {"query": other.query, "rhythm": Rhythm.WEEKLY, "corrections": False}
    taken |= {"language": Language.NYNORSK}
    assert not store.readers.change(reader(store), one.id, **taken, now=now)
    assert reader(store).subscriptions == (one, other)
    store.readers.end(reader(store), [other.id], reason="page", now=now)
    assert store.readers.change(reader(store), one.id, **taken, now=now)


def test_a_pause_is_not_made_up_for(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    store.readers.pause(reader(store), one.id, now=now + DAY)
    assert store.subscriptions.active(Rhythm.DAILY) == []
    store.readers.pause(reader(store), one.id, now=now + 2 * DAY)
    assert reader(store).subscriptions[0].paused == now + DAY
    store.readers.resume(reader(store), one.id, now=now + 3 * DAY)
    (resumed,) = store.subscriptions.active(Rhythm.DAILY)
    assert (resumed.paused, resumed.tells_after) == (None, now + 3 * DAY)
    store.readers.resume(reader(store), one.id, now=now + 4 * DAY)
    assert store.subscriptions.active(Rhythm.DAILY) == [resumed]


def test_signing_up_again_ends_a_pause(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    store.readers.pause(reader(store), one.id, now=now + DAY)
    again = subscribe(store, now + 2 * DAY, "t2")
    assert (again.id, again.paused, again.tells_after) == (one.id, None, now + 2 * DAY)


def test_nobody_changes_another_s_subscription(store: Store, now: datetime) -> None:
    mine = subscribe(store, now)
    theirs = subscribe(store, now, "t2", email="ola@kommune.example", address_key="ola")
    me = reader(store)
    store.readers.pause(me, theirs.id, now=now)
    store.readers.change(
        me,
        theirs.id,
        query="q=x",
        rhythm=Rhythm.WEEKLY,
        language=Language.ENGLISH,
        corrections=True,
        now=now,
    )
    assert store.readers.end(me, [theirs.id], reason="page", now=now) == 0
    assert store.subscriptions.active(Rhythm.DAILY) == [mine, theirs]
    assert store.readers.end(me, [mine.id, theirs.id], reason="page", now=now) == 1
    assert store.readers.end(me, [mine.id], reason="page", now=now) == 0


def test_addresses_are_one_whatever_the_case_of_letters(store: Store, now: datetime) -> None:
    subscribe(store, now)
    assert store.readers.by_email("Kari@Kommune.EXAMPLE") == reader(store)
    assert store.readers.by_email("ola@kommune.example") is None
    assert [one.email for one in store.readers.all()] == [KARI]


# refusing


def test_who_refuses_gets_no_more_confirmations(store: Store, now: datetime) -> None:
    ask(store, now)
    ask(store, now, "t2", query="q=lov")
    store.subscriptions.refuse("t1", now=now)
    store.subscriptions.refuse("t1", now=now + HOUR)
    assert store.subscriptions.is_refused("t1")
    for token in ("t1", "t2"):
        with pytest.raises(TokenNotFoundError):
            store.subscriptions.confirm(token, now=now)
    with pytest.raises(SignUpLimitError):
        ask(store, now + 40 * DAY, "t3", query="q=noe+annet")
    ask(store, now, "t4", email="ola@kommune.example", address_key="ola")
    store.subscriptions.allow("t1")
    assert not store.subscriptions.is_refused("t1")
    ask(store, now + 40 * DAY, "t5")


def test_refusing_ends_what_somebody_confirmed(store: Store, now: datetime) -> None:
    subscribe(store, now)
    store.subscriptions.refuse("t1", now=now + HOUR)
    (ended,) = reader(store).subscriptions
    assert (ended.ended, ended.ended_reason) == (now + HOUR, "refused")
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.refuse("unknown", now=now)


def test_another_rhythm_may_be_asked_for_at_once(store: Store, now: datetime) -> None:
    ask(store, now)
    ask(store, now, "t2", rhythm=Rhythm.WEEKLY)
    with pytest.raises(SignUpLimitError):
        ask(store, now, "t3")
    first = store.subscriptions.confirm("t1", now=now)
    assert store.subscriptions.present("t2", now=now) == first
    assert store.subscriptions.confirm("t2", now=now) == replace(first, rhythm=Rhythm.WEEKLY)


# bounces


def test_a_mailbox_that_does_not_exist_is_written_to_no_more(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    number = mail_digest(store, now, one)
    found = store.readers.bounced(number, Bounce.HARD, reason="5.1.1 no such user", now=now + HOUR)
    assert found == "suppressed"
    assert store.subscriptions.active(Rhythm.DAILY) == []
    known = reader(store)
    assert (known.suppressed, known.suppressed_reason) == (now + HOUR, "5.1.1 no such user")
    assert known.subscriptions == (one,)  # suppressed, not deleted
    again = store.readers.bounced(number, Bounce.HARD, reason="again", now=now + 2 * HOUR)
    assert again == "ignored"
    store.readers.lift(known)
    assert store.subscriptions.active(Rhythm.DAILY) == [one]
    assert reader(store).suppressed is None


def test_a_fresh_confirmation_lifts_suppression(store: Store, now: datetime) -> None:
    number = mail_digest(store, now, subscribe(store, now))
    store.readers.bounced(number, Bounce.HARD, reason="5.1.1", now=now)
    subscribe(store, now + DAY, "t2", query="q=lov")
    assert reader(store).suppressed is None
    assert len(store.subscriptions.active(Rhythm.DAILY)) == 2


def test_soft_bounces_back_off_and_in_the_end_suppress(store: Store, now: datetime) -> None:
    number = mail_digest(store, now, subscribe(store, now))
    pauses = []
    for day in range(6):
        moment = now + day * 4 * DAY
        done = store.readers.bounced(number, Bounce.SOFT, reason="4.2.2 full", now=moment)
        again = store.readers.bounced(number, Bounce.SOFT, reason="same day", now=moment + HOUR)
        assert again == "ignored"
        if done == "suppressed":
            break
        until = reader(store).not_before
        assert until
        assert store.subscriptions.active(Rhythm.DAILY, now=moment + HOUR) == []
        assert len(store.subscriptions.active(Rhythm.DAILY, now=until)) == 1
        pauses.append((until - moment) / HOUR)
    assert pauses == [2, 4, 8, 16, 32]
    assert reader(store).suppressed_reason == "4.2.2 full"


def test_an_old_soft_bounce_is_forgotten(store: Store, now: datetime) -> None:
    number = mail_digest(store, now, subscribe(store, now))
    for day in (0, 31, 62, 93, 124, 155, 186):
        moment = now + day * DAY
        assert store.readers.bounced(number, Bounce.SOFT, reason="", now=moment) == "paused"
        assert reader(store).not_before == moment + 2 * HOUR


def test_what_says_nothing_about_the_address_does_nothing(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    number = mail_digest(store, now, one)
    assert store.readers.bounced(number, Bounce.NONE, reason="5.7.1", now=now) == "ignored"
    assert store.readers.bounced(10_000, Bounce.HARD, reason="5.1.1", now=now) == "unknown"
    assert store.subscriptions.active(Rhythm.DAILY, now=now) == [one]


def test_a_bounce_is_known_after_the_mail_was_forgotten(store: Store, now: datetime) -> None:
    number = mail_digest(store, now, subscribe(store, now))
    store.digests.forget_settled(before=now + DAY)
    bounced = store.readers.bounced(number, Bounce.HARD, reason="5.1.1", now=now + 8 * DAY)
    assert bounced == "suppressed"


def test_the_sign_up_of_an_address_that_does_not_exist_is_dropped(
    store: Store, now: datetime
) -> None:
    ask(store, now)
    claimed = store.digests.claim("w", now=now, lease_for=HOUR)
    assert claimed
    assert store.readers.bounced(claimed.id, Bounce.SOFT, reason="", now=now) == "ignored"
    store.subscriptions.requested("t1", now=now)
    assert store.readers.bounced(claimed.id, Bounce.HARD, reason="", now=now) == "ignored"
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.requested("t1", now=now)


# personal data


def test_all_that_is_stored_about_a_reader_comes_out(store: Store, now: datetime) -> None:
    one = subscribe(store, now, corrections=True)
    mail_digest(store, now, one)
    ask(store, now, "waiting", query="q=lov")
    data = store.readers.personal_data(reader(store))
    text = json.dumps(data, ensure_ascii=False)
    assert data["email"] == KARI
    assert REQUEST.wording in text
    for key, count in (
        *(("subscriptions", 1), ("consents", 1), ("waiting_sign_ups", 1)),
        *(("messages", 3), ("told", 1), ("digest_pages", 1)),
    ):
        found = data[key]
        assert isinstance(found, list)
        assert len(found) == count, key
    assert data["consents"] == [
        {
            "subscription": one.id,
            "given": "2026-11-23T06:00:00.000Z",
            "wording": REQUEST.wording,
            "language": "nn",
        }
    ]


def test_an_address_that_only_waits_can_be_exported_and_erased(store: Store, now: datetime) -> None:
    ask(store, now)
    waiting = reader(store)
    assert waiting.subscriptions == ()
    assert "q=tolk" in json.dumps(store.readers.personal_data(waiting))
    store.readers.erase(waiting, now=now)
    assert store.readers.by_email(KARI) is None
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.requested("t1", now=now)


def test_erasing_leaves_nothing_that_names_the_reader(store: Store, now: datetime) -> None:
    one = subscribe(store, now, query="q=navnet+mitt")
    other = subscribe(store, now, "t2", email="ola@kommune.example", address_key="ola")
    mail_digest(store, now, one)
    request_link(store, now)
    ask(store, now, "waiting", query="q=lov")
    store.readers.erase(reader(store), now=now + DAY)
    assert store.readers.by_email(KARI) is None
    assert store.subscriptions.active(Rhythm.DAILY) == [other]
    for token in ("m1", "manage-d1"):
        with pytest.raises(TokenNotFoundError):
            store.readers.behind(token, now=now + DAY)
    with pytest.raises(TokenNotFoundError):
        store.readers.digest_page("page-d1")
    (left,) = store.subscriptions.behind("leave-d1")
    assert (left.email, left.query, left.ended) == ("", "", now + DAY)
    assert store.subscriptions.end("leave-d1", reason="link", now=now + 2 * DAY) == 0
    assert store.digests.claim("w", now=now + DAY, lease_for=HOUR) is None


def test_an_address_is_kept_for_some_time_after_the_last_end(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    other = subscribe(store, now, "t2", query="q=lov")
    mail_digest(store, now, one)
    store.readers.end(reader(store), [one.id], reason="page", now=now)
    forget = store.readers.forget
    assert forget(ended_before=now + 300 * DAY, now=now) == 0  # the other one is active
    store.readers.end(reader(store), [other.id], reason="page", now=now + DAY)
    assert forget(ended_before=now + DAY - HOUR, now=now + 29 * DAY) == 0
    assert forget(ended_before=now + DAY, now=now + 29 * DAY) == 1
    assert forget(ended_before=now + DAY, now=now + 29 * DAY) == 0
    assert store.readers.by_email(KARI) is None
    assert store.readers.digest_page("page-d1") == b"what it showed"  # it names nobody
    assert len(store.subscriptions.behind("leave-d1")) == 1


def test_who_comes_back_after_being_forgotten_begins_anew(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    store.readers.erase(reader(store), now=now + HOUR)
    again = subscribe(store, now + DAY, "t2")
    assert again.id != one.id
    assert len(reader(store).subscriptions) == 1
