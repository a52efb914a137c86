"""The folders at the top are also the import names: guard against taking somebody else's."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("package", ["crawler", "db", "feed", "imdifeed", "web"])
def test_an_empty_folder_gets_our_packages(package: str, tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import {package}; print({package}.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).parent == ROOT / package


def test_tests_are_flat() -> None:
    # tests/db/__init__.py would shadow db
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        (["--help"], {"scrapy", "flask", "feedgen", "bs4", "sqlite_utils", "simplemma"}),
        (["status", "--help"], {"scrapy", "flask", "feedgen", "bs4"}),
    ],
)
def test_a_command_imports_only_what_it_needs(words: list[str], forbidden: set[str]) -> None:
    code = (
        "import sys\nfrom imdifeed.cli import main\n"
        f"main({words!r}, standalone_mode=False)\nprint(*sys.modules, sep='\\n')"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert forbidden.isdisjoint(shown.stdout.splitlines())
