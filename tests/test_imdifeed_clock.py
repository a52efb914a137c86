"""Clocks that are wrong: what was found is told once all the same."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from db.models import Category, Rhythm
from db.store import Store
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.handover import hand_over, manner_of, transport_for
from imdifeed.settings import Settings
from test_imdifeed_digests import put, subscribe, text_of
from test_imdifeed_digests import send as sent_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "imdifeed.toml"
    path.write_text('secret_key = "0123456789abcdef"\nsite_url = "https://nytt.example"\n', "utf-8")
    return load_settings(path, {})


def wrong(how: str, hour: int) -> timedelta:
    """Give how far the clock is off in an hour of the test."""
    back = {"an hour back": HOUR, "thirty hours back": 30 * HOUR}
    if how in back:
        return -back[how] if hour >= 40 else timedelta()
    return 3 * DAY if 30 <= hour < 36 else timedelta()


@pytest.mark.parametrize("rhythm", [Rhythm.IMMEDIATE, Rhythm.DAILY])
@pytest.mark.parametrize("how", ["an hour back", "thirty hours back", "three days ahead"])
def test_a_clock_that_is_set_back_loses_and_doubles_nothing(
    store: Store, settings: Settings, rhythm: Rhythm, how: str
) -> None:
    subscribe(store, BEGIN, rhythm=rhythm)
    mails, number = [], 0
    for hour in range(2, 24 * 7, 4):
        clock = BEGIN + hour * HOUR + wrong(how, hour)
        if hour < 24 * 4:
            number += 1
            put(store, clock - HOUR / 2, f"{number}", title=f"Tolk {number:03}")
        mails += sent_at(store, settings, clock)
    told = sorted(
        chain.from_iterable(
            (line for line in text_of(mail).split("\n") if line.startswith("Tolk "))
            for mail in mails
        )
    )
    assert told == [f"Tolk {n:03}" for n in range(1, number + 1)]


def test_what_was_queued_while_the_clock_was_ahead_does_not_wait_for_it(
    store: Store, settings: Settings, now: datetime
) -> None:
    ahead = now + 400 * DAY
    subscribe(store, now, rhythm=Rhythm.IMMEDIATE)
    put(store, ahead, "1")
    plan_and_queue(store, settings, now=ahead)
    with transport_for(settings.mail) as transport:
        manner = manner_of(settings)
        tally = hand_over(store, transport, manner, clock=lambda: now, category=Category.DIGEST)
    assert (tally.sent, store.digests.counts()["sent"]) == (1, 1)
