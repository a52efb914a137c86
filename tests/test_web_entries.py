from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

import web
from builders import (
    CRITERIA,
    DOCUMENTS,
    EXPENSES,
    INTERPRETERS,
    NEWS,
    UNDATED,
    entry_data,
    fill,
    put,
)
from db.models import (
    Attachment,
    DeadlineKind,
    EntryTag,
    FoundDeadline,
    Precision,
    PublisherDate,
)
from db.store import Store
from web.entry.files import shown_file, size_in_words
from web_site import Page, Running, read, run_site

ADDRESS = "/entries/5/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige"


@pytest.fixture
def numbers(store: Store, now: datetime) -> dict[str, int]:
    return fill(store, seen=now)


@pytest.fixture
def site(store: Store, now: datetime, numbers: dict[str, int]) -> Running:
    return run_site(store, lambda: now + timedelta(hours=1))


def entry(site: Running, number: int) -> Page:
    response = site.client.get(f"/entries/{number}", follow_redirects=True)
    assert response.status_code == 200
    return read(response.text)


@pytest.mark.parametrize(
    "address",
    [
        "/entries/5",
        "/entries/5/",
        "/entries/5/feil-slug",
        "/entries/5?utm_source=x",
        ADDRESS + "-og-mer",
    ],
)
def test_every_address_of_an_entry_leads_to_its_canonical_one(site: Running, address: str) -> None:
    response = site.client.get(address, follow_redirects=True)
    assert response.status_code == 200
    assert response.request.path == ADDRESS
    assert all(step.status_code in {301, 308} for step in response.history)


def test_the_canonical_address_answers_at_once(site: Running) -> None:
    assert site.client.get(ADDRESS).status_code == 200


def test_an_entry_shows_what_the_publisher_said_and_where(site: Running) -> None:
    page = entry(site, 5)
    for words in (
        INTERPRETERS.title,
        INTERPRETERS.lead,
        "Loven pålegger offentlige organer å bruke kvalifisert tolk.",
        "Nyhet",
        "26. september 2023 kl. 09.30",
        "Tolkemonitor LOV (PDF, 2,1 MB)",
        "Tolking«tolker» i tittelen",
        "Kilde: IMDi.",
        "Først sett av IMDi-nytt 23. november 2026 kl. 07.00",
    ):
        assert words in page.text
    addresses = [str(link["href"]) for link in page.all("a")]
    assert INTERPRETERS.url in addresses
    assert "https://www.imdi.no/tolk" in addresses
    assert "https://www.imdi.no/tolkemonitor.pdf" in addresses
    assert "/?tag=interpreting" in addresses
    assert page.all("link", rel="canonical", href=INTERPRETERS.url)
    assert page.text.index("Les originalen") < page.text.index(INTERPRETERS.lead)


def test_an_entry_without_an_address_is_canonical_here(
    site: Running, numbers: dict[str, int]
) -> None:
    page = entry(site, numbers[CRITERIA.key])
    (link,) = page.all("link", rel="canonical")
    assert str(link["href"]).startswith("https://imdifeed.example/entries/1/anmodningskriterier")
    assert "Les originalen" not in page.text


def test_a_source_that_may_only_be_summarised_is(
    store: Store, site: Running, numbers: dict[str, int], now: datetime
) -> None:
    page = entry(site, numbers[CRITERIA.key])
    assert CRITERIA.lead in page.text
    assert "Her vises bare et sammendrag" in page.text
    assert "legitime hensyn" not in page.text
    assert "Bosetting og tidlig innsats" in page.text
    assert "Rapport (PDF) (2 MB)" in page.text
    bodied = entry_data(
        source=DOCUMENTS.slug, key="long", lead="", body_text="Ord. " * 200 + "Slutten."
    )
    assert "Slutten." not in entry(site, put(store, bodied, seen=now)).text


def test_texts_in_other_languages_say_so(site: Running, numbers: dict[str, int]) -> None:
    page = entry(site, numbers[EXPENSES.key])
    assert page.all("h1", lang="nn")
    assert "Nynorsk" in page.text
    assert "juni 2023" in page.text


