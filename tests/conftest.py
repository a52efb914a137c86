"""Fixtures for every test: a fresh store, a fixed clock, golden files."""

import gc
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import db
from db.sqlite import connection
from db.store import Store
from postgres_server import Server, running, why_not

# What is compiled is kept, whatever the shell says: hundreds of processes import the same modules.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What is measured in seconds belongs in tests/bench: a loaded machine fails no test.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# What tests store may be lost with the machine: no commit waits for the disk.
connection.SYNCHRONOUS = "OFF"

#: the moment tests call now: a Monday, 07:00 in Oslo
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        default=False,
        help="write missing or outdated golden files, and fail so that a person reads them",
    )
    parser.addoption(
        "--every-combination",
        action="store_true",
        default=False,
        help="look at every page in every theme, language and width, not only in pairs of them",
    )


def pytest_collection_finish() -> None:
    # What was imported and collected stays to the end: the collector need not look at it again,
    # and a fifth of the processor's time goes into looking as often as it would.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def now() -> datetime:
    return NOW


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker("every_engine")
    if marked and "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ["sqlite", "postgres"], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """Let nothing be passed over in CI, which installs all that tests need."""
    report = yield
    if report.skipped and os.environ.get("CI") and not item.get_closest_marker("of_this_system"):
        report.outcome = "failed"
        report.longrepr = f"passed over, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a PostgreSQL server, the same to every worker of a run."""
    if reason := why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with running(shared) as found:
        yield found


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Name the engine: both in turn for tests marked `every_engine`, otherwise SQLite."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def store_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "sqlite":
        return str(tmp_path / "imdifeed.db")
    server: Server = request.getfixturevalue("server")
    return server.fresh(os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file with every migration and nothing in it, to copy: they take a while."""
    path = tmp_path_factory.mktemp("empty") / "imdifeed.db"
    db.open_store(str(path)).close()
    return path


@pytest.fixture
def store(store_url: str, engine: str, empty_file: Path) -> Iterator[Store]:
    if engine == "sqlite" and not Path(store_url).exists():
        shutil.copyfile(empty_file, store_url)
    opened = db.open_store(store_url)
    yield opened
    opened.close()
