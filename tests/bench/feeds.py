"""Feeds and listings: `imdifeed serve` alone against nginx, feedgen and a view from memory."""

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from feedgen.feed import FeedGenerator

import db
from bench.archive import stored
from bench.growth import site, touch
from bench.pairs import alternate
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
        with nginx(folder / "nginx", files) as static:
            yield from _against(static, ours, headers["etag"], "feed")
            with bare_server(folder, small, headers["etag"]) as bare:
                # what no site on this server can do better
                yield from _against(static, bare, headers["etag"], "the server alone, the same")
        listing = ours.address("/")
        content, headers = fetch(listing)
        with flask_from_memory(folder, content, headers["content-type"]) as view:
            mine, other = alternate(lambda: rate(listing), lambda: rate(view.address("/")))
            yield Figure(
                "listing, no query", "requests/s", mine,
                "Flask view from memory", other, Better.HIGHER, 0.5,
            )  # fmt: skip


def _against(static: Server, ours: Server, tag: str, name: str) -> Iterator[Figure]:
    limit, feed = static.address(_FEED), ours.address(_FEED)
    _, known = fetch(limit, _GZIP)
    for what, mine, other in (
        ("not modified", {"If-None-Match": tag}, {"If-None-Match": known["etag"]}),
        ("50 entries, compressed", {}, {}),
    ):
        rates = alternate(
            lambda mine=mine: rate(feed, {**_GZIP, **mine}),  # type: ignore[misc]
            lambda other=other: rate(limit, {**_GZIP, **other}),  # type: ignore[misc]
        )
        yield Figure(
            f"{name}, {what}", "requests/s", rates[0], "nginx, static", rates[1],
            Better.HIGHER, 0.5,
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
