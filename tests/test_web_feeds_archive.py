"""Walking a feed's archive (RFC 5005): every entry once, whatever happens meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from builders import declare, entry_data, fill_many, put
from db.models import EntryTag, Precision, PublisherDate, Tag
from db.query import EntryQuery
from db.store import Store
from feed_reading import NAMES, read
from web.data.archive import MOST_ENTRIES
from web_site import Running, run_site

FORMATS = ["atom", "rss", "json"]


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "imdifeed.example")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def fetch(site: Running, address: str) -> bytes:
    response = site.client.get(path_of(address), follow_redirects=False)
    assert response.status_code == 200, address
    data: bytes = response.data
    return data


def walk(
    site: Running, name: str, query: str = "", between: Callable[[int], None] = lambda _: None
) -> tuple[list[int], list[str]]:
    """Follow a feed into its archive; give the entries' numbers and the documents' addresses."""
    address, numbers, addresses = f"https://imdifeed.example/feed.{name}{query}", [], []
    while address:
        document = read(name, fetch(site, address))
        assert len(document.items) <= MOST_ENTRIES
        addresses.append(address)
        numbers += [int(entry_id.rpartition("/")[2]) for entry_id in document.ids]
        between(len(addresses))
        address = document.previous
        assert address not in addresses
    return numbers, addresses


def links(data: bytes) -> dict[str, str]:
    root = etree.fromstring(data)
    return {link.get("rel"): link.get("href") for link in root.findall("atom:link", NAMES)}


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    declare(store, now=now)
    return run_site(store, lambda: now + timedelta(hours=1))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [0, 1, 50, 51, 100, 101, 163])
def test_a_walk_meets_every_entry_once(
    store: Store, site: Running, now: datetime, name: str, count: int
) -> None:
    added = fill_many(store, count, seen=now)
    numbers, addresses = walk(site, name)
    assert numbers == [entry.id for entry in store.entries.newest(_all(), 1000)]
    assert sorted(numbers) == sorted(added)
    assert len(addresses) == max(1, -(-count // MOST_ENTRIES))


def test_a_walk_of_a_query_meets_what_it_chooses(
    store: Store, site: Running, now: datetime
) -> None:
    fill_many(store, 120, seen=now)
    for number in range(70):
        put(store, entry_data(key=f"t/{number}"), seen=now + timedelta(minutes=number))
    numbers, _ = walk(site, "atom", "?tag=work")
    assert len(numbers) == len(set(numbers)) == 120
    assert len(set(walk(site, "json", "?tag=interpreting")[0])) == 70
    assert len(set(walk(site, "rss", "?q=tolkene")[0])) == 190


@pytest.mark.parametrize("name", FORMATS)
def test_a_walk_meets_every_entry_once_while_others_come(
    store: Store, site: Running, now: datetime, name: str
) -> None:
    there = fill_many(store, 163, seen=now)

    def add(step: int) -> None:
        for number in range(30):
            moment = now + timedelta(days=step, minutes=number)
            put(store, entry_data(key=f"new/{step}/{number}"), seen=moment)
        # a source that is crawled for the first time brings old ones
        old = PublisherDate(now - timedelta(days=40 * step, hours=7), Precision.MINUTE)
        put(store, entry_data(key=f"old/{step}", published=old), seen=now, first_crawl=True)

    numbers, _ = walk(site, name, between=add)
    assert len(numbers) == len(set(numbers))
    assert set(there) <= set(numbers)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.lists(st.integers(0, 400), max_size=130),
    steps=st.lists(st.lists(st.integers(0, 400), max_size=40), max_size=4),
    moved=st.sets(st.integers(0, 129), max_size=9),
)
def test_no_order_of_arrivals_doubles_or_loses_any(
    store: Store, now: datetime, before: list[int], steps: list[list[int]], moved: set[int]
) -> None:
    fresh = iter(range(10**9))
    tag = EntryTag(f"t{id(before)}-{len(store.feeds.states(_all(), 10**6))}", "", 1)
    store.vocabulary.declare([], [_tag(tag.slug), _tag("other")], now=now)

    def add(days: list[int]) -> list[int]:
        return [
            put(
                store,
                entry_data(
                    key=f"{tag.slug}/{next(fresh)}",
                    published=PublisherDate(now - timedelta(days=day), Precision.DAY),
                    tags=(tag,),
                ),
                seen=now,
                first_crawl=True,
            )
            for day in days
        ]

    there = add(before)
    gone = {there[index] for index in moved if index < len(there)}

    def between(step: int) -> None:
        if step == 1:
            for number in gone:
                store.entries.retag(number, [EntryTag("other", "", 1)], now=now)
        if step <= len(steps):
            add(steps[step - 1])

    site = run_site(store, lambda: now)
    numbers, _ = walk(site, "json", f"?tag={tag.slug}", between)
    assert len(numbers) == len(set(numbers))
    assert set(there) - gone <= set(numbers)


def test_full_documents_never_change(store: Store, site: Running, now: datetime) -> None:
    fill_many(store, 163, seen=now)
    _, (_, newest, middle, oldest) = walk(site, "atom")
    before = {address: fetch(site, address) for address in (middle, oldest)}
    partial = read("atom", fetch(site, newest)).ids
    assert len(partial) == 13
    for number in range(120):
        moment = now + timedelta(days=1, minutes=number)
        put(store, entry_data(key=f"new/{number}"), seen=moment)
    assert {address: fetch(site, address) for address in before} == before
    # one that was filling when it was named stays what it was
    assert read("atom", fetch(site, newest)).ids == partial
    _, addresses = walk(site, "atom")
    assert addresses[-2:] == [middle, oldest]


def test_what_is_found_late_gets_into_documents_of_its_own(
    store: Store, site: Running, now: datetime
) -> None:
    fill_many(store, 163, seen=now)
    _, addresses = walk(site, "atom")
    before = {address: read("atom", fetch(site, address)).ids for address in addresses[1:]}
    day = PublisherDate(now - timedelta(days=100, hours=1), Precision.MINUTE)
    late = put(store, entry_data(key="late", published=day), seen=now, first_crawl=True)
    assert {address: read("atom", fetch(site, address)).ids for address in before} == before
    numbers, _ = walk(site, "atom")
    assert numbers.count(late) == 1
    assert len(numbers) == len(set(numbers)) == 164


def test_the_archive_can_be_walked_towards_the_present(
    store: Store, site: Running, now: datetime
) -> None:
    fill_many(store, 163, seen=now)
    there, addresses = walk(site, "atom", "?tag=work")
    address, numbers = addresses[-1], []
    for _ in range(20):
        data = fetch(site, address)
        numbers += [int(i.rpartition("/")[2]) for i in reversed(read("atom", data).ids)]
        found = links(data)
        if "next-archive" not in found:
            break
        assert found["current"] == "https://imdifeed.example/feed.atom?tag=work"
        response = site.client.get(path_of(found["next-archive"]))
        assert response.status_code == 302
        address = response.headers["Location"]
        if len(numbers) == 100:
            # the document that follows has grown meanwhile
            for number in range(30):
                tags = (EntryTag("work", "", 1.0),)
                moment = now + timedelta(minutes=number)
                there.append(put(store, entry_data(key=f"n{number}", tags=tags), seen=moment))
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == set(there)
    assert address == "https://imdifeed.example/feed.atom?tag=work"


def test_documents_say_what_they_are(store: Store, site: Running, now: datetime) -> None:
    fill_many(store, 120, seen=now)
    _, (current, newest, oldest) = walk(site, "atom", "?tag=work")
    assert "prev-archive" in links(fetch(site, current))
    assert "fh:archive" not in fetch(site, current).decode()
    response = site.client.get(path_of(oldest))
    assert b"<fh:archive/>" in response.data
    assert links(response.data)["self"] == oldest
    assert "prev-archive" not in links(response.data)
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert site.client.get(path_of(newest)).headers["Cache-Control"] == "public, max-age=900"
    again = site.client.get(path_of(oldest), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("part", "status"),
    [("x", 400), ("1-2", 400), ("after-x", 400), ("900-901-901", 404), (f"{10**17}-1-1", 404),
     ("1-1-1-1", 400), ("after-999999", 302)],
)  # fmt: skip
def test_parts_that_are_not_there_say_so(
    store: Store, site: Running, now: datetime, part: str, status: int
) -> None:
    fill_many(store, 3, seen=now)
    assert site.client.get(f"/feed.atom?archive={part}").status_code == status


def _all() -> EntryQuery:
    return EntryQuery()


def _tag(slug: str) -> Tag:
    return Tag(slug, slug, slug, slug)
