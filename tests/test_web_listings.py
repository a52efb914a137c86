import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import INTERPRETERS, SOURCES, TAGS, entry_data, fill, fill_many, put
from db.models import Precision, PublisherDate, Republish
from db.query import EntryQuery
from db.store import Store
from feed import FORMATS
from feed.site import Site
from web_site import Page, Running, read, run_site

FACET = re.compile(r'rel="nofollow">([^<]+)</a> <span class="number">(\d+)<')
TITLE = "For mye bruk av ukvalifiserte tolker i det offentlige"


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


def listing(site: Running, address: str) -> Page:
    response = site.client.get(address)
    assert response.status_code == 200, response.text
    return read(response.text)


def titles(site: Running, address: str) -> list[str]:
    response = site.client.get(address)
    assert response.status_code == 200
    return [row.split("</a>")[0].rsplit(">", 1)[1] for row in _rows(response.text)]


def _rows(text: str) -> list[str]:
    plain = text.replace("<mark>", "").replace("</mark>", "")
    return [part.split("</h3>")[0] for part in plain.split("<article")[1:]]


def test_front_page_shows_everything_newest_first(site: Running) -> None:
    page = listing(site, "/")
    assert "5 treff" in page.text
    assert titles(site, "/") == [
        "Key figures for the introduction programme",  # without a date it appeared when first seen
        TITLE,
        "Ny IMDi-rapport: Flere innvandrere i distriktene",
        "Kommunene fekk dekt utgifter til flyktninger",
        "Anmodningskriterier for bosetting av flyktninger i 2019",
    ]
    assert "Nytt fra IMDi" in page.text


def test_rows_give_dates_as_exactly_as_the_publisher_did(site: Running) -> None:
    page = listing(site, "/")
    stamps = [found["datetime"] for found in page.all("time")]
    assert stamps == ["2023-09-26T09:30+02:00", "2023-08-30", "2023-06", "2020-10-19"]
    for words in ("26. september 2023", "30. august 2023", "juni 2023", "dato ukjent"):
        assert words in page.text


def test_rows_mark_texts_in_other_languages(site: Running) -> None:
    page = listing(site, "/")
    assert {found.get("lang") for found in page.all("h3") if "id" not in found} == {
        None,
        "nn",
        "en",
    }
    assert "Nynorsk" in page.text
    assert "Engelsk" in page.text


def test_search_finds_inflections_and_marks_them(site: Running) -> None:
    response = site.client.get("/?q=tolk")
    assert titles(site, "/?q=tolk") == [TITLE]
    assert "<mark>tolker</mark>" in response.text
    assert "1 treff" in response.text


def test_search_shows_the_place_in_a_long_text(store: Store, site: Running, now: datetime) -> None:
    filler = "Ingenting av betydning her. " * 60
    text = f"{filler}Så kommer barnehagen & naboen. {filler}"
    put(store, entry_data(key="long", lead="Kort.", body_text=text), seen=now)
    assert "<mark>barnehagen</mark> &amp; naboen" in site.client.get("/?q=barnehage").text


def test_snippets_never_quote_the_text_of_a_source_that_may_only_be_summarised(
    store: Store, site: Running, now: datetime
) -> None:
    put(store, entry_data(key="x", lead="Kort.", body_text="Bare søkbar hemmelighet."), seen=now)
    restricted = [replace(source, republish=Republish.SUMMARY) for source in SOURCES]
    store.vocabulary.declare(restricted, TAGS, now=now)
    page = site.client.get("/?q=hemmelighet")
    assert "1 treff" in page.text
    assert "søkbar" not in page.text


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/?tag=settlement", 3),
        ("/?tag=settlement&tag=interpreting", 4),
        ("/?tag=settlement&kind=news", 1),
        ("/?source=documents", 1),
        ("/?lang=nn&lang=en", 2),
        ("/?from=2023-08-30&to=2023-08-30", 1),
        ("/?from=2023-08-31&to=2023-08-30", 0),
        ("/?q=-tolk", 4),
        ("/?unknown=1&utm_source=x", 5),
        ("/?tag=", 5),
    ],
)
def test_parameters_choose(site: Running, address: str, count: int) -> None:
    assert len(titles(site, address)) == count


@pytest.mark.parametrize(
    "q",
    ['"', "'", "(", "*", ":", "AND OR NOT", "NEAR(", '"tolk', "\0tolk", "a" * 9000, "😀", "-", "%"],
)
def test_no_search_is_an_error(site: Running, q: str) -> None:
    listing(site, "/?" + urlencode({"q": q}))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=st.text(max_size=60))
