"""A crawl of a thousand releases against bare Scrapy, and one that finds nothing new."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bench.archive import entries
from bench.pairs import alternate, command_seconds, seconds
from bench.results import Better, Figure
from bench.serving import COMMAND, Server, needs, nginx

#: releases on a page of the list
_PAGE = 50
_ROOM = "public-website-api/pressroom/89626/releases/50"
_RELEASE = "public-website-api/release"


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give pages a second of a first crawl, and the time of a second one."""
    needs("nginx")
    amount = 1_000 if full else 200
    root = folder / "press-room"
    _publish(root, amount)
    numbers = count()
    with nginx(root, {}) as site:

        def ours() -> float:
            place = folder / f"crawl-{next(numbers)}"
            _configure(place, site)
            return amount / seconds(lambda: _crawl(place, amount))

        bare = [sys.executable, "-m", "bench.bare_spider", site.address(""), str(amount)]
        mine, other = alternate(ours, lambda: amount / command_seconds(bare))
        yield Figure(
            f"crawl of {amount:,} releases", "pages/s", mine, "bare Scrapy", other,
            Better.HIGHER, 0.6,
        )  # fmt: skip
        again = folder / f"crawl-{next(numbers) - 1}"
        empty = [sys.executable, "-m", "bench.bare_spider", site.address(""), "0"]
        mine, other = alternate(
            lambda: seconds(lambda: _crawl(again, 0)), lambda: command_seconds(empty)
        )
        yield Figure(
            "crawl again, nothing new", "s", mine, "an empty Scrapy process", other,
            Better.LOWER, 1.3,
        )  # fmt: skip
        asked = _crawl(again, 0)["requests"]
        yield Figure("crawl again, requests", "requests", [asked], "", [], Better.LOWER, 2)


def _configure(place: Path, site: Server) -> None:
    place.mkdir()
    (place / "imdifeed.toml").write_text(
        'site_url = "http://127.0.0.1:8000"\nauthority = "imdifeed.example,2026"\n'
        f'database = "{place}/imdifeed.db"\nsecret_key = "measured-on-this-machine-only"\n'
        'contact = "drift@example.no"\n\n[sources.imdi-press-releases]\nspider = "prs"\n'
        f'base_url = "{site.address("")}"\npublisher_id = 89626\n'
        'name = "IMDi: pressemeldinger"\npublisher = "IMDi"\ndelay = 0.0\n'
    )


def _crawl(place: Path, new: int) -> dict[str, int]:
    command = [str(COMMAND), "--config", str(place / "imdifeed.toml"), "crawl", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, int] = json.loads(done.stdout)
    if found["new"] != new:
        raise AssertionError(f"{new} new entries were expected: {done.stdout}")
    return found


def _publish(root: Path, amount: int) -> None:
    """Write a press room as the files that nginx serves."""
    releases = []
    for number, data in enumerate(entries(amount), 1):
        body = f"{data.body}{data.body}"
        releases.append(
            {
                "id": number,
                "date": f"20{number % 20 + 5:02}-03-{number % 28 + 1:02}T07:00:00.000Z",
                "publisher": {"id": 89626},
                "versions": {
                    "no": {
                        "title": data.title,
                        "type": "Pressemelding",
                        "leadtext": data.lead,
                        "body": {"complete": body},
                    }
                },
            }
        )
    releases.sort(key=lambda one: str(one["date"]), reverse=True)
    (root / _ROOM).mkdir(parents=True, exist_ok=True)
    (root / _RELEASE).mkdir(parents=True, exist_ok=True)
    for start in range(0, max(amount, 1), _PAGE):
        page = {"count": amount, "itemsPerPage": _PAGE, "page": start // _PAGE}
        listed = {"paging": page, "releases": releases[start : start + _PAGE]}
        (root / _ROOM / str(start // _PAGE)).write_text(json.dumps(listed))
    for one in releases:
        (root / _RELEASE / str(one["id"])).write_text(json.dumps(one))
    (root / "robots.txt").write_text("User-agent: *\nAllow: /\n")
