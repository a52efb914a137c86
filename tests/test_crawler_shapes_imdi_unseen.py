"""Pages of imdi.no that nobody tuned to: other hashes, wrappers, orders, and blocks that lack.

The words are those of real pages; around them stands what such pages are known to have.
"""

import itertools
import random
import re

import pytest

from crawler.html import drop_furniture, text_of
from crawler.items import EntryItem
from crawler.shapes.imdi_news import parse_article
from crawler.shapes.imdi_report import parse_report
from db.models import Kind, Precision

TITLE = "Flere innvandrere i distriktene"
LEAD = (
    "Stadig færre innvandrere søker seg til sentrale strøk. Det viser Integrerings- og "
    "mangfoldsdirektoratets (IMDi) nye rapport om integreringen i Norge."
)
PARAGRAPHS = [
    "Rapporten «Hvordan går det med integreringen i Norge?» viser tendenser til en klar "
    "desentralisering de siste tjue årene: at innvandrere i stadig større grad blir værende i sin "
    "første bostedskommune, og færre flytter til sentrale strøk.",
    "- Vi tror det er flere årsaker til dette. Blant annet har nyere ankomster delvis startet sin "
    "tid i Norge på mindre sentrale steder.",
    "Rapporten gir et årlig oversiktsbilde av hvordan det går med innvandrerne og deres "
    "norskfødte barn på områder som utdanning, arbeid, økonomi, levekår, samt politisk og sosial "
    "integrering.",
]
POINTS = [
    "Den langvarige trenden med økning i positive holdninger til innvandring fortsetter.",
    "Barn med innvandrerbakgrunn er sterkt overrepresentert blant de som vokser opp i lavinntekt.",
]
HEADING = "Andre funn i rapporten"
WORDS = " ".join([PARAGRAPHS[0], PARAGRAPHS[1], HEADING, *POINTS, PARAGRAPHS[2]])
FOREIGN = "Skjult menyvalg brødsmule bunntekst relatertsak"
MENU = (
    "<ul><li><a href='/bosetting/'>menyvalg</a></li><li><a href='/aktuelt/'>Aktuelt</a></li></ul>"
)
URL = "https://www.imdi.no/aktuelt/nyheter/flere-innvandrere-i-distriktene/"
STRONG = PARAGRAPHS[2].replace("norskfødte barn", "<strong>norskfødte</strong>&nbsp;barn")
POINTS_HTML = "".join(f"<li>{point}</li>" for point in POINTS)


class Writer:
    """Writes one page in a form drawn by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.suffix = f"_{self.random.randrange(36**5):05x}_{self.random.randrange(90)}"

    def chance(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def wrapped(self, html: str) -> str:
        for _ in range(self.random.randrange(4)):
            html = f"<div class='_gridItem{self.suffix}' style='--x:1'>{html}</div>"
        return html

    def body(self) -> str:
        blocks = [
            f"<p>{PARAGRAPHS[0]}</p>",
            f"<p>{PARAGRAPHS[1]}</p>",
            f"<h2>{HEADING}</h2><ul>{POINTS_HTML}</ul>",
            f"<p>{STRONG}</p>",
        ]
        cut = self.random.randrange(1, 4)
        return "".join(
            self.wrapped(f"<div class='{self.text_class()}'>{''.join(part)}</div>")
            for part in (blocks[:cut], blocks[cut:])
        )

    def text_class(self) -> str:
        return f"_richText{self.suffix}"

    def head(self, metas: list[str]) -> str:
        self.random.shuffle(metas)
        return "<meta charset='utf-8'>" + "".join(metas)


def today(seed: int) -> tuple[str, bool]:
    """Give one page of today's site, and whether it tells when it was published."""
    write = Writer(seed)
    dated = write.chance(0.7)
    described = write.chance(0.7)
    marked = write.chance(0.8) or not described
    metas = [f"<title>{TITLE} | IMDi</title>", "<meta name='pageid' content='4711'>"]
    if write.chance(0.8):
        metas.append(f"<meta property='og:title' content='{TITLE} | IMDi'>")
    if described:
        metas.append(f'<meta property="og:description" name="description" content="{LEAD}">')
    if dated:
        metas.append("<meta content='2023-09-05' name='cludo:PublishedDate'/>")
    intro = f"_mainIntro{write.suffix}" if marked else f"_lede{write.suffix}"
    shown = f"<div class='_publishDate{write.suffix}'><p>Sist oppdatert: 16. juli 2026</p></div>"
    parts = [
        f"<nav aria-label='breadcrumb'>{MENU}brødsmule</nav>" if write.chance() else "",
        write.wrapped(f"<h1>{TITLE}</h1>") + (shown if write.chance(0.8) else ""),
        write.wrapped(f"<p class='{intro}'>{LEAD}</p>"),
        "<nav id='content-anchor'><h2>menyvalg</h2></nav>" if write.chance() else "",
    ]
    body = write.body()
    if write.chance(0.7):
        body = f"<div id='page-level-content-area'>{body}</div>"
    if write.chance(0.4):
        body += (
            f"<div class='_relatedArticles{write.suffix}'><h2>relatertsak</h2>"
            "<a href='/aktuelt/x/'>relatertsak</a></div>"
        )
    main = "".join(parts) + body
    tag = "main" if write.chance(0.9) else "div role='main'"
    page = (
        f"<!DOCTYPE html><html lang='no'><head>{write.head(metas)}</head><body>"
        f"<header>{MENU}</header>{write.wrapped(f'<{tag}>{main}</{tag.split()[0]}>')}"
        f"<footer><p>bunntekst</p></footer><script>var x = '<p>Skjult</p>'</script></body></html>"
    )
    return page, dated


