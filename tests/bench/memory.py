"""What the serving processes hold in memory, after a while of reading."""

from collections.abc import Iterator
from pathlib import Path

from bench.archive import stored
from bench.machine import together
from bench.results import Better, Figure
from bench.serving import fetch, imdifeed

_READING = (
    *("/", "/?q=tolk", "/?q=arbeid+kommune", "/?tag=work", "/feed.atom", "/feed.rss?tag=work"),
    *("/sources", "/about", "/follow", "/api/entries?per_page=100", "/opml"),
)


#: how often each is read
TURNS = 20


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give the memory of `imdifeed serve`, all its processes, in MB."""
    count = 100_000 if full else 10_000
    with imdifeed(folder, stored(folder, count)) as ours:
        for _ in range(TURNS):
            for path in _READING:
                fetch(ours.address(path))
        held = together(ours.pid)
    yield Figure(f"serve, {count:,} entries", "MB", [held], "", [], Better.LOWER, 120)
