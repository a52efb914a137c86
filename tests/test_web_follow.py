"""`/follow` and `/tags`: addresses to copy, mail beside them, and charts that can be read aloud."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import entry_data, fill, put
from db.models import Kind, Precision, PublisherDate
from db.store import Store
from feed import FORMATS
from web_site import Running, read, run_site


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def test_the_addresses_of_exactly_this_query_can_be_copied(site: Running) -> None:
    page = read(site.client.get("/follow?tag=work&q=rapport&sort=oldest").text)
    fields = {field["id"]: field for field in page.all("input", type="text")}
    assert {field["value"] for field in fields.values()} == {
        f"https://imdifeed.example/feed.{name}?q=rapport&tag=work" for name in FORMATS
    }
    assert all("readonly" in field for field in fields.values())
    assert "tema Arbeid, ord «rapport»" in page.text
    assert page.all("a", href="/subscribe?q=rapport&tag=work")
    assert {link["href"] for link in page.all("link", rel="alternate")} == {
        field["value"] for field in fields.values()
    }


def test_every_tag_kind_and_source_has_its_address(site: Running) -> None:
    text = site.client.get("/follow").text
    shown = set(re.findall(r"<code>https://imdifeed\.example/feed\.atom\?([^<]+)</code>", text))
    assert shown == {
        *(f"tag={slug}" for slug in ("settlement", "interpreting", "work")),
        *(f"kind={kind}" for kind in Kind),
        *(f"source={slug}" for slug in ("imdi-press-releases", "imdi-news", "documents")),
    }
    for address in ("/opml", "/deadlines.ics", "/changes.atom", "/subscribe?tag=work"):
        assert f'href="{address}"' in text
        assert site.client.get(address).status_code == 200


def test_unknown_values_are_named(site: Running) -> None:
    response = site.client.get("/follow?tag=nothing")
    assert response.status_code == 404
    assert "«nothing»" in response.text


def test_every_tag_tells_its_count_and_its_months(
    store: Store, site: Running, now: datetime
) -> None:
    page = read(site.client.get("/tags").text)
    assert "Bosetting 3 saker Abonner" in page.text
    assert "Arbeid 1 sak Abonner" in page.text
    # a picture that says the same in words
    drawings = page.all("svg", role="img")
    assert len(drawings) == 4
    assert {drawing["aria-label"] for drawing in drawings} == {"Ingen saker de siste 24 månedene."}
    put(store, entry_data(key="new", published=None, title="Ny"), seen=now)
    recent = entry_data(key="recent", title="Fersk")
    put(store, replace(recent, published=PublisherDate(now, Precision.DAY)), seen=now)
    text = site.client.get("/tags").text
    page = read(text)
    words = (
        "Saker per måned fra desember 2024 til november 2026: 1 i alt, flest i november 2026 (1)."
    )
    assert words in {drawing["aria-label"] for drawing in page.all("svg")}
    assert words in page.text
    rows = re.findall('<th scope="row">([^<]+)</th><td>([^<]+)</td>', text)
    assert rows[:2] == [("november 2026", "1"), ("oktober 2026", "0")]
    assert len(rows) == 24
