"""What readers are told of stories, versions, editions, corrections and withdrawals, everywhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import DISTRICTS, DOCUMENTS, INTERPRETERS, NEWS, PRESS, entry_data, fill, put
from db.models import AttachmentState, Language, Precision, PublisherDate
from db.query import EntryQuery
from db.store import Store
from web_site import Page, Running, read, run_site

DAY = timedelta(days=1)
ELSEWHERE = replace(
    DISTRICTS,
    source=NEWS.slug,
    key="news/flere",
    url="https://www.imdi.no/aktuelt/flere/",
    title="Flere innvandrere i distriktene",
)


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + 30 * DAY)


@pytest.fixture
def joined(store: Store, site: Running, now: datetime) -> tuple[int, int]:
    """Give the numbers of one story's two entries."""
    first = store.entries.by_key(PRESS.slug, DISTRICTS.key)
    assert first
    second = put(store, ELSEWHERE, seen=now)
    store.stories.join(second, first.id, by_person=False, now=now)
    return first.id, second


def page_of(site: Running, number: int) -> Page:
    response = site.client.get(f"/entries/{number}", follow_redirects=True)
    assert response.status_code == 200
    return read(response.text)


def history_of(site: Running, number: int) -> Page:
    response = site.client.get(f"/entries/{number}/history")
    assert response.status_code == 200
    return read(response.text)


def test_a_story_is_listed_once_with_where_else_it_is(
    site: Running, joined: tuple[int, int]
) -> None:
    page = read(site.client.get("/?q=distriktene").text)
    assert "1 treff" in page.text
    assert "Også hos: imdi.no" in page.text
    assert page.all("a", href=ELSEWHERE.url)


def test_each_entry_of_a_story_leads_to_the_others(site: Running, joined: tuple[int, int]) -> None:
    first, second = joined
    here, there = page_of(site, first), page_of(site, second)
    assert "IMDi: nyheter: Flere innvandrere i distriktene (originalen hos imdi.no)" in here.text
    assert here.all("a", href=f"/entries/{second}/flere-innvandrere-i-distriktene")
    assert "originalen hos kommunikasjon.ntb.no" in there.text
    assert there.all("a", href=DISTRICTS.url)
    for number, url in ((first, ELSEWHERE.url), (second, DISTRICTS.url)):
        assert site.client.get(f"/api/entries/{number}").json["also_at"] == [url]


def test_feeds_name_the_other_places(site: Running, joined: tuple[int, int]) -> None:
    atom = feedparser.parse(site.client.get("/feed.atom?q=distriktene").data)
    (entry,) = atom.entries
    related = [link.href for link in entry.links if link.rel == "related"]
    assert ELSEWHERE.url in related
    for name in ("atom", "rss"):
        parsed = feedparser.parse(site.client.get(f"/feed.{name}?q=distriktene").data)
        assert f'Også hos <a href="{ELSEWHERE.url}"' in parsed.entries[0].content[0].value


def test_an_entry_without_an_address_is_named_and_not_linked(
    store: Store, site: Running, now: datetime
) -> None:
    first = store.entries.by_key(PRESS.slug, DISTRICTS.key)
    assert first
    copy = replace(ELSEWHERE, source=DOCUMENTS.slug, url="", title="<b>Kopi</b>")
    number = put(store, copy, seen=now)
    store.stories.join(number, first.id, by_person=True, now=now)
    page = read(site.client.get("/?q=distriktene").text)
    assert "Også hos: Dokumenter" in page.text
    assert [link for link in page.links().values() if link.startswith("/entries/")] == [
        f"/entries/{first.id}/ny-imdi-rapport-flere-innvandrere-i-distriktene"
    ]
    assert "Dokumenter: <b>Kopi</b>" in page_of(site, first.id).text
    assert site.client.get(f"/api/entries/{first.id}").json["also_at"] == []


