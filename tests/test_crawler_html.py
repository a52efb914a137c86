import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.html import clean_article, clean_fragment, drop_furniture, text_of

BASE = "https://www.imdi.no/aktuelt/nyheter/"
KEPT = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "blockquote", "br"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def clean(html: str) -> str:
    return clean_fragment(html, base_url=BASE)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>En</p><p>to</p>", "<p>En</p>\n<p>to</p>"),
        ("bare tekst", "<p>bare tekst</p>"),
        # containers give way to paragraphs
        ("<div>en<div>to</div>tre</div>", "<p>en</p>\n<p>to</p>\n<p>tre</p>"),
        ("<section><span>en</span> <span>to</span></section>", "<p>en to</p>"),
        ("<dl><dt>Frist</dt><dd>1. mai</dd></dl>", "<p>Frist</p>\n<p>1. mai</p>"),
        # headings
        ("<h1>Ein</h1><h5>fem</h5>", "<h2>Ein</h2>\n<h4>fem</h4>"),
        ("<h2><b>Fet</b> tittel</h2>", "<h2>Fet tittel</h2>"),
        # emphasis
        ("<p><b>a</b> <i>b</i></p>", "<p><strong>a</strong> <em>b</em></p>"),
        ("<p><b>a</b><b> b</b></p>", "<p><strong>a b</strong></p>"),
        ("<p><b> </b>a<em></em></p>", "<p>a</p>"),
        ("<p><b>x</p><p>y</b></p>", "<p><strong>x</strong></p>\n<p>y</p>"),
        # white space
        ("<p>a\u00a0\u00a0b &nbsp; c</p><p>&nbsp;</p><p></p>", "<p>a b c</p>"),
        ("<p>a\n  b\t c</p>", "<p>a b c</p>"),
        # lines
        ("<p>en<br>to</p>", "<p>en<br>to</p>"),
        ("<p>en<br/><br/>to</p>", "<p>en</p>\n<p>to</p>"),
        ("<p><br>en<br></p>", "<p>en</p>"),
        ("<ul><li>en<br>to</li></ul>", "<ul><li>en to</li></ul>"),
        # sub-headings by bold text and line break
        ("<p><strong>Funn</strong><br>Tekst</p>", "<h3>Funn</h3>\n<p>Tekst</p>"),
        ("<p><strong>Funn<br></strong>Tekst</p>", "<h3>Funn</h3>\n<p>Tekst</p>"),
        ("<p>Før<br><b>ikke overskrift</b></p>", "<p>Før<br><strong>ikke overskrift</strong></p>"),
        ("<p><b>Bare fet</b></p>", "<p><strong>Bare fet</strong></p>"),
        # lists, also where items strayed
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<li>a</li><li>b</li>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ol><li><p>a</p><p>b</p></li></ol>", "<ol><li><p>a</p><p>b</p></li></ol>"),
        ("<ul>tekst<li> </li></ul>", "<ul><li>tekst</li></ul>"),
        # quotations are paragraphs, whatever their first sign
        ("<p>- Vi tror, sier hun.</p>", "<p>- Vi tror, sier hun.</p>"),
        ("<blockquote>Sitat</blockquote>", "<blockquote><p>Sitat</p></blockquote>"),
        # tables
        (
            "<table><caption>Tall</caption><tr><th>År<td>1<tr><td><td>2</table>",
            "<p>Tall</p>\n<table><tbody><tr><th>År</th><td>1</td></tr>"
            "<tr><td></td><td>2</td></tr></tbody></table>",
        ),
        ("<tr><td>a</td></tr>", "<p>a</p>"),
        # what is no text
        (
            "<p>a</p><script>b</script><style>c</style><iframe>d</iframe><noscript>e</noscript>"
            "<figure><img alt=f><figcaption>g</figcaption></figure><form>h<button>i</button></form>"
            "<svg><text>j</text></svg><!-- k --><p>l</p>",
            "<p>a</p>\n<p>l</p>",
        ),
        ('<p><span class="icon" aria-hidden="true">stylus</span>Tekst</p>', "<p>Tekst</p>"),
        # signs
        ("<p>5 &lt; 6 &amp; &quot;x&quot;</p>", '<p>5 &lt; 6 &amp; "x"</p>'),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",) * 2,
        ("<p>a\u00adb\u200bc\x00d&#8203;e</p>", "<p>abcde</p>"),
    ],
)
def test_structure_is_all_that_stays(html: str, expected: str) -> None:
    assert clean(html) == expected
    assert clean(expected) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/tolk/", "https://www.imdi.no/tolk/"),
        ("mer/", "https://www.imdi.no/aktuelt/nyheter/mer/"),
        ("//kommunikasjon.ntb.no/x", "https://kommunikasjon.ntb.no/x"),
        ("http://imdi.no/?a=1&amp;b=2", "http://imdi.no/?a=1&amp;b=2"),
        ("https://imdi.no/en fil.pdf", "https://imdi.no/en%20fil.pdf"),
        ("mailto:presse@imdi.no", "mailto:presse@imdi.no"),
    ],
)
def test_links_are_made_absolute(href: str, expected: str) -> None:
    assert clean(f'<p><a href="{href}">her</a></p>') == f'<p><a href="{expected}">her</a></p>'


