"""A run while it is open: what it refuses, and what it holds back until its verdict."""

from dataclasses import replace
from datetime import datetime

import pytest

from builders import NEWS, entry_data
from crawler.health import History
from crawler.runs import open_run as module
from crawler.runs.open_run import OpenRun
from db.models import Cause, EntryData, Source, Verdict
from db.store import Store

SOURCE = Source(slug=NEWS.slug, spider="imdi", name="N", publisher="IMDi", base_url="http://x")
USUAL = History(usual={"content": 1.0, "body": 1.0, "published": 1.0})


def opened(store: Store, now: datetime, *, full: bool = False) -> OpenRun:
    run = OpenRun.begin(SOURCE, store, clock=lambda: now, full=full)
    run.history = USUAL
    return run


def data(number: int, **changes: object) -> EntryData:
    made = entry_data(source=SOURCE.slug, key=str(number), title=f"Sak {number}")
    return replace(made, **changes)


def keys(store: Store) -> set[str]:
    return store.entries.known_keys(SOURCE.slug, [str(number) for number in range(20)])


@pytest.mark.parametrize(
    ("lost", "words"), [("body_text", "its text is not found"), ("published", "its date is not")]
)
def test_a_page_that_lost_what_its_entry_had_is_refused(
    store: Store, now: datetime, lost: str, words: str
) -> None:
    whole = data(1)
    poorer = replace(whole, **{lost: None if lost == "published" else ""})
    assert opened(store, now).note(poorer, fallback=False) == ""
    store.entries.put(whole, seen=now, first_crawl=False)
    assert opened(store, now).note(poorer, fallback=False).startswith(words)
    assert opened(store, now).note(whole, fallback=False) == ""
    assert opened(store, now, full=True).note(poorer, fallback=False) == ""


@pytest.mark.parametrize(("bare", "verdict"), [(1, Verdict.DEGRADED), (6, Verdict.BROKEN)])
def test_what_is_in_doubt_is_stored_unless_the_run_is_broken(
    store: Store, now: datetime, bare: int, verdict: Verdict
) -> None:
    run = opened(store, now)
    run.tally.listed = 10
    for number in range(10):
        made = data(number, body_text="", body="") if number < bare else data(number)
        run.note(made, fallback=False)
        run.put(made)
    assert len(keys(store)) == 10 - bare
    assert run.finish().verdict is verdict
    assert len(keys(store)) == (10 if verdict is Verdict.DEGRADED else 10 - bare)


def test_only_so_much_is_held(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DOUBTFUL", 2)
    run = opened(store, now)
    for number in range(3):
        run.put(data(number, published=None))
    assert len(run.doubtful) == 2
    assert run.tally.causes == {Cause.INCOMPLETE: 1}
