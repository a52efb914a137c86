"""Several crawlers that share the sources, on PostgreSQL and on SQLite side by side."""

import contextlib
import subprocess
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import db
from bench.pairs import alternate, seconds
from bench.releases import publish
from bench.results import Better, Figure
from bench.serving import COMMAND, HOSTS, nginx
from postgres_server import Server

#: releases of each source, and crawlers at once
AMOUNT, FULL_AMOUNT = 25, 100
CRAWLERS = (1, 2, 4)
#: starts a command whose words nobody reads, and waits for it in the end
begun = partial(subprocess.Popen, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(server: Server, folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give the releases a second that one, two and four crawlers store, of four sources."""
    amount = FULL_AMOUNT if full else AMOUNT
    root = folder / f"press-room-{amount}"
    publish(root, amount)
    numbers = count()
    with nginx(root, {}) as site:

        def crawled(crawlers: int, url: str) -> float:
            place = _place(folder / f"crawlers-{next(numbers)}", site.port, url)
            expected = amount * len(HOSTS)
            return expected / seconds(lambda: _crawl(place, crawlers, url, expected))

        for crawlers in CRAWLERS:
            mine, other = alternate(
                lambda crawlers=crawlers: crawled(crawlers, server.fresh("crawled")),  # type: ignore[misc]
                lambda crawlers=crawlers: crawled(crawlers, _file(folder)),  # type: ignore[misc]
            )
            name = "1 crawler" if crawlers == 1 else f"{crawlers} crawlers"
            yield Figure(
                f"PostgreSQL: releases stored by {name}", "releases/s", mine,
                "the same on SQLite", other, Better.HIGHER, None,
            )  # fmt: skip


def _file(folder: Path) -> str:
    path = folder / "crawled.db"
    path.unlink(missing_ok=True)
    return str(path)


def _place(place: Path, port: int, url: str) -> Path:
    place.mkdir(exist_ok=True)
    sources = "".join(
        f'[sources.press-room-{number}]\nspider = "prs"\nbase_url = "http://{host}:{port}"\n'
        f'publisher_id = 89626\nname = "Presserom {number}"\npublisher = "IMDi"\ndelay = 0.0\n'
        for number, host in enumerate(HOSTS)
    )
    config = place / "imdifeed.toml"
    config.write_text(
        f'site_url = "http://127.0.0.1:8000"\nauthority = "imdifeed.example,2026"\n'
        f'database = "{url}"\nsecret_key = "measured-on-this-machine-only"\n'
        f'contact = "drift@example.no"\n{sources}'
    )
    return config


def _crawl(config: Path, crawlers: int, url: str, expected: int) -> None:
    command = [str(COMMAND), "--config", str(config), "crawl", "--json"]
    with contextlib.ExitStack() as stack:
        for _ in range(crawlers):
            stack.enter_context(begun(command))
    with contextlib.closing(db.open_store(url)) as store:
        found = store.upkeep.figures().entries
    if found != expected:
        raise AssertionError(f"{expected} entries were expected, not {found}")
