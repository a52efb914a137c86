"""What is asked again and when, and what being gone means: crawls at moments of our choice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from builders import entry_data
from crawl_site import LIST, Site, counts, crawl_apart, press_room, release, serve_sites
from crawler.fetching.roles import Role
from crawler.fetching.visits import Visits, next_look
from db.models import Entry, Page, Source
from db.store import Store

__all__ = ["serve_sites"]

SOURCE = "imdi-press-releases"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: nothing of the releases' own dates is due within days of it
START = datetime(2025, 3, 12, 9, 0, tzinfo=UTC)


def path(number: int) -> str:
    return f"/public-website-api/release/{number}"


def entry_of(store: Store, number: int) -> Entry:
    entry = store.entries.by_key(SOURCE, f"{number}/no")
    assert entry is not None
    return entry


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), HOUR),
        (timedelta(minutes=59), HOUR),
        (HOUR, 23 * HOUR),
        (2 * DAY, 5 * DAY),
        (8 * DAY, 22 * DAY),
        (31 * DAY, 29 * DAY),
        (60 * DAY, 30 * DAY),
        (90 * DAY - timedelta(minutes=1), HOUR),
        (3650 * DAY, 10 * DAY),
    ],
)
def test_when_a_page_is_looked_at_again(now: datetime, age: timedelta, wait: timedelta) -> None:
    assert next_look(now - age, now=now) == now + wait


@pytest.mark.parametrize("validates", [True, False])
def test_an_unchanged_source_costs_two_requests_and_no_write(
    serve: Callable[[], Site], store_url: str, store: Store, validates: bool
) -> None:
    site = serve()
    site.validates = validates
    site.publish(*(release(number, f"Melding {number}") for number in range(1, 6)))
    room = press_room(site.base_url)
    assert counts(crawl_apart(store_url, room, at=START)["runs"][0]) == (5, 0, 0, 0)
    state, pages = store.entries.state(), store.pages.get(SOURCE, site.base_url + LIST)
    assert pages is not None
    assert bool(pages.etag) is validates
    site.asked.clear()
    (run,) = crawl_apart(store_url, room, at=START + HOUR / 2)["runs"]
    assert site.paths == ["/robots.txt", LIST]
    assert (counts(run), run["requests"], run["verdict"]) == ((0, 0, 0, 0), 2, "ok")
    assert site.saved == (1 if validates else 0)
    assert store.entries.state() == state

    # A full crawl fetches everything again, whatever the server says.
    site.asked.clear()
    (run,) = crawl_apart(store_url, room, full=True, at=START + HOUR / 2)["runs"]
    assert len(site.asked) == 7
    assert counts(run) == (0, 0, 5, 0)
    assert site.saved == (1 if validates else 0)
    assert store.entries.state() == state


def test_known_pages_are_looked_at_again_ever_more_seldom(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    site.validates = True
    site.publish(release(1, "Melding 1"))
    room = press_room(site.base_url)
    crawl_apart(store_url, room, at=START)
    site.publish(release(1, "Melding 1"), release(2, "Melding 2"))
    crawl_apart(store_url, room, at=START + HOUR)
    assert entry_of(store, 2).appeared - START - HOUR < timedelta(minutes=2)

    # An hour later the new one is due, and as it was; then it has rest until the next day.
    site.asked.clear()
    (run,) = crawl_apart(store_url, room, at=START + 3 * HOUR)["runs"]
    assert path(2) in site.paths
    assert path(1) not in site.paths
    assert counts(run) == (0, 0, 1, 0)
    assert run["verdict"] == "ok"
    site.asked.clear()
    crawl_apart(store_url, room, at=START + 20 * HOUR)
    assert path(2) not in site.paths

    # A correction that the list does not show is found when the page falls due.
    site.say(path(2), release(2, "Melding 2", "<p>Rettet tekst om tolk.</p>"))
    site.asked.clear()
    (run,) = crawl_apart(store_url, room, at=START + 26 * HOUR)["runs"]
    assert counts(run) == (0, 1, 0, 0)
    assert entry_of(store, 2).body_text == "Rettet tekst om tolk."


def test_what_is_gone_twice_a_day_apart_is_withdrawn_and_may_come_back(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    room = press_room(site.base_url)
    site.publish(*(release(number, f"Melding {number}") for number in range(1, 6)))
    crawl_apart(store_url, room, at=START)
    site.say(path(3), "<h1>Gone</h1>", status=410)

    # A release that leaves the list is not gone for that.
    first = START + 30 * DAY
    site.publish(*(release(number, f"Melding {number}") for number in range(4, 6)))
    (run,) = crawl_apart(store_url, room, at=first)["runs"]
    assert path(3) in site.paths
    assert (run["verdict"], run["rejected"]) == ("ok", 0)
    page = store.pages.get(SOURCE, site.base_url + path(3))
    assert page is not None
    assert page.gone_since is not None
    crawl_apart(store_url, room, at=first + 20 * HOUR)
    assert entry_of(store, 3).withdrawn is None
    crawl_apart(store_url, room, at=first + 25 * HOUR)
    withdrawn = entry_of(store, 3).withdrawn
    assert withdrawn is not None
    assert withdrawn >= first + 25 * HOUR
    assert entry_of(store, 1).withdrawn is None

    # A page that answers again clears it.
    site.say(path(3), release(3, "Melding 3"))
    crawl_apart(store_url, room, at=first + 60 * DAY)
    assert entry_of(store, 3).withdrawn is None


def test_when_most_is_gone_at_once_nothing_is_withdrawn(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    room = press_room(site.base_url)
    site.publish(*(release(number, f"Melding {number}") for number in range(1, 9)))
    crawl_apart(store_url, room, at=START)
    for number in range(1, 9):
        site.say(path(number), "<h1>404</h1>", status=404)
    for days in (30, 32, 34):
        (run,) = crawl_apart(store_url, room, at=START + days * DAY)["runs"]
        assert run["verdict"] == "degraded"
        assert run["cause"] == "many_gone"
    assert all(entry_of(store, number).withdrawn is None for number in range(1, 9))


PRESS = Source(slug="s", spider="prs", name="S", publisher="IMDi", base_url="https://a.example")


def test_a_page_of_another_host_is_not_looked_at_again(store: Store, now: datetime) -> None:
    moved = Page(source="s", url="https://b.example/1", keys=("1",), fetched=now, due=now)
    store.pages.put(moved)
    visits = Visits(PRESS, store, full=False, thorough=False)
    assert list(visits.due(now=now)) == []
    known = store.pages.get("s", moved.url)
    assert known is not None
    assert known.due is None


def test_a_page_whose_entries_are_not_stored_is_wanted_whole(store: Store, now: datetime) -> None:
    url = "https://a.example/1"
    store.pages.put(Page(source="s", url=url, etag='"1"', keys=("1",), fetched=now))
    visits = Visits(PRESS, store, full=False, thorough=False)
    assert visits.validators(url, Role.ENTRY) == {}
    store.entries.put(entry_data(source="s", key="1"), seen=now, first_crawl=False)
    assert visits.validators(url, Role.ENTRY) == {"If-None-Match": '"1"'}
    assert Visits(PRESS, store, full=True, thorough=True).validators(url, Role.ENTRY) == {}
    lists = Visits(PRESS, store, full=False, thorough=True)
    assert lists.validators(url, Role.LIST) == {}
