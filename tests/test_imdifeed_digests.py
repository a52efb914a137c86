import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from db.errors import TokenNotFoundError
from db.models import (
    Category,
    EntryData,
    Kind,
    Language,
    Message,
    Precision,
    PublisherDate,
    Rhythm,
    SubscriptionRequest,
)
from db.store import Store
from imdifeed.config import Settings, load_settings
from imdifeed.digests import plan_and_queue, write_dry_run
from imdifeed.handover import hand_over, manner_of, transport_for
from imdifeed.windows import due_date
from web.tokens import hash_token

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOLK = EntryData(source="s", key="", url="https://www.imdi.no/x/", kind=Kind.NEWS, title="Om tolk")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "imdifeed.toml"
    path.write_text('secret_key = "0123456789abcdef"\nsite_url = "https://nytt.example"\n', "utf-8")
    return load_settings(path, {})


def subscribe(store: Store, now: datetime, query: str = "q=tolk", to: str = "kari") -> None:
    token = f"{to}/{query}/{now}"
    request = SubscriptionRequest(
        email=f"{to}@kommune.example", query=query, rhythm=Rhythm.DAILY, language=Language.BOKMAL
    )
    message = Message(
        category=Category.CONFIRMATION, recipient=request.email, message_id=f"<{hash(token)}@x>",
        data=b"", dedupe_key=token,
    )  # fmt: skip
    store.subscriptions.request(
        request, token_hash=token, message=message, now=now - 2 * HOUR, expires=now + DAY
    )
    store.subscriptions.confirm(token, now=now)


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


def test_runs_of_two_days_at_once_tell_each_story_once(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, now)
    put(store, now + HOUR, "a")
    enqueue = store.digests.enqueue

    def overtaken(*args: object, **options: object) -> bool:
        # a run of the day before, resumed late, queues the same story just before this one does
        monkeypatch.setattr(store.digests, "enqueue", enqueue)
        assert plan_and_queue(store, settings, now=now + DAY).queued == 1
        put(store, now + DAY, "b", title="Tolk to")
        return enqueue(*args, **options)

    monkeypatch.setattr(store.digests, "enqueue", overtaken)
    assert plan_and_queue(store, settings, now=now + 2 * DAY).queued == 1
    messages = send(store, settings, now + 2 * DAY)
    told = sorted(
        line
        for m in messages
        for line in text_of(m).split("\n")
        if line.startswith(("Om tolk", "Tolk to"))
    )
    assert told == ["Om tolk", "Tolk to"]