def test_an_undated_entry_says_so(site: Running, numbers: dict[str, int]) -> None:
    assert "dato ukjent" in entry(site, numbers[UNDATED.key]).text


def test_a_changed_entry_tells_when(store: Store, site: Running, now: datetime) -> None:
    changed = entry_data(title="Ny tittel", updated=INTERPRETERS.published)
    put(store, changed, seen=now + timedelta(days=2))
    page = entry(site, 5)
    assert "25. november 2026 kl. 07.00" in page.text
    assert "Oppdatert" in page.text
    assert site.client.get(ADDRESS).location == "/entries/5/ny-tittel"


def test_a_lead_that_the_body_begins_with_is_shown_once(
    store: Store, site: Running, now: datetime
) -> None:
    lead = "Dette er ingressen."
    data = entry_data(key="x", lead=lead, body=f"<p>{lead} Mer.</p>", body_text=f"{lead} Mer.")
    assert entry(site, put(store, data, seen=now)).text.count(lead) == 1


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "ftp://x.no/a", "//x.no", "http://[x"]
)
def test_addresses_that_are_not_web_addresses_are_no_links(
    store: Store, site: Running, now: datetime, address: str
) -> None:
    data = entry_data(
        key="x",
        url=address,
        body=f'<p><a href="{address}">x</a></p>',
        attachments=(Attachment(address, "Fil"),),
    )
    response = site.client.get(f"/entries/{put(store, data, seen=now)}", follow_redirects=True)
    page = read(response.text)
    assert not [link for link in page.all("a") if link.get("href") == address]
    assert "Fil" in page.text


def test_hostile_texts_stay_text(store: Store, site: Running, now: datetime) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'
    data = entry_data(
        key="x", title=hostile, lead=hostile, body=f"<p onclick=x>{hostile}</p><style>*{{}}</style>"
        "</div></main><h1>Falsk</h1><form action=/x><input name=q></form>",
        body_text=hostile, chapter=hostile, publisher=hostile,
        attachments=(Attachment(f"https://x.no/{hostile}", hostile, hostile, 1, hostile),),
    )  # fmt: skip
    page = entry(site, put(store, data, seen=now))
    assert not page.all("img")
    assert not page.all("style")
    assert not page.all("form")


@pytest.mark.parametrize(
    "address",
    [
        "/entries/999",
        "/entries/0",
        "/entries/-1",
        "/entries/x",
        "/entries/" + "9" * 18,
        "/entries/" + "9" * 30,
        "/entries/" + "9" * 5000,
        "/entries/٣",
    ],
)
def test_what_is_no_entry_is_not_found(site: Running, address: str) -> None:
    response = site.client.get(address)
    assert response.status_code == 404
    read(response.text)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (None, ""),
        (0, "0 byte"),
        (999, "999 byte"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (2_000_000, "2 MB"),
        (2_140_000, "2,1 MB"),
    ],
)
def test_sizes_in_words(length: int | None, words: str) -> None:
    assert size_in_words(length) == words


def test_files_tell_their_type() -> None:
    assert shown_file(Attachment("https://x.no/a.PDF", "Plan")).details == "PDF"
    assert shown_file(Attachment("https://x.no/a.pdf", "")).label == "a.pdf"
    assert shown_file(Attachment("", "")).label == "Vedlegg"
    assert shown_file(Attachment("", "Plan", "application/msword")).details == "Word"


def test_years_and_months_are_not_made_into_days(
    store: Store, site: Running, now: datetime
) -> None:
    published = PublisherDate(datetime(2008, 1, 1, 11, tzinfo=UTC), Precision.YEAR)
    page = entry(site, put(store, entry_data(key="x", published=published), seen=now))
    assert page.all("time")[0]["datetime"] == "2008"


def test_an_entry_of_a_source_we_no_longer_know_shows_its_summary_only(
    store: Store, site: Running, now: datetime
) -> None:
    page = entry(site, put(store, entry_data(source="gone", key="x"), seen=now))
    assert "Her vises bare et sammendrag" in page.text
    assert NEWS.name not in page.text


