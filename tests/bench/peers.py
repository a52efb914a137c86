"""The search page against programs that people would use instead, on the same entries.

Datasette is no dependency: it is measured where a program of that name is found (`pip install
datasette` into a virtual environment of its own, with that on the PATH), else passed over.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import click

from bench.pairs import percentile
from bench.results import Better, Figure
from bench.search import _alter, _bare_index, _in_turns, _queries, archive
from bench.serving import _running, fetch, free_port, imdifeed, program

ENTRIES = 10_000
#: results on a page
_SHOWN = 20


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give p50 and p99 of a search nobody made before, beside reader's and Datasette's."""
    database = archive(folder, ENTRIES)
    queries = _queries(database, ENTRIES)[:: 1 if full else 6]
    with imdifeed(folder, database) as ours:

        def page(q: str) -> None:
            fetch(ours.address(f"/?{urlencode({'q': q})}"))

        yield from _against(
            "reader's search, no page", page, _by_reader(database), database, queries
        )
        if not program("datasette"):
            click.echo("Datasette is passed over: no program of that name is found", err=True)
            return
        bare = _bare_index(database)
        bare.close()
        port = free_port()
        path = database.with_suffix(".bare")
        command = [
            str(program("datasette")), "serve", "--immutable", str(path), "--port", str(port),
            "--setting", "suggest_facets", "off",
        ]  # fmt: skip
        with _running(command, port) as peer:

            def table(q: str) -> None:
                words = {"_search": q, "_size": _SHOWN, "_sort_desc": "published"}
                fetch(peer.address(f"/{path.stem}/page?{urlencode(words)}"))

            yield from _against("Datasette's table", page, table, database, queries)


def _against(
    name: str,
    ours: Callable[[str], None],
    theirs: Callable[[str], None],
    database: Path,
    queries: Sequence[str],
) -> Iterator[Figure]:
    mine, other = _in_turns(ours, theirs, queries, lambda: _alter(database))
    for share in (0.5, 0.99):
        yield Figure(
            f"search page, {ENTRIES:,} entries, p{share * 100:.0f}", "ms",
            _percentiles(mine, share), name, _percentiles(other, share), Better.LOWER, 0.5,
        )  # fmt: skip


def _percentiles(turns: Sequence[Sequence[float]], share: float) -> list[float]:
    return [percentile(turn, share) for turn in turns]


def _by_reader(database: Path) -> Callable[[str], None]:
    """Give how reader searches the same entries, and reads those it would show."""
    # its own copy of feedparser wants this module by the name it had
    sys.modules.setdefault("sgmllib", import_module("feedparser_sgmllib"))
    from reader import make_reader

    path, feed = database.with_suffix(".reader"), database.with_suffix(".json")
    peer = make_reader(str(path), feed_root=str(database.parent), search_enabled=True)
    if not peer.get_feed(feed.name, None):
        _write_feed(database, feed)
        peer.add_feed(feed.name)
        peer.update_feed(feed.name)
    peer.update_search()
    if not peer.get_entry_counts().total:
        raise AssertionError(f"reader has no entries: {peer.get_feed(feed.name).last_exception}")

    def search(q: str) -> None:
        # what it has of a result is little: those it would show are read as well
        for found in peer.search_entries(q, limit=_SHOWN):
            peer.get_entry(found)

    return search


def _write_feed(database: Path, path: Path) -> None:
    """Write the entries of an archive as one JSON Feed."""
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT id, url, title, lead, body, published FROM entry")
    items = [
        {
            "id": str(number), "url": url, "title": title, "summary": lead, "content_html": body,
            "date_published": published,
        }
        for number, url, title, lead, body, published in rows
    ]  # fmt: skip
    connection.close()
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Archive", "items": items}
    path.write_text(json.dumps(feed), "utf-8")
