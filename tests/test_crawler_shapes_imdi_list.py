"""Lists of imdi.no: teasers, kickers, paths, sitemaps; what leads on and what does not."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ShapeError
from crawler.shapes import imdi_list, imdi_paths
from crawler.shapes.imdi_list import Listing, Teaser
from crawler.shapes.sitemap import Sitemap, is_sitemap, parse_sitemap

SITE = "https://www.imdi.no"


def listing(main: str, path: str = "/aktuelt/") -> Listing:
    page = (
        f"<html><body><nav><a href='/aktuelt/meny/'>Meny</a></nav><main>{main}</main></body></html>"
    )
    return imdi_list.parse_news_list(page.encode(), url=SITE + path)


def news(main: str, path: str = "/aktuelt/") -> list[str]:
    return [teaser.url.removeprefix(SITE) for teaser in listing(main, path).teasers]


def teasers(main: str, path: str = "/") -> list[Teaser]:
    return list(listing(main, path).teasers)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Tilleggsutlysning:</p><h2><a href='/tilskudd/x/'>Tilskudd til X</a></h2>"
        "<p>Fristen.</p>",
        "<div><span>Tilleggsutlysning:</span><div><a href='/tilskudd/x/'>"
        "<h3>Tilskudd til X</h3></a>"
        "<p>Fristen.</p></div></div>",
        "<a href='/tilskudd/x/'><span>Tilleggsutlysning:</span><h2>Tilskudd til X</h2>"
        "<p>Fristen.</p></a>",
        "<p>Tilleggsutlysning:</p><a href='/tilskudd/x/'><img src='b.jpg' alt=''></a>"
        "<h2><a href='/tilskudd/x/'>Tilskudd til X</a></h2><p>Fristen.</p>"
        "<a href='/tilskudd/x/'>Les mer</a>",
        "<p>Tilleggsutlysning:</p><h2>Tilskudd til X</h2><p>Fristen.</p>"
        "<a href='/tilskudd/x/'>Les mer om tilskudd</a>",
        "<ul><li><a href='/tilskudd/x/'>Tilleggsutlysning: Tilskudd til X</a>"
        "<p>Fristen.</p></li></ul>",
        "<h2>Tilleggsutlysning:</h2><div><a href='/tilskudd/x/'>Tilskudd til X</a>"
        "<p>Fristen.</p></div>",
    ],
)
def test_a_kicker_belongs_to_the_teaser_below_it(markup: str) -> None:
    others = "<p>Aktuelt nå:</p><h2><a href='/y-en-lang-sak/'>Y</a></h2><p>Om Y.</p>"
    tile = "<h2>Snarveier</h2><a href='/bosetting/bosettingstall/'>Bosettingstall</a>"
    first, second = teasers(markup + others + tile)
    assert (first.title, first.lead, first.kicker) == (
        "Tilskudd til X",
        "Fristen.",
        "Tilleggsutlysning:",
    )
    assert (second.title, second.lead, second.kicker) == ("Y", "Om Y.", "Aktuelt nå:")


def test_a_kicker_that_is_a_heading_stands_above_all_below_it() -> None:
    found = teasers(
        "<h2>Siste oppdateringer:</h2><h3><a href='/en-sak/'>En</a></h3><h3>"
        "<a href='/to-sak/'>To</a>"
        "</h3><h2>Snarveier</h2><h3><a href='/tre-sak/'>Tre</a></h3>"
    )
    assert [(teaser.title, teaser.kicker) for teaser in found] == [
        ("En", "Siste oppdateringer:"),
        ("To", "Siste oppdateringer:"),
    ]


def test_outside_the_addresses_of_news_a_list_must_set_a_link_out() -> None:
    markup = (
        "<h2><a href='/en-sak-under-roten/'>En sak</a></h2>"
        "<p>Les om <a href='/bosetting/bosettingstall/'>bosettingstall</a> her.</p>"
        "<h2><a href='/bosetting/'>Bosetting</a></h2><h2><a href='/'>Forsiden</a></h2>"
        "<h2><a href='/om-imdi/rapporter/2022/x/'>Rapport</a></h2>"
        "<h2><a href='/globalassets/x.pdf'>Fil</a></h2>"
    )
    assert news(markup) == ["/en-sak-under-roten/"]
    assert news(markup, "/") == []


def test_the_front_page_leads_to_the_list_of_all() -> None:
    found = listing("<a href='/om-imdi/aktuelt-na/'>Se alle oppdateringer</a>", "/")
    assert found == Listing(further=(f"{SITE}/om-imdi/aktuelt-na/",))


def test_a_copy_on_another_host_is_read_from_there() -> None:
    page = b"<main><a href='https://www.imdi.no/aktuelt/a/'>A</a><a href='http://imdi.no/aktuelt/b'>B</a></main>"
    found = imdi_list.parse_news_list(page, url="http://127.0.0.1:8000/aktuelt/")
    assert [teaser.url for teaser in found.teasers] == [
        "http://127.0.0.1:8000/aktuelt/a/",
        "http://127.0.0.1:8000/aktuelt/b/",
    ]


def test_reports_lie_deeper_than_their_lists() -> None:
    page = (
        "<nav><a href='/om-imdi/rapporter/2021/'>2021</a></nav><main>"
        "<a href='/om-imdi/rapporter/2022/'>2022</a><a href='2022/barometer/'>Barometer</a>"
        "<a href='/om-imdi/rapporter/?t=bosetting+%7C+tolk'>Bosetting</a>"
        "<a href='/om-imdi/rapporter/?page=2'>2</a><a href='/om-imdi/rapporter/2022/b.pdf'>PDF</a>"
        "<a href='/contentassets/0/hent'>Rapport (PDF, 1 MB)</a>"
        "<a href='/aktuelt/sak/'>Sak</a></main>"
    )
    found = imdi_list.parse_report_list(page.encode(), url=f"{SITE}/om-imdi/rapporter/")
    assert [teaser.url for teaser in found.teasers] == [f"{SITE}/om-imdi/rapporter/2022/barometer/"]
    assert set(found.further) == {
        f"{SITE}/om-imdi/rapporter/{rest}" for rest in ("2021/", "2022/", "?page=2")
    }


@pytest.mark.parametrize("path", ["/aktuelt/", "/aktuelt/nyheter/", "/aktuelt/nyheter/2024/"])
def test_lists_of_news(path: str) -> None:
    assert imdi_paths.is_news_list(path)
    assert not imdi_paths.is_news_path(path)


@pytest.mark.parametrize(
    ("path", "is_news", "is_report"),
    [
        ("/aktuelt/sak/", True, False),
        ("/aktuelt/nyheter/rapporter-fra-kommunene/", True, False),
        ("/om-imdi/aktuelt-na/sak/", True, False),
        ("/arkiv/arkiverte-nyheter/nyheter-2016/sak/", True, False),
        ("/en/english/news/story/", True, False),
        ("/aktuelt/rapporter/barometer/", False, True),
        ("/om-imdi/rapporter/2022/barometer/", False, True),
        ("/om-imdi/rapporter/2022/", False, False),
        ("/tall-og-fakta/rapporter-og-undersokelser/barometer/", False, True),
        ("/arkiv/arkiverte-publikasjoner/2012/barometer/", False, True),
        ("/bosetting/bosettingstall/", False, False),
        ("/aktuelt/sak.pdf", False, False),
        ("/aktuelt/sak/?print=1", False, False),
        ("/", False, False),
    ],
)
def test_what_an_address_tells(path: str, is_news: bool, is_report: bool) -> None:
    assert imdi_paths.is_news_path(path) is is_news
    assert imdi_paths.is_report_path(path) is is_report


def test_a_sitemap_gives_addresses_and_never_resolves_an_entity() -> None:
    text = (
        "\ufeff<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
        "<sm:urlset xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<sm:url><sm:loc><![CDATA[https://www.imdi.no/a/?b=1&c=2]]></sm:loc></sm:url>"
        "<sm:url><sm:loc>https://www.imdi.no/d/?e=1&amp;f=2</sm:loc></sm:url>"
        "<sm:url><sm:loc>&a;</sm:loc><image:loc>https://www.imdi.no/b.jpg</image:loc></sm:url>"
        "</sm:urlset>"
    )
    expected = ("https://www.imdi.no/a/?b=1&c=2", "https://www.imdi.no/d/?e=1&f=2", "&a;")
    assert parse_sitemap(text.encode()) == Sitemap(pages=expected)
    assert parse_sitemap(gzip.compress(text.encode())) == Sitemap(pages=expected)
    found = imdi_list.of_sitemap(Sitemap(pages=expected), url=f"{SITE}/sitemap.xml", reports=False)
    assert found == Listing()


def test_what_is_no_sitemap_is_named() -> None:
    for body in (b"", b"<html><h1>404</h1></html>", b"\x1f\x8bkaputt"):
        with pytest.raises(ShapeError, match="sitemap"):
            parse_sitemap(body)
    assert is_sitemap(f"{SITE}/sitemap.xml", b"<html>")
    assert is_sitemap(f"{SITE}/kart", b"<?xml version='1.0'?><sitemapindex>")
    assert not is_sitemap(f"{SITE}/aktuelt/", b"<html>")


def test_a_bomb_of_a_sitemap_is_read_no_further_than_its_bounds() -> None:
    bomb = b"<urlset>" + b"<loc>https://www.imdi.no/a/</loc>" * 3_000_000
    assert parse_sitemap(gzip.compress(bomb)) == Sitemap(pages=("https://www.imdi.no/a/",))


@given(st.binary(max_size=200), st.text("<>/='\" amind1hrefcls_:&;#h2p", max_size=300))
def test_no_bytes_upset_the_lists(noise: bytes, markup: str) -> None:
    for body in (noise, b"<main>" + markup.encode(), b"<urlset>" + markup.encode()):
        with suppress(ShapeError):
            imdi_list.parse_news_list(body, url=f"{SITE}/")
        with suppress(ShapeError):
            imdi_list.parse_report_list(body, url=f"{SITE}/om-imdi/rapporter/")
        with suppress(ShapeError):
            parse_sitemap(body)
