"""What a page costs in archives of many sizes, when it is made and not given again."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import db
from bench.archive import stored
from bench.pairs import seconds
from bench.results import Better, Figure
from feed.site import Site
from web import create_app
from web.settings import WebSettings

#: how often each page is made anew
TURNS = 15
_PAGES = {"listing": "/", "feed": "/feed.atom", "entry": "/entries/50"}


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give, for each page, the time in the largest archive against that in the smallest."""
    sizes = (1_000, 10_000, 100_000) if full else (1_000, 10_000)
    taken = {size: _pages(stored(folder, size)) for size in sizes}
    for name in _PAGES:
        for size in sizes[1:]:
            yield Figure(
                f"{name}, {size:,} entries", "ms", taken[size][name],
                f"{sizes[0]:,} entries", [median(taken[sizes[0]][name])] * TURNS,
                Better.LOWER, 1.5,
            )  # fmt: skip


def _pages(database: Path) -> dict[str, list[float]]:
    """Give the milliseconds that each page took, each time after something was stored."""
    store = db.open_store(str(database))
    settings = WebSettings(
        site=Site("http://127.0.0.1", authority="imdifeed.example,2026"),
        sender="IMDi-nytt <nytt@example.no>",
        secret_key="measured-on-this-machine-only",
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        on_queued=lambda: None,
    )
    client = create_app(store, settings).test_client()
    address = {**_PAGES, "entry": client.get(_PAGES["entry"]).headers["Location"]}
    found: dict[str, list[float]] = {name: [] for name in address}
    for turn in range(TURNS + 1):
        for name, path in address.items():
            with contextlib.closing(sqlite3.connect(database)) as connection, connection:
                connection.execute("UPDATE state SET change = change + 1")
                # one entry counts as changed: the newest, which every page here but one shows
                connection.execute(
                    "INSERT INTO entry_change (entry_id)"
                    " SELECT id FROM entry ORDER BY appeared DESC, id DESC LIMIT 1"
                )
            taken = seconds(lambda path=path: client.get(path))  # type: ignore[misc]
            if turn:  # the first warms the caches
                found[name].append(1000 * taken)
    store.close()
    return found
