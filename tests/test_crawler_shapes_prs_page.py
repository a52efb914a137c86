"""Pages of releases in builds nobody tuned the reader to."""

import base64
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from crawler.errors import ShapeError, WrongPublisherError
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.pipelines import CleanPipeline
from crawler.shapes.prs_listing import StubVersion
from crawler.shapes.prs_page import parse_page
from db.models import Kind

BASE = "https://kommunikasjon.ntb.no"
URL = f"{BASE}/pressemelding/18501900/kommunene-klare?publisherId=89626&lang=no"
TITLE = "Kommunene klare til å bosette 15 400 flyktninger"
LEAD = "En oppdatert prognose viser at det kommer færre flyktninger til Norge i 2025."
BODY = (
    "<p>Prognosen er lavere enn i fjor.</p>"
    "<p>- Kommunene gjør en viktig innsats, sier <strong>direktøren</strong>.</p>"
    "<ul><li>Færre kommer.</li><li>Kommunene er klare.</li></ul>"
)
MOMENT = datetime(2025, 3, 24, 7, 0, tzinfo=UTC)
ASKED = StubVersion("18501900/no", URL)
LATEST = """<section><h2>Siste pressemeldinger fra IMDi</h2><div><h3
class="text-elements__Title-sc-1il5uxg-0">Ny innsats</h3><p class="release__Byline-sc-6son67-1">
28.4.2025 10:47:32 CEST | Pressemelding</p><p class="text-elements__Leadtext-sc-1il5uxg-2">
Et nytt tiltak.</p></div></section>"""


def page(**parts: str) -> str:
    given = {
        "head": f'<title>{TITLE} | IMDi</title><meta property="og:title" content="{TITLE} | IMDi">',
        "title": f'<h1 class="text-elements__ReleaseTitle-sc-1il5uxg-1"><span>{TITLE}</span></h1>',
        "byline": '<p class="release__Byline-sc-6son67-1">24.3.2025 08:00:00 CET |'
        " Pressemelding</p>",
        "lead": f'<p class="text-elements__Leadtext-sc-1il5uxg-2 fnUQeV">{LEAD}</p>',
        "body": f'<div class="release__PublicationContent-sc-6son67-0 liWhHr">{BODY}</div>',
        "end": LATEST,
    } | parts
    return (
        f'<!DOCTYPE html><html lang="no"><head><meta charset="utf-8">{given["head"]}</head><body>'
        '<a href="/presserom/89626/imdi">IMDi</a><main>'
        f"{given['title']}{given['byline']}{given['lead']}{given['body']}{given['end']}"
        "</main></body></html>"
    )


def state(value: Any) -> str:
    text = quote(json.dumps(value), safe="")
    return (
        f"<script>window.__INITIAL_STATE__ = '{base64.b64encode(text.encode()).decode()}'</script>"
    )


def read(html: str, asked: StubVersion = ASKED, url: str = URL) -> list[EntryItem]:
    return parse_page(html.encode(), asked=asked, url=url, base_url=BASE, publisher_id=89626)


def one(html: str, asked: StubVersion = ASKED) -> EntryItem:
    (item,) = read(html, asked)
    return item


def other_hashes(html: str) -> str:
    return re.sub(r"-sc-[0-9a-z]+-([0-9])( \w+)?", r"-sc-q0w9e8-\1 bXyZa", html)


def wrapped(html: str) -> str:
    tree = Selector(text=html)
    shuffled = random.Random(7)
    for element in tree.xpath("//main//h1|//main//p|//main//div"):
        inner = element.root
        for _ in range(shuffled.randrange(3)):
            wrapper = inner.makeelement("div", {"class": "layout__Box-sc-1-1"})
            inner.addprevious(wrapper)
            wrapper.append(inner)
    return tree.get()


def metas_last(html: str) -> str:
    found = re.findall(r"<meta property[^>]*>", html)
    return re.sub(r"<meta property[^>]*>", "", html).replace("</head>", "".join(found) + "</head>")


