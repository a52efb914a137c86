"""Crawls of regjeringen.no over loopback: walls, robots.txt, and pages that come back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawl_site import Site, counts, crawl_apart, serve_sites
from db.models import Entry, Precision
from db.store import Store

__all__ = ["serve_sites"]

CASE = Path(__file__).parent / "fixtures/regjeringen/feed_and_pages"
WALL = Path(__file__).parent / "fixtures/regjeringen/pages_forbidden/forbidden.html"
FEED = "/no/rss/Rss/2581966/"
PAGES = {
    "/no/aktuelt/flere-skal-lare-norsk-pa-jobb/id3180001/": "press.html",
    "/no/aktuelt/meir-ansvar-til-kommunane-i-busetjinga/id3180002/": "nynews.html",
    "/no/dokumenter/horing-endringer-i-integreringsloven/id3180003/": "hearing.html",
    "/no/dokumenter/nou-2026-14/id3180004/": "nou.html",
    "/no/aktuelt/lyser-ut-midler-til-integreringstiltak/id3180005/": "grant.html",
}
KEYS = [f"id318000{number}" for number in range(1, 6)]


def government(base_url: str) -> Any:
    return {
        "slug": "regjeringen",
        "spider": "regjeringen",
        "name": "Regjeringen",
        "publisher": "Regjeringen",
        "base_url": base_url,
        "delay": 0.0,
    }


@pytest.fixture(name="site")
def government_site(serve: Callable[[], Site]) -> Site:
    site = serve()
    site.validates = True
    site.say("/robots.txt", "User-agent: *\nDisallow: /no/dokumentarkiv/*\n")
    site.say(FEED, (CASE / "feed.xml").read_text())
    open_pages(site)
    return site


def open_pages(site: Site) -> None:
    for path, file in PAGES.items():
        site.say(path, (CASE / file).read_text())


def close_pages(site: Site, status: int = 403) -> None:
    for path in PAGES:
        site.say(path, WALL.read_text(), status=status)


def entries(store: Store) -> list[Entry | None]:
    return [store.entries.by_key("regjeringen", key) for key in KEYS]


def shapes(store: Store) -> list[str]:
    return [entry.shape for entry in entries(store) if entry]


def test_what_concerns_us_is_read_once(site: Site, store_url: str, store: Store, now: datetime):
    first = crawl_apart(store_url, government(site.base_url), at=now)["runs"][0]
    assert (counts(first), first["verdict"]) == ((5, 0, 0, 0), "ok")
    asked = [path for path in site.paths if not path.startswith("/contentassets/")]
    assert sorted(asked) == sorted(["/robots.txt", FEED, *PAGES])
    entry = entries(store)[1]
    assert entry is not None
    assert (
        entry.url == f"{site.base_url}/no/aktuelt/meir-ansvar-til-kommunane-i-busetjinga/id3180002/"
    )
    assert entry.published is not None
    assert entry.published.precision is Precision.MINUTE
    assert (entry.language, entry.publisher) == ("nn", "Arbeids- og inkluderingsdepartementet")

    # An unchanged feed costs one request beside robots.txt.
    site.asked.clear()
    again = now + timedelta(minutes=30)
    second = crawl_apart(store_url, government(site.base_url), at=again)["runs"][0]
    assert (counts(second)[:2], second["verdict"]) == ((0, 0), "ok")
    assert site.paths == ["/robots.txt", FEED]

    # Nothing moves when the pages are looked at again a week later.
    state = store.entries.state()
    third = crawl_apart(store_url, government(site.base_url), at=now + timedelta(days=6))["runs"][0]
    assert counts(third) == (0, 0, 5, 0)
    assert store.entries.state() == state


@pytest.mark.parametrize("status", [403, 200, 503])
def test_a_wall_before_the_pages_leaves_the_feed(
    site: Site, store_url: str, store: Store, now: datetime, status: int
) -> None:
    close_pages(site, status)
    first = crawl_apart(store_url, government(site.base_url), at=now)["runs"][0]
    assert (counts(first), first["verdict"]) == ((5, 0, 0, 0), "degraded")
    assert "such entries are made from the feed alone" in first["reason"]
    assert len({path for path in site.paths if path in PAGES}) == 2, "two refusals are enough"
    assert shapes(store) == ["rss"] * 5
    entry = entries(store)[0]
    assert entry is not None
    assert entry.lead.startswith("Regjeringen vil gi flere nyankomne")
    assert "cf-chl" not in entry.body_text

    # While it stands, two pages a run are tried; once it is gone, pages replace what the feed gave.
    site.asked.clear()
    walled = crawl_apart(store_url, government(site.base_url), at=now + timedelta(hours=1))
    assert walled["runs"][0]["verdict"] == "degraded"
    assert len({path for path in site.paths if path in PAGES}) == 2
    open_pages(site)
    third = crawl_apart(store_url, government(site.base_url), at=now + timedelta(hours=2))["runs"][
        0
    ]
    assert counts(third) == (0, 5, 0, 0)
    assert shapes(store) == ["regjeringen_page"] * 5
    last = crawl_apart(store_url, government(site.base_url), at=now + timedelta(hours=3))["runs"][0]
    assert last["verdict"] == "ok"


def test_what_has_left_the_feed_is_read_when_the_wall_is_gone(
    site: Site, store_url: str, store: Store, now: datetime
) -> None:
    close_pages(site)
    crawl_apart(store_url, government(site.base_url), at=now)
    open_pages(site)
    other = "<rss><channel><item><title>Fisk</title><guid>1</guid></item></channel></rss>"
    site.say(FEED, other)
    crawl_apart(store_url, government(site.base_url), at=now + timedelta(days=3))
    assert shapes(store) == ["regjeringen_page"] * 5


def test_read_entries_outlive_a_wall(site: Site, store_url: str, store: Store, now: datetime):
    crawl_apart(store_url, government(site.base_url), at=now)
    known = entries(store)
    close_pages(site)
    later = now + timedelta(days=2)
    run = crawl_apart(store_url, government(site.base_url), full=True, at=later)["runs"][0]
    assert run["verdict"] != "ok"
    assert shapes(store) == ["regjeringen_page"] * 5
    assert [entry and entry.fingerprint for entry in entries(store)] == [
        entry and entry.fingerprint for entry in known
    ]
    assert not any(entry.withdrawn for entry in entries(store) if entry)


def test_a_wall_is_no_redesign_even_where_pages_used_to_be_read(
    site: Site, store_url: str, store: Store, now: datetime
) -> None:
    crawl_apart(store_url, government(site.base_url), at=now)
    items = [
        f"<item><title>Ny sak {number} om integrering</title><guid>{number}</guid>"
        f"<link>{site.base_url}/no/aktuelt/ny/id{number}/</link><description>Om tolk.</description>"
        "<pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate></item>"
        for number in range(3190001, 3190007)
    ]
    site.say(FEED, f"<rss><channel>{''.join(items)}</channel></rss>")
    for number in range(3190001, 3190007):
        site.say(f"/no/aktuelt/ny/id{number}/", WALL.read_text(), status=403)
    run = crawl_apart(store_url, government(site.base_url), at=now + timedelta(hours=6))["runs"][0]
    assert (counts(run), run["verdict"], run["cause"]) == ((6, 0, 0, 0), "degraded", "challenge")
    assert store.entries.by_key("regjeringen", "id3190006")


def test_robots_txt_keeps_pages_closed_and_the_feed_open(
    site: Site, store_url: str, store: Store, now: datetime
) -> None:
    site.say("/robots.txt", "User-agent: *\nDisallow: /no/dokumenter/\n")
    run = crawl_apart(store_url, government(site.base_url), at=now)["runs"][0]
    assert counts(run) == (5, 0, 0, 0)
    assert not [path for path in site.paths if path.startswith("/no/dokumenter/")]
    assert shapes(store) == ["regjeringen_page"] * 2 + ["rss"] * 2 + ["regjeringen_page"]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, WALL.read_text(), "challenge|403 Forbidden"),
        (200, WALL.read_text(), "challenge"),
        (200, "<html><h1>RSS</h1><p>Velg abonnement</p></html>", "expected an RSS feed"),
        (500, "", "500 Internal Server Error"),
    ],
)
def test_without_the_feed_the_run_is_broken_and_nothing_is_stored(
    site: Site, store_url: str, store: Store, now: datetime, status: int, body: str, words: str
) -> None:
    site.say(FEED, body, status=status)
    run = crawl_apart(store_url, government(site.base_url), at=now)["runs"][0]
    assert (counts(run), run["verdict"]) == ((0, 0, 0, 0), "broken")
    assert any(word in run["reason"] for word in words.split("|"))
    assert entries(store) == [None] * 5
