"""Processes that have imported what a crawl needs before they are born.

Every crawl needs a process of its own, and importing Scrapy takes longer than most crawls of tests.
So one process imports it, reads what whoever stores an entry reads once, and is forked for each.
It has installed no reactor and started no thread.
"""

import atexit
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

#: what the first process imports: all that a crawl does
_MODULES = """
    crawler.files crawler.fetching.resolving crawler.fetching.watch crawler.pipelines
    crawler.politeness crawler.run crawler.runs.extension crawler.runs.session crawler.settings
    crawler.spiders.imdi crawler.spiders.imdi_reports crawler.spiders.prs
    crawler.spiders.regjeringen crawler.tagging
    db.sql.crawls db.sql.entries db.sql.fencing db.sql.leases db.sql.pages db.sql.renaming
    db.sql.stories db.sql.vocabulary db.sqlite db.sqlite.index sqlite_utils.migrations
    scrapy.core.downloader.contextfactory scrapy.core.downloader.handlers.http11
    scrapy.core.engine scrapy.core.scheduler scrapy.core.scraper
    scrapy.downloadermiddlewares.defaultheaders scrapy.downloadermiddlewares.downloadtimeout
    scrapy.downloadermiddlewares.httpauth scrapy.downloadermiddlewares.httpcompression
    scrapy.downloadermiddlewares.httpproxy scrapy.downloadermiddlewares.offsite
    scrapy.downloadermiddlewares.redirect scrapy.downloadermiddlewares.retry
    scrapy.downloadermiddlewares.robotstxt scrapy.downloadermiddlewares.stats
    scrapy.downloadermiddlewares.useragent scrapy.dupefilters scrapy.extensions.corestats
    scrapy.extensions.throttle scrapy.pqueues scrapy.spidermiddlewares.depth
    scrapy.spidermiddlewares.metacopy scrapy.spidermiddlewares.referer
    scrapy.spidermiddlewares.start scrapy.spidermiddlewares.urllength scrapy.squeues
    scrapy.statscollectors twisted.internet.asyncioreactor
"""
_COMMAND = "from imdifeed.cli import main; main(prog_name='imdifeed')"
_MOTHER = """
import gc, json, os, signal, sys, tempfile, time
for module in sys.argv[1].split():
    __import__(module)

# nothing waits for the disk, as in the tests themselves
sys.modules["db.sqlite.connection"].SYNCHRONOUS = "OFF"

def store_one():
    import db
    from datetime import UTC, datetime
    from crawler.items import EntryItem
    from crawler.run import import_items
    from db.models import Kind, Source
    source, now = Source("s", "documents", "s", "IMDi"), datetime.now(UTC)
    said = "Kommunane skal busetje fleire flyktningar innan 1. mars. " * 9
    item = EntryItem(
        key="k", url="", kind=Kind.NEWS, title="Bosetting", body=f"<p>{said}", body_text=said,
        shape="s",
    )
    with tempfile.TemporaryDirectory() as folder:
        store = db.open_store(f"{folder}/imdifeed.db")
        store.vocabulary.declare([source], [], now=now)
        assert import_items([item], source, store, now=now).new == 1
        store.close()

def tell(*words):
    os.write(1, f"{' '.join(map(str, words))}\\n".encode())

def bury(*_):
    try:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            tell(ended[0], os.waitstatus_to_exitcode(ended[1]))
    except ChildProcessError:
        pass

store_one()
assert "twisted.internet.reactor" not in sys.modules
# as the tests do: it need not look so often
gc.freeze()
gc.set_threshold(20_000, 20, 20)
signal.signal(signal.SIGCHLD, bury)
tell("ready")
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child:
        tell(child)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # a shell lets what it starts in the background ignore it, and whatever that starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(asked["out"], os.O_WRONLY), 1)
    os.dup2(os.open(asked["err"], os.O_WRONLY), 2)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv = ["-c", *asked["arguments"]]
    code = 1
    try:
        exec(compile(asked["script"], "<string>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        import traceback
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
"""


class Child:
    """A process that was born, to be waited for or killed."""

    def __init__(self, mother: "_Mother", script: str, arguments: tuple[str, ...]) -> None:
        self._mother = mother
        self._folder = Path(tempfile.mkdtemp(prefix="imdifeed-nursery-"))
        self._arguments = ["-c", *arguments]
        for name in ("out", "err"):
            (self._folder / name).touch()
        self.pid = mother.bear(
            {
                "script": script,
                "arguments": arguments,
                "out": str(self._folder / "out"),
                "err": str(self._folder / "err"),
                "folder": str(Path.cwd()),
                "environment": {
                    # what somebody has set for an installation of theirs is not for tests
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith("IMDIFEED_")
                },
            }
        )

    def poll(self) -> int | None:
        return self._mother.status(self.pid, 0)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def end(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """Wait for its end; give what it said. Raises TimeoutExpired, and has killed it then."""
        try:
            status = self._mother.status(self.pid, timeout)
            if status is None:
                self.send_signal(signal.SIGKILL)
                self._mother.status(self.pid, 60)
                raise subprocess.TimeoutExpired(
                    self._arguments, timeout, (self._folder / "err").read_bytes()
                )
            out, err = ((self._folder / name).read_text("utf-8") for name in ("out", "err"))
            return subprocess.CompletedProcess(self._arguments, status, out, err)
        finally:
            self._mother.forget(self.pid)
            shutil.rmtree(self._folder)


def start_script(script: str, *arguments: str) -> Child:
    """Start a script as `python -c` does, in a process that has imported Scrapy already."""
    return Child(_mother(), script, arguments)


def run_script(script: str, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a script to its end, which comes within so many seconds."""
    return start_script(script, *arguments).end(timeout)


def run_imdifeed(*words: object) -> subprocess.CompletedProcess[str]:
    """Run `imdifeed` with some words to its end, as a shell does."""
    return run_script(_COMMAND, *map(str, words), timeout=100)


class _Mother:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MOTHER, _MODULES],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._ear, self._mouth = self._process.stdin, self._process.stdout
        self._said = b""
        self._ended: dict[int, int] = {}
        atexit.register(self._end)
        assert self._line(60) == "ready"

    def bear(self, asked: dict[str, object]) -> int:
        self._ear.write(f"{json.dumps(asked)}\n".encode())
        self._ear.flush()
        # the end of one may be told first, even of this one
        while " " in (line := self._line(60)):
            self._note(line)
        return int(line)

    def status(self, pid: int, timeout: float) -> int | None:
        until = time.monotonic() + timeout
        while pid not in self._ended:
            if not (line := self._line(until - time.monotonic())):
                return None
            self._note(line)
        return self._ended[pid]

    def forget(self, pid: int) -> None:
        # another may be given its number
        self._ended.pop(pid, None)

    def _note(self, line: str) -> None:
        pid, status = map(int, line.split())
        self._ended[pid] = status

    def _line(self, timeout: float) -> str:
        while b"\n" not in self._said:
            if not select.select([self._mouth], [], [], max(timeout, 0))[0]:
                return ""
            more = os.read(self._mouth.fileno(), 65536)
            assert more, "the first process has ended"
            self._said += more
        line, _, self._said = self._said.partition(b"\n")
        return line.decode()

    def _end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._ear.close()
        self._mouth.close()
        self._process.wait()


_mother = cache(_Mother)