@pytest.mark.parametrize(
    "mutate",
    [
        lambda html: html,
        other_hashes,
        wrapped,
        metas_last,
        lambda html: html.replace("release__", "release-page__"),
        lambda html: html.replace("text-elements__ReleaseTitle", "text-elements__Title"),
        lambda html: html.replace("text-elements__ReleaseTitle", "heading"),
        lambda html: html.replace("<main>", "<div>").replace("</main>", "</div>"),
        lambda html: html.replace("<body>", "<body><header><h1>NTB Kommunikasjon</h1></header>"),
        lambda html: html.replace(LATEST, LATEST * 3),
        lambda html: html.replace("<p class", "\n\n  <p data-reactid='4' class"),
    ],
)
def test_builds_differ_and_the_release_does_not(mutate: Callable[[str], str]) -> None:
    item = CleanPipeline(BASE).process_item(one(mutate(page())))
    assert (item.key, item.url, item.title, item.lead) == ("18501900/no", URL, TITLE, LEAD)
    assert item.published is not None
    assert item.published.moment == MOMENT
    assert item.body_text == text_of(BODY)
    assert item.shape == "prs_page"


def test_missing_blocks_cost_only_themselves() -> None:
    item = one(page(byline=""))
    assert item.published is None, "the first date on the page is another release's"
    assert item.body
    assert one(page(lead="")).lead == ""
    assert (
        one(page(lead="", head='<meta property="og:description" content="Kort.">')).lead == "Kort."
    )
    assert one(page(body="")).published is not None
    assert one(page(title=f"<h1>{TITLE}</h1>")).title == TITLE


def test_what_stands_inside_the_text_is_not_said_twice() -> None:
    inside = page(
        lead="",
        body='<div class="release__PublicationContent-sc-1-0">'
        f'<p class="text-elements__Leadtext-sc-1-2">{LEAD}</p>{BODY}</div>',
    )
    item = one(inside)
    assert item.lead == LEAD
    assert text_of(item.body) == text_of(BODY)


@pytest.mark.parametrize(
    ("byline", "moment", "kind"),
    [
        ("13.8.2022 14:00:00 CEST", datetime(2022, 8, 13, 12, 0, tzinfo=UTC), Kind.PRESS_RELEASE),
        ("1.4.2026 09:29:57 CEST | Nyhet", datetime(2026, 4, 1, 7, 29, 57, tzinfo=UTC), Kind.NEWS),
        ("23.3.2018 13:43 | IMDi", datetime(2018, 3, 23, 12, 43, tzinfo=UTC), Kind.PRESS_RELEASE),
        ("20.6.2022 14:00:00 EEST | Tiedote", datetime(2022, 6, 20, 11, tzinfo=UTC), None),
    ],
)
def test_bylines_give_date_and_kind(byline: str, moment: datetime, kind: Kind | None) -> None:
    item = one(page(byline=f'<p class="release__Byline-sc-6son67-1">{byline}</p>'))
    assert item.published is not None
    assert item.published.moment == moment
    assert kind in (None, item.kind)


RELEASE = {
    "id": 18501900,
    "date": "2025-03-24T07:00:00.000Z",
    "publisher": {"id": 89626},
    "versions": {
        "no": {"title": TITLE, "leadtext": LEAD, "body": {"complete": BODY}, "type": "Nyhet"}
    },
}
VERSION = {"language": "no", "title": TITLE, "leadtext": LEAD, "body": {"complete": BODY}}


