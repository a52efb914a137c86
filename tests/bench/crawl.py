"""A crawl of a thousand releases against bare Scrapy, and one that finds nothing new."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from bench.archive import stored
from bench.machine import run_and_peak
from bench.pairs import alternate, command_seconds, seconds
from bench.releases import publish
from bench.results import Better, Figure
from bench.serving import COMMAND, Server, needs, nginx

#: releases that are crawled, and in a full run
AMOUNT, FULL_AMOUNT = 200, 1_000
#: entries of an archive that a crawl finds nothing new for: the first is what others are held to
SIZES, FULL_SIZES = (1_000, 10_000), (1_000, 10_000, 100_000, 1_000_000)


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give pages a second of a first crawl, its memory, and the time of a second one."""
    needs("nginx")
    amount = FULL_AMOUNT if full else AMOUNT
    root = folder / f"press-room-{amount}"
    publish(root, amount)
    numbers = count()
    memory = []
    with nginx(root, {}) as site:

        def ours() -> float:
            place = _place(folder / f"crawl-{next(numbers)}", site)
            spent = seconds(lambda: memory.append(_crawl(place, amount)[1]))
            return amount / spent

        bare = [sys.executable, "-m", "bench.bare_spider", site.address(""), str(amount)]
        mine, other = alternate(ours, lambda: amount / command_seconds(bare))
        yield Figure(
            f"crawl of {amount:,} releases", "pages/s", mine, "bare Scrapy", other,
            Better.HIGHER, 0.6,
        )  # fmt: skip
        yield Figure("memory of that crawl", "MB", memory, "", [], Better.LOWER, 200)
        again = folder / f"crawl-{next(numbers) - 1}"
        empty = [sys.executable, "-m", "bench.bare_spider", site.address(""), "0"]
        mine, other = alternate(
            lambda: seconds(lambda: _crawl(again, 0)), lambda: command_seconds(empty)
        )
        yield Figure(
            "crawl again, nothing new", "s", mine, "an empty Scrapy process", other,
            Better.LOWER, 1.3,
        )  # fmt: skip
        asked = _crawl(again, 0)[0]["requests"]
        yield Figure("crawl again, requests", "requests", [asked], "", [], Better.LOWER, 2)
        yield from _growth(folder, site, amount, FULL_SIZES if full else SIZES)


def _growth(folder: Path, site: Server, amount: int, sizes: tuple[int, ...]) -> Iterator[Figure]:
    """Give how the time of a crawl that finds nothing new grows with the archive."""
    small, *larger = [_place(folder / f"archive-{size}", site, size) for size in sizes]
    for place in (small, *larger):
        _crawl(place, amount)
    for size, place in zip(sizes[1:], larger, strict=True):
        mine, other = alternate(
            lambda place=place: seconds(lambda: _crawl(place, 0)),  # type: ignore[misc]
            lambda: seconds(lambda: _crawl(small, 0)),
        )
        yield Figure(
            f"crawl again, nothing new, {size:,} entries", "s", mine,
            f"{sizes[0]:,} entries", other, Better.LOWER, 1.5,
        )  # fmt: skip


def _place(place: Path, site: Server, entries: int = 0) -> Path:
    """Make a folder to crawl into, with an archive of so many entries that were there before."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    if entries:
        shutil.copy(stored(place.parent, entries), place / "imdifeed.db")
    (place / "imdifeed.toml").write_text(
        'site_url = "http://127.0.0.1:8000"\nauthority = "imdifeed.example,2026"\n'
        'database = "imdifeed.db"\nsecret_key = "measured-on-this-machine-only"\n'
        'contact = "drift@example.no"\n\n[sources.imdi-press-releases]\nspider = "prs"\n'
        f'base_url = "{site.address("")}"\npublisher_id = 89626\n'
        'name = "IMDi: pressemeldinger"\npublisher = "IMDi"\ndelay = 0.0\n'
    )
    return place


def _crawl(place: Path, new: int) -> tuple[Mapping[str, int], float]:
    """Crawl; give what the command says, and its memory at most, in MB."""
    command = [str(COMMAND), "--config", str(place / "imdifeed.toml"), "crawl", "--json"]
    said, memory = run_and_peak(command)
    found: dict[str, int] = json.loads(said)
    if found["new"] != new:
        raise AssertionError(f"{new} new entries were expected: {said}")
    return found, memory
