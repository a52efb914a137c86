"""Feeds and listings: `imdifeed serve` alone against nginx, feedgen and a view from memory."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from bench.archive import stored
from bench.pairs import alternate
from bench.results import Better, Figure
from bench.serving import fetch, flask_from_memory, imdifeed, needs, nginx, rate

_GZIP = {"Accept-Encoding": "gzip"}


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give requests a second for feeds, unchanged and whole, and for the listing."""
    needs("nginx", "wrk")
    with imdifeed(folder, stored(folder, 10_000 if full else 1_000)) as ours:
        feed = ours.address("/feed.atom")
        content, headers = fetch(feed)
        files = {"feed.atom": content, "feed.atom.gz": gzip.compress(content)}
        with nginx(folder / "nginx", files) as static:
            limit = static.address("/feed.atom")
            yield _not_modified(feed, headers["etag"], limit)
            mine, other = alternate(lambda: rate(feed, _GZIP), lambda: rate(limit, _GZIP))
            yield Figure(
                "feed, 50 entries, compressed", "requests/s", mine,
                "nginx, static", other, Better.HIGHER, 0.5,
            )  # fmt: skip
        listing = ours.address("/")
        content, headers = fetch(listing)
        with flask_from_memory(folder, content, headers["content-type"]) as view:
            mine, other = alternate(lambda: rate(listing), lambda: rate(view.address("/")))
            yield Figure(
                "listing, no query", "requests/s", mine,
                "Flask view from memory", other, Better.HIGHER, 0.5,
            )  # fmt: skip


def _not_modified(feed: str, tag: str, limit: str) -> Figure:
    _, static = fetch(limit, _GZIP)
    mine, other = alternate(
        lambda: rate(feed, {**_GZIP, "If-None-Match": tag}),
        lambda: rate(limit, {**_GZIP, "If-None-Match": static["etag"]}),
    )
    return Figure(
        "feed, not modified", "requests/s", mine, "nginx, static", other, Better.HIGHER, 0.5
    )
