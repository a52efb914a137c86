"""What feeds say to clients and proxies: states, codings, permissions; and what that costs."""

import gzip
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import brotli
import pytest
import zstandard
from werkzeug.datastructures import Accept

from builders import DISTRICTS, EXPENSES, INTERPRETERS, declare, entry_data, fill, fill_many, put
from db.models import EntryTag
from db.sql.store import SqlStore
from db.store import Store
from feed import FORMATS
from feed.channel import Rendered
from web.data.shelf import Document, Shelf
from web.every_request.compression import coding_for, compress
from web.services import NAME
from web_site import SITE, Running, run_site

LATER = timedelta(hours=2)
ADDRESSES = [
    f"/feed.{name}{query}"
    for name in FORMATS
    for query in ("", "?tag=interpreting", "?q=tolk", "?source=documents", "?tag=work&lang=nn")
]


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(days=1))


def shelf(site: Running) -> Shelf:
    found: Shelf = site.app.extensions[NAME].shelf
    return found


def answers(site: Running) -> dict[str, tuple[str, str, bytes]]:
    found = {}
    for address in ADDRESSES:
        response = site.client.get(address)
        found[address] = (
            response.headers["ETag"],
            response.headers["Last-Modified"],
            response.data,
        )
    return found


def test_a_quiet_crawl_a_retag_and_a_reindex_change_no_byte(
    store: Store, site: Running, now: datetime
) -> None:
    before = answers(site)
    for entry in store.entries.walk():
        store.entries.put(entry, seen=now + LATER, first_crawl=False)
        store.entries.retag(entry.id, entry.tags, now=now + LATER)
    declare(store, now=now + LATER)
    store.entries.reindex()
    assert answers(site) == before
    # neither in a process that begins afterwards
    assert answers(run_site(store, lambda: now + timedelta(days=1))) == before


def test_a_change_elsewhere_changes_nothing(store: Store, site: Running, now: datetime) -> None:
    before = answers(site)
    put(store, entry_data(key="new", tags=(), title="Ny"), seen=now + LATER)
    after = answers(site)
    moved = {address for address in ADDRESSES if before[address] != after[address]}
    changed = {address for address in moved if before[address][0] != after[address][0]}
    assert changed == {address for address in ADDRESSES if address.endswith(tuple(FORMATS))} | {
        address for address in ADDRESSES if address.endswith("?q=tolk")
    }
    assert moved == changed


def test_equal_tags_are_equal_bytes(store: Store, site: Running, now: datetime) -> None:
    seen: dict[str, bytes] = {}

    def look() -> None:
        for address, (tag, _, data) in answers(site).items():
            assert seen.setdefault(address + tag, data) == data

    def entry_id(key: str) -> int:
        return next(entry.id for entry in store.entries.walk() if entry.key == key)

    look()
    changed = replace(INTERPRETERS, title="Ny tittel", lead="Ny ingress")
    put(store, changed, seen=now + LATER)
    look()
    put(store, replace(changed, url="https://www.imdi.no/flyttet/"), seen=now + LATER)
    look()
    store.entries.retag(entry_id(DISTRICTS.key), [EntryTag("work", "x", 1.0)], now=now + LATER)
    look()
    store.entries.withdraw(EXPENSES.source, [EXPENSES.key], now=now + LATER)
    look()
    store.stories.join(
        entry_id(DISTRICTS.key), entry_id(INTERPRETERS.key), by_person=True, now=now + LATER
    )
    look()
    fill_many(store, 60, seen=now + LATER)
    look()
    store.stories.split(entry_id(DISTRICTS.key), now=now + LATER)
    look()
    tags = [replace(tag, label_nb=f"{tag.label_nb} x") for tag in store.vocabulary.tags()]
    store.vocabulary.declare([], tags, now=now + LATER)
    look()
    assert len(seen) > 2 * len(ADDRESSES)


def test_what_leaves_a_query_is_modified(store: Store, site: Running, now: datetime) -> None:
    first = site.client.get("/feed.atom?tag=interpreting")
    entry = store.entries.by_key(INTERPRETERS.source, INTERPRETERS.key)
    assert entry is not None
    store.entries.retag(entry.id, [], now=now + LATER)
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    response = site.client.get("/feed.atom?tag=interpreting", headers=since)
    assert response.status_code == 200
    modified = parsedate_to_datetime(response.headers["Last-Modified"])
    assert modified == (now + LATER).replace(microsecond=0)


def test_polls_with_nothing_new_cost_no_look_up(store: Store, site: Running, now: datetime) -> None:
    assert isinstance(store, SqlStore)
    first = site.client.get("/feed.atom?tag=work")
    again = {"If-None-Match": first.headers["ETag"]}
    statements: list[str] = []
    connection = store._connections.connection
    connection.set_trace_callback(statements.append)
    for _ in range(4):
        assert site.client.get("/feed.atom?tag=work", headers=again).status_code == 304
        assert site.client.get("/feed.atom?tag=work").status_code == 200
    # the state, and later its number, each for the first time
    assert len(statements) == 2
    # a change elsewhere costs the look-ups that tell it is elsewhere, and builds nothing
    built = shelf(site).counts()["built"]
    put(store, entry_data(key="new", tags=()), seen=now + LATER)
    assert site.client.get("/feed.atom?tag=work", headers=again).status_code == 304
    assert shelf(site).counts()["built"] == built


def test_a_feed_is_built_once(site: Running) -> None:
    for _ in range(3):
        for coding in ("", "gzip", "br", "zstd"):
            site.client.get("/feed.atom", headers={"Accept-Encoding": coding})
    assert shelf(site).counts()["built"] == 1


