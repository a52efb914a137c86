"""What real feed readers make of a running site, against what its store holds.

`python tests/feed_clients.py DATABASE ADDRESS` asks feedparser, reader and newsboat, and rss-parser
where `NODE_PATH` names a folder that has it, about every entry in every format they read.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from urllib.request import urlopen

import feedparser

import db
from db.models import Entry
from db.query import EntryQuery
from db.store import Store
from feed.links import entry_uri, entry_url
from feed.site import Site

_SCRIPT = """
const Parser = require('rss-parser');
const fields = {item: [['link', 'links', {keepArray: true}]]};
new Parser({customFields: fields}).parseURL(process.argv[1]).then(feed =>
  console.log(JSON.stringify(feed.items.map(item => ({
    id: item.id || item.guid, link: item.link, title: item.title, date: item.isoDate,
    files: item.enclosure ? [item.enclosure.url] : (item.links || [])
      .filter(link => link.$ && link.$.rel === 'enclosure').map(link => link.$.href)})))));
"""


@dataclass(frozen=True)
class Seen:
    """An entry as a client shows it."""

    id: str
    link: str
    title: str
    published: datetime
    files: tuple[str, ...]


def held(store: Store, site: Site) -> dict[str, Seen]:
    """Give what the store holds, one entry a story, by id."""
    return {
        one.id: one
        for one in (_held(entry, site) for entry in store.entries.newest(EntryQuery(), 10_000))
    }


def _held(entry: Entry, site: Site) -> Seen:
    return Seen(
        id=entry_uri(site, entry.id),
        link=entry.url or entry_url(site, entry),
        title=entry.title,
        published=(entry.published.moment if entry.published else entry.appeared),
        files=() if entry.withdrawn else tuple(file.url for file in entry.attachments if file.url),
    )


def documents(base: str, name: str) -> Iterator[str]:
    """Give the addresses of a feed and of its archive."""
    address = f"{base}/feed.json"
    while address:
        yield address.replace("/feed.json", f"/feed.{name}", 1)
        with urlopen(address, timeout=30) as answer:
            address = json.load(answer).get("next_url", "")


def by_feedparser(address: str) -> list[Seen]:
    """Read a document with feedparser."""
    parsed = feedparser.parse(address)
    assert not parsed.bozo, parsed.bozo_exception
    return [
        Seen(
            one.id,
            one.link,
            one.title,
            datetime(*one.published_parsed[:6], tzinfo=UTC),
            tuple(file.href for file in one.enclosures),
        )
        for one in parsed.entries
    ]


def by_reader(address: str) -> list[Seen]:
    """Read a document with reader, as a subscriber does."""
    # its own copy of feedparser wants this module by the name it had
    sys.modules.setdefault("sgmllib", import_module("feedparser_sgmllib"))
    from reader import make_reader

    with make_reader(":memory:") as client:
        client.add_feed(address)
        client.update_feed(address)
        assert client.get_feed(address).last_exception is None
        return [
            Seen(
                one.id,
                one.link or "",
                one.title or "",
                one.published or datetime.min.replace(tzinfo=UTC),
                tuple(file.href for file in one.enclosures),
            )
            for one in client.get_entries()
        ]


def by_newsboat(address: str) -> list[Seen]:
    """Have newsboat load a document, and read what it keeps."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "urls").write_text(address + "\n")
        (home / "config").write_text("")
        cache = home / "cache.db"
        subprocess.run(
            ["newsboat", "-q", f"-u{home / 'urls'}", f"-c{cache}", f"-C{home / 'config'}",
             "-x", "reload"],
            check=True, timeout=60, env={**os.environ, "HOME": folder},
        )  # fmt: skip
        with sqlite3.connect(cache) as connection:
            rows = connection.execute(
                "SELECT guid, url, title, pubDate, enclosure_url FROM rss_item"
            ).fetchall()
    return [
        Seen(guid, url, title, datetime.fromtimestamp(date, UTC), (file,) if file else ())
        for guid, url, title, date, file in rows
    ]


def by_rss_parser(address: str) -> list[Seen]:
    """Read a document with rss-parser (npm)."""
    done = subprocess.run(
        ["node", "-e", _SCRIPT, address], check=True, timeout=60, capture_output=True, text=True
    )
    return [
        Seen(
            one["id"],
            one["link"],
            one["title"],
            datetime.fromisoformat(one["date"]),
            tuple(one["files"]),
        )
        for one in json.loads(done.stdout)
    ]


#: each client with the formats it reads
CLIENTS = {
    "feedparser": (by_feedparser, ("atom", "rss")),
    "reader": (by_reader, ("atom", "rss", "json")),
    "newsboat": (by_newsboat, ("atom", "rss")),
    "rss-parser": (by_rss_parser, ("atom", "rss")),
}


def differences(client: str, name: str, base: str, expected: dict[str, Seen]) -> list[str]:
    """Tell in words where a client and the store differ about a feed with its archive."""
    read, _ = CLIENTS[client]
    shown = [seen for address in documents(base, name) for seen in read(address)]
    found = [f"{seen.id} is there twice" for seen in shown if shown.count(seen) > 1]
    found += [f"{missing} is missing" for missing in expected.keys() - {one.id for one in shown}]
    # RSS has room for one file; newsboat keeps sound and films alone
    most = 0 if client == "newsboat" else 1 if name == "rss" else None
    for seen in shown:
        wanted = expected.get(seen.id)
        if wanted is None:
            found.append(f"{seen.id} is not in the store")
            continue
        for field in ("link", "title"):
            if getattr(seen, field) != getattr(wanted, field):
                found.append(f"{seen.id}: {field} {getattr(seen, field)!r}")
        if abs((seen.published - wanted.published).total_seconds()) >= 1:
            found.append(f"{seen.id}: published {seen.published} for {wanted.published}")
        if seen.files != wanted.files[:most]:
            found.append(f"{seen.id}: files {seen.files} for {wanted.files}")
    return found


def main(database: str, base: str) -> int:
    """Print what differs; give 1 where anything does."""
    store = db.open_store(database)
    expected = held(store, Site(base, "imdifeed.example,2026"))
    wrong = 0
    for client, (_, formats) in CLIENTS.items():
        if client == "newsboat" and not shutil.which("newsboat"):
            print("newsboat is not installed")
            continue
        if client == "rss-parser" and "NODE_PATH" not in os.environ:
            print("rss-parser: NODE_PATH names no folder that has it")
            continue
        for name in formats:
            found = differences(client, name, base, expected)
            wrong += len(found)
            print(f"{client}, {name}: {len(expected)} entries, {len(found)} differences")
            for difference in found[:5]:
                print(f"  {difference}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