@pytest.mark.parametrize(
    "value",
    [
        {"release": {"18501900": RELEASE}},
        {"a": [{"b": {"c": RELEASE}}], "list": [{"id": 18501900, "versions": {"no": {}}}]},
        {"r": dict(reversed(RELEASE.items()))},
        {"r": RELEASE | {"id": "18501900"}},
        {"r": RELEASE | {"versions": [VERSION]}},
        {"r": RELEASE | {"versions": [VERSION | {"body": BODY}]}},
        {"r": RELEASE | {"versions": [VERSION | {"body": {"cookieless": {"content": BODY}}}]}},
        {"release": {"18501900": {k: v for k, v in RELEASE.items() if k != "id"}}},
        {"r": {"id": 18501900, "date": RELEASE["date"], **VERSION}},
        {
            "release": {
                "18501900": {
                    "items": [
                        {
                            "metadata": {
                                "id": "18501900",
                                "title": TITLE,
                                "publicationDate": "2025-03-24T07:00:00Z",
                            },
                            "versions": [{"leadtext": LEAD, "body": {"complete": BODY}}],
                        }
                    ]
                }
            }
        },
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_the_state_is_searched_for_the_release(value: Any, plain: bool) -> None:
    html = (
        f'<html><body><div id="root"></div>{state(value)}</body></html>'
        if plain
        else page(end=state(value))
    )
    item = one(html)
    assert (item.key, item.title, item.lead) == ("18501900/no", TITLE, LEAD)
    assert item.published is not None
    assert item.published.moment == MOMENT
    assert (item.body, item.shape) == (BODY, "prs_page_state")


@pytest.mark.parametrize(
    "script",
    [
        f"<script>window.__INITIAL_STATE__ = {json.dumps(RELEASE)};</script>",
        f"<script>window['__INITIAL_STATE__']=\"{quote(json.dumps(RELEASE))}\"</script>",
        state(RELEASE).replace(" = ", "="),
    ],
)
def test_other_packings_of_the_state_are_read(script: str) -> None:
    assert one(f"<html><body>{script}</body></html>").shape == "prs_page_state"


def test_the_page_completes_what_its_state_lacks() -> None:
    bare = {"id": 18501900, "versions": {"no": {"body": "", "documents": []}}}
    item = one(page(end=state(bare)))
    assert (item.title, item.lead, text_of(item.body)) == (TITLE, LEAD, text_of(BODY))
    assert item.published is not None


@pytest.mark.parametrize(
    "broken", ["'%%%'", "'a'", "'JTdC'", "{", "null", "'" + "W10" * 5000 + "'"]
)
def test_a_broken_state_leaves_the_page(broken: str) -> None:
    html = page(end=f"<script>window.__INITIAL_STATE__ = {broken}</script>")
    assert one(html).shape == "prs_page"


def test_what_is_shared_stands_in_if_it_is_of_this_release() -> None:
    shared = (
        f'<html><head><meta property="og:title" content="Tall | fakta | IMDi">'
        f'<meta property="og:description" content="{LEAD}">%s</head><body></body></html>'
    )
    item = one(shared % "", StubVersion(ASKED.key, URL, "Tall | fakta"))
    assert (item.title, item.lead, item.body, item.shape) == (
        "Tall | fakta",
        LEAD,
        "",
        "prs_page_meta",
    )
    assert one(shared % f'<link rel="canonical" href="{URL}">').title == "Tall | fakta"
    with pytest.raises(ShapeError, match="shows no release"):
        one(shared % "", StubVersion(ASKED.key, URL, "En annen tittel"))


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>NTB</title></head><body><div id='root'></div></body></html>",
        '<html><body><h1 class="text-elements__Title-sc-1-0">Siden finnes ikke</h1></body></html>',
        "<html><body><h1>Logg inn</h1><input type='password'></body></html>",
        "ikke html",
        "",
    ],
)
def test_what_is_no_release_is_refused(html: str) -> None:
    with pytest.raises(ShapeError):
        read(html)


def test_another_release_or_publisher_is_refused() -> None:
    with pytest.raises(ShapeError, match="that of release 5"):
        read(page(head='<link rel="canonical" href="/pressemelding/5/annen">'))
    with pytest.raises(ShapeError, match="which is no release"):
        read(page(), url=f"{BASE}/presserom/89626/imdi")
    with pytest.raises(WrongPublisherError):
        read(page().replace("/presserom/89626/", "/presserom/7/"))
    with pytest.raises(WrongPublisherError):
        read(page(end=state(RELEASE | {"publisher": {"id": 7}})))


def test_files_are_those_of_the_release() -> None:
    links = (
        '<a href="/files/89626/18501900/1/no"><b>Prognose</b></a>'
        '<a href="/files/89626/18501900/1/no">Prognose</a>'
        '<a href="/files/89626/5/1/no">En annen</a>'
    )
    (file,) = one(page(end=links)).attachments
    assert (file.url, file.label, file.media_type) == (
        f"{BASE}/files/89626/18501900/1/no",
        "Prognose",
        "",
    )


@given(st.integers(0, 4000), st.integers(0, 400), st.text(max_size=30))
def test_no_damage_upsets_the_reader(start: int, length: int, instead: str) -> None:
    whole = page(end=state(RELEASE) + LATEST)
    damaged = whole[:start] + instead + whole[start + length :]
    try:
        items = read(damaged)
    except ShapeError:
        return
    assert items
    assert all(item.key.startswith("18501900/") for item in items)
