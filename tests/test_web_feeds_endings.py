"""What followers of a tag meet when it is renamed or ended."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from builders import SOURCES, TAGS, fill
from db.models import FormerTag, Tag
from db.store import Store
from feed import FORMATS
from feed_reading import read
from web_site import Running, run_site

HOUSING = FormerTag("housing", "Bolig & hus", now="settlement")
CAMPAIGN = FormerTag("campaign", "Kampanje", ended=date(2026, 11, 22))


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    return [now + timedelta(hours=1)]


@pytest.fixture
def site(store: Store, now: datetime, clock: list[datetime]) -> Running:
    fill(store, seen=now)
    store.vocabulary.declare(SOURCES, TAGS, former=[HOUSING, CAMPAIGN], now=now)
    return run_site(store, lambda: clock[0])


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/feed.atom?tag=housing", "/feed.atom?tag=settlement"),
        ("/feed.json?q=a+%26+b&tag=housing&kind=news&per_page=3",
         "/feed.json?q=a+%26+b&tag=settlement&kind=news&per_page=3"),
        ("/feed.rss?tag=housing&tag=settlement&tag=work", "/feed.rss?tag=settlement&tag=work"),
        ("/?tag=housing&sort=oldest", "/?tag=settlement&sort=oldest"),
        ("/api/entries?tag=housing&page=2", "/api/entries?tag=settlement&page=2"),
        ("/changes.atom?tag=housing", "/changes.atom?tag=settlement"),
    ],
)  # fmt: skip
def test_a_renamed_tag_leads_to_its_new_name(site: Running, address: str, leads_to: str) -> None:
    response = site.client.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, leads_to)
    if not address.startswith("/api/") and ".json" not in address:
        assert "«Bolig &amp; hus» heter noe annet nå" in response.text
    assert site.client.head(address).status_code == 301
    if "page=2" not in leads_to:
        assert site.client.get(leads_to).status_code == 200


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_says_what_its_tag_was_called(site: Running, name: str) -> None:
    text = site.client.get(f"/feed.{name}?tag=settlement").text
    assert "Tidligere navn: «Bolig" in text
    assert "Tidligere navn" not in site.client.get(f"/feed.{name}?tag=work").text


@pytest.mark.parametrize("name", FORMATS)
def test_the_feed_of_an_ended_tag_says_so_and_then_is_gone(
    site: Running, clock: list[datetime], name: str
) -> None:
    address = f"/feed.{name}?tag=campaign"
    first = site.client.get(address)
    feed = read(name, first.data)
    (item,) = feed.items
    assert item.id == "tag:imdifeed.example,2026:ended/campaign"
    assert item.title == "Temaet «Kampanje» er avsluttet"
    assert "svarer til 20. februar 2027" in item.summary
    assert item.published.isoformat() == "2026-11-22T11:00:00+00:00"
    assert site.client.get(urlsplit(item.link).path).status_code == 200
    again = {"If-None-Match": first.headers["ETag"]}
    clock[0] += timedelta(days=60)
    assert site.client.get(address, headers=again).status_code == 304
    clock[0] += timedelta(days=40)
    for headers in ({}, again):
        response = site.client.get(address, headers=headers)
        assert response.status_code == 410
        assert "Kampanje" in response.text or name == "json"
    assert site.client.head(address).status_code == 410


def test_json_says_that_nothing_more_will_come(site: Running) -> None:
    assert site.client.get("/feed.json?tag=campaign").json["expired"] is True
    assert "expired" not in site.client.get("/feed.json?tag=campaign&tag=work").json


def test_a_feed_of_several_tags_goes_on_without_the_ended_one(
    site: Running, clock: list[datetime]
) -> None:
    with_note = read("atom", site.client.get("/feed.atom?q=rapport&tag=campaign&tag=work").data)
    alone = read("atom", site.client.get("/feed.atom?q=rapport&tag=work").data)
    assert alone.ids
    assert with_note.ids == ["tag:imdifeed.example,2026:ended/campaign", *alone.ids]
    clock[0] += timedelta(days=100)
    response = site.client.get("/feed.atom?q=rapport&tag=campaign&tag=work")
    assert response.status_code == 301
    leads_to = "https://imdifeed.example/feed.atom?q=rapport&tag=work"
    assert response.headers["Location"] == leads_to


@pytest.mark.parametrize("address", ["/?tag=campaign", "/api/entries?tag=campaign&tag=work"])
def test_pages_and_data_of_an_ended_tag_are_gone_at_once(site: Running, address: str) -> None:
    response = site.client.get(address)
    assert response.status_code == 410
    if "api" in address:
        assert response.json["error"]["message"] == "the tag campaign was ended on 2026-11-22"
    else:
        assert "Temaet «Kampanje» brukes ikke lenger" in response.text


def test_tags_that_never_were_are_not_found(site: Running) -> None:
    assert site.client.get("/feed.atom?tag=nope").status_code == 404
    assert site.client.get("/feed.atom?source=housing").status_code == 404


def test_a_tag_that_comes_back_is_there_again(
    store: Store, site: Running, now: datetime, clock: list[datetime]
) -> None:
    assert len(site.client.get("/feed.json?tag=campaign").json["items"]) == 1
    tags = [*TAGS, Tag("campaign", "Kampanje", "Kampanje", "Campaign")]
    store.vocabulary.declare(SOURCES, tags, former=[], now=now + timedelta(days=1))
    clock[0] += timedelta(days=400)
    assert site.client.get("/feed.json?tag=campaign").json["items"] == []
