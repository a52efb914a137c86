"""The preview at sign-up: what the digests of the last 30 days would have told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import declare, entry_data, put
from db.models import EntryTag, Precision, PublisherDate, Rhythm
from db.store import Store
from feed.rhythm import due_day, told_on
from feed.wording import in_oslo
from test_web_subscriptions import Clock
from web_site import Running, read, run_site

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def site(store: Store, now: datetime, clock: Callable[[], datetime]) -> Running:
    declare(store, now=now)
    return run_site(store, clock)


def publish(store: Store, seen: datetime, title: str, published: datetime | None = None) -> None:
    put(
        store,
        entry_data(
            key=title,
            title=title,
            published=PublisherDate(published or seen, Precision.MINUTE),
            tags=(EntryTag("work", "«arbeid»", 3.0),),
        ),
        seen=seen,
    )


@pytest.mark.parametrize(
    ("appeared", "daily", "weekly"),
    [
        # a Monday: before and after seven in Oslo
        ("2026-11-23T05:59+00:00", "2026-11-23", "2026-11-23"),
        ("2026-11-23T06:00+00:00", "2026-11-24", "2026-11-30"),
        ("2026-11-22T12:00+00:00", "2026-11-23", "2026-11-23"),
        # both changes of the clock
        ("2026-03-29T04:59+00:00", "2026-03-29", "2026-03-30"),
        ("2026-03-29T05:00+00:00", "2026-03-30", "2026-03-30"),
        ("2026-10-25T05:59+00:00", "2026-10-25", "2026-10-26"),
        ("2026-10-25T06:00+00:00", "2026-10-26", "2026-10-26"),
    ],
)
def test_which_digest_tells_what_appeared_when(appeared: str, daily: str, weekly: str) -> None:
    moment = datetime.fromisoformat(appeared)
    assert told_on(moment, Rhythm.DAILY) == date.fromisoformat(daily)
    assert told_on(moment, Rhythm.WEEKLY) == date.fromisoformat(weekly)
    assert told_on(moment, Rhythm.IMMEDIATE) == in_oslo(moment).date()


@given(st.integers(0, 40_000 * 24 * 60))
def test_nothing_is_told_before_it_appeared(minutes: int) -> None:
    appeared = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    daily, weekly = (told_on(appeared, rhythm) for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY))
    assert due_day(appeared) < daily <= weekly < daily + 7 * DAY
    assert weekly.weekday() == 0


def test_the_newest_mail_is_shown_with_its_very_items(
    site: Running, store: Store, now: datetime
) -> None:
    for title, days in {
        "Lørdag": 2, "Torsdag": 4, "Forrige mandag kl. åtte": 6.9, "Forrige søndag": 8,
        "To uker siden": 16, "Eldgammel": 31,
    }.items():  # fmt: skip
        publish(store, now - days * DAY, title)
    publish(store, now - DAY, "Gammel da den ble funnet", now - 90 * DAY)
    weekly = read(site.client.get("/subscribe?tag=work&rhythm=weekly").text).text
    assert "De siste 30 dagene: 5 saker." in weekly
    assert "Slik ville e-posten mandag 23. november 2026 ha sett ut" in weekly
    for title in ("Lørdag", "Torsdag", "Forrige mandag kl. åtte"):
        assert title in weekly
    for title in ("Forrige søndag", "To uker", "Eldgammel", "Gammel da"):
        assert title not in weekly
    daily = read(site.client.get("/subscribe?tag=work").text).text
    assert "Slik ville e-posten søndag 22. november 2026 ha sett ut" in daily
    assert "Lørdag" in daily
    assert "Torsdag" not in daily
    for line in ("høyst 5 e-poster", "dager: 5 e-poster", "dager: 3 e-poster"):
        assert line in daily
    at_once = read(site.client.get("/subscribe?tag=work&rhythm=immediate").text).text
    assert "Dette ville du ha fått lørdag 21. november 2026" in at_once


def test_nothing_lately_is_said(site: Running, store: Store, now: datetime) -> None:
    publish(store, now - 40 * DAY, "Eldgammel")
    page = read(site.client.get("/subscribe?tag=work").text).text
    assert "De siste 30 dagene: 0 saker." in page
    assert "Du ville ikke ha fått noe de siste 30 dagene" in page


def test_a_busy_day_is_cut(site: Running, store: Store, now: datetime) -> None:
    for number in range(14):
        publish(store, now - 3 * HOUR, f"Sak nummer {number}")
    page = read(site.client.get("/subscribe?tag=work").text).text
    assert page.count("Sak nummer") == 10
    assert "og 4 saker til" in page
