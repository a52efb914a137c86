"""The bundled demonstration sites: their texts, their routes, and how they start and end."""

import http.client
import json
import re
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from imdifeed.demo.files import text_pdf
from imdifeed.demo.markup import imdi_components, inline, parse, press_room_html
from imdifeed.demo.press_room_api import slug
from imdifeed.demo.server import DemoSites, serve_demo_sites
from imdifeed.demo.texts import ContentError, load_news, load_releases
from nursery import run_script

ROOM = "/public-website-api/pressroom/89626"
SEEDS = Path(__file__).parent / "seeds"
LAST_DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoSites]:
    with serve_demo_sites() as running:
        yield running


class Got:
    """An answer, read to its end."""

    def __init__(
        self, url: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> None:
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        with closing(http.client.HTTPConnection(parts.netloc, timeout=5)) as connection:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            self.status = response.status
            self.headers = response.headers
            self.body = response.read()

    def json(self) -> dict:
        assert self.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(self.body)

    def page(self) -> html.HtmlElement:
        assert self.headers["Content-Type"] == "text/html; charset=utf-8"
        return html.document_fromstring(self.body.decode())


def listed(sites: DemoSites, size: int) -> list[dict]:
    releases: list[dict] = []
    for page in range(100):
        answer = Got(f"{sites.press_room_url}{ROOM}/releases/{size}/{page}").json()
        assert answer["paging"]["page"] == page
        if not answer["releases"]:
            return releases
        releases += answer["releases"]
    raise AssertionError("the list does not end")


# The texts


def test_there_are_texts_enough_in_three_languages() -> None:
    releases, news = load_releases(), load_news()
    assert len(releases) >= 16
    assert len(news) >= 14
    versions = [version for release in releases for version in release.versions]
    languages = Counter(text.language for text in [*versions, *news])
    assert languages["nn"] >= 5
    assert languages["en"] >= 3
    assert any(len(release.versions) == 2 for release in releases)


def test_texts_have_identities_of_their_own_and_dates_that_have_been() -> None:
    releases, news = load_releases(), load_news()
    assert len({release.id for release in releases}) == len(releases)
    assert len({slug(release.versions[0].title) for release in releases}) == len(releases)
    assert len({item.page_id for item in news}) == len(news)
    days = [release.published.date() for release in releases] + [item.published for item in news]
    assert min(days).year == 2021
    assert max(days) < LAST_DAY
    assert LAST_DAY - max(days) < timedelta(days=30)
    assert all(item.published <= item.updated < LAST_DAY for item in news)
    assert sorted(days[: len(releases)], reverse=True) == days[: len(releases)]


def test_every_text_is_whole() -> None:
    for release in load_releases():
        for version in release.versions:
            assert version.title
            assert len(version.lead) > 60, version.title
            assert 100 < len(version.body.split()) < 400, version.title
            assert version.keywords, version.title
    for item in load_news():
        assert item.kicker.endswith(":"), item.title
        assert 100 < len(item.body.split()) < 300, item.title


def test_real_texts_stand_as_they_stood() -> None:
    seed = " ".join((SEEDS / "pressemelding-flere-innvandrere.txt").read_text("utf-8").split())
    releases = {release.versions[0].title: release for release in load_releases()}
    real = releases["Ny IMDi-rapport: Flere innvandrere i distriktene"].versions[0]
    for paragraph in [real.title, real.lead, *real.body.replace("\n- ", "\n\n").split("\n\n")]:
        plain = paragraph.strip().removeprefix("\\").removeprefix("## ").removeprefix("- ")
        assert plain in seed
    latest = re.split(r"Siste pressemeldinger fra IMDi ", seed)[1]
    quoted = [r for r in releases.values() if r.versions[0].title in latest]
    assert len(quoted) == 5
    for release in quoted:
        moment = release.published
        shown = f"{moment.day}.{moment.month}.{moment.year} {moment:%H:%M:%S} {moment.tzname()}"
        assert f"{release.versions[0].title}{shown} | Pressemelding" in latest
        assert release.versions[0].lead in latest


def test_front_page_news_stand_as_they_stood() -> None:
    seed = " ".join((SEEDS / "forside-nyheter.txt").read_text("utf-8").split())
    news = load_news()
    quoted = [item for item in news if " ".join(f"{item.title} {item.lead}".split()) in seed]
    assert len(quoted) == 9
    assert all(f"{item.kicker} {item.title}" in seed for item in quoted)
    assert "For mye bruk av ukvalifiserte tolker i det offentlige" in {i.title for i in quoted}


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("no head at all", r"x\.md: begin the file"),
        ("+++\nid = \n+++\n", r"x\.md: the head is not TOML"),
        ("+++\nid = 1\n+++\n", r"x\.md: the head needs 'published', a datetime"),
        ('+++\npublished = 2026-01-02T03:04:05\nlanguage = "sv"\n+++\n', "write nb, nn or en"),
    ],
)
def test_a_text_that_cannot_be_read_is_named(tmp_path: Path, head: str, complaint: str) -> None:
    (tmp_path / "x.md").write_text(head, "utf-8")
    with pytest.raises(ContentError, match=complaint):
        load_releases(tmp_path)


