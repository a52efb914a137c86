"""A small load, and a few kills: `make load` does the same for ten minutes."""

from pathlib import Path

import pytest

from load.harness import Load


@pytest.mark.timeout(300)
def test_a_small_load_meets_no_error(tmp_path: Path) -> None:
    figures = Load(tmp_path, 4, readers=2, releases=30).run()
    assert figures["answers"] > 50
    assert any(kind.endswith(" 304") for kind in figures["by kind"])
    assert figures["commands"]["crawl 0"] >= 1


@pytest.mark.timeout(300)
def test_a_few_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    figures = Load(tmp_path, 8, readers=1, releases=30, kills=3, seed=7).run()
    assert sum(n for name, n in figures["commands"].items() if name.endswith("shot")) >= 1