def test_no_search_breaks_the_page(site: Running, q: str) -> None:
    listing(site, "/?" + urlencode({"q": q.encode("utf-8", "replace")}))


def test_facets_count_what_choosing_them_brings(site: Running) -> None:
    page = listing(site, "/?tag=settlement")
    for link in page.all("a", rel="nofollow"):
        address = str(link["href"])
        query = EntryQuery.parse(parse_qsl(urlsplit(address).query))
        assert site.client.get(address).status_code == 200
        if link.get("aria-current"):
            assert query.tags == ()
    found = FACET.findall(site.client.get("/?tag=settlement").text)
    counts = {label: int(count) for label, count in found}
    # tags mean either: the other tags' counts are what choosing them as well adds to
    assert counts == {
        "Bosetting": 3, "Arbeid": 1, "Tolking": 1,
        "Nyhet": 1, "Pressemelding": 1, "Rapportsammendrag": 1,
        "Dokumenter": 1, "IMDi: nyheter": 1, "IMDi: pressemeldinger": 1,
        "Bokmål": 2, "Nynorsk": 1,
        "2023": 2, "2020": 1,
    }  # fmt: skip


def test_a_year_is_one_click_to_choose_and_one_to_remove(site: Running) -> None:
    chosen = "/?from=2023-01-01&to=2023-12-31"
    assert chosen in {str(link["href"]) for link in listing(site, "/").all("a", rel="nofollow")}
    page = listing(site, f"{chosen}&tag=settlement")
    assert len(titles(site, f"{chosen}&tag=settlement")) == 2
    assert [link["href"] for link in page.all("a", **{"aria-current": "true"}, rel="nofollow")] == [
        "/?from=2023-01-01&to=2023-12-31",
        "/?tag=settlement",
    ]
    assert "Fjern filteret 2023" in page.text
    # part of a year is two dates, and the year is offered instead
    part = listing(site, "/?from=2023-01-01&to=2023-06-30")
    assert "Til 30. juni 2023" in part.text
    assert chosen in part.links().values()


def test_many_choices_wait_until_asked_for(store: Store, site: Running, now: datetime) -> None:
    for year in range(2000, 2020):
        published = PublisherDate(datetime(year, 5, 1, 10, tzinfo=UTC), Precision.DAY)
        put(store, entry_data(key=str(year), published=published), seen=now)
    page = listing(site, "/?from=2001-01-01&to=2001-12-31")
    assert "Vis 11 til: År" in page.text
    # the chosen one is never hidden
    text = site.client.get("/?from=2001-01-01&to=2001-12-31").text
    assert text.index(">2001</a>") < text.index("Vis 11 til")


def test_the_pace_of_the_query_is_told(store: Store, site: Running, now: datetime) -> None:
    assert "Ingen det siste året." in listing(site, "/?tag=work").text
    for number in range(9):
        put(store, entry_data(key=f"new/{number}", title=f"Ny {number}"), seen=now)
    told = listing(site, "/?q=ny").text
    assert "Omtrent én i måneden. De siste 30 dagene: 9." in told


def test_chosen_filters_can_be_taken_away_one_by_one(site: Running) -> None:
    page = listing(site, "/?tag=work&tag=settlement&from=2020-01-01&q=rapport")
    addresses = {str(link["href"]) for link in page.all("a")}
    assert "/?from=2020-01-01&q=rapport&tag=settlement" in addresses
    assert "/?q=rapport&tag=settlement&tag=work" in addresses
    assert "/?q=rapport" in addresses


def test_new_words_and_new_dates_keep_all_else(site: Running) -> None:
    text = site.client.get("/?q=tolk&tag=work&kind=news&sort=oldest&page=1&from=2020-01-01").text
    kept = {
        name: set(re.findall('type="hidden" name="([^"]+)" value="([^"]+)"', form))
        for name, form in re.findall(r'<form class="(\w+)"(.*?)</form>', text, re.DOTALL)
    }
    rest = {("tag", "work"), ("kind", "news"), ("sort", "oldest")}
    assert kept == {"search": {*rest, ("from", "2020-01-01")}, "period": {*rest, ("q", "tolk")}}
    page = listing(site, "/?from=2020-01-01")
    assert page.all("input", type="date", name="from", value="2020-01-01")


