"""`imdifeed digest send` and `imdifeed status`: what the operator is told, and the exit status."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import NEWS, declare, entry_data
from chaos.harness import subscribe
from db.models import Category, Delivery
from db.store import Store
from feed.delivery import FolderTransport, Handover
from imdifeed.cli import main
from imdifeed.running.held import LASTING
from imdifeed.sending.floods import HARMLESS, LEAST_RUNS

DAY = timedelta(days=1)
BEGIN = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "imdifeed.toml"
    path.write_text(
        f"""
        secret_key = "0123456789abcdef"
        [digest]
        most_per_hour = 3
        [sources.{NEWS.slug}]
        spider = "imdi"
        base_url = "https://www.imdi.no"
        """,
        "utf-8",
    )
    return path


@pytest.fixture
def filled(config: Path) -> Store:
    """A store that commands open as well, with five readers who confirmed."""
    store = db.open_store(str(config.with_name("imdifeed.db")))
    declare(store, now=BEGIN)
    for number in range(5):
        subscribe(store, f"leser{number}@kommune.example", "", BEGIN)
    while claimed := store.digests.claim(
        "w", now=BEGIN, lease_for=DAY, category=Category.CONFIRMATION
    ):
        store.digests.settle(claimed, "w", Delivery.SENT, now=BEGIN)
    return store


def put(store: Store, key: str, seen: datetime) -> None:
    data = entry_data(key=key, url=f"https://www.imdi.no/{key}/", published=None)
    store.entries.put(data, seen=seen, first_crawl=False)


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def send(config: Path, moment: datetime, *words: str) -> Result:
    return run(config, "digest", "send", "--now", moment.isoformat(), *words)


def mails(config: Path) -> int:
    return len(list(config.with_name("outbox").glob("*.eml")))


def test_one_of_something_is_no_plural(config: Path, filled: Store) -> None:
    for number in range(4):
        reader = filled.readers.by_email(f"leser{number}@kommune.example")
        assert reader
        filled.readers.erase(reader, now=BEGIN)
    put(filled, "a", BEGIN + DAY / 2)
    assert "1 digest planned; 1 message handed over, 0 to" in send(config, BEGIN + DAY).output


def test_more_than_an_hour_allows_waits_for_the_next_or_for_a_person(
    config: Path, filled: Store
) -> None:
    put(filled, "a", BEGIN + DAY / 2)
    first = send(config, BEGIN + DAY)
    assert (first.exit_code, mails(config)) == (1, 3)
    assert "5 digests planned; 3 messages handed over" in first.output
    assert re.search(r"3 digests were handed over within the hour.*most_per_hour", first.output)
    assert "--let-go" in first.output
    assert "2 queued" in run(config, "status").output
    second = send(config, BEGIN + DAY + timedelta(minutes=5), "--let-go")
    assert (second.exit_code, mails(config)) == (0, 5)
    put(filled, "b", BEGIN + DAY * 1.5)
    assert send(config, BEGIN + 2 * DAY).exit_code == 1
    assert send(config, BEGIN + 2 * DAY + timedelta(hours=1)).exit_code == 0
    assert mails(config) == 10


def test_what_waits_too_long_is_named(config: Path, filled: Store) -> None:
    put(filled, "a", BEGIN - DAY)
    subscribe(filled, "sen@kommune.example", "", datetime.now(UTC) - timedelta(minutes=5))
    assert run(config, "status").exit_code == 0
    subscribe(filled, "senere@kommune.example", "", datetime.now(UTC) - timedelta(hours=3))
    status = run(config, "status")
    assert status.exit_code == 1
    assert "messages wait to be handed over since" in status.output


def test_a_flood_is_named_until_somebody_lets_it_go(config: Path, filled: Store) -> None:
    for day in range(LEAST_RUNS):
        put(filled, f"{day}", BEGIN + day * DAY + DAY / 2)
        send(config, BEGIN + (day + 1) * DAY, "--let-go")
    before = mails(config)
    flood = BEGIN + LEAST_RUNS * DAY
    with filled.together():
        for number in range(HARMLESS + 1):
            put(filled, f"flood {number}", flood + DAY / 2)
    held = send(config, flood + DAY)
    assert (held.exit_code, mails(config)) == (1, before)
    reason = "51 new stories where 1 are usual"
    assert reason in held.output
    assert "imdifeed digest send --let-go" in held.output
    status = run(config, "status")
    assert status.exit_code == 1
    assert reason in status.output
    assert send(config, flood + DAY, "--let-go").exit_code == 0
    assert mails(config) == before + 5
    assert run(config, "status").exit_code == 0


def test_a_sender_does_not_plan_what_another_one_plans(config: Path, filled: Store) -> None:
    put(filled, "a", BEGIN + DAY / 2)
    now = datetime.now(UTC)
    lease = filled.leases.take("digests", "elsewhere:1:1:1:1", now=now, lasting=LASTING)
    assert lease
    second = send(config, BEGIN + DAY)
    assert second.exit_code == 0
    assert "another sender is planning" in second.output
    assert mails(config) == 0
    filled.leases.release(lease, now=now)
    assert send(config, BEGIN + DAY, "--let-go").exit_code == 0
    assert mails(config) == 5
    assert filled.leases.held(now=now) == []


def test_a_dry_run_gives_every_rhythm_that_is_due(config: Path, filled: Store) -> None:
    put(filled, "a", BEGIN + DAY / 2)
    folder = config.with_name("dry")
    result = send(config, BEGIN + DAY, "--dry-run", str(folder))
    assert (result.exit_code, len(list(folder.glob("*.eml")))) == (0, 5)
    assert mails(config) == 0
    assert filled.digests.counts()["sent"] == 5


def test_whom_a_mail_server_names_when_it_refuses_is_not_told(
    config: Path, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(filled, "a", BEGIN + DAY / 2)
    reply = "554 5.7.1 <leser0@kommune.example>: not from you"
    monkeypatch.setattr(FolderTransport, "hand_over", lambda *_: Handover(Delivery.FAILED, reply))
    refused = send(config, BEGIN + DAY)
    assert refused.exit_code == 1
    assert "messages were refused: 554 5.7.1 <<address>>: not from you" in refused.output
    assert "@kommune" not in refused.output
