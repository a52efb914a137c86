"""Reports of imdi.no: files, series, earlier editions; and pages of yesterday's site."""

import pytest

from crawler.errors import ShapeError
from crawler.items import EntryItem
from crawler.shapes.imdi_any_page import open_page
from crawler.shapes.imdi_news import parse_article
from crawler.shapes.imdi_report import earlier_editions, is_list, parse_report, series_of
from db.models import Kind

URL = "https://www.imdi.no/om-imdi/rapporter/2022/barometer/"


def page(main: str) -> bytes:
    return f"<html><body><div class='page__master'>{main}</div></body></html>".encode()


def report(main: str, url: str = URL) -> EntryItem:
    return parse_report(page(main), url=url, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Integreringsbarometeret 2020", "integreringsbarometeret"),
        ("Integreringsbarometeret 2013/2014", "integreringsbarometeret"),
        ("Integreringsbarometeret 2005-2010", "integreringsbarometeret"),
        ("Integreringsbarometeret 2020: Holdninger til integrering", "integreringsbarometeret"),
        ("Integreringsbarometeret (2018)", "integreringsbarometeret"),
        ("IMDis kommuneundersøkelse 2019", "imdis-kommuneundersokelse"),
        ("Årsrapport for 2008", "arsrapport"),
        ("Årsrapport 2023 – Integrerings- og mangfoldsdirektoratet", "arsrapport"),
        ("Indikatorer for integrering 2020, 2. utgave", "indikatorer-for-integrering"),
        (
            "Anmodningskriterier for bosetting av flyktninger i 2019",
            "anmodningskriterier-for-bosetting-av-flyktninger",
        ),
        ("Minoritetsrådgivernes arbeid i 1. halvår 2020", "minoritetsradgivernes-arbeid"),
        ("2019", ""),
        ("Fra bosetting til voksenliv", ""),
        ("Rapport nr. 3", ""),
        ("", ""),
    ],
)
def test_a_series_is_the_title_without_its_year(title: str, series: str) -> None:
    assert series_of(title) == series


def test_files_are_given_once_with_the_size_printed_in_or_beside_the_link() -> None:
    box = "<div class='download-box'><a href='/globalassets/b.pdf'>{}</a></div>"
    item = report(
        "<h1>Barometer</h1>" + box.format("Last ned") + "<p>Tekst som sier noe.</p>"
        "<p><a href='/globalassets/t.xlsx'>Tabeller</a> (XLSX, 769 KB)</p>"
        "<p><a href='https://example.org/k.pdf'>Kortversjon [PDF]</a></p>"
        "<aside><a href='/contentassets/0/hent'><span>Engelsk</span>"
        "<span>(PDF, 2 MB)</span></a></aside>"
        "<footer><a href='/bunn.pdf'>Bunn</a></footer><a href='/om-imdi/'>Side (2 MB)</a>"
        + box.format("Barometer (PDF, 1,2 MB)")
    )
    assert [(file.label, file.size_label, file.media_type[-3:]) for file in item.attachments] == [
        ("Barometer", "1,2 MB", "pdf"),
        ("Tabeller", "769 KB", "eet"),
        ("Kortversjon [PDF]", "", "pdf"),
        ("Engelsk", "2 MB", "pdf"),
    ]
    assert item.attachments[0].url == "https://www.imdi.no/globalassets/b.pdf"


def test_earlier_editions_are_named_wherever_they_lie() -> None:
    main = (
        "<h1>Barometer 2022</h1><p>Utgitt: 2022</p><p>Tekst.</p><p>"
        "<a href='/bosetting/x/'>X</a></p>"
        "<h2>Tidligere utgaver av barometeret</h2><ul><li>"
        "<a href='/arkiv/barometer-2018/'>2018</a></li>"
        "<li><a href='../../2020/barometer/'>2020</a></li><li>"
        "<a href='/globalassets/b.pdf'>2016</a></li>"
        "<li><a href='https://example.org/2014/'>2014</a></li></ul>"
        "<h2>Kontakt</h2><p><a href='/kontakt/'>Kontakt oss</a></p>"
    )
    opened = open_page(page(main), url=URL)
    assert earlier_editions(opened, URL) == (
        "https://www.imdi.no/arkiv/barometer-2018/",
        "https://www.imdi.no/om-imdi/rapporter/2020/barometer/",
    )
    item = report(main)
    assert "2018" not in item.body
    assert item.lead == "Tekst."
    inline = open_page(
        page("<h1>B</h1><p>Tidligere rapporter: <a href='/b-2019/'>2019</a></p>"), url=URL
    )
    assert earlier_editions(inline, URL) == ("https://www.imdi.no/b-2019/",)


