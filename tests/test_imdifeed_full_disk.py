"""A disk that fills up under each command: one clear line, nothing by half, and then on."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import db
from crawl_site import Site, release, serve_sites

__all__ = ["serve_sites"]

CONFIGURATION = """
secret_key = "0123456789abcdef"
[sources.imdi-press-releases]
spider = "prs"
base_url = "{base_url}"
publisher_id = 89626
delay = 0
"""
#: bytes: half of what a crawl writes ahead, however many entries it stores at once
A_LITTLE = 100_000


def run(config: Path, *words: str, most: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command whose files may grow to so many bytes: what a full disk is to SQLite."""

    def limit() -> None:
        if most:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-P", "-m", "imdifeed", "--config", str(config), *words],
        capture_output=True, text=True, check=False, timeout=110, preexec_fn=limit,
    )  # fmt: skip


@pytest.fixture
def config(serve: Callable[[], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("IMDIFEED_"):
            monkeypatch.delenv(name)
    site = serve()
    body = "<p>Kommunene bosetter flyktninger i nye boliger.</p>" * 400
    site.publish(*(release(n, f"Melding {n}", body) for n in range(1, 25)))
    path = tmp_path / "imdifeed.toml"
    path.write_text(CONFIGURATION.format(base_url=site.base_url), "utf-8")
    done = run(path, "init")
    assert done.returncode == 0, done.stderr
    return path


def test_a_crawl_and_a_backup_on_a_full_disk_lose_nothing_and_go_on_when_there_is_room(
    config: Path,
) -> None:
    database = config.parent / "imdifeed.db"
    most = database.stat().st_size + A_LITTLE
    full = run(config, "crawl", most=most)
    assert full.returncode == 1
    last = full.stderr.strip().splitlines()[-1]
    assert last.startswith("imdifeed: ")
    assert "imdifeed.db gave way" in last
    assert "disk" in last
    assert "\nTraceback" not in full.stderr, "what is logged is indented"
    assert db.inspect_store(database).faults == ()

    again = run(config, "crawl")
    assert again.returncode == 0, again.stderr
    assert db.inspect_store(database).rows["entry"] == 24

    copy = config.parent / "copy.db"
    refused = run(config, "backup", str(copy), most=A_LITTLE)
    assert refused.returncode == 1
    assert "cannot write a copy" in refused.stderr.strip().splitlines()[-1]
    assert not list(config.parent.glob("copy.db*")), "no copy by half is left"
    assert run(config, "backup", str(copy)).returncode == 0
    assert db.inspect_store(copy).rows["entry"] == 24


def test_digests_on_a_full_disk_wait(config: Path) -> None:
    database = config.parent / "imdifeed.db"
    full = run(config, "digest", "send", most=4096)
    assert full.returncode == 1
    assert full.stderr.strip().splitlines()[-1].startswith("imdifeed: ")
    assert "\nTraceback" not in full.stderr, "what is logged is indented"
    assert db.inspect_store(database).faults == ()
    assert run(config, "digest", "send").returncode == 0