def yesterday(seed: int) -> tuple[str, bool]:
    """Give one page of yesterday's site, and whether it tells when it was published."""
    write = Writer(seed)
    dated = write.chance()
    box = "<div class='download-box'><a href='/globalassets/r.pdf'>Rapporten (PDF, 1 MB)</a></div>"
    toc = "<ul><li><a href='#a'>menyvalg</a></li></ul>"
    line = "Publisert: 5. september 2023" if dated else "Sist oppdatert: 1. mars 2024"
    intro = "<p>{}</p>" if write.chance() else "<div class='page__intro'><p>{}</p></div>"
    body = write.body().replace(write.text_class(), "page__text" if write.chance() else "")
    parts = [
        f"<div class='toc-mobile'>{toc}</div>" if write.chance() else "",
        write.wrapped(f"<h1>{TITLE}</h1>"),
        write.wrapped(intro.format(LEAD)),
        write.wrapped(f"<p class='date'>{line}</p>") if write.chance(0.8) or dated else "",
        box if write.chance() else "",
        body,
        box if write.chance() else "",
        f"<div class='toc-sidebar'>{toc}</div>" if write.chance() else "",
        "<h2>Siste nyheter</h2><ul><li><a href='/x/'>relatertsak</a></li></ul>"
        if write.chance()
        else "",
        "<p>Fant du det du lette etter?</p>" if write.chance() else "",
    ]
    header = f"<header class='nav-matrix__header'>{MENU}</header>"
    page = (
        f"<html><head>{write.head([f'<title>{TITLE} | IMDi</title>'])}</head><body>{header}"
        f"<div class='page__master'>{''.join(parts)}</div><footer>bunntekst</footer></body></html>"
    )
    return page, dated


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def assert_whole(item: EntryItem, *, dated: bool) -> None:
    assert item.title == TITLE
    assert " ".join(item.lead.split()) == LEAD
    assert item.url == URL
    assert (item.published is not None) is dated
    if item.published:
        assert item.published.moment.date().isoformat() == "2023-09-05"
        assert item.published.precision is Precision.DAY
    found, expected = words(text_of(drop_furniture(item.body))), words(WORDS)
    missing = [word for word in expected if word not in found]
    assert len(missing) <= len(expected) * 0.02, missing
    foreign = [word for word in found if word not in expected]
    assert len(foreign) <= len(found) * 0.01, foreign
    assert abs(len(found) - len(expected)) <= len(expected) * 0.02


@pytest.mark.parametrize("seed", range(150))
def test_a_page_of_today_is_read_whole(seed: int) -> None:
    page, dated = today(seed)
    item = parse_article(page.encode(), url=URL, content_type="text/html; charset=utf-8")
    assert item.key == "page/4711"
    assert_whole(item, dated=dated)


@pytest.mark.parametrize("seed", range(150))
def test_a_page_of_yesterday_is_read_whole(seed: int) -> None:
    page, dated = yesterday(seed)
    item = parse_article(page.encode(), url=URL, content_type="text/html; charset=utf-8")
    assert_whole(item, dated=dated)
    assert len(item.attachments) == ("download-box" in page)


@pytest.mark.parametrize(
    ("seed", "issued"),
    list(
        itertools.product(
            range(20),
            [
                ("31. oktober 2022", "2022-10-31", Precision.DAY),
                ("September 2021", "2021-09-01", Precision.MONTH),
                ("2008", "2008-01-01", Precision.YEAR),
            ],
        )
    ),
)
def test_a_report_is_dated_as_precisely_as_it_says(
    seed: int, issued: tuple[str, str, Precision]
) -> None:
    shown, day, precision = issued
    page, _ = yesterday(seed) if seed % 2 else today(seed)
    line = f"<p>Utgitt: {shown}</p>"
    for old in ("Publisert: 5. september 2023", "Sist oppdatert: 1. mars 2024"):
        page = page.replace(old, "")
    page = page.replace("</h1>", f"</h1>{line}", 1)
    address = "https://www.imdi.no/om-imdi/rapporter/2022/flere-innvandrere-i-distriktene/"
    item = parse_report(page.encode(), url=address, content_type="text/html; charset=utf-8")
    assert item.kind is Kind.REPORT
    assert item.published is not None
    assert (item.published.moment.date().isoformat(), item.published.precision) == (day, precision)
    assert item.published.label == f"Utgitt: {shown}"
    assert shown not in text_of(item.body)
