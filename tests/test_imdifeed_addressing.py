"""Digests are composed once for all who are told the same, and each is its reader's own."""

import email
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.policy import default
from typing import Any

import pytest

from db.models import Language
from db.store import Store
from imdifeed.sending import addressing, composing
from imdifeed.sending.addressing import OwnWords, Rendered
from imdifeed.sending.composing import Composer
from imdifeed.sending.selection import Choice, Selector
from imdifeed.sending.windows import due_windows
from imdifeed.settings import Settings
from test_imdifeed_digests import DAY, HOUR, put, settings, subscribe

__all__ = ["settings"]

READERS = ("kari", "ola", "per", "liv", "anne-marie.nilsen+nytt")


@pytest.fixture
def readers(store: Store, settings: Settings, now: datetime) -> tuple[Composer, list[Any]]:
    """Readers of one, two and three queries, with what each is to be told."""
    for number, name in enumerate(READERS):
        subscribe(store, now, to=name)
        if number % 2:
            subscribe(store, now, "q=bosetting", to=name)
        if number == 3:
            subscribe(store, now, "", to=name)
    put(store, now + HOUR, "a", title="Ny tolkelov – for alle tolker på Åndalsnes")
    put(store, now + HOUR, "b", title="Bosetting med tolk = «bra» " + "og mer " * 9)
    window = due_windows(now + DAY)[1]
    selector = Selector(store, window.rhythm, cutoff=window.cutoff, now=now + DAY)
    return Composer(store, settings, window, now=now + DAY), list(selector.readers())


def composed(composer: Composer, choices: Sequence[Choice]) -> Rendered:
    rendered = composer.digest(choices)
    assert rendered is not None
    return rendered


def test_each_mail_is_what_its_reader_alone_would_be_written(
    readers: tuple[Composer, list[Sequence[Choice]]],
    store: Store,
    settings: Settings,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    composer, choices = readers
    together = [composed(composer, one) for one in choices]
    assert len({one.message.letter for one in together}) == 3  # by what they are told
    real: list[OwnWords] = []
    monkeypatch.setattr(composing, "stand_ins", lambda *_: real[-1])
    for one, chosen in zip(together, choices, strict=True):
        numbers = [choice.follower.subscription.id for choice in chosen]
        words = addressing._own_words(settings, one.message.dedupe_key, numbers)
        # who has one subscription has one word to leave it, and no link to leave all
        assert (words.leaving_all == words.leaving[0]) is (len(numbers) == 1)
        real.append(words if numbers[1:] else replace(words, leaving_all="A" * 22))
        window = due_windows(now + DAY)[1]
        alone = composed(Composer(store, settings, window, now=now + DAY), chosen)
        assert alone.message.letter
        assert alone.message.mail() == one.message.mail()
        assert alone.contents.tokens == one.contents.tokens
        assert {told.subscription_id for told in one.contents.told} == set(numbers)


def test_no_two_readers_share_a_link_of_their_own(
    readers: tuple[Composer, list[Sequence[Choice]]],
) -> None:
    composer, choices = readers
    seen: set[str] = set()
    for one in choices:
        message = composed(composer, one).message
        mail = email.message_from_bytes(message.mail(), policy=default)
        assert mail["To"] == message.recipient
        assert mail["Message-ID"] == message.message_id
        for part in mail.iter_parts():  # type: ignore[attr-defined]
            words = re.findall(
                r"/(?:unsubscribe|subscriptions|digests)/([\w-]{22})\b", part.get_content()
            )
            assert len(words) == len(one) + (len(one) > 1) + 2
            own = set(words)
        # one link leaves them all; where there is one subscription, its own does too
        leaving = re.search(r"/unsubscribe/([\w-]{22})>", str(mail["List-Unsubscribe"]))
        assert leaving
        own.add(leaving[1])
        assert not own & seen
        seen |= own


def test_what_differs_is_not_shared(
    store: Store, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, now, to="kari")
    subscribe(store, now, to="ola")
    put(store, now + HOUR, "a", title="Ny tolkelov")
    window = due_windows(now + DAY)[1]
    selector = Selector(store, window.rhythm, cutoff=window.cutoff, now=now + DAY)
    (kari,), (ola,) = selector.readers()
    composer = Composer(store, settings, window, now=now + DAY)
    written = composed(composer, [kari]).message.letter
    assert composed(composer, [ola]).message.letter is written
    subscription = replace(ola.follower.subscription, language=Language.ENGLISH)
    older = replace(ola.follower, older=3)
    for other in (
        replace(ola, follower=replace(ola.follower, subscription=subscription)),
        replace(ola, follower=older),
    ):
        assert composed(composer, [other]).message.letter != written
