"""What any engine must do with crawl runs of many sources over many years."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from db.models import CrawlRun, Verdict
from db.sql.crawls import KEEP, KEPT
from db.store import Store

pytestmark = pytest.mark.every_engine

HOUR = timedelta(hours=1)


def run(store: Store, at: datetime, source: str = "s", **found: object) -> CrawlRun:
    imported = bool(found.pop("imported", False))
    begun = store.crawls.begin(source, now=at, imported=imported)
    values = {"finished": at, "complete": True, "verdict": Verdict.OK} | found
    done = replace(begun, **values)
    store.crawls.finish(done)
    return done


def test_old_runs_are_forgotten_but_for_the_newest_and_the_last_whole_one(
    store: Store, now: datetime
) -> None:
    with store.together():
        whole = run(store, now)
        old = [run(store, now + n * HOUR, complete=False) for n in range(1, 6)]
        other = run(store, now, "other")
        recent = [run(store, now + KEEP + n * HOUR, complete=False) for n in range(KEPT)]
    kept = [one.id for one in store.crawls.recent("s", limit=1000)]
    assert kept == [one.id for one in reversed([whole, *recent])]
    assert not {one.id for one in old} & set(kept)
    assert store.crawls.recent("other", limit=9)[0].id == other.id
    assert not store.crawls.begin("s", now=now + 2 * KEEP).first, "one came to its end once"


def test_a_source_that_is_seldom_crawled_keeps_its_history(store: Store, now: datetime) -> None:
    runs = [run(store, now + n * KEEP) for n in range(5)]
    assert [one.id for one in store.crawls.recent("s", limit=9)] == [one.id for one in runs[::-1]]


def test_the_newest_run_of_each_source_is_given(store: Store, now: datetime) -> None:
    assert store.crawls.latest() == {}
    with store.together():
        for source in ("b", "a", "å", "c"):
            for n in range(3):
                last = run(store, now + n * HOUR, source)
            store.crawls.begin(source, now=now + 9 * HOUR)
        imported = [run(store, now + n * HOUR, "d", imported=True) for n in range(2)]
        run(store, now + 9 * HOUR, "c", imported=True)
        store.crawls.begin("never", now=now)
    latest = store.crawls.latest()
    assert set(latest) == {"a", "b", "å", "c", "d"}
    assert latest["c"].id == last.id
    assert latest["d"].id == imported[-1].id
    assert {latest[source].started for source in "abcå"} == {now + 2 * HOUR}