def test_a_page_that_only_leads_deeper_is_a_list() -> None:
    links = "<h1>Bosetting</h1><a href='a/'>A</a><a href='b/'>B</a>"
    for main, told in (
        (links, True),
        (links + "<p>Utgitt: 2008</p>", False),
        (links + "<a href='/globalassets/r.pdf'>Rapport</a>", False),
        ("<h1>En</h1><a href='a/'>A</a>", False),
    ):
        assert is_list(open_page(page(main), url=URL), URL) is told


def test_news_that_is_a_report_says_so() -> None:
    body = page("<h1>Barometer</h1><p>Utgitt: Mai 2020</p><p>Tekst.</p>")
    assert parse_article(body, url="https://www.imdi.no/en-sak/").kind is Kind.REPORT
    told = page("<h1>Barometer</h1><p>Den ble utgitt: Mai 2020, sier de.</p><p>Tekst.</p>")
    assert parse_article(told, url="https://www.imdi.no/en-sak/").kind is Kind.NEWS


@pytest.mark.parametrize(
    ("title", "kicker", "path", "kind"),
    [
        ("Tilskudd til X", "", "/aktuelt/x/", Kind.NOTICE),
        ("Nytt regelverk", "Tilleggsutlysning:", "/aktuelt/x/", Kind.NOTICE),
        ("Nytt regelverk", "", "/tilskudd/x/", Kind.NOTICE),
        ("Lyser ut 20 millioner til norskopplæring", "", "/aktuelt/x/", Kind.NOTICE),
        ("Ny søknadsfrist for integreringstilskudd", "", "/aktuelt/x/", Kind.NOTICE),
        ("Tilskot til frivillige lag", "", "/aktuelt/x/", Kind.NOTICE),
        ("Evaluering av tilskudd til X", "Ny IMDi-rapport:", "/aktuelt/x/", Kind.NEWS),
        ("Kommunane får integreringstilskot", "Siste oppdateringer:", "/aktuelt/x/", Kind.NEWS),
    ],
)
def test_grants_and_calls_are_notices(title: str, kicker: str, path: str, kind: Kind) -> None:
    body = page(f"<h1>{title}</h1><p>Tekst.</p>")
    item = parse_article(body, url=f"https://www.imdi.no{path}", kicker=kicker)
    assert item.kind is kind


@pytest.mark.parametrize(
    ("main", "url", "message"),
    [
        ("<h1>Siden finnes ikke</h1>", URL, "error page"),
        ("<h1>Logg inn</h1><input type='password'>", URL, "password"),
        ("<h1>Velkommen</h1><p>x</p>", "https://www.imdi.no/Util/Login.aspx", "password"),
        ("<h1>Forside</h1><p>x</p>", "https://www.imdi.no/", "the front page"),
        ("<h1>Rapporter</h1><p>x</p>", "https://www.imdi.no/om-imdi/rapporter/2022/", "a list"),
        ("<h1>Tom</h1>", URL, "no text"),
        ("<p>Velkommen</p>", URL, "neither a heading nor"),
    ],
)
def test_what_stands_in_for_a_page_is_named(main: str, url: str, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        report(main, url)


def test_a_page_about_errors_is_no_error_page() -> None:
    item = report("<h1>Siden finnes ikke</h1>" + "<p>Om feilsider og hva de gjør.</p>" * 80)
    assert item.title == "Siden finnes ikke"


def test_a_date_in_running_text_is_not_when_a_page_was_published() -> None:
    item = parse_article(
        page(
            "<h1>Søk nå</h1><p>Ingress.</p><h2>Søknadsfrist</h2><p>12. desember 2025</p>"
            "<p>Skjemaet er sist oppdatert 1. oktober.</p>"
        ),
        url="https://www.imdi.no/en-sak/",
    )
    assert (item.published, item.updated) == (None, None)
    assert "12. desember 2025" in item.body
    assert "sist oppdatert 1. oktober" in item.body
