"""Whole crawls over loopback, each in a process of its own: a reactor starts once in a process."""

import json
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from crawl_site import (
    LIST,
    SCRIPT,
    Site,
    counts,
    crawl_apart,
    news,
    press_room,
    release,
    serve_sites,
    start_crawl,
)
from crawler.errors import CrawlerError
from crawler.items import EntryItem
from crawler.run import crawl, crawlable, import_items
from db.models import Entry, Kind, Precision, PublisherDate, Source, Verdict
from db.query import EntryQuery
from db.store import Store
from nursery import run_script

__all__ = ["serve_sites"]


def test_the_life_of_two_sources(serve: Callable[[], Site], store_url: str, store: Store) -> None:
    site = serve()
    releases = [release(number, f"Melding {number}") for number in range(1, 6)]
    site.publish(*releases)
    site.say("/public-website-api/release/5", "<h1>Feil</h1>", status=404)
    second_page = LIST[:-1] + "1"
    for page, shown in ((LIST, releases[:3]), (second_page, releases[3:])):
        paging = {"count": 5, "itemsPerPage": 3, "page": int(page[-1])}
        site.say(page, {"paging": paging, "releases": shown})
    site.say("/aktuelt/", '<main><a href="/aktuelt/en-nyhet/">En nyhet</a></main>')
    article = '<main><h1>En nyhet</h1><div class="_richText_1"><p>Om bosetting.</p></div></main>'
    site.say("/aktuelt/en-nyhet/", article)
    sources = (press_room(site.base_url), news(site.base_url))

    # The first crawl reads every page; one release cannot be had.
    first = crawl_apart(store_url, *sources)
    assert [counts(run) for run in first["runs"]] == [(4, 0, 0, 1), (1, 0, 0, 0)]
    assert [run["verdict"] for run in first["runs"]] == ["degraded", "ok"]
    assert [run["first"] for run in first["runs"]] == [True, True]
    # robots.txt, the article, and five places where a list of news may stand
    assert first["runs"][1]["requests"] == 7
    assert {agent for _, _, agent in site.asked} == {"imdifeed/0.1.0 (+drift@example.no)"}
    last = first["progress"][-1]
    assert (last["source"], last["done"], last["expected"]) == ("imdi-news", 1, 1)
    entry = entry_of(store, "1/no")
    assert entry.appeared == datetime(2025, 3, 2, 7, tzinfo=UTC)
    assert entry.url == f"{site.base_url}/pressemelding/1"

    # After a run that fell short every page is read again, but only what is missing.
    site.say("/public-website-api/release/5", releases[4])
    second = crawl_apart(store_url, *sources)
    assert [counts(run) for run in second["runs"]] == [(1, 0, 0, 0), (0, 0, 0, 0)]
    assert entry_of(store, "5/no").appeared == entry_of(store, "5/no").first_seen
    state = store.entries.state()

    # With nothing new, nothing is written and the second page is not asked for.
    site.asked.clear()
    third = crawl_apart(store_url, *sources)
    assert [counts(run) for run in third["runs"]] == [(0, 0, 0, 0), (0, 0, 0, 0)]
    assert [run["verdict"] for run in third["runs"]] == ["ok", "ok"]
    assert second_page not in site.paths
    assert store.entries.state() == state

    # A correction on the second page is found by a full crawl; a source that is down loses nothing.
    site.say("/public-website-api/release/4", release(4, "Rettet melding"))
    fourth = crawl_apart(store_url, sources[0], news("http://127.0.0.1:1"), full=True)
    assert [counts(run) for run in fourth["runs"]] == [(0, 1, 4, 0), (0, 0, 0, 0)]
    assert fourth["runs"][1]["verdict"] == "broken"
    assert fourth["runs"][1]["reason"] == "http://127.0.0.1:1 refused the connection"
    assert entry_of(store, "4/no").title == "Rettet melding"
    assert len(store.entries.newest(EntryQuery(), 9)) == 6


def entry_of(store: Store, key: str) -> Entry:
    return next(entry for entry in store.entries.newest(EntryQuery(), 9) if entry.key == key)


