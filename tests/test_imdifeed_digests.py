import email
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from builders import NEWS, PRESS, declare
from db.errors import TokenNotFoundError
from db.models import (
    Candidates,
    Category,
    Cause,
    Delivery,
    Entry,
    EntryData,
    Follower,
    Kind,
    Language,
    Message,
    Precision,
    PublisherDate,
    Rhythm,
    Subscription,
    SubscriptionRequest,
    Verdict,
)
from db.query import EntryQuery, Paging
from db.store import Store
from feed import stories
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue, write_dry_run
from imdifeed.sending.floods import HARMLESS, LEAST_RUNS
from imdifeed.sending.handover import hand_over, manner_of, transport_for
from imdifeed.sending.windows import OSLO, due_date
from imdifeed.settings import Settings
from web.mail.tokens import hash_token

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOLK = EntryData(source="s", key="", url="https://www.imdi.no/x/", kind=Kind.NEWS, title="Om tolk")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "imdifeed.toml"
    path.write_text('secret_key = "0123456789abcdef"\nsite_url = "https://nytt.example"\n', "utf-8")
    return load_settings(path, {})


def subscribe(
    store: Store,
    now: datetime,
    query: str = "q=tolk",
    to: str = "kari",
    rhythm: Rhythm = Rhythm.DAILY,
    **options: bool,
) -> Subscription:
    token = f"{to}/{query}/{now}"
    request = SubscriptionRequest(
        email=f"{to}@kommune.example", query=query, rhythm=rhythm, language=Language.BOKMAL,
        **options,
    )  # fmt: skip
    message = Message(
        category=Category.CONFIRMATION, recipient=request.email, message_id=f"<{hash(token)}@x>",
        data=b"", dedupe_key=token,
    )  # fmt: skip
    store.subscriptions.request(
        request, token_hash=token, message=message, now=now - 2 * HOUR, expires=now + DAY
    )
    return store.subscriptions.confirm(token, now=now)


def put(store: Store, seen: datetime, key: str, **changes: object) -> int:
    data = replace(TOLK, key=key, **changes)
    return store.entries.put(data, seen=seen, first_crawl=False).entry_id


def send(store: Store, settings: Settings, now: datetime) -> list[EmailMessage]:
    """Plan and hand over; give the digests written to the outbox folder since the last time."""
    before = set(settings.mail.outbox_folder.glob("*.eml"))
    plan_and_queue(store, settings, now=now)
    with transport_for(settings.mail) as transport:
        hand_over(
            store, transport, manner_of(settings), clock=lambda: now, category=Category.DIGEST
        )
    new = sorted(set(settings.mail.outbox_folder.glob("*.eml")) - before)
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in new]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def links_of(message: EmailMessage) -> list[str]:
    return re.findall(r"https://nytt\.example/unsubscribe/(\S+)", text_of(message))