def test_two_texts_in_one_language_are_not_one_release(tmp_path: Path) -> None:
    for name, language in (("a.md", "nb"), ("b.md", "nn")):
        (tmp_path / name).write_text(
            f'+++\nid = 7\npublished = 2026-01-02T03:04:05\nlanguage = "{language}"\n'
            'title = "T"\nlead = "L"\n+++\nB\n',
            "utf-8",
        )
    with pytest.raises(ContentError, match=r"b\.md: release 7 has two versions"):
        load_releases(tmp_path)


def test_two_articles_cannot_share_an_address(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(
            '+++\npage_id = 7\naddress = "/aktuelt/x/"\npublished = 2026-01-02\nlanguage = "nb"\n'
            'kicker = "K:"\ntitle = "T"\nlead = "L"\n+++\nB\n',
            "utf-8",
        )
    with pytest.raises(ContentError, match="/aktuelt/x/"):
        load_news(tmp_path)


# Markup


def test_markup_is_written_as_each_site_writes_it() -> None:
    blocks = parse(
        '## Råd\n\nFra 15 400 <a> "b".\n\n- én\n- **to**\n\n\\- Sagt.\n\n::: Frist\n\n1. mai\n\n:::'
    )
    assert press_room_html(blocks) == (
        "<p><strong>Råd</strong><br>Fra 15&nbsp;400 &lt;a&gt; &quot;b&quot;.</p>\n"
        "<ul>\n<li>én</li>\n<li><strong>to</strong></li>\n</ul>\n<p>- Sagt.</p>\n"
        "<p><strong>Frist</strong><br>1. mai</p>\n<p>&nbsp;</p>"
    )
    rich, box = imdi_components(blocks)
    assert rich.html.startswith('<h2 class="_js_always-expanded">Råd</h2>\n<p>Fra 15 400 &lt;a&gt;')
    assert (box.name, box.tagline, box.html) == ("HighlightedInfoBlock", "Frist", "<p>1. mai</p>")


def test_a_heading_before_a_list_or_at_the_end_keeps_its_place() -> None:
    assert press_room_html(parse("## Funn\n\n- én")) == (
        "<p><strong>Funn</strong></p>\n<ul>\n<li>én</li>\n</ul>\n<p>&nbsp;</p>"
    )
    assert "<p><strong>Slutt</strong></p>" in press_room_html(parse("Tekst\n\n## Slutt"))


def test_links_are_escaped() -> None:
    assert inline('[se "her"](/a/?b=1&c="2")') == (
        '<a href="/a/?b=1&amp;c=&quot;2&quot;">se &quot;her&quot;</a>'
    )


def test_pdf_is_indexed_as_its_table_says() -> None:
    pdf = text_pdf("Råd (1)", "blåbær \\ – «x»\n" * 120)
    assert pdf.startswith(b"%PDF-1.4\n")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[1])
    assert pdf[start : start + 5] == b"xref\n"
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n ", pdf)]
    for number, offset in enumerate(offsets, 1):
        assert pdf[offset:].startswith(b"%d 0 obj\n" % number)
    for found in re.finditer(rb"/Length (\d+) >>\nstream\n", pdf):
        assert pdf[found.end() + int(found[1]) :].startswith(b"\nendstream")
    assert rb"(R\345d \(1\))".replace(rb"\345", b"\xe5") in pdf
    assert pdf.count(b"/Type /Page ") == 3


# The press room


