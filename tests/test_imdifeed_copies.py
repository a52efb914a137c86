"""Several copies of `imdifeed run` over one store: what is due is done once between them."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import NEWS, PRESS
from db.errors import StoreUnavailableError
from db.store import Store
from imdifeed.running import supervisor
from imdifeed.running.copies import CrawlTurn, LeaseTurn
from imdifeed.running.held import LASTING, held
from imdifeed.running.schedule import due_sources
from imdifeed.running.supervisor import Job, Supervisor

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
ELSEWHERE = "elsewhere:11111111:1:1:1:1"


def crawled(store: Store, source: str, began: datetime, ended: datetime | None = None) -> None:
    run = store.crawls.begin(source, now=began)
    store.crawls.finish(replace(run, finished=ended or began))


def test_a_crawl_is_due_where_a_source_is_and_nobody_is_at_work_on_it(
    store: Store, now: datetime
) -> None:
    turn = CrawlTurn(store, [NEWS, PRESS], HOUR)
    assert turn.take(now)
    crawled(store, NEWS.slug, now)
    assert turn.take(now), "one of them is due still"
    crawled(store, PRESS.slug, now)
    assert not turn.take(now + HOUR - SECOND)
    assert turn.take(now + HOUR)
    store.one_machine = False  # type: ignore[misc]
    for slug in (NEWS.slug, PRESS.slug):
        store.leases.take(f"source {slug}", ELSEWHERE, now=now + HOUR, lasting=LASTING)
    assert not turn.take(now + HOUR)
    assert turn.take(now + HOUR + LASTING), "whoever was at work on them has died"


def test_what_was_imported_is_not_crawled_and_what_takes_long_gets_a_pause(
    store: Store, now: datetime
) -> None:
    run = store.crawls.begin(NEWS.slug, now=now, imported=True)
    store.crawls.finish(replace(run, finished=now))
    assert due_sources([NEWS], store.crawls.latest(), HOUR, now=now) == [NEWS]
    crawled(store, NEWS.slug, now, now + 2 * HOUR)
    assert due_sources([NEWS], store.crawls.latest(), HOUR, now=now + 2 * HOUR) == []
    assert due_sources([NEWS], store.crawls.latest(), HOUR, now=now + 3 * HOUR) == [NEWS]
    assert due_sources([NEWS], {}, timedelta(0), now=now) == [], "never, by the settings"


def test_one_of_two_does_it_and_neither_again_before_its_time(store: Store, now: datetime) -> None:
    one, other = (LeaseTurn(store, "backup", DAY) for _ in range(2))
    assert one.take(now)
    assert not other.take(now)
    for seconds in range(0, 600, 10):
        one.keep(now + seconds * SECOND)
        assert not other.take(now + seconds * SECOND), "it is being done"
    one.give_back(now + 600 * SECOND, done=True)
    assert not one.take(now + DAY - SECOND)
    assert other.take(now + DAY), "a day after it was begun, by whoever looks first"
    assert not one.take(now + DAY)
    other.give_back(now + DAY, done=False)
    assert one.take(now + DAY), "what came to nothing is tried again"
    one.give_back(now + DAY, done=False)
    one.give_back(now + DAY, done=True)
    assert other.take(now + DAY), "what is given back is no more ours to close"


def test_what_a_copy_had_when_it_died_is_done_by_another(store: Store, now: datetime) -> None:
    store.one_machine = False  # type: ignore[misc]
    assert store.leases.take("backup", ELSEWHERE, now=now, lasting=LASTING)
    turn = LeaseTurn(store, "backup", DAY)
    assert not turn.take(now + LASTING - SECOND)
    assert turn.take(now + LASTING)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    looks=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7200)), min_size=1, max_size=40),
    worked=st.integers(0, 600),
)
def test_however_many_look_it_is_begun_once_an_interval(
    store: Store, now: datetime, looks: list[tuple[int, int]], worked: int
) -> None:
    name = f"{looks!r} {worked}"
    turns = [LeaseTurn(store, name, HOUR) for _ in range(3)]
    moment, begun = now, list[datetime]()
    for who, seconds in looks:
        moment += seconds * SECOND
        due = not begun or moment >= begun[-1] + HOUR
        assert turns[who].take(moment) == due
        if due:
            begun.append(moment)
            turns[who].give_back(moment + min(worked, 100) * SECOND, done=True)
    assert all(after - before >= HOUR for before, after in pairwise(begun))


def test_a_store_that_is_away_makes_nothing_due(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object, **_named: object) -> None:
        raise StoreUnavailableError("the database gave way")

    turns = [CrawlTurn(store, [NEWS], HOUR), LeaseTurn(store, "backup", DAY)]
    assert turns[1].take(now)
    for name in ("take", "renew", "release", "held"):
        monkeypatch.setattr(store.leases, name, away)
    monkeypatch.setattr(store.crawls, "latest", away)
    for turn in turns:
        turn.keep(now + LASTING)
        turn.give_back(now, done=True)
        assert not turn.take(now + DAY)


def test_supervisors_of_several_machines_begin_a_job_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_LOOK", 0.01)
    script = f"open({str(tmp_path / 'done')!r}, 'a').write('x')"
    jobs = [
        Job(
            name="backup",
            command=[sys.executable, "-c", script],
            every=DAY,
            turn=LeaseTurn(store, "backup", DAY),
        )
        for _ in range(3)
    ]
    copies = [
        Supervisor([job], clock=lambda: datetime.now(UTC), on_change=lambda _state: None)
        for job in jobs
    ]
    done = tmp_path / "done"
    deadline = time.monotonic() + 20
    while not done.exists() or any(job.process for job in jobs):
        assert time.monotonic() < deadline
        for copy in copies:
            copy.step()
        time.sleep(0.01)
    for copy in copies:
        copy.step()
        copy.stop()
    assert done.read_text() == "x"
    assert sorted(job.ended for job in jobs) == ["", "", "ended with status 0"]


def test_what_fails_is_left_to_whoever_tries_next(store: Store) -> None:
    def clock() -> datetime:
        return datetime.now(UTC)

    job = Job(
        name="backup", command=[sys.executable, "-c", "import os; os.abort()"],
        every=DAY, turn=LeaseTurn(store, "backup", DAY),
    )  # fmt: skip
    copy = Supervisor([job], clock=clock, on_change=lambda _state: None)
    wait_until(copy, lambda: job.crashes)
    assert LeaseTurn(store, "backup", DAY).take(clock())


def test_what_is_stopped_is_given_back(store: Store) -> None:
    def clock() -> datetime:
        return datetime.now(UTC)

    job = Job(
        name="backup", command=[sys.executable, "-c", "import time; time.sleep(60)"],
        every=DAY, turn=LeaseTurn(store, "backup", DAY),
    )  # fmt: skip
    copy = Supervisor([job], clock=clock, on_change=lambda _state: None)
    wait_until(copy, lambda: job.process)
    copy.stop()
    assert LeaseTurn(store, "backup", DAY).take(clock())


def wait_until(copy: Supervisor, condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        copy.step()
        time.sleep(0.01)


def test_a_thread_holds_on_to_what_takes_long(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imdifeed.running.held._RENEWED_EVERY", 0.01)
    at = [now]
    with held(store, "digests", clock=lambda: at[0]) as ours:
        assert ours
        with held(store, "digests", clock=lambda: at[0]) as theirs:
            assert not theirs
        at[0] += LASTING / 2
        deadline = time.monotonic() + 20
        while not any(lease.until == at[0] + LASTING for lease in store.leases.held(now=at[0])):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert store.leases.held(now=at[0]) == []


def test_what_a_killed_process_held_is_free_at_once(store: Store, store_url: str) -> None:
    code = (
        "import db, sys, time; from datetime import UTC, datetime\n"
        "from imdifeed.running.held import held\n"
        "with held(db.open_store(sys.argv[1]), 'digests', clock=lambda: datetime.now(UTC)):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, store_url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with held(store, "digests", clock=lambda: datetime.now(UTC)) as ours:
        assert not ours
    process.kill()
    process.communicate()
    with held(store, "digests", clock=lambda: datetime.now(UTC)) as ours:
        assert ours