def test_what_breaks_a_run_is_named_and_nothing_more_is_asked(
    serve: Callable[[], Site], store_url: str
) -> None:
    sites: dict[str, Site] = {}
    ways = [LIST, "/json/v2/releases?publisher=89626&size=50&page=0"]
    ways += ["/rss/releases/latest?publisherId=89626", "/presserom/89626/imdi/r"]
    ways += ["/presserom/89626"]

    def site(slug: str) -> Site:
        sites[slug] = serve()
        sites[slug].publish(release(1, "En"))
        return sites[slug]

    site("answers-500").say(LIST, "<h1>Feil</h1>", status=500)
    site("answers-html").say(LIST, "<!DOCTYPE html><p>Logg inn</p>")
    site("lacks-fields").say(LIST, {"status": 200})
    site("is-forbidden").say(LIST, "<h1>Nei</h1>", status=403)
    site("robots-503").say("/robots.txt", "busy", status=503)
    site("robots-says-no").say("/robots.txt", "User-agent: *\nDisallow: /public-website-api/\n")
    site("robots-too-slow").say("/robots.txt", "User-agent: *\nCrawl-delay: 86400\n")
    site("come-back-later").say(LIST, "busy", status=503, Retry_After="3600")
    elsewhere = serve()
    site("redirected").answers[LIST] = (302, {"Location": elsewhere.base_url + LIST}, b"")
    site("in-order")
    expected = {
        "answers-500": ("answered 500 Internal Server Error", [LIST] * 3),
        "answers-html": ("expected the list of releases as JSON, got HTML", ways),
        "lacks-fields": ("lacks the field 'releases'; it has 'status'", ways),
        "is-forbidden": ("answered 403 Forbidden", ways),
        "robots-503": ("/robots.txt answered 503 Service Unavailable", ["/robots.txt"] * 2),
        "robots-says-no": ("Forbidden by robots.txt", ways[1:]),
        "robots-too-slow": ("asks for 86400 seconds between requests", []),
        "come-back-later": ("asks us to come back in 3600 seconds", [LIST]),
        "redirected": ("leads to another host", [LIST]),
    }
    sources = [press_room(site.base_url, slug) for slug, site in sites.items()]
    runs = {run["source"]: run for run in crawl_apart(store_url, *sources)["runs"]}
    for slug, (reason, asked) in expected.items():
        assert runs[slug]["verdict"] == "broken", slug
        assert reason in runs[slug]["reason"], slug
        address = sites[slug].base_url.removeprefix("http://")
        assert address in runs[slug]["reason"], slug
        assert sites[slug].paths == ["/robots.txt", *asked], slug
    assert elsewhere.asked == []
    assert counts(runs["in-order"]) == (1, 0, 0, 0)


def test_what_is_borne_with_patience(serve: Callable[[], Site], store_url: str) -> None:
    bad, slow, busy, missing = serve(), serve(), serve(), serve()
    bad.publish(release(1, "En"), release(2, "To"), release(3, "Tre"), release(4, "Fire"))
    bad.say("/public-website-api/release/2", "<h1>Feil</h1>", status=500)
    bad.say("/public-website-api/release/3", "x" * (5 * 1024 * 1024 + 1))
    slow.publish(release(1, "En"), release(2, "To"))
    slow.say("/robots.txt", "User-agent: imdifeed\nCrawl-delay: 0.5\n")
    busy.publish(release(1, "En"))
    open_again = busy.answers[LIST]
    answers = iter([(429, {"Retry_After": "1"}, b"busy")])
    busy.answers[LIST] = lambda: next(answers, open_again)
    missing.publish(release(1, "En"))
    missing.say("/robots.txt", "User-agent: *\nDisallow: /\n", status=404)
    sites = {"bad": bad, "slow": slow, "busy": busy, "missing": missing}
    sources = [press_room(site.base_url, slug) for slug, site in sites.items()]
    runs = {run["source"]: run for run in crawl_apart(store_url, *sources)["runs"]}

    assert counts(runs["bad"]) == (2, 0, 0, 2)
    assert runs["bad"]["verdict"] == "degraded"
    assert runs["bad"]["reason"].startswith("2 entries were rejected: ")
    assert bad.paths.count("/public-website-api/release/2") == 3
    assert counts(runs["slow"]) == (2, 0, 0, 0)
    moments = [moment for _, moment, _ in slow.asked]
    assert len(moments) == 4
    assert min(after - before for before, after in pairwise(moments)) > 0.4
    assert counts(runs["busy"]) == (1, 0, 0, 0)
    asked = [moment for path, moment, _ in busy.asked if path == LIST]
    assert asked[1] - asked[0] >= 1.0
    assert counts(runs["missing"]) == (1, 0, 0, 0)