def test_many_at_once_build_a_feed_once(site: Running) -> None:
    threads = [
        threading.Thread(target=lambda: site.app.test_client().get("/feed.rss")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf(site).counts()["built"] == 1


def test_entries_left_out_are_counted_and_named(
    site: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> str:
        raise ValueError("a text that nobody thought of")

    monkeypatch.setattr("feed.query_channel.summary_of", broken)
    assert site.client.get("/feed.json?tag=interpreting").json["items"] == []
    assert shelf(site).counts()["entries_left_out"] == 1
    assert "is left out of https://imdifeed.example/feed.json?tag=interpreting" in caplog.text


def decoded(data: bytes, coding: str) -> bytes:
    result: bytes = {
        "": lambda plain: plain,
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda coded: zstandard.ZstdDecompressor().decompress(coded),
    }[coding](data)
    return result


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_feeds_are_compressed_as_asked(site: Running, name: str, coding: str) -> None:
    plain = site.client.get(f"/feed.{name}")
    assert "Content-Encoding" not in plain.headers
    headers = {"Accept-Encoding": coding}
    response = site.client.get(f"/feed.{name}", headers=headers)
    assert response.headers["Content-Encoding"] == coding
    assert decoded(response.data, coding) == plain.data
    assert len(response.data) < len(plain.data) / 2
    assert int(response.headers["Content-Length"]) == len(response.data)
    for answer in (plain, response):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"] == plain.headers["ETag"]
    head = site.client.head(f"/feed.{name}", headers=headers)
    assert head.headers["Content-Length"] == response.headers["Content-Length"]
    again = {**headers, "If-None-Match": plain.headers["ETag"]}
    unchanged = site.client.get(f"/feed.{name}", headers=again)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    # what tells of the content, and what rules it, is with the answer that the client has
    assert set(unchanged.headers.keys()) == {
        *("ETag", "Cache-Control", "Vary"),
        *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
    }


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ([], ""),
        ([("gzip", 1)], "gzip"),
        ([("x-gzip", 1)], "gzip"),
        ([("GZIP", 1)], "gzip"),
        ([("gzip", 1), ("deflate", 1), ("br", 1), ("zstd", 1)], "br"),
        ([("gzip", 1), ("br", 0.5)], "gzip"),
        ([("gzip", 0.5), ("identity", 1)], ""),
        ([("gzip", 0)], ""),
        ([("br", 0), ("*", 1)], "zstd"),
        ([("*", 1)], "br"),
        ([("*", 0)], ""),
        ([("identity", 0)], ""),
        ([("deflate", 1)], ""),
        ([("identity", 0.1), ("zstd", 0.2)], "zstd"),
    ],
)
def test_codings_are_chosen_by_weight(asked: list[tuple[str, float]], coding: str) -> None:
    assert coding_for(Accept(asked)) == coding


def test_equal_bytes_compress_to_equal_bytes() -> None:
    data = b"<p>tolk</p>" * 500
    for coding in ("", "gzip", "br", "zstd"):
        assert compress(data, coding) == compress(data, coding)
        assert decoded(compress(data, coding), coding) == data


@pytest.mark.parametrize("path", ["/feed.rss", "/changes.atom", "/deadlines.ics", "/export.csv"])
def test_pages_choose_nothing_where_there_are_none_but_must_be_right(
    site: Running, path: str
) -> None:
    whole = site.client.get(path)
    assert site.client.get(f"{path}?page=2&per_page=1").data == whole.data
    for wrong in ("per_page=0", "per_page=101", "per_page=x", "page=0"):
        assert site.client.get(f"{path}?{wrong}").status_code == 400


def test_scripts_elsewhere_may_read_and_ask_again(site: Running) -> None:
    response = site.client.options(
        "/feed.json",
        headers={
            "Origin": "https://other.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
    exposed = site.client.get("/feed.json").headers["Access-Control-Expose-Headers"]
    assert exposed == "ETag, Last-Modified, Link"


def test_a_feed_names_itself_and_its_hub(store: Store, site: Running, now: datetime) -> None:
    link = site.client.get("/feed.atom?tag=work&page=3").headers["Link"]
    assert link == '<https://imdifeed.example/feed.atom?tag=work>; rel="self"'
    hubbed = run_site(store, lambda: now, replace(SITE, hub="https://hub.example/"))
    response = hubbed.client.get("/feed.json?tag=work")
    assert response.headers["Link"] == (
        '<https://imdifeed.example/feed.json?tag=work>; rel="self",'
        ' <https://hub.example/>; rel="hub"'
    )
    assert response.json["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_the_shelf_is_bounded() -> None:
    shelf = Shelf(most_bytes=10_000)

    def document(number: int, size: int) -> Document:
        data = bytes([number]) * size
        return Document(str(number), None, "text/plain", lambda: Rendered(data, ()), "no-cache")

    for number in range(30):
        data, coding = shelf.data(document(number, 900), "gzip")
        assert (data, coding) == (bytes([number]) * 900, "")
        assert shelf.counts()["kept_bytes"] <= 10_000
    assert shelf.counts()["kept"] == 11
    big, coding = shelf.data(document(99, 50_000), "gzip")
    assert (gzip.decompress(big), coding) == (b"c" * 50_000, "gzip")
    assert shelf.counts()["kept_bytes"] <= 10_000
    for number in range(3_000):
        shelf.find(str(number).encode(), 1, lambda: document(1, 1))
    asked: list[int] = []

    def make() -> Document:
        asked.append(1)
        return document(1, 1)

    for change in (1, 1, 2, 2):
        shelf.find(b"2999", change, make)
    assert len(asked) == 1
    shelf.find(b"0", 1, make)
    assert len(asked) == 2
