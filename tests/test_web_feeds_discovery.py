"""`/opml`, `/opensearch.xml`, `/changes.atom`, and how pages lead to feeds."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from lxml import etree

from builders import EXPENSES, INTERPRETERS, entry_data, fill, put
from db.store import Store
from feed import FORMATS
from feed_reading import read
from web_site import Page, Running, run_site

LATER = timedelta(hours=2)


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(days=1))


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("/opml", "text/x-opml; charset=utf-8"),
        ("/opensearch.xml", "application/opensearchdescription+xml; charset=utf-8"),
        ("/changes.atom", "application/atom+xml; charset=utf-8"),
    ],
)
def test_documents_have_validators_and_are_open(
    store: Store, site: Running, now: datetime, address: str, media_type: str
) -> None:
    response = site.client.get(address)
    assert (response.status_code, response.content_type) == (200, media_type)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    put(store, entry_data(key="new"), seen=now + LATER)
    again = site.client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert site.client.head(address).headers["ETag"] == response.headers["ETag"]
    assert site.client.get(address).data == response.data


def test_every_feed_of_the_outline_is_there(site: Running) -> None:
    root = etree.fromstring(site.client.get("/opml").data)
    feeds = root.findall(".//outline[@type]")
    assert len(feeds) == 1 + 3 + 6 + 3
    for feed in feeds:
        for name in ("xmlUrl", "htmlUrl"):
            parts = urlsplit(feed.get(name))
            assert site.client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_changes_tell_corrections_and_withdrawals(
    store: Store, site: Running, now: datetime
) -> None:
    first = site.client.get("/changes.atom")
    assert read("atom", first.data).ids == []
    put(store, replace(INTERPRETERS, title="En rettet tittel"), seen=now + LATER)
    store.entries.withdraw(EXPENSES.source, [EXPENSES.key], now=now + LATER * 2)
    response = site.client.get("/changes.atom", headers={"If-None-Match": first.headers["ETag"]})
    feed = read("atom", response.data)
    assert [item.title for item in feed.items] == [
        f"Trukket tilbake: {EXPENSES.title}",
        "Rettet: En rettet tittel",
    ]
    for item in feed.items:
        assert site.client.get(urlsplit(item.link).path).status_code == 200
    tolk = read("atom", site.client.get("/changes.atom?tag=interpreting").data)
    assert tolk.ids == feed.ids[1:]
    assert site.client.get("/changes.atom?tag=nope").status_code == 404


def test_the_same_change_keeps_its_id(store: Store, site: Running, now: datetime) -> None:
    put(store, replace(INTERPRETERS, title="Andre"), seen=now + LATER)
    before = read("atom", site.client.get("/changes.atom").data)
    put(store, replace(INTERPRETERS, title="Tredje"), seen=now + LATER * 2)
    after = read("atom", site.client.get("/changes.atom").data)
    assert after.ids[1:] == before.ids
    assert "<ins>Andre</ins>" in after.items[1].content


@pytest.mark.parametrize("address", ["/", "/?q=tolk&tag=interpreting&sort=oldest&page=1"])
def test_listings_lead_to_their_feeds_in_every_format(site: Running, address: str) -> None:
    page = Page(site.client.get(address).text)
    links = page.all("link", rel="alternate")
    suffix = "?q=tolk&tag=interpreting" if "?" in address else ""
    found = {link["type"]: link["href"] for link in links if "hreflang" not in link}
    assert found == {
        form.media_type.partition(";")[0]: f"https://imdifeed.example/feed.{name}{suffix}"
        for name, form in FORMATS.items()
    }


@pytest.mark.parametrize("address", ["/", "/about", "/sources"])
def test_every_page_offers_its_search_to_browsers(site: Running, address: str) -> None:
    page = Page(site.client.get(address).text)
    (link,) = page.all("link", rel="search")
    assert link["type"] == "application/opensearchdescription+xml"
    assert link["href"] == "/opensearch.xml"
