"""What a page costs in archives of many sizes, when it is made and not given again."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.testing import FlaskClient

import db
from bench.archive import short
from bench.results import Better, Figure
from feed.site import Site
from web import create_app
from web.settings import WebSettings

#: how often each page is made anew in each archive
TURNS = 15
SIZES = (1_000, 10_000)
SIZES_FULL = (1_000, 10_000, 100_000, 1_000_000)
_PAGES = {
    "listing": "/",
    "listing, a subject": "/?tag=work",
    "feed": "/feed.atom",
    "entry": "/entries/10",
}


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give, for each page, the time it takes in each archive against that in the smallest.

    It is time of the processor, and the archives take turns.
    """
    databases = {size: short(folder, size) for size in (SIZES_FULL if full else SIZES)}
    with contextlib.ExitStack() as stack:
        sites = {size: stack.enter_context(site(path)) for size, path in databases.items()}
        for name, path in _PAGES.items():
            # an entry's address leads to its canonical one
            taken: dict[int, list[float]] = {size: [] for size in sites}
            address = next(iter(sites.values())).get(path).headers.get("Location", path)
            for turn in range(TURNS + 1):
                for size, client in sites.items():
                    touch(databases[size])
                    milliseconds = _made(client, address)
                    if turn:  # the first warms the caches
                        taken[size].append(milliseconds)
            smallest, *larger = taken
            for size in larger:
                yield Figure(
                    f"{name}, {size:,} entries", "ms", taken[size],
                    f"{smallest:,} entries", taken[smallest], Better.LOWER, 1.5,
                )  # fmt: skip


@contextlib.contextmanager
def site(database: Path) -> Iterator[FlaskClient]:
    """Make the site over a database in this process."""
    store = db.open_store(str(database))
    settings = WebSettings(
        site=Site("http://127.0.0.1", authority="imdifeed.example,2026"),
        sender="IMDi-nytt <nytt@example.no>",
        secret_key="measured-on-this-machine-only",
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        on_queued=lambda: None,
    )
    with contextlib.closing(store):
        yield create_app(store, settings).test_client()


def touch(database: Path) -> None:
    """Let one entry count as changed: the newest, which every page here but one shows."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE state SET change = change + 1")
        connection.execute(
            "INSERT INTO entry_change (entry_id)"
            " SELECT id FROM entry ORDER BY appeared DESC, id DESC LIMIT 1"
        )


def _made(client: FlaskClient, path: str) -> float:
    start = time.process_time()
    answer = client.get(path)
    taken = time.process_time() - start
    if answer.status_code != 200:
        raise click.ClickException(f"{path}: {answer.status}")
    return 1000 * taken
