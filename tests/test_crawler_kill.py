"""Crawls that are killed, and crawls of a thousand pages."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import db
from crawl_site import (
    LIST,
    SCRIPT,
    Site,
    crawl_apart,
    press_room,
    release,
    serve_sites,
    start_crawl,
)
from db.store import Store
from nursery import Child

__all__ = ["serve_sites"]

START = datetime(2025, 3, 12, 9, 0, tzinfo=UTC)
SOURCE = "imdi-press-releases"
PAGE = 50


def publish(site: Site, numbers: range) -> None:
    """Put releases on the site, one a day, newest first, fifty on a page of the list."""
    releases = [release(number, f"Melding {number} om bosetting") for number in reversed(numbers)]
    for made in releases:
        made["date"] = (START - timedelta(days=1200 - made["id"])).isoformat()
    for start in range(0, len(releases), PAGE):
        page = start // PAGE
        paging = {"count": len(releases), "itemsPerPage": PAGE, "page": page}
        site.say(
            f"{LIST[:-1]}{page}", {"paging": paging, "releases": releases[start : start + PAGE]}
        )
    for made in releases:
        site.say(f"/public-website-api/release/{made['id']}", made)


def content(store: Store) -> dict[str, Any]:
    """Give what is stored of every entry, but for numbers and our own clock."""
    return {
        entry.key: (
            entry.title,
            entry.lead,
            entry.body,
            entry.url,
            entry.published,
            entry.language,
            entry.tags,
            entry.fingerprint,
            entry.withdrawn,
            len(store.entries.revisions(entry.id)),
            len(store.stories.members(entry.id)),
        )
        for entry in store.entries.walk()
    }


def kill_after(requests: int, site: Site, crawl: Child) -> bool:
    """Kill a crawl once it has asked so often; tell whether it was still going."""
    while len(site.asked) < requests and crawl.poll() is None:
        time.sleep(0.005)
    killed = crawl.poll() is None
    crawl.send_signal(signal.SIGKILL)
    crawl.end(timeout=60)
    return killed


def test_a_crawl_killed_anywhere_and_repeated_ends_as_an_undisturbed_one(
    serve: Callable[[], Site], tmp_path: Path
) -> None:
    site = serve()
    site.validates = True
    room = press_room(site.base_url)
    chances = {f"killed-{seed}": random.Random(seed) for seed in range(2)}
    stores = {name: str(tmp_path / f"{name}.db") for name in ("undisturbed", *chances)}
    killed = dict.fromkeys(chances, 0)
    # the whole archive first; then news that reach beyond the first page of the list
    for numbers, at in ((range(1, 56), START), (range(1, 116), START + timedelta(hours=1))):
        publish(site, numbers)
        crawl_apart(stores["undisturbed"], room, at=at)
        for name, chance in chances.items():
            for _ in range(2):
                site.asked.clear()
                crawl = start_crawl(stores[name], room, at=at.isoformat())
                killed[name] += kill_after(chance.randint(2, len(numbers)), site, crawl)
            (run,) = crawl_apart(stores[name], room, at=at)["runs"]
            assert run["verdict"] in {"ok", "quiet"}
    assert all(killed.values())
    found = {name: db.open_store(url) for name, url in stores.items()}
    try:
        assert len(content(found["undisturbed"])) == 115
        for name in chances:
            assert content(found[name]) == content(found["undisturbed"]), name
    finally:
        for store in found.values():
            store.close()


@pytest.mark.timeout(600)
def test_a_thousand_pages_leave_memory_flat(serve: Callable[[], Site], store_url: str) -> None:
    site = serve()
    publish(site, range(1, 1001))
    # VmHWM of proc(5): ru_maxrss would count the test's own process before the exec
    measured = SCRIPT + (
        "\nimport re, pathlib\nstatus = pathlib.Path('/proc/self/status').read_text()"
        "\nprint(int(re.search(r'VmHWM:\\s*([0-9]+) kB', status)[1]) // 1024)"
    )
    given = {"database": store_url, "sources": [press_room(site.base_url)], "full": False}
    arguments = [sys.executable, "-c", measured, json.dumps(given | {"at": START.isoformat()})]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    told, megabytes = done.stdout.splitlines()
    assert int(megabytes) < 200
    (run,) = json.loads(told)["runs"]
    assert run["new"] == 1000
    steps = json.loads(told)["progress"]
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
    assert (steps[-1]["done"], steps[-1]["expected"]) == (1000, 1000)
