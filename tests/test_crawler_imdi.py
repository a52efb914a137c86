"""Crawls of imdi.no over loopback: pages that move, lists that fail, and runs that find nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawl_site import Site, counts, crawl_apart, serve_sites
from db.models import Entry, Kind
from db.query import EntryQuery, Paging
from db.store import Store

__all__ = ["serve_sites"]

NEWS = {"slug": "imdi-news", "spider": "imdi", "name": "IMDi: nyheter", "publisher": "IMDi"}
REPORTS = {"slug": "imdi-reports", "spider": "imdi_reports", "name": "R", "publisher": "IMDi"}
AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def source(site: Site, given: dict[str, str] = NEWS) -> Any:
    return {**given, "base_url": site.base_url, "delay": 0.0}


def old_page(title: str, text: str, date: str = "") -> str:
    return (
        f"<html><body><div class='page__master'><h1>{title}</h1><p>Ingressen til saken.</p>"
        f"<p>{date}</p><p>{text}</p></div></body></html>"
    )


def new_page(title: str, text: str, number: int, path: str, date: str = "") -> str:
    return (
        f"<html lang='no'><head><meta name='pageid' content='{number}'>"
        f"<meta name='cludo:PublishedDate' content='{date}'>"
        f"<link rel='canonical' href='https://www.imdi.no{path}'></head><body><main><h1>{title}</h1>"
        f"<p class='_mainIntro_x'>Ingressen til saken.</p>"
        f"<div class='_richText_y'><p>{text}</p></div></main></body></html>"
    )


def linked(*links: tuple[str, str]) -> str:
    items = "".join(f"<li><h2><a href='{path}'>{title}</a></h2></li>" for path, title in links)
    return f"<html><body><main><h1>Aktuelt</h1><ul>{items}</ul></main></body></html>"


def stored(store: Store) -> list[Entry]:
    return list(store.entries.search(EntryQuery(), Paging(per_page=100)).entries)


OLD = "/om-imdi/aktuelt-na/"
FIRST, SECOND = f"{OLD}flere-i-jobb/", f"{OLD}prisen-deles-ut/"


@pytest.fixture(name="site")
def old_site(serve: Callable[[], Site]) -> Site:
    """Give yesterday's site with two pieces of news."""
    site = serve()
    site.validates = True
    site.say("/robots.txt", "User-agent: *\nDisallow:\n")
    site.say(OLD, linked((FIRST, "Flere i jobb"), (SECOND, "Prisen deles ut")))
    site.say(FIRST, old_page("Flere i jobb", "Stadig flere er i jobb.", "Publisert: 3. juli 2023"))
    site.say(SECOND, old_page("Prisen deles ut", "Seks kommuner er nominert."))
    return site


def test_an_unchanged_site_costs_one_request_beside_robots(
    site: Site, store_url: str, store: Store
) -> None:
    first = crawl_apart(store_url, source(site), at=AT)["runs"][0]
    assert counts(first) == (2, 0, 0, 0)
    state = store.entries.state()
    site.asked.clear()
    again = crawl_apart(store_url, source(site), at=AT + timedelta(minutes=10))["runs"][0]
    assert site.paths == ["/robots.txt", OLD]
    assert again["verdict"] == "ok"
    assert store.entries.state() == state
    assert site.saved == 1


def test_lists_after_the_first_are_read_once_a_day(site: Site, store_url: str) -> None:
    site.say("/", linked((FIRST, "Flere i jobb"), (f"{OLD}ny-sak/", "Ny sak")))
    site.say(f"{OLD}ny-sak/", old_page("Ny sak", "Stadig flere får tolk."))
    crawl_apart(store_url, source(site), at=AT)
    for hours, lists in ((1, [OLD]), (26, [OLD, "/"]), (27, [OLD]), (53, [OLD, "/"])):
        site.asked.clear()
        crawl_apart(store_url, source(site), at=AT + timedelta(hours=hours))
        assert [path for path in site.paths if path in {OLD, "/"}] == lists, hours