@pytest.mark.parametrize("size", [1, 7, 50, 5000])
def test_pages_of_the_list_hold_every_release_once(sites: DemoSites, size: int) -> None:
    releases = listed(sites, size)
    count = Got(f"{sites.press_room_url}{ROOM}/releases/{size}/0").json()["paging"]["count"]
    numbers = [release["id"] for release in releases]
    assert len(numbers) == len(set(numbers)) == count == len(load_releases())
    moments = [release["date"] for release in releases]
    assert moments == sorted(moments, reverse=True)


def test_list_has_the_known_form(sites: DemoSites) -> None:
    by_id = {release["id"]: release for release in listed(sites, 20)}
    release = by_id[18411873]
    assert release["date"] == "2025-01-15T08:00:00.000Z"
    assert list(release["versions"]) == ["no", "en"]
    version = release["versions"]["no"]
    assert set(version) == {"title", "type", "metadescription", "url", "image", "logoUrl"}
    assert version["url"] == (
        "/release/18411873/foler-seg-godt-mottatt-men-er-usikre-pa-framtida"
        "?publisherId=89626&lang=no"
    )
    assert by_id[18499021]["date"] == "2025-04-28T08:47:32.000Z"
    assert {key for found in by_id.values() for key in found["versions"]} == {"no", "en"}


def test_every_release_has_its_detail(sites: DemoSites) -> None:
    for stub in listed(sites, 50):
        url = f"{sites.press_room_url}/public-website-api/release/{stub['id']}"
        detail = Got(url).json()
        assert (detail["id"], detail["date"]) == (stub["id"], stub["date"])
        assert detail["publisher"] == {"id": 89626, "name": "IMDi"}
        assert list(detail["versions"]) == list(stub["versions"])
        for version in detail["versions"].values():
            assert version["body"]["complete"] == version["body"]["cookieless"]["content"]
            assert version["body"]["complete"].startswith("<p>")
            assert version["leadtext"].startswith("<p>")
            assert isinstance(version["keywords"], str)
            assert version["contacts"]["cards"][0]["name"] == "Pressevakt"


def test_press_room_itself(sites: DemoSites) -> None:
    room = Got(f"{sites.press_room_url}{ROOM}").json()
    assert room["publisher"]["id"] == sites.publisher_id == 89626
    assert "۰ være fagmyndighet for tolking" in room["publisher"]["boilerplate"]


def test_attachment_has_no_ending_but_a_type(sites: DemoSites) -> None:
    url = f"{sites.press_room_url}/public-website-api/release/18411873"
    document = Got(url).json()["versions"]["no"]["documents"][0]
    assert document["url"] == "/files/89626/18411873/1/no"
    got = Got(sites.press_room_url + document["url"])
    assert got.headers["Content-Type"] == "application/pdf"
    assert "Faktaark" in got.headers["Content-Disposition"]
    assert got.body.startswith(b"%PDF-")


def test_picture_is_one(sites: DemoSites) -> None:
    url = f"{sites.press_room_url}/public-website-api/release/18012407"
    image = Got(url).json()["versions"]["no"]["leadimage"]
    got = Got(sites.press_room_url + image["path"])
    assert got.headers["Content-Type"] == "image/png"
    assert got.body.startswith(b"\x89PNG\r\n\x1a\n")
    length = int.from_bytes(got.body[33:37], "big")
    assert len(zlib.decompress(got.body[41 : 41 + length])) == 180 * (1 + 320 * 3)


def test_release_page_carries_text_and_furniture(sites: DemoSites) -> None:
    page = Got(f"{sites.press_room_url}/pressemelding/18012407/x?publisherId=89626&lang=no").page()
    title = page.xpath('//h1[contains(@class, "text-elements__Title")]')[0]
    assert title.text_content() == "Ny IMDi-rapport: Flere innvandrere i distriktene"
    byline = page.xpath('//p[contains(@class, "release__Byline")]')[0]
    assert byline.text_content() == "7.9.2023 06:00:00 CEST | Pressemelding"
    lead = page.xpath('//p[contains(@class, "text-elements__Leadtext")]')[0]
    assert lead.text_content().startswith("Stadig færre innvandrere")
    body = page.xpath('//div[contains(@class, "release__PublicationContent")]')[0]
    assert len(body.xpath(".//li")) == 4
    assert body.xpath('.//p[starts-with(., "- Vi tror")]')
    flat = page.text_content()
    for furniture in (
        "IMDiIMDi",
        "Del\n",
        "IllustrasjonsbildeIllustrasjonsbilde",
        "Nøkkelord",
        "KontakterPressevaktTel:91 75 53 51presse@imdi.noLenker",
        "Om oss",
        "۰ ivareta arbeidet med bosetting av flyktninger",
        "Følg pressemeldinger fra IMDi",
        "Siste pressemeldinger fra IMDi",
        "Besøk vårt presserom",
    ):
        assert furniture in flat
        assert furniture not in body.text_content()
    others = page.xpath('//a[contains(@class, "latest-releases__Link")]')
    assert len(others) == 5
    assert all(re.search(r"\S\d+\.\d+\.\d{4} ", other.text_content()) for other in others)