def test_a_reader_gets_one_mail_with_everything_new(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    subscribe(store, now, "q=bosetting")
    subscribe(store, now, to="ola")
    put(store, now - HOUR, "before")
    put(store, now + HOUR, "a", title="Ny tolkelov for tolker")
    put(store, now + HOUR, "b", title="Bosetting med tolk")
    put(store, now + HOUR, "c", title="Noe annet")
    kari, ola = sorted(send(store, settings, now + DAY), key=lambda m: str(m["To"]))
    assert (kari["To"], ola["To"]) == ("kari@kommune.example", "ola@kommune.example")
    for message in (kari, ola):
        text = text_of(message)
        assert text.count("Ny tolkelov for tolker") == 1
        assert text.count("Bosetting med tolk\n") == 1
        assert "Noe annet" not in text
        assert "Om tolk\n" not in text
    assert str(kari["Subject"]).startswith("2 nye saker: ")


def test_nothing_new_is_no_mail(store: Store, settings: Settings, now: datetime) -> None:
    subscribe(store, now)
    put(store, now - HOUR, "a")
    assert send(store, settings, now + DAY) == []


def test_running_it_again_sends_nothing_again(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    assert len(send(store, settings, now + DAY)) == 1
    assert send(store, settings, now + DAY + HOUR) == []
    assert send(store, settings, now + 2 * DAY) == []
    put(store, now + 2 * DAY + HOUR, "b", title="Tolk igjen")
    (third,) = send(store, settings, now + 3 * DAY)
    assert "Tolk igjen" in text_of(third)
    assert "Om tolk\n" not in text_of(third)


def test_missed_days_are_made_up_for_in_one_mail(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    for day in range(3):
        put(store, now + day * DAY + HOUR, f"{day}", title=f"Tolk dag {day}")
    (message,) = send(store, settings, now + 4 * DAY)
    assert [f"Tolk dag {day}" in text_of(message) for day in range(3)] == [True] * 3


def test_what_arrives_between_plan_and_render_waits_for_the_next(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    store.digests.plan(Rhythm.DAILY, f"{due_date(now + DAY)}", cutoff=now + DAY)
    put(store, now + DAY + HOUR, "b", title="Sent funn om tolk")
    (first,) = send(store, settings, now + DAY + 2 * HOUR)
    assert "Sent funn" not in text_of(first)
    (second,) = send(store, settings, now + 2 * DAY)
    assert "Sent funn" in text_of(second)


def test_old_finds_are_not_mailed(store: Store, settings: Settings, now: datetime) -> None:
    subscribe(store, now)
    old = PublisherDate(datetime(2020, 5, 1, 10, tzinfo=UTC), Precision.MONTH)
    for number in range(60):
        put(store, now + HOUR, f"{number}", published=old)
    assert send(store, settings, now + DAY) == []


def test_a_run_that_died_half_way_is_finished_without_doubles(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reader in ("a", "b", "c"):
        subscribe(store, now, to=reader)
    put(store, now + HOUR, "x")
    enqueue, calls = store.digests.enqueue, []

    def die_on_the_second(*args: object, **options: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return enqueue(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(store.digests, "enqueue", die_on_the_second)
        with pytest.raises(KeyboardInterrupt):
            plan_and_queue(store, settings, now=now + DAY)
    messages = send(store, settings, now + DAY + HOUR)
    assert sorted(str(m["To"]) for m in messages) == [f"{r}@kommune.example" for r in "abc"]


def test_each_link_ends_one_subscription_and_the_header_all(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    subscribe(store, now, "q=bosetting")
    put(store, now + HOUR, "a", title="Bosetting med tolk")
    (message,) = send(store, settings, now + DAY)
    one, other, both = links_of(message)
    assert message["List-Unsubscribe"] == f"<https://nytt.example/unsubscribe/{both}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    queries = [
        [s.query for s in store.subscriptions.behind(hash_token(token))]
        for token in (one, other, both)
    ]
    assert queries == [["q=tolk"], ["q=bosetting"], ["q=tolk", "q=bosetting"]]
    with pytest.raises(TokenNotFoundError):
        store.subscriptions.behind(one)  # the store knows only hashes


def test_who_left_after_rendering_is_not_written_to(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    (message,) = send(store, settings, now + DAY)
    put(store, now + DAY + HOUR, "b")
    plan_and_queue(store, settings, now=now + 2 * DAY)
    store.subscriptions.end(hash_token(links_of(message)[0]), reason="link", now=now + 2 * DAY)
    assert send(store, settings, now + 2 * DAY + HOUR) == []
    assert store.digests.counts()["cancelled"] == 1


def test_who_left_one_of_two_after_rendering_gets_the_mail_without_it(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    subscribe(store, now, "q=bosetting")
    put(store, now + HOUR, "a", title="Tolk a")
    put(store, now + HOUR, "b", title="Bosetting b")
    (first,) = send(store, settings, now + DAY)
    put(store, now + DAY + HOUR, "c", title="Tolk c")
    put(store, now + DAY + HOUR, "d", title="Bosetting d")
    plan_and_queue(store, settings, now=now + 2 * DAY)
    bosetting = links_of(first)[1]
    store.subscriptions.end(hash_token(bosetting), reason="link", now=now + 2 * DAY)
    later = now + 2 * DAY + HOUR
    assert send(store, settings, later) == []
    (second,) = send(store, settings, later)
    assert "Tolk c" in text_of(second)
    assert "osetting" not in text_of(second)
    assert send(store, settings, later + HOUR) == []
    assert store.digests.counts() == {"cancelled": 1, "queued": 2, "sent": 2}


def test_a_dry_run_writes_mails_and_changes_nothing(
    store: Store, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    assert write_dry_run(store, settings, tmp_path / "dry", now=now + DAY) == 1
    (dry,) = (tmp_path / "dry").glob("*.eml")
    (sent,) = send(store, settings, now + DAY)
    written = email.message_from_bytes(dry.read_bytes(), policy=default)
    assert written["Message-ID"] == sent["Message-ID"]
    assert dry.read_bytes() == sent.as_bytes(policy=sent.policy.clone(linesep="\r\n"))
    put(store, now + DAY + HOUR, "b")
    assert write_dry_run(store, settings, tmp_path / "again", now=now + DAY + 2 * HOUR) == 0


def test_runs_of_two_days_at_once_tell_each_story_once(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    together = store.together

    def overtaken() -> AbstractContextManager[object]:
        # a run of the day before, resumed late, queues the same story just before this one does
        monkeypatch.setattr(store, "together", together)
        assert plan_and_queue(store, settings, now=now + DAY).queued == 1
        put(store, now + DAY, "b", title="Tolk to")
        return together()

    monkeypatch.setattr(store, "together", overtaken)
    assert plan_and_queue(store, settings, now=now + 2 * DAY).queued == 1
    messages = send(store, settings, now + 2 * DAY)
    told = sorted(
        line
        for m in messages
        for line in text_of(m).split("\n")
        if line.startswith(("Om tolk", "Tolk to"))
    )
    assert told == ["Om tolk", "Tolk to"]


def told_in(messages: list[EmailMessage]) -> list[str]:
    """Give the titles that mails tell, each as often as it stands there."""
    return sorted(
        line for message in messages for line in text_of(message).split("\n")
        if line.startswith("Tolk ")
    )  # fmt: skip


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_clock_changes_neither_lose_nor_repeat(
    store: Store, settings: Settings, change: str
) -> None:
    """Crawl and send every hour from two days before a clock change to two days after it."""
    middle = datetime.fromisoformat(f"{change}T01:00Z")
    moment = middle - 2 * DAY
    subscribe(store, moment)
    sent: list[tuple[datetime, EmailMessage]] = []
    number = 0
    while moment < middle + 2 * DAY:
        number += 1
        put(store, moment + HOUR / 2, f"{number}", title=f"Tolk {number:03}")
        moment += HOUR
        sent += [(moment.astimezone(OSLO), message) for message in send(store, settings, moment)]
    mornings = [local for local, _ in sent]
    assert [local.hour for local in mornings] == [7] * 4
    assert len({local.date() for local in mornings}) == 4
    told = told_in([message for _, message in sent])
    assert told == [f"Tolk {n:03}" for n in range(1, len(told) + 1)]


def test_who_wants_it_at_once_hears_of_it_after_every_crawl_that_was_good(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, rhythm=Rhythm.IMMEDIATE)
    subscribe(store, now, to="ola")
    send(store, settings, now)
    run = store.crawls.begin("s", now=now + HOUR)
    put(store, now + HOUR, "a", title="Tolk a")
    assert send(store, settings, now + HOUR) == []  # the run has no verdict yet
    store.crawls.finish(replace(run, finished=now + HOUR, verdict=Verdict.OK))
    minute = timedelta(minutes=1)
    (first,) = send(store, settings, now + HOUR + minute)
    assert first["To"] == "kari@kommune.example"
    assert send(store, settings, now + HOUR + minute) == []
    put(store, now + 2 * HOUR, "b", title="Tolk b")
    (second,) = send(store, settings, now + 2 * HOUR + minute)
    assert told_in([first, second]) == ["Tolk a", "Tolk b"]


def test_a_week_is_told_on_monday(store: Store, settings: Settings, now: datetime) -> None:
    subscribe(store, now + HOUR, rhythm=Rhythm.WEEKLY)
    for day in range(1, 9):
        put(store, now + day * DAY, f"{day}", title=f"Tolk {day}")
        found = send(store, settings, now + day * DAY + timedelta(minutes=1))
        assert len(found) == (day == 7)
        if found:
            assert told_in(found) == [f"Tolk {n}" for n in range(1, 8)]


def test_who_signs_up_after_seven_waits_for_the_morning(
    store: Store, settings: Settings, now: datetime
) -> None:
    """No run has looked at the window of this morning; it is not for who came later."""
    subscribe(store, now + HOUR)
    put(store, now + 2 * HOUR, "a")
    minute = timedelta(minutes=1)
    assert send(store, settings, now + 3 * HOUR) == []
    assert send(store, settings, now + DAY - minute) == []
    assert len(send(store, settings, now + DAY)) == 1


@pytest.mark.parametrize("rhythm", [Rhythm.DAILY, Rhythm.WEEKLY])
def test_a_window_run_ahead_of_its_time_is_run_again_for_what_came_since(
    store: Store, settings: Settings, now: datetime, rhythm: Rhythm
) -> None:
    ahead = now + 7 * DAY
    subscribe(store, now, rhythm=rhythm)
    put(store, now + HOUR, "a", title="Tolk a")
    assert told_in(send(store, settings, ahead)) == ["Tolk a"]
    subscribe(store, now + HOUR, to="ola", rhythm=rhythm)
    put(store, now + 2 * HOUR, "b", title="Tolk b")
    (again,) = send(store, settings, ahead)
    # one mail a window to each
    assert (again["To"], told_in([again])) == ("ola@kommune.example", ["Tolk b"])
    assert send(store, settings, ahead) == []
    (rest,) = send(store, settings, ahead + 7 * DAY)
    assert (rest["To"], told_in([rest])) == ("kari@kommune.example", ["Tolk b"])


def test_what_is_found_after_seven_opens_no_window_again(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now - DAY)
    send(store, settings, now)
    # the first crawl of a new source: listed as of when it was published
    data = replace(TOLK, key="a", published=PublisherDate(now - HOUR, Precision.MINUTE))
    store.entries.put(data, seen=now + HOUR, first_crawl=True)
    assert send(store, settings, now + 2 * HOUR) == []
    assert len(send(store, settings, now + DAY)) == 1


def test_one_minute_may_bring_two_immediate_digests(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, rhythm=Rhythm.IMMEDIATE)
    second = timedelta(seconds=1)
    assert send(store, settings, now + HOUR) == []
    put(store, now + HOUR + second, "a", title="Tolk a")
    assert told_in(send(store, settings, now + HOUR + 2 * second)) == ["Tolk a"]
    assert send(store, settings, now + HOUR + 2 * second) == []
    put(store, now + HOUR + 3 * second, "b", title="Tolk b")
    assert told_in(send(store, settings, now + HOUR + 4 * second)) == ["Tolk b"]


def test_rhythms_are_mails_of_their_own(store: Store, settings: Settings, now: datetime) -> None:
    for number, rhythm in enumerate(Rhythm):
        subscribe(store, now, ("q=tolk", "q=tolken", "q=tolk*")[number], rhythm=rhythm)
    put(store, now + HOUR, "a", title="Tolk a")
    found = send(store, settings, now + 7 * DAY)
    assert told_in(found) == ["Tolk a"] * 3
    assert len({str(message["Message-ID"]) for message in found}) == 3


def test_a_query_is_asked_once_a_window_however_many_follow_it(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        for query in ("q=tolk", "q=bosetting", "q=ingenting"):
            subscribe(store, now + number * timedelta(seconds=1), query, to=f"leser{number:02}")
    put(store, now + HOUR, "a", title="Tolk og bosetting")
    asked: list[str] = []
    candidates = store.digests.candidates

    def counted(query: EntryQuery, **options: Any) -> Candidates:
        asked.append(query.canonical())
        return candidates(query, **options)

    monkeypatch.setattr(store.digests, "candidates", counted)
    assert plan_and_queue(store, settings, now=now + DAY).queued == 60
    assert sorted(asked) == ["q=bosetting", "q=ingenting", "q=tolk"]


def test_who_follows_nothing_new_is_passed_over_and_told_the_next_time(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, now, "q=bosetting", to="kari")
    subscribe(store, now, "q=bosetting", to="ola")
    subscribe(store, now, "q=tolk", to="ola")
    put(store, now + HOUR, "a", title="Om tolk")
    looked_at: list[str] = []
    followers = store.digests.followers

    def noted(*given: Any, **named: Any) -> list[Follower]:
        found = followers(*given, **named)
        looked_at.extend(one.subscription.email for one in found)
        return found

    monkeypatch.setattr(store.digests, "followers", noted)
    (mail,) = send(store, settings, now + DAY)
    assert set(looked_at) == {mail["To"]} == {"ola@kommune.example"}
    # leaving all of it ends what had nothing to tell as well
    assert len(store.subscriptions.behind(hash_token(links_of(mail)[-1]))) == 1
    leaving = re.search(r"unsubscribe/([\w-]+)>", mail["List-Unsubscribe"])
    assert leaving
    assert len(store.subscriptions.behind(hash_token(leaving[1]))) == 2
    put(store, now + DAY + HOUR, "b", title="Om bosetting")
    assert {one["To"] for one in send(store, settings, now + 2 * DAY)} == {
        "kari@kommune.example", "ola@kommune.example"
    }  # fmt: skip
    assert send(store, settings, now + 3 * DAY) == []


def test_a_repaired_source_floods_nobody_and_is_counted_once(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, "")
    subscribe(store, now, "", to="stille")
    old = PublisherDate(now - 40 * DAY, Precision.DAY)
    with store.together():
        for number in range(7595):
            put(store, now + HOUR, f"{number}", title=f"Gammel {number}", published=old)
    assert send(store, settings, now + DAY) == []
    assert store.entries.search(EntryQuery(), Paging(per_page=1)).total == 7595
    put(store, now + DAY + HOUR, "ny", title="Tolk ny")
    (kari, _) = send(store, settings, now + 2 * DAY)
    text = text_of(kari)
    assert "Gammel" not in text
    assert text.count("7595 eldre saker") == 1
    put(store, now + 2 * DAY + HOUR, "nyere", title="Tolk nyere")
    (kari, _) = send(store, settings, now + 3 * DAY)
    assert "eldre sak" not in text_of(kari)


def test_a_flood_is_held_until_a_person_lets_it_go(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, "")
    for day in range(LEAST_RUNS):
        put(store, now + day * DAY + HOUR, f"day {day}")
        assert len(send(store, settings, now + (day + 1) * DAY)) == 1
    later = now + LEAST_RUNS * DAY
    for number in range(HARMLESS + 1):
        put(store, later + HOUR, f"{number}", title=f"Tolk {number}")
    planned = plan_and_queue(store, settings, now=later + DAY)
    assert planned.queued == 0
    (reason,) = planned.held
    assert reason.endswith("are held: 51 new stories where 1 are usual")
    assert [run.held for run in store.digests.held()] == ["51 new stories where 1 are usual"]
    assert send(store, settings, later + DAY) == []
    assert plan_and_queue(store, settings, now=later + DAY, let_go=True).queued == 1
    assert store.digests.held() == []
    (message,) = send(store, settings, later + DAY)
    assert str(message["Subject"]).startswith("51 nye saker")
    # what the mail does not show is told as well: the listing has it
    assert send(store, settings, later + 2 * DAY) == []


def test_what_was_refused_for_good_is_in_the_next_digest(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a", title="Tolk a")
    plan_and_queue(store, settings, now=now + DAY)
    claimed = store.digests.claim("w", now=now + DAY, lease_for=HOUR, category=Category.DIGEST)
    assert claimed
    store.digests.settle(claimed, "w", Delivery.FAILED, now=now + DAY)
    put(store, now + DAY + HOUR, "b", title="Tolk b")
    assert told_in(send(store, settings, now + 2 * DAY)) == ["Tolk a", "Tolk b"]
    assert send(store, settings, now + 3 * DAY) == []


def test_one_reader_whose_mail_cannot_be_written_stops_nobody(
    store: Store, settings: Settings, now: datetime
) -> None:
    broken = subscribe(store, now, to="a" * 65)
    subscribe(store, now)
    put(store, now + HOUR, "a", title="Tolk a")
    planned = plan_and_queue(store, settings, now=now + DAY)
    assert (planned.queued, planned.unwritable) == (1, {broken.id})


def test_corrections_are_told_to_who_wants_them(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, corrections=True)
    subscribe(store, now, to="ola")
    put(store, now + HOUR, "a", title="Tolk a")
    assert len(send(store, settings, now + DAY)) == 2
    put(store, now + DAY + HOUR, "a", title="Tolk a, rettet")
    (kari,) = send(store, settings, now + 2 * DAY)
    assert kari["To"] == "kari@kommune.example"
    assert told_in([kari]) == ["Tolk a, rettet"]
    assert send(store, settings, now + 3 * DAY) == []


def test_corrections_are_told_where_digests_were_run_ahead_of_their_time(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, corrections=True)
    put(store, now + HOUR, "a", title="Tolk a")
    assert told_in(send(store, settings, now + 7 * DAY)) == ["Tolk a"]
    put(store, now + 2 * HOUR, "a", title="Tolk a, rettet")
    assert told_in(send(store, settings, now + 8 * DAY)) == ["Tolk a, rettet"]
    put(store, now + 3 * HOUR, "a", title="Tolk a, rettet igjen")
    assert told_in(send(store, settings, now + 9 * DAY)) == ["Tolk a, rettet igjen"]
    assert send(store, settings, now + 10 * DAY) == []


def test_the_mail_says_which_sources_are_broken(
    store: Store, settings: Settings, now: datetime
) -> None:
    declare(store, now=now)
    subscribe(store, now)
    subscribe(store, now, f"q=tolk&source={PRESS.slug}", to="ola")
    run = store.crawls.begin(NEWS.slug, now=now)
    store.crawls.finish(
        replace(run, finished=now, verdict=Verdict.BROKEN, cause=Cause.LOGIN, reason="login")
    )
    put(store, now + HOUR, "a", title="Tolk a", source=PRESS.slug)
    kari, ola = sorted(send(store, settings, now + DAY), key=lambda m: str(m["To"]))
    assert f"{NEWS.name}: Kan være ødelagt" in text_of(kari)
    assert NEWS.name not in text_of(ola)


def test_the_sentence_that_was_found_stands_in_the_mail(
    store: Store, settings: Settings, now: datetime
) -> None:
    declare(store, now=now)
    subscribe(store, now, "q=kvalifisert")
    text = "Først noe annet. " * 40 + "Loven pålegger offentlige organer å bruke kvalifisert tolk."
    put(store, now + HOUR, "a", title="Om loven", lead="Kort sagt.", body_text=text,
        source=PRESS.slug)  # fmt: skip
    (message,) = send(store, settings, now + DAY)
    sentence = "Loven pålegger offentlige organer å bruke kvalifisert tolk."
    assert sentence in " ".join(text_of(message).split())


def test_an_entry_that_cannot_be_shown_waits_for_a_day_when_it_can(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, now)
    bad = put(store, now + HOUR, "a", title="Tolk a")
    put(store, now + HOUR, "b", title="Tolk b")
    with monkeypatch.context() as patched:
        shown = stories.summary_of

        def breaks(data: Entry, most: int) -> str:
            if data.id == bad:
                raise RuntimeError("cannot be shown")
            return shown(data, most)

        patched.setattr(stories, "summary_of", breaks)
        assert plan_and_queue(store, settings, now=now + DAY).left_out == {bad}
    assert told_in(send(store, settings, now + DAY)) == ["Tolk b"]
    assert told_in(send(store, settings, now + 2 * DAY)) == ["Tolk a"]


def test_two_planners_at_once_tell_everybody_once(
    store: Store, settings: Settings, now: datetime
) -> None:
    for number in range(40):
        subscribe(store, now, to=f"leser{number:02}")
    put(store, now + HOUR, "a", title="Tolk a")
    with ThreadPoolExecutor(3) as pool:
        planned = list(pool.map(
            lambda _: plan_and_queue(store, settings, now=now + DAY).queued, range(3)
        ))  # fmt: skip
    assert sum(planned) == 40
    assert told_in(send(store, settings, now + DAY)) == ["Tolk a"] * 40


def test_what_was_withdrawn_before_it_was_told_is_told_only_if_it_comes_back(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "gone", title="Om tolk, ved en feil")
    put(store, now + HOUR, "stays", title="Om tolk, med rette")
    assert store.entries.withdraw("s", ["gone"], now=now + 2 * HOUR) == 1
    (mail,) = send(store, settings, now + DAY)
    assert "med rette" in text_of(mail)
    assert "ved en feil" not in text_of(mail)
    assert send(store, settings, now + 2 * DAY) == []
    put(store, now + 2 * DAY + HOUR, "gone", title="Om tolk, ved en feil")
    (mail,) = send(store, settings, now + 3 * DAY)
    assert "ved en feil" in text_of(mail)
    assert "med rette" not in text_of(mail)
    # whoever was told of one that is withdrawn is not told again when it comes back
    assert store.entries.withdraw("s", ["gone"], now=now + 3 * DAY + HOUR) == 1
    put(store, now + 3 * DAY + 2 * HOUR, "gone", title="Om tolk, ved en feil")
    assert send(store, settings, now + 4 * DAY) == []


def test_a_story_that_one_publisher_withdrew_is_told_from_where_it_stands(
    store: Store, settings: Settings, now: datetime
) -> None:
    declare(store, now=now)
    subscribe(store, now)
    first = put(store, now + HOUR, "a", source=NEWS.slug, title="Tolk, trukket")
    other = put(store, now + HOUR, "b", source=PRESS.slug, title="Tolk, som står")
    store.stories.join(first, other, by_person=True, now=now + HOUR)
    store.entries.withdraw(NEWS.slug, ["a"], now=now + 2 * HOUR)
    (mail,) = send(store, settings, now + DAY)
    assert "Tolk, som står" in text_of(mail)
    assert str(mail["Subject"]).startswith("1 ny sak")
    put(store, now + DAY + HOUR, "a", source=NEWS.slug, title="Tolk, trukket")
    assert send(store, settings, now + 2 * DAY) == []


def test_a_correction_whose_mail_failed_for_good_is_told_by_the_next(
    store: Store, settings: Settings, now: datetime
) -> None:
    subscribe(store, now, corrections=True)
    put(store, now + HOUR, "a", title="Om tolk, først")
    send(store, settings, now + DAY)
    put(store, now + DAY + HOUR, "a", title="Om tolk, rettet")
    for day in (2, 3):
        assert plan_and_queue(store, settings, now=now + day * DAY).queued == 1
        claimed = store.digests.claim(
            "w", now=now + day * DAY, lease_for=HOUR, category=Category.DIGEST
        )
        assert claimed
        assert b"rettet" in claimed.message.data
        store.digests.settle(claimed, "w", Delivery.FAILED, now=now + day * DAY)
    (mail,) = send(store, settings, now + 4 * DAY)
    assert "Om tolk, rettet" in text_of(mail)
    assert send(store, settings, now + 5 * DAY) == []
