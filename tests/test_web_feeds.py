import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import entry_data, fill, fill_many, put
from db.store import Store
from feed_reading import read
from web.data import feeds
from web_site import Running, run_site

FORMATS = ["atom", "rss", "json"]
TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("query", ["", "?tag=settlement", "?q=tolk", "?tag=work&q=finnesikke"])
def test_feeds_are_sound_and_agree_with_the_api(site: Running, name: str, query: str) -> None:
    response = site.client.get(f"/feed.{name}{query}")
    assert response.status_code == 200
    assert response.content_type == f"{TYPES[name]}; charset=utf-8"
    joint = "&" if query else "?"
    listed = site.client.get(f"/api/entries{query}{joint}sort=newest").json["entries"]
    ids = [f"tag:imdifeed.example,2026:entry/{entry['id']}" for entry in listed]
    assert read(name, response.data).ids == ids


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_that_is_the_same_is_not_sent_again(
    site: Running, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = site.client.get(f"/feed.{name}?tag=work")
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert etag.startswith('W/"')

    def not_asked(*_args: object, **_more: object) -> None:
        raise AssertionError("a 304 must not build the feed")

    monkeypatch.setattr(feeds, "build_channel", not_asked)
    monkeypatch.setattr(feeds, "read_whole", not_asked)
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", {etag[2:]}'},
        {"If-Modified-Since": modified},
        {"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        for answer in (site.client.get, site.client.head):
            response = answer(f"/feed.{name}?tag=work", headers=headers)
            assert response.status_code == 304
            assert response.data == b""
            assert response.headers["ETag"] == etag
            assert response.headers["Cache-Control"] == "public, max-age=900"
            assert response.headers["Vary"] == "Accept-Encoding"


def test_validators_tell_queries_and_formats_apart(site: Running) -> None:
    addresses = ["/feed.atom", "/feed.rss", "/feed.atom?tag=work", "/feed.atom?q=work"]
    assert len({site.client.get(address).headers["ETag"] for address in addresses}) == 4
    first = site.client.get("/feed.atom?tag=work&q=a&sort=oldest&page=7")
    assert first.headers["ETag"] == site.client.get("/feed.atom?q=a&tag=work").headers["ETag"]


def test_a_new_entry_makes_the_feed_new(store: Store, site: Running, now: datetime) -> None:
    first = site.client.get("/feed.atom")
    put(store, entry_data(key="new"), seen=now + timedelta(seconds=5))
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        assert site.client.get("/feed.atom", headers=headers).status_code == 200


def test_a_second_change_within_one_second_is_not_missed(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    clock = [now + timedelta(milliseconds=200)]
    site = run_site(store, lambda: clock[0])
    early = site.client.get("/feed.atom").headers["Last-Modified"]
    put(store, entry_data(key="new"), seen=now + timedelta(milliseconds=700))
    clock[0] = now + timedelta(seconds=9)
    late = site.client.get("/feed.atom", headers={"If-Modified-Since": early})
    assert late.status_code == 200
    assert late.headers["Last-Modified"] == format_datetime(now, usegmt=True)


@pytest.mark.parametrize("name", FORMATS)
def test_head_gives_the_headers_alone(site: Running, name: str) -> None:
    got, head = site.client.get(f"/feed.{name}"), site.client.head(f"/feed.{name}")
    assert head.status_code == 200
    assert head.data == b""
    for header in ("ETag", "Last-Modified", "Content-Type", "Content-Length"):
        assert head.headers[header] == got.headers[header]


def test_feeds_are_public(site: Running) -> None:
    headers = site.client.get("/feed.atom").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == "public, max-age=900"


def test_feeds_hold_the_newest_fifty(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    fill_many(store, 60, seen=now)
    site = run_site(store, lambda: now)
    parsed = feedparser.parse(site.client.get("/feed.atom?tag=work").data)
    assert len(parsed.entries) == 50
    assert parsed.entries[0].title == "Flere i arbeid, del 1"


def test_addresses_in_feeds_do_not_come_from_the_request(site: Running) -> None:
    response = site.client.get(
        "/feed.atom?tag=work",
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    assert "evil" not in response.text
    assert 'href="https://imdifeed.example/feed.atom?tag=work"' in response.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/feed.pdf", 404),
        ("/feed.atom?tag=nope", 404),
        ("/feed.atom?kind=nope", 404),
        ("/feed.rss?from=2020-99-99", 400),
        ("/feed.rss?sort=x", 400),
        ("/feed.", 404),
    ],
)
def test_bad_feeds_say_so(site: Running, address: str, status: int) -> None:
    assert site.client.get(address).status_code == status


def test_feeds_of_an_empty_store_are_sound(store: Store, now: datetime) -> None:
    site = run_site(store, lambda: now)
    for name in FORMATS:
        assert read(name, site.client.get(f"/feed.{name}").data).ids == []


_values = st.lists(
    st.sampled_from(
        [
            ("tag", "settlement"), ("tag", "work"), ("kind", "news"), ("kind", "report"),
            ("source", "imdi-news"), ("source", "documents"), ("lang", "nb"), ("lang", "nn"),
            ("q", "tolk"), ("q", "-rapport"), ("q", "flyktning*"), ("q", '"'),
            ("from", "2023-06-02"), ("to", "2023-08-30"), ("sort", "oldest"),
        ]
    ),
    max_size=4,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=_values)
def test_listing_feeds_and_api_choose_the_same_in_one_order(
    site: Running, pairs: list[tuple[str, str]]
) -> None:
    query = urlencode([*(pair for pair in pairs if pair[0] != "sort"), ("sort", "newest")])
    listed = site.client.get(f"/api/entries?{query}").json["entries"]
    wanted = [entry["id"] for entry in listed]
    page = site.client.get(f"/?{query}").text
    shown = [int(number) for number in re.findall(r'<h\d[^>]*><a href="/entries/(\d+)/', page)]
    assert shown == wanted
    # whatever order is asked for, a feed goes newest first
    for name in FORMATS:
        feed = read(name, site.client.get(f"/feed.{name}?{urlencode(pairs)}").data)
        assert [int(entry_id.rpartition("/")[2]) for entry_id in feed.ids] == wanted
