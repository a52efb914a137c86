"""Processes kept going: begun when due, again after a crash, ended together whatever they do."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imdifeed.running import schedule, supervisor
from imdifeed.running.supervisor import Job, Supervisor

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
#: begins a child that outlives it, writes the child's number, and goes on
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""


def now() -> datetime:
    return datetime.now(UTC)


def job(name: str, script: str, *words: str, **more: object) -> Job:
    return Job(name=name, command=[sys.executable, "-c", script, *words], **more)  # type: ignore[arg-type]


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def step_until(supervised: Supervisor, condition: Callable[[], object]) -> None:
    def stepped() -> object:
        supervised.step()
        return condition()

    wait_for(stepped)


def test_what_is_killed_begins_again_after_a_pause_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schedule, "FIRST_PAUSE", timedelta(milliseconds=50))
    told: list[str] = []
    site = job("site", SLEEP)
    supervised = Supervisor([site], clock=now, on_change=told.append)
    supervised.step()
    first = site.process
    assert first is not None
    first.kill()
    step_until(supervised, lambda: site.process is not None and site.process is not first)
    assert (site.crashes, site.ended) == (1, "killed by SIGKILL")
    assert "site: killed by SIGKILL; it begins again" in caplog.text
    state = json.loads(told[-1])
    assert state["jobs"]["site"]["crashes"] == 1
    assert state["jobs"]["site"]["process"] == site.process.pid  # type: ignore[union-attr]
    supervised.stop()


def test_readers_wait_for_a_site_that_keeps_crashing_no_longer_than_half_a_minute() -> None:
    site, crawl = job("site", "exit(9)"), job("crawl", "exit(9)", every=timedelta(hours=1))
    supervised = Supervisor([site, crawl], clock=now, on_change=lambda _state: None)
    for one in (site, crawl):
        one.failures = 20
    step_until(supervised, lambda: site.failures == crawl.failures == 21)
    waits = [one.not_before - time.monotonic() for one in (site, crawl)]
    assert 20 < waits[0] <= 30
    assert 500 < waits[1] <= 600


def test_what_ends_as_it_should_waits_for_its_next_time() -> None:
    crawl = job("crawl", "raise SystemExit(1)", every=timedelta(hours=1), then="digest")
    digest = job("digest", "", every=timedelta(hours=1), last=now())
    supervised = Supervisor([crawl, digest], clock=now, on_change=lambda _state: None)
    step_until(supervised, lambda: crawl.ended and digest.ended)
    assert (crawl.ended, crawl.crashes, digest.ended) == (
        "ended with status 1",
        0,
        "ended with status 0",
    )
    supervised.step()
    assert crawl.process is None
    supervised.stop()


def test_what_a_crash_of_its_leader_left_behind_ends_too(tmp_path: Path) -> None:
    number = tmp_path / "number"
    site = job("site", WITH_CHILD, str(number))
    supervised = Supervisor([site], clock=now, on_change=lambda _state: None)
    supervised.step()
    wait_for(lambda: number.exists() and number.read_text())
    child = int(number.read_text())
    assert is_alive(child)
    assert site.process is not None
    site.process.kill()
    step_until(supervised, lambda: site.crashes)
    wait_for(lambda: not is_alive(child))
    supervised.stop()


def test_stopping_ends_everything_in_time_even_what_will_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 1.0)
    number = tmp_path / "number"
    jobs = [job("site", SLEEP), job("crawl", STUBBORN), job("digest", WITH_CHILD, str(number))]
    supervised = Supervisor(jobs, clock=now, on_change=lambda _state: None)
    supervised.step()
    wait_for(lambda: number.exists() and number.read_text())
    numbers = [one.process.pid for one in jobs if one.process] + [int(number.read_text())]
    begun = time.monotonic()
    supervised.stop()
    assert time.monotonic() - begun < 5
    wait_for(lambda: not any(map(is_alive, numbers)))


def test_a_signal_ends_the_loop() -> None:
    before = signal.getsignal(signal.SIGTERM)
    site = job("site", SLEEP)
    supervised = Supervisor([site], clock=now, on_change=lambda _state: None)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    supervised.run()
    assert site.process is None
    assert signal.getsignal(signal.SIGTERM) is before
