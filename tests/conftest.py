"""Fixtures for every test: a fresh store, a fixed clock, golden files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

import db
from db.store import Store

# What is measured in seconds belongs in tests/bench: a loaded machine fails no test.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

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


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return str(tmp_path / "imdifeed.db")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = db.open_store(store_url)
    yield opened
    opened.close()