@pytest.mark.parametrize(
    "href",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
        ),
        *(
            "&#106;avascript:alert(1)",
            "vbscript:x",
            "ftp://x/y",
            "#topp",
            "",
            "http://[",
            "http://",
        ),
        *("tel:91755351", "x" * 3000),
    ],
)
def test_other_links_keep_only_their_words(href: str) -> None:
    assert clean(f'<p>les <a href="{href}">her</a></p>') == "<p>les her</p>"


def test_no_attribute_but_href_survives() -> None:
    html = (
        '<p onclick="x()" style="y" class="z" id="w"><a href="/a" target=_blank onload=x>a</a></p>'
    )
    assert clean(html) == '<p><a href="https://www.imdi.no/a">a</a></p>'


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (
            "<p>Andre funn i rapporten:<b>Stadig</b> flere</p>",
            "Andre funn i rapporten: Stadig flere",
        ),
        ("<p><b>Om undersøkelsen</b>Rapporten viser</p>", "Om undersøkelsen Rapporten viser"),
        ("<p>blant gutter<span>28.4.2025</span></p>", "blant gutter 28.4.2025"),
        (
            "<p>91 75 53 51<a href='mailto:a@b.no'>presse@imdi.no</a></p>",
            "91 75 53 51 presse@imdi.no",
        ),
        ("<p><a href=/a>Bosetting</a><a href=/b>tolk</a></p>", "Bosetting tolk"),
        ("<p>Les mer!<em>Her</em></p>", "Les mer! Her"),
        # inside a word, or where there is none to part, nothing is put between
        ("<p>inte<b>gre</b>ring</p>", "integrering"),
        ("<p>10:<b>30</b> og 3,<b>5</b> på www.<b>imdi</b>.no</p>", "10:30 og 3,5 på www.imdi.no"),
        ("<p>m<sup>2</sup> og CO<sub>2</sub></p>", "m2 og CO2"),
        ("<p>Viser <!-- -->1<!-- -->-<!-- -->20</p>", "Viser 1-20"),
        ("<p>(<a href=/x>rapport</a>).</p>", "(rapport)."),
    ],
)
def test_words_are_not_glued_at_tags(html: str, words: str) -> None:
    assert text_of(html) == words
    assert text_of(clean(html)) == words


def test_text_has_a_line_for_each_paragraph_heading_item_and_row() -> None:
    html = (
        "<h2>Tittel</h2><p>En<br>linje</p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
        "<table><tr><th>År</th><th>Tall</th></tr><tr><td>2020</td><td>340</td></tr></table>"
    )
    assert text_of(html).split("\n") == [
        *("Tittel", "En linje", "a", "b", "c", "År | Tall", "2020 | 340"),
    ]


