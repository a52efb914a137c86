"""Whole crawls of a press room whose interface is closed, and opened again."""

from collections.abc import Callable
from typing import Any

from crawl_site import LIST, Site, counts, crawl_apart, press_room, release, serve_sites
from db.query import EntryQuery
from db.store import Store

__all__ = ["serve_sites"]

FEED = "/json/v2/releases?publisher=89626&size=50&page=0"
RSS = "/rss/releases/latest?publisherId=89626"
MESSAGES = "/pressemelding/15/uhell?lang=no"


def page(number: int, title: str) -> str:
    return (
        f"<!DOCTYPE html><html><head><link rel='canonical' href='/pressemelding/{number}/slug'>"
        f"</head><body><main><h1 class='text-elements__Title-sc-1-0'>{title}</h1>"
        "<p class='release__Byline-sc-1-1'>1.3.2025 08:00:00 CET | Pressemelding</p>"
        f"<div class='release__PublicationContent-sc-1-0'><p>Tekst {number} om bosetting.</p>"
        "</div></main></body></html>"
    )


def messages(*numbers: int) -> str:
    items = ", ".join(
        f'{{"metadata": {{"id": "{n}", "title": "Kort melding {n}", "publicationDate":'
        f' "2025-03-01T07:00:00Z"}}, "versions": [{{"body": "<p>Kort {n}.</p>"}}]}}'
        for n in numbers
    )
    state = f'{{"release": {{"15": {{"items": [{items}]}}}}}}'
    return f"<html><body><script>window.__INITIAL_STATE__ = {state}</script></body></html>"


def rss(base_url: str, *paths: str) -> str:
    links = (f"<link>{base_url}{path}</link>".replace("&", "&amp;") for path in paths)
    items = "".join(f"<item><title>T</title>{link}</item>" for link in links)
    return f"\ufeff<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>"


def keys(store: Store) -> dict[str, str]:
    found = store.entries.newest(EntryQuery(), 99)
    return {entry.key: entry.shape for entry in found}


def test_a_closed_interface_and_its_return(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    source: Any = press_room(site.base_url)
    one, two = f"{MESSAGES}#sm-15", f"{MESSAGES}#sm-16"
    site.say(LIST, "<h1>Nei</h1>", status=403)
    site.say(RSS, rss(site.base_url, "/pressemelding/1/slug?lang=no", one, two))
    site.say("/pressemelding/1/slug?lang=no", page(1, "En melding"))
    site.say(MESSAGES, messages(16, 15))

    first = crawl_apart(store_url, source)["runs"][0]
    assert (counts(first), first["verdict"]) == ((3, 0, 0, 0), "degraded")
    assert first["reason"].endswith("403 Forbidden; the releases were listed by RSS instead")
    assert keys(store) == {
        "1/no": "prs_page",
        "15/no": "prs_page_state",
        "16/no": "prs_page_state",
    }

    again = crawl_apart(store_url, source)["runs"][0]
    assert (again["new"], again["changed"], again["verdict"]) == (0, 0, "degraded")

    releases = [release(number, f"Melding {number}") for number in (1, 15, 16)]
    site.publish(*releases)
    back = crawl_apart(store_url, source)["runs"][0]
    assert back["new"] == 0
    assert set(keys(store)) == {"1/no", "15/no", "16/no"}
    site.asked.clear()
    last = crawl_apart(store_url, source)["runs"][0]
    assert (counts(last), last["verdict"]) == ((0, 0, 0, 0), "ok")
    assert site.paths == ["/robots.txt", LIST]


def test_a_press_room_that_leads_to_its_named_address(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    room = "/presserom/89626/integrerings-og-mangfoldsdirektoratet"
    site.answers["/presserom/89626"] = (302, {"Location": room}, b"")
    site.say(room, '<main><a href="/pressemelding/1/slug?lang=no">En melding</a></main>')
    site.say("/pressemelding/1/slug?lang=no", page(1, "En melding"))
    run = crawl_apart(store_url, press_room(site.base_url))["runs"][0]
    assert counts(run) == (1, 0, 0, 0)
    assert run["reason"].endswith("the releases were listed by the press room's page instead")
    assert keys(store) == {"1/no": "prs_page"}


def test_a_list_that_says_more_than_the_release_is_believed_once(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    source: Any = press_room(site.base_url)
    listed = release(1, "En melding")
    site.publish(listed)
    crawl_apart(store_url, source)
    listed["versions"]["no"]["metadescription"] = "Skrevet bare for lista."
    site.say(LIST, {"paging": {"count": 1, "itemsPerPage": 50, "page": 0}, "releases": [listed]})
    for asked in ([LIST, "/public-website-api/release/1"], [LIST]):
        site.asked.clear()
        run = crawl_apart(store_url, source)["runs"][0]
        assert (run["changed"], run["verdict"]) == (0, "ok")
        assert site.paths == ["/robots.txt", *asked]
