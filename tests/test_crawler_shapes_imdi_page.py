"""Pages of imdi.no: what frozen cases do not show, and pages that are none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from crawler.errors import ShapeError
from crawler.items import EntryItem
from crawler.shapes.html_page import attribute
from crawler.shapes.imdi_list import parse_news_list
from crawler.shapes.imdi_news import parse_article
from db.models import Precision

URL = "https://www.imdi.no/aktuelt/nyheter/sak/"


def article(body: str, head: str = "", url: str = URL) -> EntryItem:
    page = f"<!DOCTYPE html><html lang='no'><head>{head}</head><body>{body}</body></html>"
    return parse_article(page.encode(), url=url, content_type="text/html; charset=utf-8")


MAIN = "<main><h1>Tittel</h1><div class='_richText_x1'><p>Tekst.</p></div></main>"


@pytest.mark.parametrize(
    ("url", "head", "key", "shown"),
    [
        (URL, "", "/aktuelt/nyheter/sak/", URL),
        ("https://www.imdi.no/aktuelt/nyheter/sak", "", "/aktuelt/nyheter/sak/", URL),
        (URL + "?utm_source=x&fbclid=y", "", "/aktuelt/nyheter/sak/", URL),
        (URL, "<meta name='pageid' content='3709'>", "page/3709", URL),
        (URL, "<meta content='۳۷' name='pageid'>", "/aktuelt/nyheter/sak/", URL),
        (
            "http://127.0.0.1:8000/aktuelt/gammel/",
            "<link rel='canonical' href='https://www.imdi.no/aktuelt/nyheter/sak/'>",
            "/aktuelt/nyheter/sak/",
            "http://127.0.0.1:8000/aktuelt/nyheter/sak/",
        ),
        (URL, "<link href='/' rel='canonical'>", "/aktuelt/nyheter/sak/", URL),
        (URL, "<link href='http://[feil' rel='canonical'>", "/aktuelt/nyheter/sak/", URL),
    ],
)
def test_a_page_is_known_by_number_or_path(url: str, head: str, key: str, shown: str) -> None:
    item = article(MAIN, head, url)
    assert (item.key, item.url) == (key, shown)


def test_the_title_falls_back_on_what_the_head_says() -> None:
    body = "<main><div class='_richText_1'><p>Tekst.</p></div></main>"
    assert article(body, "<meta property='og:title' content='Sak | IMDi'>").title == "Sak"
    assert article(body, "<title>Sak - IMDi</title>").title == "Sak"
    assert article(body).title == ""


def test_nothing_is_taken_from_scripts_or_the_fittings() -> None:
    item = article(
        "<header><h1>IMDi</h1></header><main><nav>Sti</nav><h1>Tittel</h1>"
        "<div class='_richText_1'><p>Tekst.<script>skjult()</script></p>"
        "<noscript>skjult</noscript></div><aside class='_richText_1'>Les også</aside>"
        "<footer><div class='_richText_1'>Adresse</div></footer></main>"
    )
    assert item.title == "Tittel"
    assert "Tekst." in item.body
    assert all(word not in item.body for word in ("skjult", "Les også", "Adresse", "Sti"))


def test_blocks_within_blocks_are_given_once_and_in_order() -> None:
    item = article(
        "<main><h1>T</h1><div class='_mainIntro_1'><div class='_richText_1'>Ingress</div></div>"
        "<div class='_highlightedInfoBlock_1'><div class='_richText_1'>En</div></div>"
        "<div class='_richText_1'>To</div></main>"
    )
    assert item.lead == "Ingress"
    assert item.body.count("En") == 1
    assert item.body.index("En") < item.body.index("To")
    assert "Ingress" not in item.body


def test_last_updated_is_never_the_date_of_publication() -> None:
    body = "<main><h1>T</h1><div class='_publishDate_1'><p>Sist oppdatert: 1. mars 2024</p></div>x"
    item = article(body)
    assert item.published is None
    assert item.updated.label == "Sist oppdatert: 1. mars 2024"
    both = article(body, "<meta name='cludo:PublishedDate' content='2016-05-17'>")
    assert (both.published.moment.year, both.updated.moment.year) == (2016, 2024)
    assert both.published.precision is Precision.DAY


def test_a_time_element_counts_unless_it_says_updated() -> None:
    body = (
        "<main><h1>T</h1><p>{} "
        "<time datetime='2023-07-03T08:30:00+02:00'>3.7.</time></p><p>Tekst.</p></main>"
    )
    published = article(body.format("Publisert")).published
    assert published.precision is Precision.MINUTE
    assert article(body.format("Sist oppdatert:")).published is None


def test_old_english_pages_put_the_month_first() -> None:
    body = "<main><h1>T</h1><div class='_publishDate_1'><p>Last updated: 4/8/2022</p></div>x</main>"
    item = article(body, url="https://www.imdi.no/en/about/")
    assert item.updated.moment.date().isoformat() == "2022-04-08"


def test_files_are_attachments_with_their_printed_size() -> None:
    item = article(
        "<main><h1>T</h1><div class='_richText_1'>"
        "<a href='/contentassets/ab/r.pdf#s2'>Rapporten (PDF, 2 MB)</a>"
        "<a href='/contentassets/ab/r.pdf'>Igjen</a><a href='/contentassets/ab/t.xlsx'></a>"
        "<a href='/bosetting/'>Side</a><a href='javascript:x.pdf'>Nei</a></div></main>"
    )
    first, second = item.attachments
    assert (first.label, first.size_label) == ("Rapporten", "2 MB")
    assert first.url == "https://www.imdi.no/contentassets/ab/r.pdf"
    assert second.label == "t.xlsx"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected a page of HTML, got ''"),
        (b'{"error": "x"}', "expected a page of HTML"),
        (b"<html><body><main></main></body></html>", "neither a heading nor text"),
        (b"<html><script>window._cf_chl_opt={}</script><h1>imdi.no</h1>", "a challenge"),
    ],
)
def test_what_is_no_article_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        parse_article(body, url=URL)


def test_letters_are_right_in_any_encoding() -> None:
    page = "<html><head>{}</head><main><h1>Bosetting på Røst</h1><p>å</p></main></html>"
    latin = page.format("<meta charset='iso-8859-1'>").encode("latin-1")
    assert parse_article(latin, url=URL).title == "Bosetting på Røst"
    bare = page.format("").encode("latin-1")
    told = parse_article(bare, url=URL, content_type="text/html; charset=iso-8859-1")
    assert told.title == "Bosetting på Røst"
    assert parse_article(page.format("").encode(), url=URL).title == "Bosetting på Røst"


def test_a_deep_page_is_read_in_time() -> None:
    deep = (
        b"<main><h1>T</h1><div class='_richText_1'>Tekst</div>"
        + b"<div class='_richText_1'>" * 200_000
        + b"x</main>"
    )
    assert parse_article(deep, url=URL).title == "T"


LIST = "https://www.imdi.no/aktuelt/"


def links(main: str, url: str = LIST, head: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    page = f"<html><head>{head}</head><body><main>{main}</main></body></html>"
    found = parse_news_list(page.encode(), url=url)
    return tuple(teaser.url for teaser in found.teasers), found.further


def test_a_list_gives_each_article_below_the_section_once() -> None:
    articles, further = links(
        "<a href='sak/'>1</a><a href='/aktuelt/sak?utm_campaign=x#y'>1</a>"
        "<a href='https://imdi.no/aktuelt/sak/'>1</a><a href='/aktuelt/'>seksjon</a>"
        "<a href='/bosetting/sak/'>annet</a><a href='https://example.org/aktuelt/sak/'>ute</a>"
        "<a href='/aktuelt/sak.pdf'>fil</a><a href='mailto:a@b.no'>post</a>"
    )
    assert articles == ("https://www.imdi.no/aktuelt/sak/",)
    assert further == ()


@pytest.mark.parametrize(
    ("main", "head", "further"),
    [
        ("<a href='?page=2'>2</a>", "", "https://www.imdi.no/aktuelt/?page=2"),
        ("<nav><a href='?side=2'>2</a></nav>", "", "https://www.imdi.no/aktuelt/?side=2"),
        ("<a rel='next' href='/aktuelt/eldre/'>x</a>", "", "https://www.imdi.no/aktuelt/eldre/"),
        ("", "<link rel='next' href='/aktuelt/2/'>", "https://www.imdi.no/aktuelt/2/"),
        ("<a href='nyheter'>Alle</a>", "", "https://www.imdi.no/aktuelt/nyheter/"),
    ],
)
def test_a_list_goes_on(main: str, head: str, further: str) -> None:
    assert links(main, head=head) == ((), (further,))


def test_a_page_of_another_list_is_not_a_page_of_this_one() -> None:
    assert links("<a href='/aktuelt/kalender/?page=2'>2</a>") == ((), ())


@given(st.binary(max_size=200), st.text("<>/='\" amind1hrefcls_:&;#", max_size=200))
def test_no_bytes_upset_the_shapes(noise: bytes, markup: str) -> None:
    for body in (noise, b"<main>" + noise, markup.encode(), b"<h1>x</h1><main>" + markup.encode()):
        with suppress(ShapeError):
            parse_article(body, url=URL)
        with suppress(ShapeError):
            parse_news_list(body, url=URL)


@pytest.mark.parametrize("odd", ["\x0bx", "a\x01", ":", "x\ufffe"])
def test_an_attribute_is_read_beside_one_whose_name_nothing_may_have(odd: str) -> None:
    (link,) = Selector(text=f'<a href="/fil.pdf" {odd}="1">Fil</a>', type="html").xpath("//a")
    assert attribute(link, "href") == "/fil.pdf"
    assert attribute(link, "title") == ""