def test_pages_that_moved_to_the_new_site_stay_the_same_entries(
    site: Site, store_url: str, store: Store
) -> None:
    crawl_apart(store_url, source(site), at=AT)
    before = {entry.title: entry.id for entry in stored(store)}
    one, two = "/aktuelt/nyheter/flere-i-jobb/", "/aktuelt/nyheter/prisen-deles-ut-2023/"
    for old, new in ((OLD, "/aktuelt/"), (FIRST, one), (SECOND, two)):
        site.say(old, "", status=301, Location=new)
    site.say("/aktuelt/", linked((one, "Flere i jobb"), (two, "Prisen deles ut")))
    site.say(one, new_page("Flere i jobb", "Endelig er flere i jobb.", 71, one, "2023-07-03"))
    site.say(two, new_page("Prisen deles ut", "Seks kommuner er nominert.", 72, two))
    for days in (1, 2, 40):
        crawl_apart(store_url, source(site), at=AT + timedelta(days=days))
    after = stored(store)
    assert {entry.title: entry.id for entry in after} == before
    assert {entry.url for entry in after} == {site.base_url + one, site.base_url + two}


def test_an_address_that_leads_to_another_page_changes_no_entry(
    site: Site, store_url: str, store: Store
) -> None:
    crawl_apart(store_url, source(site), at=AT)
    for old in (FIRST, SECOND):
        site.say(old, "", status=301, Location="/aktuelt/nyheter/arkivert/")
    site.say("/aktuelt/nyheter/arkivert/", new_page("Siden er arkivert", "Se arkivet.", 9, "/x/"))
    run = crawl_apart(store_url, source(site), full=True, at=AT + timedelta(days=2))["runs"][0]
    assert counts(run)[:3] == (0, 0, 0)
    assert run["rejected"] >= 2
    assert "held “Flere i jobb”, and now leads to “Siden er arkivert”" in run["reason"]
    assert {entry.title for entry in stored(store)} == {"Flere i jobb", "Prisen deles ut"}


def test_a_title_that_changes_in_the_list_is_read_at_once(
    site: Site, store_url: str, store: Store
) -> None:
    crawl_apart(store_url, source(site), at=AT)
    site.say(OLD, linked((FIRST, "Enda flere i jobb"), (SECOND, "Prisen deles ut")))
    site.say(FIRST, old_page("Enda flere i jobb", "Stadig flere.", "Publisert: 3. juli 2023"))
    site.asked.clear()
    run = crawl_apart(store_url, source(site), at=AT + timedelta(minutes=5))["runs"][0]
    assert counts(run) == (0, 1, 0, 0)
    assert SECOND not in site.paths
    site.asked.clear()
    crawl_apart(store_url, source(site), at=AT + timedelta(minutes=10))
    assert FIRST not in site.paths


def test_a_list_that_fails_is_told_once_and_another_stands_in(
    site: Site, store_url: str, store: Store
) -> None:
    crawl_apart(store_url, source(site), at=AT)
    third = f"{OLD}en-ny-sak/"
    site.say(OLD, "<main><h1>Aktuelt nå</h1></main>")
    site.say(third, old_page("En ny sak", "Noe nytt.", "Publisert: 20. november 2026"))
    front = f"<main><p>Siste oppdateringer:</p><h2><a href='{third}'>En ny sak</a></h2></main>"
    site.say("/", front)
    run = crawl_apart(store_url, source(site), at=AT + timedelta(minutes=5))["runs"][0]
    assert counts(run) == (1, 0, 0, 0)
    assert run["verdict"] == "degraded"
    assert "no link to news in the main part" in run["reason"]
    assert len(stored(store)) == 3
    run = crawl_apart(store_url, source(site), at=AT + timedelta(minutes=10))["runs"][0]
    assert run["verdict"] == "ok"


