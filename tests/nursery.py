"""Processes that have imported what a crawl needs before they are born.

Every crawl needs a process of its own, and importing Scrapy takes longer than most crawls of tests.
So one process imports it and is forked for each. It has installed no reactor and started no thread.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
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
_MOTHER = """
import gc, json, os, sys, time
for module in sys.argv[1].split():
    __import__(module)
assert "twisted.internet.reactor" not in sys.modules
gc.freeze()
print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
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


def run_script(script: str, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a script as `python -c` does, in a process that has imported Scrapy already."""
    mother = _mother()
    assert mother.stdin is not None
    assert mother.stdout is not None
    with tempfile.TemporaryDirectory(prefix="imdifeed-nursery-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        out.touch()
        err.touch()
        asked = {
            "script": script,
            "arguments": arguments,
            "out": str(out),
            "err": str(err),
            "folder": str(Path.cwd()),
            "environment": dict(os.environ),
        }
        mother.stdin.write(json.dumps(asked) + "\n")
        mother.stdin.flush()
        if not select.select([mother.stdout], [], [], timeout)[0]:
            _end(mother)
            _mother.cache_clear()
            raise subprocess.TimeoutExpired(script, timeout, err.read_bytes())
        status = int(mother.stdout.readline())
        return subprocess.CompletedProcess(
            ["-c", *arguments], status, out.read_text("utf-8"), err.read_text("utf-8")
        )


@cache
def _mother() -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-c", _MOTHER, _MODULES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    atexit.register(_end, started)
    return started


def _end(mother: "subprocess.Popen[str]") -> None:
    if mother.poll() is None:
        os.killpg(mother.pid, 9)
    for stream in (mother.stdin, mother.stdout):
        if stream is not None:
            stream.close()
    mother.wait()