def test_release_has_a_page_in_each_language(sites: DemoSites) -> None:
    base = f"{sites.press_room_url}/pressemelding/18411873/x"
    assert Got(f"{base}?lang=en").page().xpath("string(//h1)").startswith("Feel well received")
    assert Got(f"{base}?lang=no").page().xpath("string(//h1)").startswith("Føler seg godt")
    assert Got(base).page().xpath("string(//h1)").startswith("Føler seg godt")
    assert b"CET | Press release" in Got(f"{base}?lang=en").body


def test_old_address_leads_to_the_page(sites: DemoSites) -> None:
    path = "/pressemelding/x?publisherId=89626&releaseId=18471560"
    got = Got(sites.press_room_url + path)
    assert got.status == 301
    assert got.headers["Location"] == (
        "/pressemelding/18471560/kommunene-klare-til-a-bosette-15-400-flyktninger"
        "?publisherId=89626&lang=no"
    )


# imdi.no


def articles(sites: DemoSites, path: str = "/aktuelt/nyheter/") -> list[str]:
    page = Got(sites.imdi_url + path).page()
    return page.xpath('//ul[starts-with(@class, "_newsList_")]//a/@href')


@pytest.mark.parametrize("path", ["/aktuelt/", "/aktuelt/nyheter/"])
def test_list_links_every_article_once(sites: DemoSites, path: str) -> None:
    assert articles(sites, path) == [item.address for item in load_news()]


def test_front_page_has_kickers_and_no_dates(sites: DemoSites) -> None:
    page = Got(f"{sites.imdi_url}/").page()
    assert len(page.xpath('//a[starts-with(@class, "_teaser_")]')) == 9
    assert "Siste oppdateringer:" in page.xpath("//span[starts-with(@class, '_kicker_')]/text()")
    assert page.xpath('string(//a[text()="Se alle oppdateringer"]/@href)') == "/aktuelt/nyheter/"


def test_every_article_has_the_known_form(sites: DemoSites) -> None:
    by_address = {item.address: item for item in load_news()}
    for address in articles(sites):
        item, got = by_address[address], Got(sites.imdi_url + address)
        page, english = got.page(), by_address[address].language == "en"
        assert page.get("lang") == ("en" if english else "no")
        assert page.xpath("string(//title)") == f"{item.title} | IMDi"
        assert page.xpath("string(//meta[@property='og:title']/@content)") == f"{item.title} | IMDi"
        description = "//meta[@property='og:description'][@name='description']/@content"
        assert page.xpath(f"string({description})") == item.lead
        assert page.xpath("string(//meta[@name='pageid']/@content)") == str(item.page_id)
        published = page.xpath("string(//meta[@name='cludo:PublishedDate']/@content)")
        assert date.fromisoformat(published) == item.published
        assert page.xpath("string(//head/*[last()]/@rel)") == "canonical"
        assert page.xpath("string(//link[@rel='canonical']/@href)") == sites.imdi_url + address
        assert page.xpath("string(//main//h1)") == item.title
        line = page.xpath("string(//*[starts-with(@class, '_publishDate_')]/p)")
        assert line.startswith("Published: " if english else "Sist oppdatert: ")
        assert line.endswith(str(item.updated.year))
        assert page.xpath("string(//*[contains(@class, '_mainIntro_')])") == item.lead
        content = page.get_element_by_id("page-level-content-area")
        assert content.xpath(".//*[contains(@class, '_richText_')]//p")
        assert page.xpath("//nav[@aria-label='breadcrumb']")
        assert got.body.count(item.lead.split('"')[0].encode()) >= 2