def test_language_versions_are_offered(store: Store, site: Running, now: datetime) -> None:
    norwegian = put(store, entry_data(key="1/no", work="1"), seen=now)
    english = put(
        store,
        entry_data(key="1/en", work="1", language=Language.ENGLISH, title="Interpreters"),
        seen=now,
    )
    assert "Denne saken på engelsk" in page_of(site, norwegian).text
    back = page_of(site, english)
    assert "Denne saken på bokmål" in back.text
    versions = [link for link in back.all("a", hreflang="nb") if "lang" not in link]
    assert [str(link["href"]) for link in versions] == [
        f"/entries/{norwegian}/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige"
    ]
    assert site.client.get(f"/api/entries/{norwegian}").json["versions"] == [
        {
            "id": english,
            "language": "en",
            "permalink": f"https://imdifeed.example/entries/{english}/interpreters",
        }
    ]


def test_editions_are_newer_or_earlier(store: Store, site: Running, now: datetime) -> None:
    numbers = {
        year: put(
            store,
            entry_data(
                key=f"barometer/{year}",
                title=f"Integreringsbarometeret {year}",
                series="integreringsbarometeret",
                published=PublisherDate(datetime(year, 6, 1, 10, tzinfo=UTC), Precision.MONTH),
            ),
            seen=now,
        )
        for year in (2018, 2020, 2022)
    }
    text = page_of(site, numbers[2020]).text
    assert "Nyere utgaver Integreringsbarometeret 2022 (juni 2022)" in text
    assert "Tidligere utgaver Integreringsbarometeret 2018 (juni 2018)" in text
    assert "Nyere utgaver" not in page_of(site, numbers[2022]).text
    assert "Tidligere utgaver" not in page_of(site, numbers[2018]).text


def test_a_correction_is_marked_and_shown_word_by_word(
    store: Store, site: Running, now: datetime
) -> None:
    number = put(store, INTERPRETERS, seen=now)
    assert "Rettet" not in page_of(site, number).text
    assert "ikke sett noen endringer" in history_of(site, number).text
    changed = replace(
        INTERPRETERS,
        lead=INTERPRETERS.lead.replace("34 prosent", "26 prosent"),
        published=PublisherDate(datetime(2023, 9, 27, 7, 30, tzinfo=UTC), Precision.DAY),
    )
    put(store, changed, seen=now + DAY)
    page = page_of(site, number)
    assert "Rettet24. november 2026 kl. 07.00" in page.text
    assert page.all("a", href=f"/entries/{number}/history")
    history = site.client.get(f"/entries/{number}/history").text
    shown = read(history)
    assert "Endring sett 24. november 2026 kl. 07.00" in shown.text
    assert re.search(r"<del><span[^>]*>fjernet: </span>34 </del>", history)
    assert re.search(r"<ins><span[^>]*>lagt til: </span>26 </ins>", history)
    assert "Publisert" in shown.text
    assert "Tekst" not in [element for element in shown.words if element.strip() == "Tekst"]
    assert site.client.get(f"/api/entries/{number}").json["revised"] == "2026-11-24T06:00:00Z"


def test_a_change_outside_the_text_is_told_as_such(
    store: Store, site: Running, now: datetime
) -> None:
    put(store, replace(INTERPRETERS, attachments=()), seen=now + DAY)
    assert "gjaldt for eksempel vedlegg" in history_of(site, 5).text


def test_history_keeps_to_what_may_be_shown(store: Store, site: Running, now: datetime) -> None:
    secret = entry_data(source=DOCUMENTS.slug, key="s", body_text="En hemmelighet.")
    number = put(store, secret, seen=now)
    put(store, replace(secret, body_text="En annen hemmelighet."), seen=now + DAY)
    shown = history_of(site, number).text
    assert "hemmelighet" not in shown
    assert "Bare endringer i tittel, dato og ingress vises her" in shown


def test_history_is_not_taken_for_a_slug(store: Store, site: Running, now: datetime) -> None:
    number = put(store, entry_data(key="h", title="History"), seen=now)
    assert site.client.get(f"/entries/{number}").location == f"/entries/{number}/history-sak"
    assert page_of(site, number).all("h1")
    assert site.client.get("/entries/999/history").status_code == 404


