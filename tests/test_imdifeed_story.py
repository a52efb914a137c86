from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import DISTRICTS, NEWS, fill, put
from crawler.stories.joining import join_story
from db.query import EntryQuery
from db.store import Store
from imdifeed.cli import main

CONFIGURATION = """
secret_key = "0123456789abcdef"
[sources.imdi-news]
spider = "imdi"
name = "IMDi: nyheter"
base_url = "http://127.0.0.1:9"
"""
ELSEWHERE = replace(DISTRICTS, source=NEWS.slug, key="x", url="https://www.imdi.no/x/")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "imdifeed.toml"
    path.write_text(CONFIGURATION, "utf-8")
    return path


@pytest.fixture
def opened(config: Path, now: datetime) -> Iterator[Store]:
    store = db.open_store(str(config.parent / "imdifeed.db"))
    fill(store, seen=now)
    yield store
    store.close()


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), "story", *words])


def test_a_person_s_word_stands_against_the_rule(
    config: Path, opened: Store, now: datetime
) -> None:
    number = put(opened, ELSEWHERE, seen=now)
    assert join_story(opened, number, now=now) == 1
    shown = run(config, "show", str(number))
    assert shown.exit_code == 0, shown.output
    assert "IMDi: nyheter: Ny IMDi-rapport" in shown.output
    assert "https://www.imdi.no/x/" in shown.output
    assert "same by rule: the same" in shown.output
    assert run(config, "split", str(number)).output == (
        f"entry {number} is a story of its own now\n"
    )
    assert join_story(opened, number, now=now) == 0
    assert "stands alone" in run(config, "show", str(number)).output
    assert "nothing was changed" in run(config, "split", str(number)).output
    assert run(config, "join", str(number), "4").output == "2 entries are one story now\n"
    assert "already" in run(config, "join", "4", str(number)).output
    assert len(opened.entries.newest(EntryQuery(q="distriktene"), 9)) == 1


@pytest.mark.parametrize("words", [("show", "99"), ("split", "99"), ("join", "1", "99")])
def test_an_entry_that_is_not_there_is_named(
    config: Path, opened: Store, words: tuple[str, ...]
) -> None:
    result = run(config, *words)
    assert (result.exit_code, result.output) == (1, "imdifeed: there is no entry 99\n")


@pytest.mark.parametrize(
    "words", [("show", "x"), ("split", "-1"), ("join", "1"), ("show", "9" * 30)]
)
def test_what_is_no_number_is_wrong_use(config: Path, words: tuple[str, ...]) -> None:
    assert run(config, *words).exit_code == 2
