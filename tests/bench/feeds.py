"""Feeds and listings: `imdifeed serve` alone against nginx, feedgen and a view from memory."""

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from feedgen.feed import FeedGenerator

import db
from bench.archive import stored
from bench.growth import site, touch
from bench.pairs import alternate, take_turns
from bench.results import Better, Figure
from bench.serving import (
    Server,
    bare_server,
    fetch,
    flask_from_memory,
    imdifeed,
    needs,
    nginx,
    rate,
)
from db.models import Entry
from db.query import EntryQuery

_GZIP = {"Accept-Encoding": "gzip"}
_FEED = "/feed.atom"
_ENTRIES = 50


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give requests a second for feeds, unchanged and whole, and what one costs after a change."""
    needs("nginx", "wrk")
    database = stored(folder, 10_000 if full else 1_000)
    yield _after_a_change(database)
    with imdifeed(folder, database) as ours:
        content, headers = fetch(ours.address(_FEED))
        small = gzip.compress(content)
        files = {"feed.atom": content, "feed.atom.gz": small}
        with (
            nginx(folder / "nginx", files) as static,
            bare_server(folder, small, headers["etag"]) as bare,
        ):
            yield from _unchanged(ours, bare, static, headers["etag"])
        listing = ours.address("/")
        content, headers = fetch(listing)
        with flask_from_memory(folder, content, headers["content-type"]) as view:
            mine, other = alternate(lambda: rate(listing), lambda: rate(view.address("/")))
            yield Figure(
                "listing, no query", "requests/s", mine,
                "Flask view from memory", other, Better.HIGHER, 0.5,
            )  # fmt: skip


def _unchanged(ours: Server, bare: Server, static: Server, tag: str) -> Iterator[Figure]:
    """Measure us, our server with two lines of Python, and nginx, in the same turns."""
    _, known = fetch(static.address(_FEED), _GZIP)
    for what, mine, other in (
        ("not modified", {"If-None-Match": tag}, {"If-None-Match": known["etag"]}),
        ("50 entries, compressed", {}, {}),
    ):
        site, server, limit = take_turns(
            *(
                partial(rate, at.address(_FEED), {**_GZIP, **condition})
                for at, condition in ((ours, mine), (bare, mine), (static, other))
            )
        )
        for name, rates in (("feed", site), ("the server alone", server)):
            yield Figure(
                f"{name}, {what}", "requests/s", rates, "nginx, static", limit, Better.HIGHER, 0.5
            )
        yield Figure(
            f"feed, {what}, of what the server can", "requests/s", site, "the server alone",
            server, Better.HIGHER, 0.8,
        )  # fmt: skip


def _after_a_change(database: Path) -> Figure:
    """Measure the first answer after one entry changed, not compressed, by time of the processor.

    feedgen is given entries that are read already.
    """
    store = db.open_store(str(database))
    entries = store.feeds.read(EntryQuery(), _ENTRIES)
    store.close()
    with site(database) as client:

        def answer() -> float:
            touch(database)
            return _milliseconds(lambda: client.get(_FEED))

        mine, other = alternate(answer, lambda: _milliseconds(lambda: _by_feedgen(entries)))
    return Figure(
        "feed right after a change", "ms", mine, "feedgen alone", other, Better.LOWER, 1.5
    )


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def _by_feedgen(entries: Sequence[Entry]) -> bytes:
    feed = FeedGenerator()
    feed.id("tag:imdifeed.example,2026:feed")
    feed.title("imdifeed")
    feed.link(href="http://127.0.0.1/", rel="alternate")
    for entry in entries:
        made = feed.add_entry(order="append")
        made.id(f"tag:imdifeed.example,2026:entry/{entry.id}")
        made.title(entry.title)
        made.link(href=entry.url, rel="alternate", type="text/html", title=entry.title)
        made.link(href=f"http://127.0.0.1/entries/{entry.id}", rel="related", type="text/html")
        made.author(name="IMDi")
        made.published(entry.appeared)
        made.updated(entry.appeared)
        made.summary(entry.lead)
        made.content(entry.body, type="html")
        for tag in entry.tags:
            made.category(term=tag.slug, label=tag.slug)
    written: bytes = feed.atom_str()
    return written
