"""One installation under load: begun, kept busy, looked through at the end."""

import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import db
from imdifeed.running.state import state_of
from load.publisher import Publisher, publishing
from load.readers import Reader, Tally

_CONFIGURATION = """
site_url = "http://127.0.0.1:{port}"
secret_key = "under-load-and-nowhere-else"
[mail]
transport = "folder"
[schedule]
crawl_minutes = 0
digest_minutes = 0
[sources.imdi-press-releases]
spider = "prs"
base_url = "{base_url}"
publisher_id = 89626
delay = 0
"""
#: seconds that no command takes, on whatever machine
_LONGEST = 600
#: megabytes the site may take more when the archive grows no more
_MOST_GROWTH = 15
#: seconds of a load after which nothing of its memory is due to having just begun
_WARM = 120
#: words of a log that tell of a promise broken
_BAD_WORDS = re.compile(r"locked|Traceback|gave way|malformed", re.IGNORECASE)


@dataclass(slots=True)
class Load:
    """What is done, for how long, and what came of it."""

    folder: Path
    seconds: float
    readers: int = 8
    #: processes killed with SIGKILL meanwhile
    kills: int = 0
    seed: int = 1
    releases: int = 300
    say: Callable[[str], None] = print
    tally: Tally = field(default_factory=Tally)
    commands: Counter[str] = field(default_factory=Counter)
    #: megabytes of the site, by seconds from the beginning
    memory: list[tuple[float, float]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _busy: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    _port: int = 0

    def run(self) -> dict[str, Any]:
        """Do all of it; give the figures. Raises `AssertionError` where a promise was broken."""
        with publishing(self.releases) as publisher:
            self._port = _free_port()
            text = _CONFIGURATION.format(port=self._port, base_url=publisher.base_url)
            self._config.write_text(text, "utf-8")
            self._command("crawl")
            with (self.folder / "run.log").open("w") as log:
                site = self._popen("run", "--port", str(self._port), stderr=log)
                try:
                    self._wait_for_site()
                    self._sign_up(3)
                    self._press(publisher)
                finally:
                    site.terminate()
                    ended = site.wait(20)
            self.say("looking through what is left")
            assert ended == 0, f"`imdifeed run` ended with {ended}"
            self._command("crawl")
            self._command("digest", "send")
            return self._judge(publisher)

    @property
    def _config(self) -> Path:
        return self.folder / "imdifeed.toml"

    @property
    def _database(self) -> str:
        return str(self.folder / "imdifeed.db")

    def _press(self, publisher: Publisher) -> None:
        threads: list[threading.Thread] = [
            Reader(self._port, self.seed + n, self.tally, self._stop) for n in range(self.readers)
        ]
        threads += [
            threading.Thread(target=work, daemon=True)
            for work in (
                lambda: self._again("crawl", "crawl"),
                lambda: self._again("digest", "digest", "send"),
                lambda: self._again("backup", "backup", str(self.folder / "b.db"), "--keep", "2"),
                lambda: self._publish(publisher),
                self._watch,
                self._kill,
            )
        ]
        for thread in threads:
            thread.start()
        self._stop.wait(self.seconds)
        self._stop.set()
        for thread in threads:
            thread.join(_LONGEST)

    def _again(self, name: str, *words: str) -> None:
        while not self._stop.is_set():
            process = self._popen(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self._busy[name] = process
            told, _ = process.communicate(timeout=_LONGEST)
            killed = process.returncode < 0
            self.commands[f"{name} {'killed' if killed else process.returncode}"] += 1
            if not killed and (process.returncode or _BAD_WORDS.search(told)):
                self.tally.wrong.append(f"{name}: {told[-400:]}")
            # a backup is named by its second, and one of that name is never written over
            self._stop.wait(1)

    def _publish(self, publisher: Publisher) -> None:
        # in the first half only: what memory does in the second is not due to more entries
        until = time.monotonic() + self.seconds / 2
        while time.monotonic() < until and not self._stop.wait(1):
            publisher.publish(2)

    def _watch(self) -> None:
        begun = time.monotonic()
        while not self._stop.wait(min(2.0, self.seconds / 40)):
            worker = _worker(self._site())
            if megabytes := _resident(worker):
                self.memory.append((time.monotonic() - begun, megabytes))

    def _kill(self) -> None:
        chance = random.Random(self.seed)
        for _ in range(self.kills):
            if self._stop.wait(self.seconds / (self.kills + 1)):
                return
            what = chance.choice(("site", "worker", "crawl", "digest", "backup"))
            busy = self._busy.get(what)
            number = busy.pid if busy else self._site()
            if what == "worker":
                number = _worker(number)
            if number and not (busy and busy.poll() is not None):
                os.kill(number, signal.SIGKILL)
                self.commands[f"{what} shot"] += 1

    def _site(self) -> int:
        state = state_of(self._database) or {}
        jobs = state.get("jobs")
        return int((jobs["site"]["process"] or 0) if isinstance(jobs, dict) else 0)

    def _judge(self, publisher: Publisher) -> dict[str, Any]:
        store = db.open_store(self._database)
        entries = store.upkeep.figures().entries
        faults, outbox = store.upkeep.faults(), store.digests.counts()
        store.close()
        told = _told(self.folder / "outbox")
        twice = {one: count for one, count in told.items() if count > 1}
        log = (self.folder / "run.log").read_text()
        growth = self._memory(0.9, 1.0) - self._memory(0.6, 0.7)
        seconds = sorted(self.tally.seconds)
        assert faults == ()
        assert entries == publisher.count, f"{entries} of {publisher.count} entries"
        assert not twice, f"told twice: {twice}"
        assert set(outbox) <= {"sent", "cancelled"} or not any(
            count for state, count in outbox.items() if state not in {"sent", "cancelled"}
        ), outbox
        assert not self.tally.wrong, self.tally.wrong[:5]
        if not self.kills:
            assert growth < _MOST_GROWTH or self.seconds < _WARM, self.memory
            assert self.tally.unreached == 0
            assert not _BAD_WORDS.search(log), _BAD_WORDS.search(log)
        return {
            "answers": sum(self.tally.answers.values()),
            "by kind": dict(sorted(self.tally.answers.items())),
            "unreached": self.tally.unreached,
            "median ms": round(1000 * statistics.median(seconds), 1),
            "99th percentile ms": round(1000 * seconds[int(0.99 * len(seconds))], 1),
            "commands": dict(sorted(self.commands.items())),
            "entries": entries,
            "stories told": sum(told.values()),
            "memory MB, by tenths": [
                round(self._memory(tenth / 10, tenth / 10 + 0.1)) for tenth in range(10)
            ],
            "memory MB, growth once nothing is published": round(growth, 1),
        }

    def _memory(self, since: float, until: float) -> float:
        """Give the median of the megabytes measured between two fractions of the time."""
        measured = [
            megabytes
            for seconds, megabytes in self.memory
            if since <= seconds / self.seconds <= until
        ]
        return statistics.median(measured) if measured else 0.0

    def _sign_up(self, count: int) -> None:
        for n in range(count):
            form = {"email": f"leser{n}@example.no", "rhythm": "immediate"}
            self._post("/subscribe", form)
        links: set[str] = set()
        deadline = time.monotonic() + 60
        while len(links) < count:
            assert time.monotonic() < deadline, "no confirmation came"
            time.sleep(0.2)
            for text in _texts(self.folder / "outbox"):
                links |= set(re.findall(r"http://127\.0\.0\.1:\d+(/confirm/[\w-]+)", text))
        for link in links:
            self._post(link, {})

    def _post(self, path: str, form: dict[str, str]) -> None:
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self._port}{path}", data, timeout=30
        ) as response:
            assert response.status == 200

    def _wait_for_site(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=5):
                    return
            except OSError:
                assert time.monotonic() < deadline, "the site does not answer"
                time.sleep(0.2)

    def _command(self, *words: str) -> None:
        process = self._popen(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        told, _ = process.communicate(timeout=_LONGEST)
        assert process.returncode == 0, told

    def _popen(self, *words: str, **more: Any) -> "subprocess.Popen[str]":
        arguments = [sys.executable, "-P", "-m", "imdifeed", "--config", str(self._config), *words]
        return subprocess.Popen(arguments, text=True, **more)


def _texts(outbox: Path) -> list[str]:
    found = []
    for file in outbox.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        found.append(body.get_content() if body else "")
    return found


def _told(outbox: Path) -> Counter[tuple[str, str]]:
    """Count each title by the address it was told to."""
    told: Counter[tuple[str, str]] = Counter()
    for file in outbox.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        told.update(
            (str(message["To"]), number) for number in set(re.findall(r"Melding (\d+) om", text))
        )
    return told


def _worker(leader: int) -> int:
    if not leader:
        return 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            if parent == leader and b"resource_tracker" not in words:
                return int(folder.name)
    return 0


def _resident(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def as_lines(figures: dict[str, Any]) -> str:
    """Write figures for people."""
    return "\n".join(f"{name}: {json.dumps(value)}" for name, value in figures.items())