def test_text_stands_a_second_time_in_a_script(sites: DemoSites) -> None:
    path = "/aktuelt/nyheter/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige/"
    page = Got(sites.imdi_url + path).page()
    script = page.xpath("string(//script)")
    state = json.loads(script[script.index("{") : script.rindex("}") + 1])
    items = state["component"]["component"]["contentArea"]["items"]
    names = [item["componentName"] for item in items]
    assert names == ["RichText", "HighlightedInfoBlock", "RichText"]
    shown = page.get_element_by_id("page-level-content-area")
    assert len(shown.xpath(".//*[starts-with(@class, '_highlightedInfoBlock_')]")) == 1
    paragraph = html.fromstring(items[0]["component"]["html"]).xpath("string(.//p)")
    assert paragraph in shown.text_content()


def test_sitemap_and_robots(sites: DemoSites) -> None:
    robots = Got(f"{sites.imdi_url}/robots.txt").body.decode()
    assert f"Sitemap: {sites.imdi_url}/sitemap.xml" in robots
    tree = etree.fromstring(Got(f"{sites.imdi_url}/sitemap.xml").body)
    addresses = tree.xpath("//*[local-name()='loc']/text()")
    assert {sites.imdi_url + item.address for item in load_news()} <= set(addresses)
    assert Got(f"{sites.press_room_url}/robots.txt").body == b"User-agent: *\nAllow: /\n"


def test_address_without_final_slash_leads_to_the_page(sites: DemoSites) -> None:
    got = Got(f"{sites.imdi_url}/aktuelt/nyheter/flere-innvandrere-i-distriktene")
    assert (got.status, got.headers["Location"]) == (
        301,
        "/aktuelt/nyheter/flere-innvandrere-i-distriktene/",
    )


# Both


def test_every_link_within_the_sites_leads_somewhere(sites: DemoSites) -> None:
    for base in (sites.press_room_url, sites.imdi_url):
        waiting, seen = [f"{base}/"], {f"{base}/"}
        while waiting:
            url = waiting.pop()
            got = Got(url)
            assert got.status == 200, url
            if not got.headers["Content-Type"].startswith("text/html"):
                continue
            for link in got.page().xpath("//body//@href | //body//@src"):
                target = urljoin(url, link).partition("#")[0]
                if target.startswith(f"{base}/") and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        assert len(seen) > 20


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        f"{ROOM}/releases/0/0",
        f"{ROOM}/releases/20/-1",
        f"{ROOM}/releases/20/99999999999",
        "/public-website-api/pressroom/1/releases/20/0",
        "/public-website-api/release/1",
        "/public-website-api/release/۱۸۰۱۲۴۰۷",
        "/pressemelding/1/x",
        "/pressemelding/x?releaseId=1",
        "/files/89626/18411873/2/no",
        "/files/89626/18411873/0/no",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%ff%00%0d%0aX-Y:z",
        "http://[/",
    ],
)
def test_unknown_path_is_a_page_that_says_so(sites: DemoSites, path: str) -> None:
    for base in (sites.press_room_url, sites.imdi_url):
        parts = urlsplit(base)
        with closing(socket.create_connection((parts.hostname, parts.port), 5)) as raw:
            raw.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = raw.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.0 404 "), path
        assert b"Content-Type: text/html" in answer
        assert b"Siden finnes ikke" in answer
        assert b"\nX-Y" not in answer


def test_strange_path_cannot_become_markup(sites: DemoSites) -> None:
    got = Got(f"{sites.imdi_url}/%3Cscript%3Ealert(1)%3C/script%3E")
    assert got.status == 404
    assert b"<script>" not in got.body


def test_head_answers_without_a_body(sites: DemoSites) -> None:
    url = f"{sites.imdi_url}/aktuelt/"
    got, head = Got(url), Got(url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.body))