def test_an_interrupted_crawl_is_recorded(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    site.publish(*(release(number, f"Melding {number}") for number in range(30)))
    process = start_crawl(store_url, press_room(site.base_url, delay=0.2))
    deadline = time.monotonic() + 30
    while len(site.asked) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.end(timeout=30).returncode != 0
    run = store.crawls.latest()["imdi-press-releases"]
    assert run.verdict is Verdict.DEGRADED
    assert run.reason == "the run was interrupted"
    assert 0 < run.new < 30


def test_crawling_twice_in_a_process_is_refused_in_words(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    site.say(LIST, {"releases": []})
    given = {"database": store_url, "sources": [press_room(site.base_url)], "full": False}
    again = SCRIPT + "\ncrawl(sources, store, contact='x', clock=lambda: datetime.now(UTC))"
    done = run_script(again, json.dumps(given), timeout=60)
    assert done.returncode != 0
    assert "this process has crawled already" in done.stderr


def test_a_store_that_gives_way_is_reported_and_a_fault_of_ours_costs_one_entry(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    site.publish(*(release(number, f"Melding {number}") for number in range(1, 46)))
    faulty = SCRIPT.replace(
        "progress = []",
        """progress = []
from db.errors import StoreUnavailableError
from db.sql.entries import SqlEntries
put = SqlEntries.put
def faulty(self, data, **given):
    if data.key == "2/no":
        raise RuntimeError("our own fault")
    if data.key == "4/no":
        raise StoreUnavailableError("the disk is full")
    return put(self, data, **given)
SqlEntries.put = faulty""",
    )
    given = {"database": store_url, "sources": [press_room(site.base_url)], "full": False}
    done = run_script(faulty, json.dumps(given), timeout=60)
    assert done.returncode != 0
    assert done.stderr.rstrip().endswith("StoreUnavailableError: the disk is full")
    assert "Cannot process" in done.stderr
    assert f"rejected {site.base_url}/pressemelding/2: RuntimeError: our own fault" in done.stderr
    run = store.crawls.latest()["imdi-press-releases"]
    assert run.rejected == 1
    assert run.reason == "the store failed: the disk is full"
    assert "/public-website-api/release/45" not in site.paths


def source(**given: Any) -> Source:
    defaults = {"slug": "documents", "spider": "documents", "name": "D", "publisher": "IMDi"}
    return Source(**{**defaults, **given})


def test_what_no_spider_reads_is_refused(store: Store, now: datetime) -> None:
    assert not crawlable(source())
    assert crawlable(source(spider="prs"))
    with pytest.raises(
        CrawlerError, match="no spider is called 'documents'; there are imdi, imdi_reports, prs"
    ):
        crawl([source()], store, contact="x", clock=lambda: now)
    with pytest.raises(CrawlerError, match="base_url must be an http"):
        crawl([source(spider="prs", base_url="ntb.no")], store, contact="x", clock=lambda: now)


def item(key: str, title: str) -> EntryItem:
    return EntryItem(
        key=key,
        url="",
        kind=Kind.REPORT_SUMMARY,
        title=title,
        shape="test",
        body="<p>Rapporten handler om bruk av tolk.</p>",
        published=PublisherDate(datetime(2020, 10, 19, 10, tzinfo=UTC), Precision.DAY),
    )


def test_an_import_goes_through_the_pipelines(store: Store, now: datetime) -> None:
    documents = source()
    store.vocabulary.declare([documents], [], now=now)
    items = [item("a", "Tolk  i\nbarnevernet"), item("b", " "), item("c", "Tolk i helsetjenesten")]
    run = import_items(items, documents, store, now=now)
    assert (run.new, run.rejected, run.verdict) == (2, 1, Verdict.DEGRADED)
    assert run.finished == now
    found = {entry.key: entry for entry in store.entries.newest(EntryQuery(), 10)}
    assert found["a"].title == "Tolk i barnevernet"
    assert found["a"].source == "documents"
    assert found["a"].body_text == "Rapporten handler om bruk av tolk."
    assert found["a"].appeared == datetime(2020, 10, 19, 10, tzinfo=UTC)
    state = store.entries.state()
    again = import_items([item("a", "Tolk i barnevernet")], documents, store, now=now)
    assert (again.new, again.unchanged, again.verdict) == (0, 1, Verdict.OK)
    assert store.entries.state() == state
    later = import_items([item("d", "Ny")], documents, store, now=now)
    assert later.new == 1
    newest = next(entry for entry in store.entries.newest(EntryQuery(), 10) if entry.key == "d")
    assert newest.appeared == now


def test_an_import_of_nothing_says_so(store: Store, now: datetime) -> None:
    store.vocabulary.declare([source()], [], now=now)
    assert import_items([], source(), store, now=now).verdict is Verdict.BROKEN
