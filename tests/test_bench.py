"""A smoke run of what measures: tiny, and of no use as a figure."""

import importlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import click
import pytest

from bench import (
    archive,
    crawl,
    crawlers,
    digests,
    engines,
    growth,
    ingest,
    memory,
    pairs,
    peers,
    search,
    serving,
)
from bench.__main__ import AREAS
from bench.archive import stored
from bench.machine import run_and_peak
from bench.results import Better, Figure, as_json_line, as_table
from nursery import Child, start_script
from postgres_server import why_not

TESTS = Path(__file__).parent
#: Debian's programs that an area needs
PROGRAMS = {"crawl": ("nginx",), "feeds": ("nginx", "wrk"), "engines": ("nginx", "wrk")}


def module_of(area: str) -> ModuleType:
    return importlib.import_module(f"bench.{area}")


#: runs a module as `python -m` does, and says what memory it had at most, as proc(5) has it
MODULE = """
import runpy, sys
from pathlib import Path
sys.path.insert(0, sys.argv.pop(1))
try:
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
finally:
    print(Path("/proc/self/status").read_text(), file=sys.stderr)
"""


def start(command: Sequence[str]) -> Child:
    """Start a command in a process that need not import Scrapy first."""
    program, *words = command
    module, *words = ["imdifeed", *words] if program == str(serving.COMMAND) else words[1:]
    return start_script(MODULE, str(TESTS), module, *words)


@contextmanager
def begun(command: Sequence[str]) -> Iterator[None]:
    """Do as `crawlers.begun` does."""
    child = start(command)
    try:
        yield
    finally:
        child.end(timeout=100)


def forked(command: Sequence[str]) -> tuple[str, float]:
    """Do as `run_and_peak` does."""
    done = start(command).end(timeout=100)
    assert done.returncode == 0, done.stderr
    memory = re.search(r"^VmHWM:\s*([0-9]+) kB$", done.stderr, re.MULTILINE)
    assert memory
    return done.stdout, int(memory[1]) / 1024


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # measuring starts processes of its own, as `make bench` does
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    for module in (crawl, digests):
        monkeypatch.setattr(module, "run_and_peak", forked)
    monkeypatch.setattr(
        crawl, "command_seconds", lambda command: pairs.seconds(lambda: forked(command))
    )
    monkeypatch.setattr(pairs, "PAIRS", 1)
    monkeypatch.setattr(pairs, "UNCOUNTED", 0)
    monkeypatch.setattr(serving, "SECONDS", 1)
    # one that asks, and waits before it asks again, leaves the processor to others
    monkeypatch.setattr(serving, "CONNECTIONS", 1)
    (tmp_path / "wait.lua").write_text("function delay() return 20 end")
    monkeypatch.setattr(serving, "OPTIONS", ("-s", str(tmp_path / "wait.lua")))
    monkeypatch.setattr(ingest, "AMOUNT", 10)
    monkeypatch.setattr(crawl, "AMOUNT", 3)
    monkeypatch.setattr(crawl, "SIZES", (10, 20))
    for module in (search, growth, memory):
        monkeypatch.setattr(module, "TURNS", 1)
    monkeypatch.setattr(digests, "READERS", 30)
    monkeypatch.setattr(digests, "MAILS", 5)
    monkeypatch.setattr(digests, "QUERIES", 10)
    monkeypatch.setattr(digests, "FRESH", 3)
    monkeypatch.setattr(peers, "ENTRIES", 60)
    for name, value in (("AMOUNT", 20), ("READERS", 30), ("MAILS", 5), ("SENDERS", (2,))):
        monkeypatch.setattr(engines, name, value)
    monkeypatch.setattr(engines, "SIZES", (20,))
    monkeypatch.setattr(engines, "_DURABLE", {})
    monkeypatch.setattr(crawlers, "AMOUNT", 2)
    monkeypatch.setattr(crawlers, "begun", begun)
    monkeypatch.setattr(crawlers, "CRAWLERS", (2,))
    monkeypatch.setattr(growth, "SIZES", (20, 60))
    monkeypatch.setattr(search, "SIZES", (60,))
    monkeypatch.setattr(search, "SEARCHES", 20)
    monkeypatch.setattr(archive, "MOST_MADE", 20)
    for area in AREAS:
        if hasattr(module_of(area), "stored"):
            monkeypatch.setattr(
                module_of(area), "stored", lambda folder, count: stored(folder, min(count, 60))
            )


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("area", AREAS)
def test_an_area_gives_figures(area: str, tmp_path: Path) -> None:
    missing = [name for name in PROGRAMS.get(area, ()) if not serving.program(name)]
    if missing:
        pytest.skip(f"measuring {area} needs {' and '.join(missing)} from Debian")
    if area == "engines" and (reason := why_not()):
        pytest.skip(reason)
    figures = list(module_of(area).measure(tmp_path, full=False))
    assert figures
    assert all(figure.ratio > 0 for figure in figures)
    table = as_table(figures, "a machine")
    assert all(figure.path in table for figure in figures)
    assert len(json.loads(as_json_line(figures, "a machine"))["figures"]) == len(figures)


def test_a_command_is_run_to_its_end_and_its_memory_measured() -> None:
    said, memory = run_and_peak([sys.executable, "-c", "print('well', end='')"])
    assert said == "well"
    assert memory > 1
    with pytest.raises(click.ClickException, match="failed: ill"):
        run_and_peak([sys.executable, "-c", "import sys; print('ill'); sys.exit(3)"])
    assert pairs.command_seconds([sys.executable, "-c", "import time; time.sleep(0.2)"]) > 0.2


def test_ratios_are_taken_pair_by_pair() -> None:
    figure = Figure("a path", "s", [1.0, 9.0, 3.0], "another", [2.0, 9.0, 3.0], Better.LOWER, 1.0)
    assert figure.ratio == 1.0
    assert figure.reached
    assert not Figure("a path", "s", [3.0], "another", [2.0], Better.LOWER, 1.4).reached
    assert Figure("a path", "MB", [90.0, 110.0, 100.0], "", [], Better.LOWER, 100).reached