def test_unchanged_page_is_not_sent_again(sites: DemoSites) -> None:
    url = f"{sites.press_room_url}{ROOM}/releases/20/0"
    tag = Got(url).headers["ETag"]
    again = Got(url, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert Got(url, headers={"If-None-Match": '"other"'}).status == 200


def test_other_methods_are_refused(sites: DemoSites) -> None:
    assert Got(f"{sites.imdi_url}/", "POST").status == 501


def test_sites_end_with_their_threads_and_connections(capfd: pytest.CaptureFixture[str]) -> None:
    before = set(threading.enumerate())
    with serve_demo_sites() as running:
        parts = urlsplit(running.imdi_url)
        idle = socket.create_connection((parts.hostname, parts.port), 5)
        hung_up = socket.create_connection((parts.hostname, parts.port), 5)
        hung_up.sendall(b"GET / HTTP/1.0\r\nX: ")
        hung_up.close()
        assert Got(f"{running.imdi_url}/aktuelt/").status == 200
        started = datetime.now(UTC)
    running.close()
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert idle.recv(1) == b""
    idle.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(OSError, match="refused"):
        Got(f"{running.imdi_url}/")
    assert capfd.readouterr() == ("", "")


def test_taken_port_starts_nothing() -> None:
    before = threading.active_count()
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            serve_demo_sites(port)
        with pytest.raises(OSError, match="in use"):
            serve_demo_sites(port - 1)
    with pytest.raises((OverflowError, OSError)):
        serve_demo_sites(65535)
    assert threading.active_count() <= before


# The real spiders

CRAWL = """
import json, sys
from datetime import UTC, datetime
import db
from crawler.run import crawl
from db.models import Source

press_room, imdi, url = sys.argv[1:]
sources = [
    Source("press", "prs", "IMDi: pressemeldinger", "IMDi", press_room, 89626, delay=0),
    Source("news", "imdi", "IMDi: nyheter", "IMDi", imdi, delay=0),
]
store = db.open_store(url)
now = datetime(2026, 11, 22, 12, tzinfo=UTC)
runs = crawl(sources, store, contact="drift@example.no", clock=lambda: now)
entries = [
    [e.source, e.key, e.language, e.title, e.lead, e.body_text, len(e.attachments),
     e.published.moment.isoformat(), [tag.slug for tag in e.tags]]
    for e in store.entries.walk()
]
store.close()
runs = [[str(r.verdict), r.new, r.changed, r.unchanged, r.rejected] for r in runs]
json.dump({"runs": runs, "entries": entries}, sys.stdout)
"""


def crawled(sites: DemoSites, store_url: str) -> dict:
    done = run_script(CRAWL, sites.press_room_url, sites.imdi_url, store_url, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wording(text: str) -> list[str]:
    """Give the words without markup and without dashes, which begin both lists and speech."""
    return [word for word in re.sub(r"[*\\#]|:::", " ", text).split() if word != "-"]


def test_the_real_spiders_read_every_text_and_nothing_else(
    sites: DemoSites, store_url: str
) -> None:
    got = crawled(sites, store_url)
    releases, news = load_releases(), load_news()
    versions = {
        f"{release.id}/{'en' if version.language == 'en' else 'no'}": (release, version)
        for release in releases
        for version in release.versions
    }
    articles = {
        f"page/{item.page_id}{'/en' if item.language == 'en' else ''}": item for item in news
    }
    assert got["runs"] == [["ok", len(versions), 0, 0, 0], ["ok", len(articles), 0, 0, 0]]
    assert {entry[1] for entry in got["entries"]} == {*versions, *articles}
    for source, key, language, title, lead, body, attachments, published, _tags in got["entries"]:
        if source == "press":
            release, text = versions[key]
            moment, documents = release.published, release.documents
            assert datetime.fromisoformat(published) == moment
            assert wording(body) == wording(text.body), key
        else:
            text = articles[key]
            moment, documents = text.published, text.documents
            assert published.startswith(moment.isoformat())
            assert wording(body)[: len(wording(text.body))] == wording(text.body), key
        assert (title, lead.split()) == (text.title, text.lead.split())
        assert language == text.language, title
        assert attachments == len(documents), title
    tags = {entry[3]: entry[8] for entry in got["entries"]}
    assert "interpreting" in tags["For mye bruk av ukvalifiserte tolker i det offentlige"]
    assert "settlement" in tags["Kommunene klare til å bosette 15 400 flyktninger"]
    assert "work" in tags["Skal få flere innvandrerkvinner ut i jobb"]
    again = crawled(sites, store_url)
    assert [run[:3] for run in again["runs"]] == [["ok", 0, 0], ["ok", 0, 0]]
    assert again["entries"] == got["entries"]
