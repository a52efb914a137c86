"""A takedown as an operator does it, and what readers see of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import DISTRICTS, EXPENSES, INTERPRETERS, declare, put
from db.models import Category as MailCategory
from db.models import Language, Message, Rhythm, SubscriptionRequest
from db.store import Store
from imdifeed.cli import main
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue
from imdifeed.settings import Settings
from web_site import SITE, run_site

HOUR = timedelta(hours=1)
SAME_NEWS = replace(DISTRICTS, source="imdi-news", key="page/9", url="https://www.imdi.no/9/")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "imdifeed.toml"
    path.write_text(f'secret_key = "0123456789abcdef"\nsite_url = "{SITE.site_url}"\n', "utf-8")
    return path


@pytest.fixture
def settings(config: Path) -> Settings:
    return load_settings(config, {})


@pytest.fixture
def opened(settings: Settings, now: datetime) -> Iterator[Store]:
    store = db.open_store(settings.database)
    declare(store, now=now)
    yield store
    store.close()


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), "takedown", *words])


def subscribe(store: Store, now: datetime) -> None:
    request = SubscriptionRequest(
        email="kari@kommune.example", query="", rhythm=Rhythm.IMMEDIATE, language=Language.BOKMAL
    )
    message = Message(
        category=MailCategory.CONFIRMATION, recipient=request.email, message_id="<1@x>", data=b"",
        dedupe_key="1",
    )  # fmt: skip
    store.subscriptions.request(
        request, token_hash="t", message=message, now=now, expires=now + HOUR
    )
    store.subscriptions.confirm("t", now=now)


def test_readers_meet_it_nowhere_and_learn_why(config: Path, opened: Store, now: datetime) -> None:
    kept, gone = put(opened, EXPENSES, seen=now), put(opened, INTERPRETERS, seen=now)
    put(opened, replace(INTERPRETERS, title="Om ukvalifiserte tolker"), seen=now + HOUR)
    client = run_site(opened, lambda: now + 2 * HOUR).client
    listed = ("/", "/feed.atom", "/feed.rss", "/feed.json", "/api/entries", "/changes.atom")
    for path in listed:
        assert "ukvalifiserte" in client.get(path).get_data(as_text=True), path
    told = run(config, str(gone), "--reason", "krav fra utgiveren")
    assert (told.exit_code, told.output) == (
        0, f"took down {gone}  imdi-news: Om ukvalifiserte tolker\n",
    )  # fmt: skip
    for path in (*listed, "/?q=tolker", f"/entries/{kept}", "/export.csv", "/deadlines.ics"):
        answer = client.get(path, follow_redirects=True)
        assert "ukvalifiserte" not in answer.get_data(as_text=True), path
    for end in ("", "/om-ukvalifiserte-tolker", "/history", ".json", ".bib", ".ris"):
        answer = client.get(f"/entries/{gone}{end}")
        assert answer.status_code == 410, end
        assert "ukvalifiserte" not in answer.get_data(as_text=True)
    assert "Saken er tatt ned" in client.get(f"/entries/{gone}").text
    assert "taken down" in client.get(f"/entries/{gone}?ui=en").text
    answer = client.get(f"/api/entries/{gone}")
    assert answer.status_code == 410
    today = datetime.now(UTC).date()
    assert answer.get_json()["error"]["message"] == f"entry {gone} was taken down on {today}"
    line = f"{gone:>6}  {today}  imdi-news {INTERPRETERS.key}  krav fra utgiveren\n"
    assert run(config).output == line


def test_no_mail_tells_of_it_not_even_one_that_waits(
    config: Path, settings: Settings, opened: Store, now: datetime
) -> None:
    subscribe(opened, now - HOUR)
    fresh = now - HOUR / 2
    published = replace(EXPENSES.published, moment=fresh) if EXPENSES.published else None
    kept = put(opened, replace(EXPENSES, published=published), seen=fresh)
    gone = put(opened, replace(INTERPRETERS, published=published), seen=fresh)
    assert plan_and_queue(opened, settings, now=now).queued == 1
    assert run(config, str(gone)).exit_code == 0
    assert opened.digests.counts() == {"queued": 1, "cancelled": 1}  # the confirmation waits
    assert plan_and_queue(opened, settings, now=now + HOUR).queued == 1
    claimed = []
    while one := opened.digests.claim("w", now=now + HOUR, lease_for=HOUR):
        claimed.append(one)
    digest = claimed[-1].message.data.decode()
    assert f"/entries/{kept}" in digest or EXPENSES.url in digest.replace("=\n", "")
    assert INTERPRETERS.url not in digest.replace("=\n", "")
    # it comes back, and is told to nobody anew
    assert run(config, str(gone), "--undo").exit_code == 0
    again = replace(INTERPRETERS, published=published)
    assert opened.entries.put(again, seen=now + HOUR, first_crawl=False).entry_id == gone


def test_all_or_none_and_wrong_use_is_named(config: Path, opened: Store, now: datetime) -> None:
    first, other = put(opened, DISTRICTS, seen=now), put(opened, SAME_NEWS, seen=now)
    opened.stories.join(other, first, by_person=True, now=now)
    refused = run(config, str(first), "99")
    assert (refused.exit_code, refused.stderr) == (1, "imdifeed: there is no entry 99\n")
    assert opened.entries.get(first).id == first
    told = run(config, str(first))
    assert f"the same news is still there as {other}" in told.output
    again = run(config, str(first))
    assert again.exit_code == 1
    assert f"entry {first} was taken down on" in again.stderr
    for words in (["--undo"], ["--reason", "x"], ["0"], ["x"]):
        assert run(config, *words).exit_code == 2
    lifted = run(config, str(first), "--undo")
    assert "imdifeed crawl imdi-press-releases --full" in lifted.output
    assert "(lifted " in run(config).output