RELEASE = """
<p>IMDiIMDi</p><p>Del</p>
<p>Bildetekst om distriktene</p><p>Bildetekst om distriktene Fotograf: Ukjent</p>
<p>Flere innvandrere blir i distriktene. Om oss i Norge sier rapporten lite.</p>
<p>Kontakter mellom kommunene er viktige, og lenker til arbeidslivet teller.</p>
<ul><li>Første funn</li></ul>
<p>Fotograf: Ukjent</p>
"""
AROUND = [
    "<h3>Nøkkelord</h3><ul><li>integrering</li></ul>",
    "<h2>Kontakter</h2><h3>Pressevakt</h3><p>Tel:<span>91 75 53 51</span></p><p>presse@imdi.no</p>",
    "<h2>Lenker</h2><ul><li><a href=/r>Rapporten</a></li></ul>",
    "<h2>Om oss</h2><p>IMDi skal</p><p>\u06f0 ivareta arbeidet</p>",
    "<h2>Følg pressemeldinger fra IMDi</h2><p>Registrer deg</p>",
    "<h2>Siste pressemeldinger fra IMDi</h2><h2>Ny innsats</h2><p>Et nytt tiltak</p>",
    "<p>I vårt presserom finner du alle våre siste pressemeldinger, bilder og annet.</p>",
    "<a href=/presserom>Besøk vårt presserom</a>",
]


def test_a_release_loses_all_that_surrounds_it() -> None:
    text = text_of(drop_furniture(RELEASE + "".join(AROUND)))
    assert text.split("\n") == [
        "Flere innvandrere blir i distriktene. Om oss i Norge sier rapporten lite.",
        "Kontakter mellom kommunene er viktige, og lenker til arbeidslivet teller.",
        "Første funn",
    ]


@pytest.mark.parametrize("first", range(len(AROUND)))
def test_any_of_the_sections_may_come_first(first: int) -> None:
    assert drop_furniture("<p>Tekst.</p>" + "".join(AROUND[first:])) == "<p>Tekst.</p>"


@pytest.mark.parametrize(
    "block",
    [
        *("Del", "Del på Facebook", "Fant du det du lette etter?", "Tilbake til toppen"),
        *("Last ned rapport", "Last ned rapport (PDF, 2 MB)", "(PDF, 1 MB)", "Foto: Ukjent"),
        *(
            "Foto: A. B. Ukjent",
            "Se flere rapporter om bosetting",
            "IMDiIMDi",
            "\u06f0 fagmyndighet for tolking",
        ),
        *("Tel: 91 75 53 51", "presse@imdi.no", "Tel:91 75 53 51presse@imdi.noLenker"),
        *("24 16 88 00http://www.imdi.no", "Telefon: +47 917 55 351", "Historisk arkiv"),
    ],
)
def test_single_blocks_of_furniture_go_and_the_text_after_stays(block: str) -> None:
    assert drop_furniture(f"<p>Før.</p><p>{block}</p><p>Etter.</p>") == "<p>Før.</p>\n<p>Etter.</p>"


@pytest.mark.parametrize(
    "block",
    [
        "Del A skal bidra til kvalifisering",
        "Vi gir deg noe om oss og om IMDi.",
        "Ring 91 75 53 51 eller skriv til presse@imdi.no innen fredag for å melde deg på kurset.",
        "13 000 000 kroner til integrering",
        "2018 2019",
        "Foto: et prosjekt om minner. Utstillingen vises i ti kommuner.",
        "Kontakter i næringslivet gir jobb",
        "Følg med på integreringen",
        "- Vi må dele mer, sier hun.",
    ],
)
def test_sentences_with_the_same_words_stay(block: str) -> None:
    assert text_of(drop_furniture(f"<p>{block}</p>")) == block


