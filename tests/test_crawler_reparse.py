"""Better parsers over pages that were kept: told to whoever runs it, and to nobody else."""

import os
import shutil
import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import entry_data, put
from db.models import RawPage
from db.store import Store
from imdifeed.cli import main
from imdifeed.demo.run import _CONFIGURATION
from imdifeed.demo.server import serve_demo_sites
from nursery import run_imdifeed


def free_ports() -> int:
    for port in range(21_000, 30_000, 7):
        try:
            with (
                socket.create_server(("127.0.0.1", port)),
                socket.create_server(("127.0.0.1", port + 1)),
            ):
                return port
        except OSError:
            continue
    raise AssertionError("no two free ports")


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl the demonstration's sites once; give the folder of what came of it, to copy."""
    folder = tmp_path_factory.mktemp("crawled")
    path = folder / "imdifeed.toml"
    with serve_demo_sites(free_ports()) as sites:
        text = _CONFIGURATION.format(
            port=1,
            secret_key="s",
            press_room_url=sites.press_room_url,
            imdi_url=sites.imdi_url,
            publisher_id=sites.publisher_id,
        )
        path.write_text(text, "utf-8")
        done = run_imdifeed("--config", path, "crawl")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def config(crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("IMDIFEED_"):
            monkeypatch.delenv(name)
    shutil.copytree(crawled, tmp_path, dirs_exist_ok=True)
    return tmp_path / "imdifeed.toml"


def test_the_same_parsers_move_nothing_and_better_ones_put_right_what_they_read(
    config: Path,
) -> None:
    same = run(config, "reparse", "--dry-run")
    assert same.exit_code == 0, same.output
    assert same.output == "0 entries would move\n"

    store = db.open_store(str(config.parent / "imdifeed.db"))
    entries = list(store.entries.walk())
    assert len(entries) > 30
    assert all(store.pages.kept(entry.id) for entry in entries)
    right = entries[0]
    # as an older parser would have read it
    poor = replace(right, title="Feil tittel", body="", body_text="Om IMDi", tags=())
    assert store.entries.reread(right.id, poor, now=right.first_seen)
    assert store.entries.get(right.id).title == "Feil tittel"

    dry = run(config, "reparse", "--dry-run")
    assert dry.output.splitlines()[-1] == "1 entries would move"
    assert f"{right.id:>6}  title body_text  Feil tittel" in dry.output
    assert store.entries.get(right.id).title == "Feil tittel", "nothing was changed"

    changes = store.entries.state().change
    assert run(config, "reparse").output.splitlines()[-1] == "1 entries moved"
    again = store.entries.get(right.id)
    assert replace(again, deadlines=()) == replace(right, deadlines=()), "and nothing else moved"
    assert store.entries.revisions(right.id) == []
    assert store.entries.state().change > changes, "readers see it at once"
    assert run(config, "reparse").output == "0 entries moved\n"
    store.close()


def test_a_page_that_cannot_be_read_any_more_leaves_its_entry_as_it_is(config: Path) -> None:
    store = db.open_store(str(config.parent / "imdifeed.db"))
    entry = next(store.entries.walk())
    page = store.pages.kept(entry.id)
    assert page is not None
    store.pages.keep(entry.id, replace(page, body=b"<html><title>Noe annet</title></html>"))
    told = run(config, "reparse")
    assert told.exit_code == 1
    assert "1 entries cannot be read" in told.output
    assert "Traceback" not in told.output
    assert store.entries.get(entry.id) == entry
    store.close()


def test_pages_are_kept_once_and_not_beyond_measure(store: Store, now: datetime) -> None:
    number = put(store, entry_data(), seen=now)
    page = RawPage(url="https://www.imdi.no/a/", content_type="text/html", fetched=now, body=b"a")
    assert store.pages.kept(number) is None
    store.pages.keep(number, page)
    assert store.pages.kept(number) == page
    later = replace(page, fetched=now.replace(year=2027))
    store.pages.keep(number, later)
    assert store.pages.kept(number) == page, "the same body writes nothing"
    store.pages.keep(number, replace(later, body=b"b" * 1000))
    store.pages.keep(number, replace(later, body=os.urandom(2_000_001)))
    kept = store.pages.kept(number)
    assert kept is not None
    assert kept.body == b"b" * 1000