def test_deadlines_stand_with_their_evidence_the_next_one_first(
    store: Store, site: Running, now: datetime
) -> None:
    deadlines = (
        FoundDeadline(
            kind=DeadlineKind.APPLICATION,
            day=date(2027, 1, 15),
            time=time(12, 0),
            sentence="Søknadsfristen er 15. januar 2027 kl. 12.",
            wording="Søknadsfristen er.",
        ),
        FoundDeadline(
            kind=DeadlineKind.OTHER, day=date(2026, 1, 2), sentence="Frist: nå.", wording="Frist:."
        ),
    )
    number = put(store, entry_data(key="due", deadlines=deadlines), seen=now)
    response = site.client.get(f"/entries/{number}", follow_redirects=True)
    page = read(response.text)
    assert "Frist: 2. januar 2026 (er ute)" in page.text
    assert "Søknadsfrist: 15. januar 2027 kl. 12.00" in page.text
    assert page.text.index("2. januar 2026") < page.text.index("15. januar 2027")
    assert "Søknadsfristen er 15. januar 2027 kl. 12." in page.text
    assert page.all("time", datetime="2027-01-15T12:00+01:00")
    assert page.all("time", datetime="2026-01-02")


def test_an_entry_can_be_cited_and_traced(store: Store, site: Running, now: datetime) -> None:
    number = put(store, entry_data(key="news/traced", shape="imdi_page"), seen=now)
    page = read(site.client.get(f"/entries/{number}", follow_redirects=True).text)
    for suffix in ("bib", "ris", "csl.json", "json"):
        assert page.all("a", href=f"/entries/{number}.{suffix}")
        assert site.client.get(f"/entries/{number}.{suffix}").status_code == 200
    assert page.all("link", rel="alternate", href=f"/entries/{number}.json")
    for words in (
        "crawler/shapes/imdi_page.py",
        "news/traced",
        store.entries.get(number).fingerprint,
    ):
        assert words in page.text
    assert (Path(web.__file__).parents[1] / "crawler/shapes/imdi_page.py").exists()


def test_an_entry_leads_to_others_about_the_same(
    store: Store, site: Running, now: datetime
) -> None:
    bare = {"lead": "", "body": "", "body_text": "", "attachments": ()}
    title = "Tolkemonitoren måler etterlevelse av tolkeloven"
    one = put(store, entry_data(key="a", title=title, **bare), seen=now)
    put(store, entry_data(key="b", title="Ny tolkemonitor om etterlevelse", **bare), seen=now)
    for count in range(20):
        put(store, entry_data(key=f"x{count}", title=f"Annet {count}", **bare), seen=now)
    page = read(site.client.get(f"/entries/{one}", follow_redirects=True).text)
    assert "Om det samme Ny tolkemonitor om etterlevelse" in page.text


def test_reasons_are_told_in_the_language_of_the_page(
    store: Store, site: Running, now: datetime
) -> None:
    tags = (EntryTag("work", "tittel: «jobb»; nøkkelord: «arbeid» (2)", 3.0),)
    number = put(store, entry_data(key="why", tags=tags), seen=now)
    for language, words in (
        ("nb", "tittel: «jobb»; nøkkelord: «arbeid» (2)"),
        ("en", "title: «jobb»; keywords: «arbeid» (2)"),
    ):
        response = site.client.get(f"/entries/{number}?ui={language}", follow_redirects=True)
        assert words in read(response.text, language).text


def test_headings_of_a_text_follow_that_of_its_page(
    store: Store, site: Running, now: datetime
) -> None:
    body = "<h3>Hvem kan søke</h3><p>a</p><h5>Frivillige</h5><p>b</p>"
    number = put(store, entry_data(key="9", body=body), seen=now)
    found = [tag for tag, _ in entry(site, number).elements if tag[:1] == "h" and tag[1:].isdigit()]
    assert found[:3] == ["h1", "h2", "h3"]
