"""`imdifeed run` as systemd starts, kills and stops it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import db
from builders import fill
from db.store import Store
from imdifeed.cli import main
from imdifeed.config import load_settings
from imdifeed.running.run import jobs_for
from imdifeed.running.state import state_of

CONFIGURATION = """
secret_key = "0123456789abcdef"
[sources.imdi-news]
spider = "imdi"
base_url = "http://127.0.0.1:{port}"
delay = 0
[schedule]
crawl_minutes = 60
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def processes_of(config: Path) -> dict[int, str]:
    """Give the living processes started with a configuration, by what they do."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(config) in words:
            found[int(folder.name)] = words[words.index(str(config)) + 1]
    return found


def wait_for(condition: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def log_of(config: Path) -> Path:
    return config.with_name("log")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def config(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("IMDIFEED_"):
            monkeypatch.delenv(name)
    path = tmp_path / "imdifeed.toml"
    path.write_text(CONFIGURATION.format(port=free_port()), "utf-8")
    store = db.open_store(str(tmp_path / "imdifeed.db"))
    fill(store, seen=now)
    store.close()
    return path


@pytest.fixture
def start(config: Path) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    begun: list[subprocess.Popen[str]] = []

    def begin(port: int) -> subprocess.Popen[str]:
        words = [sys.executable, "-P", "-m", "imdifeed", "--config", str(config)]
        # a file: what is left of a killed tree may hold a pipe open
        with log_of(config).open("a") as log:
            process = subprocess.Popen([*words, "run", "--port", str(port)], stderr=log, text=True)
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()
    for number in processes_of(config):
        os.kill(number, signal.SIGKILL)


def test_everything_runs_once_survives_kills_and_ends_in_time(
    config: Path, start: Callable[[int], subprocess.Popen[str]]
) -> None:
    port = free_port()
    running = start(port)
    database = str(config.parent / "imdifeed.db")
    wait_for(lambda: answers(port))

    second = start(free_port())
    assert second.wait(30) == 1
    assert f"already, as process {running.pid}" in log_of(config).read_text()

    sites = [number for number, what in processes_of(config).items() if what == "serve"]
    os.kill(min(sites), signal.SIGKILL)
    wait_for(lambda: not answers(port))
    wait_for(lambda: answers(port))
    state = state_of(database)
    assert state is not None
    assert json.loads(json.dumps(state))["jobs"]["site"]["crashes"] == 1
    told = CliRunner().invoke(main, ["--config", str(config), "status"]).output
    assert re.search("imdifeed run: at work; crashes since it began: site 1", told)

    running.terminate()
    begun = time.monotonic()
    status = running.wait(30)
    log = log_of(config).read_text()
    assert time.monotonic() - begun < 10
    assert status == 0, log
    assert "Traceback" not in log
    assert re.search("error .*site: killed by SIGKILL; it begins again", log)
    wait_for(lambda: processes_of(config) == {})
    assert state_of(database) is None


def test_what_a_killed_supervisor_leaves_ends_by_itself_and_the_next_goes_on(
    config: Path, start: Callable[[int], subprocess.Popen[str]]
) -> None:
    port = free_port()
    running = start(port)
    wait_for(lambda: answers(port))
    running.kill()
    running.wait()
    wait_for(lambda: processes_of(config) == {})
    again = start(port)
    wait_for(lambda: answers(port))
    again.terminate()
    assert again.wait(30) == 0


def test_a_port_that_is_taken_is_named(
    config: Path, start: Callable[[int], subprocess.Popen[str]]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        refused = start(server.getsockname()[1])
        assert refused.wait(30) == 2
    assert "--port" in log_of(config).read_text()


def test_the_schedule_decides_what_there_is_to_do(config: Path, store: Store) -> None:
    text = config.read_text("utf-8")
    config.write_text(text + 'backup_folder = "backups"\ndigest_minutes = 0\n', "utf-8")
    folder = config.parent / "backups"
    folder.mkdir()
    settings = load_settings(config, {})
    jobs = {job.name: job for job in jobs_for(config, settings, store, host="127.0.0.1", port=1)}
    assert set(jobs) == {"site", "digest", "crawl", "backup"}
    assert (jobs["crawl"].every, jobs["crawl"].then) == (timedelta(hours=1), "")
    assert list(jobs["crawl"].command[-2:]) == ["crawl", "--due"]
    assert not jobs["digest"].is_due(datetime.now(UTC), 0.0), "never, by the settings"
    backup = jobs["backup"]
    assert list(backup.command[-4:]) == ["backup", str(folder / "imdifeed.db"), "--keep", "7"]
    mail = '[mail]\nreturn_path = "retur@example.no"\nbounces = "Maildir"\n'
    config.write_text(f'secret_key = "s"\n{mail}', "utf-8")
    job = jobs_for(config, load_settings(config, {}), store, host="::1", port=1)[-1]
    assert list(job.command[-2:]) == ["bounces", str(config.parent / "Maildir")]
    config.write_text('secret_key = "s"\n[sources.d]\nspider = "documents"\n', "utf-8")
    bare = jobs_for(config, load_settings(config, {}), store, host="::1", port=1)
    assert [job.name for job in bare] == ["site", "digest"], "there is nothing to crawl"


def test_a_crawl_that_waits_for_a_source_ends_when_asked(config: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-P", "-m", "imdifeed", "--config", str(config), "crawl"]
    with socket.create_server(("127.0.0.1", 0)) as silent, (tmp_path / "log").open("w") as log:
        silent.settimeout(40)
        text = re.sub(r":\d+\"", f':{silent.getsockname()[1]}"', config.read_text("utf-8"))
        config.write_text(text, "utf-8")
        crawl = subprocess.Popen(words, stdout=log, stderr=log)
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            crawl.terminate()
            begun = time.monotonic()
            assert crawl.wait(30) == 1
            assert time.monotonic() - begun < 9