def test_a_site_without_any_list_is_broken_and_names_what_was_tried(
    serve: Callable[[], Site], store_url: str
) -> None:
    run = crawl_apart(store_url, source(serve()), at=AT)["runs"][0]
    assert run["verdict"] == "broken"
    assert run["reason"].startswith("no list of news was recognised: ")
    for path in ("/aktuelt/", "/aktuelt/nyheter/", OLD, "/sitemap.xml"):
        assert f"{path} answered 404 Not Found" in run["reason"]


def test_a_site_that_is_down_is_not_asked_for_everything(
    serve: Callable[[], Site], store_url: str
) -> None:
    site = serve()
    for path in ("/aktuelt/", "/aktuelt/nyheter/", OLD, "/", "/sitemap.xml"):
        site.say(path, "<h1>Nede</h1>", status=500)
    run = crawl_apart(store_url, source(site), at=AT)["runs"][0]
    assert run["verdict"] == "broken"
    assert set(site.paths) == {"/robots.txt", "/aktuelt/", "/aktuelt/nyheter/"}


def test_reports_are_read_by_the_newest_years_and_known_ones_once(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    site.validates = True
    years = range(2015, 2026)
    root = "/om-imdi/rapporter/"
    site.say(root, linked(*((f"{root}{year}/", str(year)) for year in years)))
    for year in years:
        path = f"{root}{year}/arsrapport-{year}/"
        site.say(f"{root}{year}/", linked((path, f"Årsrapport {year}")))
        site.say(path, old_page(f"Årsrapport {year}", "Resultatene.", f"Utgitt: {year}"))
    first = crawl_apart(store_url, source(site, REPORTS), at=AT)["runs"][0]
    assert counts(first) == (len(years), 0, 0, 0)
    newest = next(entry for entry in stored(store) if entry.title == "Årsrapport 2025")
    assert newest.series == "arsrapport"
    assert len(store.entries.editions(newest.id)) == len(years) - 1
    site.asked.clear()
    again = crawl_apart(store_url, source(site, REPORTS), at=AT + timedelta(minutes=5))["runs"][0]
    assert site.paths == ["/robots.txt", root, f"{root}2024/", f"{root}2025/"]
    assert again["verdict"] == "ok"


def test_what_a_kicker_told_is_kept_when_a_page_is_read_again(
    serve: Callable[[], Site], store_url: str, store: Store
) -> None:
    site = serve()
    path = "/kommunale-integreringstiltak/"
    kicker = "<p>Tilleggsutlysning:</p>"
    site.say("/", f"<main>{kicker}<h2><a href='{path}'>Integreringstiltak</a></h2></main>")
    site.say(path, old_page("Integreringstiltak", "Søk innen 28. august 2023."))
    crawl_apart(store_url, source(site), at=AT)
    site.say(path, old_page("Integreringstiltak", "Søk innen 1. september 2023."))
    run = crawl_apart(store_url, source(site), at=AT + timedelta(hours=2))["runs"][0]
    assert counts(run) == (0, 1, 0, 0)
    (entry,) = stored(store)
    assert entry.kind is Kind.NOTICE
    assert "1. september" in entry.body


def test_a_report_listed_as_news_is_left_to_the_source_of_reports(
    site: Site, store_url: str, store: Store
) -> None:
    report = f"{OLD}barometer/"
    site.say(OLD, linked((FIRST, "Flere i jobb"), (report, "Barometer")))
    site.say(report, old_page("Barometer", "Tall.", "Utgitt: Mai 2020"))
    run = crawl_apart(store_url, source(site), at=AT)["runs"][0]
    assert (counts(run), run["verdict"]) == ((1, 0, 0, 0), "ok")
    site.asked.clear()
    crawl_apart(store_url, source(site), at=AT + timedelta(minutes=5))
    assert report not in site.paths