def test_feeds_and_sign_up_are_for_exactly_this_query(site: Running) -> None:
    page = listing(site, "/?tag=work&q=rapport&sort=oldest&page=1")
    feeds = {str(link["type"]): str(link["href"]) for link in page.all("link", rel="alternate")}
    query = "?q=rapport&tag=work"
    assert feeds == {
        "application/atom+xml": f"https://imdifeed.example/feed.atom{query}",
        "application/rss+xml": f"https://imdifeed.example/feed.rss{query}",
        "application/feed+json": f"https://imdifeed.example/feed.json{query}",
    }
    addresses = {str(link["href"]) for link in page.all("a")}
    assert {f"/feed.{name}{query}" for name in FORMATS} <= addresses
    assert {f"/subscribe{query}", f"/follow{query}"} <= addresses


def test_pages_hold_together(store: Store, site: Running, now: datetime) -> None:
    fill_many(store, 45, seen=now)
    first = listing(site, "/?tag=work&kind=news")
    assert "45 treff" in first.text
    assert "Side 1 av 3" in first.text
    assert first.all("a", rel="next", href="/?kind=news&tag=work&page=2")
    seen = [
        title
        for number in (1, 2, 3)
        for title in titles(site, f"/?tag=work&kind=news&page={number}")
    ]
    assert len(seen) == len(set(seen)) == 45
    third = listing(site, "/?tag=work&kind=news&page=3&per_page=20")
    assert third.all("a", rel="prev")
    assert not third.all("a", rel="next")
    assert listing(site, "/?per_page=10&page=2").all("a", rel="next", href="/?page=3&per_page=10")


def test_orders(site: Running) -> None:
    assert titles(site, "/?sort=relevance") == titles(site, "/")
    assert "<strong>Nyeste først</strong>" in site.client.get("/?sort=relevance").text
    assert "<strong>Mest relevant</strong>" in site.client.get("/?q=tolk").text
    assert titles(site, "/?sort=oldest") == titles(site, "/")[::-1]
    assert "Mest relevant" not in listing(site, "/").text
    assert "Mest relevant" in listing(site, "/?q=tolk").text


def test_an_empty_answer_helps(site: Running) -> None:
    page = listing(site, "/?q=finnesikke&tag=work&from=2024-01-02&to=2024-01-01")
    assert "Ingen treff" in page.text
    addresses = {str(link["href"]) for link in page.all("a")}
    assert {"/?q=finnesikke", "/"} <= addresses
    assert "/?from=2024-01-01&q=finnesikke&tag=work&to=2024-01-02" in addresses


def test_an_empty_answer_tells_which_word_to_leave_out(site: Running) -> None:
    text = site.client.get("/?q=tolk+finnesikke").text
    assert '<a href="/?q=tolk">Søk uten «finnesikke»</a>' in text
    assert "Søk uten «tolk»" not in text


def test_an_empty_store_says_so(store: Store, now: datetime) -> None:
    page = listing(run_site(store, lambda: now), "/")
    assert "Ingenting er hentet inn ennå" in page.text


def test_what_publishers_wrote_cannot_become_markup(
    store: Store, site: Running, now: datetime
) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    put(
        store,
        entry_data(key="x", title=hostile, lead=hostile, body_text=hostile, chapter=hostile),
        seen=now,
    )
    for address in ("/", "/?q=alert", "/?" + urlencode({"q": hostile})):
        page = listing(site, address)
        assert not page.all("img")


def test_pages_are_small(store: Store, site: Running, now: datetime) -> None:
    for number in range(40):
        long = entry_data(key=f"l{number}", title="Ord " * 40, lead="Et langt ord. " * 60)
        put(store, long, seen=now)
    with site.client.get("/static/style.css") as style:
        assert len(site.client.get("/?q=ord").data) + len(style.data) < 60_000


def test_links_work_below_a_path(store: Store, now: datetime) -> None:
    fill(store, seen=now)
    below = run_site(store, lambda: now, Site("https://example.no/imdi/", "example.no,2026"))
    page = listing(below, "/?tag=work")
    local = [str(link["href"]) for link in page.all("a") if str(link["href"]).startswith("/")]
    assert local
    assert all(address.startswith("/imdi/") for address in local)
    assert below.client.get("/entries/1").location.startswith("/imdi/entries/1/")


def test_the_title_names_the_query(site: Running) -> None:
    text = site.client.get("/?tag=interpreting&q=tolk").text
    assert "<title>Tolking, søk «tolk» – IMDi-nytt</title>" in text
    assert INTERPRETERS.title in site.client.get("/?tag=interpreting").text