def test_what_is_withdrawn_is_marked_everywhere_and_its_text_withheld(
    store: Store, site: Running, now: datetime
) -> None:
    put(store, replace(INTERPRETERS, lead=f"{INTERPRETERS.lead} Rettet."), seen=now + DAY)
    store.entries.withdraw(INTERPRETERS.source, [INTERPRETERS.key], now=now + 2 * DAY)
    address = "/entries/5/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige"
    page = read(site.client.get(address).text)
    assert "Trukket tilbake av IMDi." in page.text
    assert "25. november 2026 kl. 07.00" in page.text
    assert "Les originalen" not in page.text
    listing = read(site.client.get("/?q=tolk").text)
    assert "Trukket tilbake" in listing.text
    history = history_of(site, 5)
    answer = site.client.get("/api/entries/5").json
    feeds = [site.client.get(f"/feed.{name}?q=tolk").text for name in ("atom", "rss")]
    for text in (page.text, listing.text, history.text, str(answer), *feeds):
        assert INTERPRETERS.title in text
        assert "34 prosent" not in text
        assert "etterlevelse" not in text
    assert all("Trukket tilbake av IMDi." in feed for feed in feeds)
    assert answer["withdrawn"] == "2026-11-25T06:00:00Z"
    (entry,) = feedparser.parse(feeds[0]).entries
    assert entry.id == "tag:imdifeed.example,2026:entry/5"
    assert entry.updated == "2026-11-25T06:00:00+00:00"
    put(store, INTERPRETERS, seen=now + 3 * DAY)
    assert INTERPRETERS.lead in page_of(site, 5).text


@pytest.mark.parametrize(
    ("state", "pages", "words"),
    [
        (AttachmentState.READ, ["En", "To"], "PDF, 2,1 MB, 2 sider"),
        (AttachmentState.READ, ["En"], "1 side"),
        (AttachmentState.ENCRYPTED, [], "er låst"),
        (AttachmentState.DISGUISED, [], "er ikke den filen den gir seg ut for"),
    ],
)
def test_files_tell_their_length_or_why_they_were_not_read(
    store: Store,
    site: Running,
    now: datetime,
    state: AttachmentState,
    pages: list[str],
    words: str,
) -> None:
    store.attachments.read(5, 0, state, pages, now=now)
    assert words in page_of(site, 5).text


def test_every_state_of_a_file_can_be_shown(store: Store, site: Running, now: datetime) -> None:
    for state in AttachmentState:
        store.attachments.read(5, 0, state, now=now)
        assert "Tolkemonitor LOV" in page_of(site, 5).text


_pairs = st.lists(
    st.sampled_from(
        [
            ("tag", "settlement"), ("tag", "work"), ("kind", "news"), ("kind", "press_release"),
            ("source", "imdi-news"), ("source", "imdi-press-releases"), ("lang", "nb"),
            ("q", "distriktene"), ("q", "tittel:IMDi"), ("q", "-tolk"), ("from", "2023-08-30"),
        ]
    ),
    max_size=3,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=_pairs, stories=st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=5))
def test_listing_feeds_api_and_store_agree_on_stories(
    store: Store, now: datetime, pairs: list[tuple[str, str]], stories: list[tuple[int, int]]
) -> None:
    numbers = fill(store, seen=now).values()
    for number in (6, 7, 8):
        put(store, replace(ELSEWHERE, key=str(number), title=f"Sak {number}"), seen=now)
    for number in (*numbers, 6, 7, 8):
        store.stories.split(number, now=now)
    for one, other in stories:
        store.stories.join(one, other, by_person=True, now=now)
    site = run_site(store, lambda: now)
    query = urlencode(pairs)
    entries = site.client.get(f"/api/entries?{query}").json["entries"]
    wanted = {entry["id"] for entry in entries}
    told = {entry.story for entry in store.entries.newest(EntryQuery.parse(pairs), 99)}
    assert len(told) == len(wanted), "a story stands in the answer twice"
    page = site.client.get(f"/?{query}").text
    assert {int(number) for number in re.findall(r'<a href="/entries/(\d+)/', page)} == wanted
    for name in ("atom", "rss"):
        parsed = feedparser.parse(site.client.get(f"/feed.{name}?{query}").data)
        assert {int(entry.id.rpartition("/")[2]) for entry in parsed.entries} == wanted
