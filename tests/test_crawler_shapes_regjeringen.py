"""Pages of regjeringen.no: what frozen cases do not show, the archive, and what is no page."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import OSLO
from crawler.documents import read_document
from crawler.errors import ShapeError
from crawler.fetching.challenge import is_challenge
from crawler.items import EntryItem
from crawler.pipelines import CleanPipeline
from crawler.shapes.regjeringen_feed import DEFAULT_WORDS, matcher_of, parse_feed
from crawler.shapes.regjeringen_kind import kind_of
from crawler.shapes.regjeringen_page import page_number, parse_page
from crawler.tags.words import Text
from db.models import Kind, Source
from imdifeed import checks

SITE = "https://www.regjeringen.no"
URL = f"{SITE}/no/aktuelt/sak/id3180001/"
PAGES = Path(__file__).parent / "fixtures/regjeringen/feed_and_pages"
GOVERNMENT = Source("regjeringen", "regjeringen", "Regjeringen", "Regjeringen", SITE)
DOCUMENTS = Source("documents", "documents", "Dokumenter", "IMDi")


def read(body: str, head: str = "", url: str = URL) -> EntryItem:
    page = f"<!DOCTYPE html><html lang='nb'><head>{head}</head><body>{body}</body></html>"
    item = parse_page(page.encode(), url=url, content_type="text/html; charset=utf-8")
    return CleanPipeline(SITE).process_item(item)


MAIN = "<main><h1>Tittel</h1><div class='article-body'><p>Tekst.</p></div></main>"


@pytest.mark.parametrize(
    ("url", "number"),
    [
        (URL, "3180001"),
        (f"{URL}?utm_source=x#del", "3180001"),
        (f"{SITE}/no/aktuelt/sak/id3180001", "3180001"),
        (f"{SITE}/no/dep/aid/id165/sak/id3180001/", "3180001"),
        (f"{SITE}/no/aktuelt/ide3180001/", ""),
        (f"{SITE}/no/id\u0663\u0661/", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_page_is_known_by_the_number_in_its_address(url: str, number: str) -> None:
    assert page_number(url) == number


@pytest.mark.parametrize(
    ("url", "head", "key", "shown"),
    [
        (URL, "", "id3180001", URL),
        (f"{URL}?utm_source=x&expand=1", "", "id3180001", f"{URL}?expand=1"),
        (
            URL,
            "<meta name='DC.Identifier.URL' content='/nn/aktuelt/ny-tittel/id3180001/'>",
            "id3180001",
            f"{SITE}/nn/aktuelt/ny-tittel/id3180001/",
        ),
        (
            "http://127.0.0.1:8000/no/x/id3180001/",
            f"<meta property='og:url' content='{URL}'>",
            "id3180001",
            "http://127.0.0.1:8000/no/aktuelt/sak/id3180001/",
        ),
        (f"{SITE}/sak", f"<link rel='canonical' href='{URL}'>", "id3180001", URL),
    ],
)
def test_slug_folder_and_host_make_no_difference(url: str, head: str, key: str, shown: str) -> None:
    item = read(MAIN, head, url)
    assert (item.key, item.url) == (key, shown)


@pytest.mark.parametrize(
    ("body", "head", "url", "reason"),
    [
        (
            MAIN,
            f"<meta property='og:url' content='{SITE}/no/id4/'>",
            URL,
            "page id4, not id3180001",
        ),
        (MAIN, "", f"{SITE}/no/aktuelt/", "no number"),
        ("<main><h1>Hei</h1><p>Tekst</p></main>", "", URL, "no article of regjeringen.no"),
        (
            "<main><h1>Siden finnes ikke</h1><p>Beklager.</p></main>",
            "",
            URL,
            "error page|does not exist",
        ),
        ("<p id='cf-chl-widget'>Et øyeblikk</p>", "", URL, "challenge"),
        ("", "<title>Just a moment...</title>", URL, "challenge"),
        ("<div id='cf-wrapper'><h1>Sorry, you have been blocked</h1></div>", "", URL, "challenge"),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason(
    body: str, head: str, url: str, reason: str
) -> None:
    with pytest.raises(ShapeError, match=reason):
        read(body, head, url)


def test_ordinary_pages_are_no_challenge() -> None:
    assert not is_challenge(b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>")
    assert not any(is_challenge(path.read_bytes()) for path in PAGES.glob("*.html"))


def test_metas_may_come_in_any_order_and_blocks_in_any_wrapping() -> None:
    golden = {path.name: parse(path.read_text()) for path in PAGES.glob("*.html")}
    random = Random(1)
    for path in PAGES.glob("*.html"):
        lines = path.read_text().splitlines()
        metas = [line for line in lines if line.startswith("<meta ")]
        shuffled = random.sample(metas, len(metas))
        others = [shuffled.pop() if line in metas else line for line in lines]
        wrapped = "\n".join(others).replace("<main", "<div class='w'><main")
        wrapped = wrapped.replace("</main>", "</main></div>")
        wrapped = wrapped.replace('"article-body"', '"x article-body x--2"')
        wrapped = wrapped.replace('"article-ingress"', '"article-ingress lead"')
        assert parse(wrapped) == golden[path.name]


def parse(page: str) -> EntryItem:
    item = parse_page(page.encode(), url=f"{SITE}/no/", content_type="text/html; charset=utf-8")
    return CleanPipeline(SITE).process_item(item)


@pytest.mark.parametrize("gone", ["article-info", "article-ingress", "DC.", "og:", "last-modified"])
def test_a_missing_block_costs_only_what_it_held(gone: str) -> None:
    page = (PAGES / "press.html").read_text()
    whole = parse(page)
    item = parse_page(page.replace(gone, "borte").encode(), url=whole.url)
    assert (item.key, item.title, item.lead, item.url) == (
        *(whole.key, whole.title, whole.lead, whole.url),
    )
    assert item.published is not None
    assert whole.published is not None
    assert item.published.moment == whole.published.moment
    assert item.kind is whole.kind


@pytest.mark.parametrize(
    ("named", "title", "path", "kind"),
    [
        ("Pressemelding Nr: 8/2026", "Høring om tilskudd", "", Kind.PRESS_RELEASE),
        ("Nyheit", "Ny forskrift", "", Kind.NEWS),
        ("Nyhet", "Høring om avskoging", "", Kind.NEWS),
        ("Nyhet", "Lyser ut 20 millioner til integrering", "", Kind.NOTICE),
        ("Høyring Horing", "Framlegg", "", Kind.NOTICE),
        ("Tilskot", "Frivillige organisasjonar", "", Kind.NOTICE),
        ("NOU", "Sammen om språket", "", Kind.REPORT),
        ("Meld. St. (melding til Stortinget)", "Om integrering", "", Kind.REPORT),
        ("Rapport", "Tolk i domstolene", "", Kind.REPORT),
        ("Brosjyre", "Mål for integrering", "", Kind.BROCHURE),
        ("Tale/innlegg", "Tale på konferanse", "", Kind.NEWS),
        ("", "Pressemelding: Ny minister", "", Kind.PRESS_RELEASE),
        ("", "Meld. St. 17 (2023–2024)", "", Kind.REPORT),
        ("", "NOU 2026: 14 Sammen om språket", "", Kind.REPORT),
        ("", "Høyring – endring i lov", "", Kind.NOTICE),
        ("", "Forslag til endringar på høyring", "", Kind.NOTICE),
        ("", "Brev", "/no/dokument/dep/aid/hoeringer/sak/id1/", Kind.NOTICE),
        ("", "Flere i arbeid", "", Kind.NEWS),
    ],
)
def test_kinds_are_told_by_the_page_then_by_the_title(
    named: str, title: str, path: str, kind: Kind
) -> None:
    assert kind_of(named, title, SITE + path) is kind


CONCERNS = [
    *("Flere flyktninger bosettes", "Busetjing av flyktningar", "Ny integreringslov vedtatt"),
    *("IMDi får nytt oppdrag", "Kvalifisert tolk i retten", "Tolketjenester på anbud"),
    *("Introduksjonsprogrammet endres", "Negativ sosial kontroll blant unge", "Arbeidsinnvandring"),
    *("More refugees in work", "Immigrants and integration", "Norskopplæringa blir betre"),
    *("Einslege mindreårige skal få bu i lag", "Meir om hverdagsintegrering i skolen"),
    *("Inkluderingsministeren besøker Narvik", "Tvangsekteskap og æresrelatert vold"),
]
OTHERS = [
    *("Fiskeri- og havministeren besøker Brønnøysund", "Departementets tolkning av plan- og loven"),
    *("Digital integrasjon i Altinn", "Statsbudsjettet 2027", "Ny bru over fjorden"),
    *("Settlement of the accounts is final? No: regnskapet", "Forhandlinger om torskekvoter"),
    *("Statsråd på fredag", "Interoperability of systems", "Høring om avskogingsforordningen"),
]


def test_the_words_to_begin_with_choose_what_concerns_us() -> None:
    matcher = matcher_of(DEFAULT_WORDS)
    chosen = [text for text in [*CONCERNS, *OTHERS] if any(matcher.find(Text.of(text)))]
    assert chosen == CONCERNS


def test_the_words_to_begin_with_could_stand_in_the_configuration() -> None:
    assert checks.terms(list(DEFAULT_WORDS)) is None
    assert len(DEFAULT_WORDS) == len(set(DEFAULT_WORDS))


def test_signs_in_words_only_part_them() -> None:
    matcher = matcher_of(["Arbeids- og inkluderings*"])
    assert any(matcher.find(Text.of("Sier arbeids- og inkluderingsministeren.")))


def test_an_item_is_taken_once_and_its_description_may_be_html() -> None:
    item = (
        "<item><title>Integrering &amp;amp; tolk</title><link>{}</link><guid>7</guid>"
        "<description>&lt;p&gt;Mer &lt;b&gt;norsk&lt;/b&gt;&lt;/p&gt;</description></item>"
    )
    links = [f"{URL}?utm_source=rss", "/no/annet/id3180001/"]
    body = "<rss><channel>" + "".join(map(item.format, links)) + "</channel></rss>"
    feed = parse_feed(body.encode(), base_url=SITE)
    assert feed.listed == 2
    (entry,) = feed.entries
    assert (entry.item.key, entry.item.url, entry.path) == (
        *("id3180001", URL, "/no/aktuelt/sak/id3180001/"),
    )
    assert (entry.item.title, entry.item.lead) == ("Integrering & tolk", "Mer norsk")


TEXT = (
    "Her kan du se brosjyren som gir informasjon og statistikk om innvandrere i arbeid.",
    "Brosjyren viser at de fleste innvandrere er i jobb.",
)
NYNORSK = (
    "Her kan du sjå brosjyren som gjev informasjon og statistikk om innvandrarar i arbeid.",
    "Brosjyren viser at dei fleste innvandrarane er i jobb, men ikkje alle.",
)
ARCHIVED = {
    "lines": (
        "<main><p>Historisk arkiv</p><h1>{title}</h1><p>Historisk arkiv</p><p>Publisert under: "
        "Regjeringen Solberg</p><p>{by}: {owner}</p>{text}</main>"
    ),
    "info": (
        "<main id='mainContent'><div class='archive-banner'>Historisk arkiv</div><header class="
        "'article-header'><h1>{title}</h1></header><div class='article-info'><p>Publisert under: "
        "Regjeringen Solberg</p><p>{by}: <a href='/x/'>{owner}</a></p></div>"
        "<div class='article-body'>{text}</div></main>"
    ),
    "within": (
        "<main><div class='breadcrumb'>Du er her</div><div class='article-body'><h1>{title}</h1>"
        "<div>Historisk arkiv</div><ul><li>Publisert under: Regjeringen Solberg</li>"
        "<li>{by}: {owner}</li></ul>{text}</div></main>"
    ),
    "info without body": (
        "<main><h1>{title}</h1><div class='article-info'><span>Historisk arkiv</span> | "
        "<span>Publisert under: Regjeringen Solberg</span> | <span>{by}: {owner}</span></div>"
        "{text}</main>"
    ),
}


@pytest.mark.parametrize("form", ARCHIVED)
@pytest.mark.parametrize(
    ("by", "text", "language"), [("Utgiver", TEXT, "nb"), ("Utgjevar", NYNORSK, "nn")]
)
@pytest.mark.parametrize("source", [GOVERNMENT, DOCUMENTS], ids=lambda source: source.slug)
def test_pages_of_the_archive_are_imported_without_a_date(
    form: str, by: str, text: tuple[str, ...], language: str, source: Source, tmp_path: Path
) -> None:
    owner = "Barne-, likestillings- og inkluderingsdepartementet"
    path = "/no/dokumentarkiv/regjeringen-solberg/bld/brosjyrer/2014/maal/id750001/"
    body = ARCHIVED[form].format(
        title="Regjeringens mål for integrering",
        by=by,
        owner=owner,
        text="".join(f"<p>{words}</p>" for words in text),
    )
    head = (
        f"<title>Regjeringens mål for integrering - regjeringen.no</title><meta name='DC.Title' "
        f"content='Regjeringens mål'><meta property='og:url' content='{SITE}{path}'>"
    )
    file = tmp_path / "side.html"
    file.write_text(f"<!DOCTYPE html><html lang='no'><head>{head}</head><body>{body}</body></html>")
    (item,) = read_document(file, source=source)
    item = CleanPipeline(SITE).process_item(item)
    assert item.key == ("id750001" if source is GOVERNMENT else SITE + path)
    assert (item.title, item.url) == ("Regjeringens mål for integrering", SITE + path)
    assert item.publisher == owner
    assert item.published is None
    assert item.updated is None
    assert " ".join([item.lead, *item.body_text.splitlines()]).split() == " ".join(text).split()
    assert item.kind is Kind.BROCHURE or source is GOVERNMENT


def test_the_day_shown_wins_over_the_clock_of_the_system() -> None:
    head = "<meta name='last-modified' content='Thu, 19 Nov 2026 23:30:00 GMT'>"
    info = "<div class='article-info'><span class='date'>Dato: 20.11.2026</span></div>"
    item = read(MAIN.replace("<div", f"{info}<div", 1), head)
    assert item.published is not None
    assert item.published.moment == datetime(2026, 11, 20, 12, tzinfo=OSLO)
    # 23:30 in Greenwich is the same day in Oslo: no change after publication
    assert item.updated is None


@given(st.binary(max_size=300))
def test_any_other_answer_is_refused_and_never_breaks(body: bytes) -> None:
    for page in (body, b"<main><div class='article-body'>" + body):
        with suppress(ShapeError):
            parse_page(page, url=URL)
    with suppress(ShapeError):
        parse_feed(b"<rss><channel><item>" + body, base_url=SITE)