def test_a_section_in_the_middle_ends_at_the_next_heading_of_its_rank() -> None:
    html = "<p>a</p><h3>Lenker</h3><p>b</p><h4>c</h4><p>d</p><h3>Funn</h3><p>e</p>"
    assert text_of(drop_furniture(html)).split("\n") == ["a", "Funn", "e"]


def test_a_paragraph_doubled_by_mistake_stays_once() -> None:
    assert drop_furniture("<p>Samme tekst.</p><p>Samme tekst.</p>") == "<p>Samme tekst.</p>"


def test_dropping_furniture_leaves_links_as_they_were_written() -> None:
    html = '<p>Les <a href="/rapport">rapporten</a> nå.</p>'
    assert drop_furniture(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 5_000 + "inn" + "</div>" * 5_000 + "<p>etter</p>",
        "<b>" * 5_000 + "inn",
        "<ul><li>" * 5_000 + "inn",
        "<blockquote>x" * 2_500 + "inn",
        "<table><tr><td>" * 2_500 + "inn",
        "<p>a<i></i>" + "b<i></i>" * 5_000 + "inn",
        "x<br>" * 5_000 + "inn",
        "inn" + "<a href=x " * 5_000,
        "inn" + "<!--" * 10_000,
        "inn" + "&" * 50_000,
        "inn" + " " * 50_000,
    ],
    ids=lambda html: html[:14],
)
def test_hostile_markup_neither_breaks_nor_hangs(html: str) -> None:
    start = time.process_time()
    assert "inn" in text_of(html)
    clean(html)
    drop_furniture(html)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("text", ["https://www.imdi.no/tolk/", "rapport.html", "/etc/passwd"])
def test_text_that_looks_like_an_address_or_file_is_text(text: str) -> None:
    assert text_of(text) == text


def test_beyond_two_hundred_thousand_tags_nothing_is_read() -> None:
    assert text_of("<p>inn</p>" + "<b>" * 200_000 + "<p>ut</p>") == "inn"


def test_beyond_five_million_characters_nothing_is_read() -> None:
    assert text_of("<p>inn</p>" + " " * 5_000_000 + "<p>ut</p>") == "inn"


markup = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<ul>", "</ul>", "<li>", "</li>", "<br>", "<h2>"),
            *("</h2>", "<table>", "<tr>", "<td>", "</table>", "<div>", "</div>", "<a href='/x'>"),
            *("</a>", "<script>", "</script>", "<blockquote>", "</blockquote>", "<", ">", "&amp;"),
            *(
                "&lt;script&gt;",
                " ",
                "\u00a0",
                "ord",
                "Ord.",
                "1",
                "<em>",
                "</em>",
                "<ol>",
                "</ol>",
            ),
        ]
    )
    | st.text(max_size=8),
    max_size=40,
).map("".join)


@given(markup)
def test_whatever_comes_only_the_small_set_leaves(html: str) -> None:
    result = clean(html)
    assert {tag.lower() for tag in re.findall(r"</?([a-zA-Z][a-zA-Z0-9]*)", result)} <= KEPT
    assert clean(result) == result
    assert text_of(result) == text_of(html)
    article = clean(drop_furniture(html))
    assert clean_article(html, base_url=BASE) == (article, text_of(article))


words = st.lists(st.from_regex(r"[a-zæøå]{1,8}", fullmatch=True), min_size=1, max_size=6).map(
    " ".join
)


@given(st.lists(st.tuples(st.sampled_from(["p", "h2", "div", "li", "td", "b", "span"]), words)))
def test_the_words_of_simple_documents_come_out_in_order(parts: list[tuple[str, str]]) -> None:
    html = " ".join(f"<{tag}>{text}</{tag}>" for tag, text in parts)
    expected = " ".join(text for _, text in parts).split()
    assert text_of(html).replace("|", " ").split() == expected
    assert text_of(clean(html)).replace("|", " ").split() == expected
