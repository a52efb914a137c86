from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import web
from builders import NEWS, PRESS, entry_data, fill, put
from db.models import Cause, Verdict
from db.store import Store
from every_page import fill_every_page
from feed.site import Site
from web_site import Running, read, run_site

PAGES = ["/", "/about", "/privacy", "/accessibility", "/sources", "/tags", "/follow", "/subscribe",
         "/?q=tolk", "/follow?q=tolk&tag=work", "/subscriptions"]  # fmt: skip
STYLE = Path(web.__file__).parent / "static" / "style.css"
#: a page and its style together
MOST_BYTES = 60_000
ALL = [*PAGES, "/feed.atom", "/feed.rss", "/api/entries", "/api/tags", "/api/sources", "/healthz",
       "/readyz", "/entries/5", "/confirm/x", "/unsubscribe/x", "/nothing", "/?page=x"]  # fmt: skip


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole(site: Running, address: str) -> None:
    response = site.client.get(address)
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    page = read(response.text)
    assert page.all("a", href="#innhold")
    assert page.all("a", href="mailto:drift@example.no")
    assert site.client.head(address).data == b""


def test_every_page_is_light_and_loads_nothing_but_its_style(store: Store, now: datetime) -> None:
    """The page and its style are under 60 kB together, as they are before any compression."""
    running = run_site(store, lambda: now)
    running.app.logger.disabled = True
    for name, path in fill_every_page(store, running, now).items():
        response = running.client.get(path, follow_redirects=True)
        page = read(response.text)
        assert len(page.all("link", rel="stylesheet")) == 1
        assert len(response.data) + STYLE.stat().st_size < MOST_BYTES, name
        loading = [
            found
            for tag, found in page.elements
            if tag in {"img", "iframe", "object", "embed", "audio", "video", "source"}
            or "src" in found
        ]
        assert loading == [], name
        assert [str(icon["href"])[:5] for icon in page.all("link", rel="icon")] == ["data:"]


def test_a_full_listing_is_light(store: Store, now: datetime) -> None:
    """Twenty hits with long leads, and every filter."""
    running = run_site(store, lambda: now)
    fill(store, seen=now)
    for number in range(40):
        lead = " ".join(f"innvandrere{number + word}" for word in range(60))
        put(store, entry_data(key=str(number), title=f"Sak {number}", lead=lead), seen=now)
    text = running.client.get("/").data
    assert len(text) + STYLE.stat().st_size < MOST_BYTES


def test_every_page_can_be_kept_and_asked_for_again(site: Running) -> None:
    for address in [*PAGES[:7], "/entries/5/for-mye-bruk-av-ukvalifiserte-tolker-i-det-offentlige",
                    "/entries/5/history", "/?q=tolk&ui=en"]:  # fmt: skip
        first = site.client.get(address)
        assert first.headers["Cache-Control"] == "public, no-cache", address
        again = site.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        assert "Accept-Language" in again.headers["Vary"]


def test_every_link_of_every_page_leads_somewhere(site: Running) -> None:
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = site.client.get(address)
        assert response.status_code in {200, 301}, address
        if response.content_type.startswith("text/html") and len(seen) < 200:
            links = read(response.text).all("a") if response.status_code == 200 else []
            found = [str(link["href"]) for link in links]
            waiting += [one for one in found if one.startswith("/") and not urlsplit(one).netloc]
    assert {"/about", "/privacy", "/accessibility", "/sources", "/feed.atom"} <= seen


@pytest.mark.parametrize("address", ALL)
def test_no_answer_sets_a_cookie_or_loosens_the_policy(site: Running, address: str) -> None:
    for ask in (site.client.get, site.client.head, site.client.post):
        headers = ask(address).headers
        assert "Set-Cookie" not in headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in {"no-referrer", "strict-origin-when-cross-origin"}
        assert headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/?tag=work&q=rapport"])
def test_listings_are_not_sent_again_unchanged(site: Running, address: str) -> None:
    first = site.client.get(address)
    again = site.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "public" in first.headers["Cache-Control"]
    other = site.client.get(address + "&per_page=3" if "?" in address else "/?per_page=3")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_the_host_of_a_request_is_not_believed(site: Running) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for address in ("/", "/entries/5", "/entries/5//", "/subscribe", "/api/entries", "/static//x"):
        response = site.client.get(address, headers=headers)
        assert "evil" not in response.text
        assert "evil" not in response.headers.get("Location", "")


def test_static_files_are_kept_as_long_as_they_are_the_same(site: Running) -> None:
    page = read(site.client.get("/").text)
    (style,) = page.all("link", rel="stylesheet")
    with site.client.get(str(style["href"])) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    with site.client.get("/static/style.css?v=old") as response:
        assert response.headers["Cache-Control"] == "public, no-cache"


def test_health(site: Running) -> None:
    assert (site.client.get("/healthz").status_code, site.client.get("/healthz").data) == (
        200,
        b"ok\n",
    )
    assert site.client.get("/readyz").status_code == 200


def test_sources_tell_how_they_are(store: Store, site: Running, now: datetime) -> None:
    for source, verdict, reason, cause in (
        (PRESS, Verdict.OK, "", None),
        (NEWS, Verdict.BROKEN, "http://x lists <no> entries", Cause.EMPTIED),
    ):
        run = store.crawls.begin(source.slug, now=now)
        finished = now + timedelta(minutes=1)
        store.crawls.finish(
            replace(run, finished=finished, verdict=verdict, reason=reason, cause=cause)
        )
    page = read(site.client.get("/sources").text)
    for words in (
        "IMDi: nyheter × Kan være ødelagt: listen hos kilden er tom",
        "http://x lists <no> entries",
        "IMDi: pressemeldinger ✓ Virker som den skal",
        "23. november 2026 kl. 07.01",
        "Ny IMDi-rapport: Flere innvandrere i distriktene, 30. august 2023",
        "Sakene legges inn for hånd",
        "3 saker",
        "1 sak",
    ):
        assert words.replace("× ", "").replace("✓ ", "") in page.text
    assert page.all("a", href="https://www.imdi.no")
    assert page.all("a", href="/?source=imdi-news")


def test_pages_without_a_contact_promise_none(store: Store, now: datetime) -> None:
    site = run_site(store, lambda: now, Site("https://x.no", "x.no,2026"))
    for address in PAGES:
        assert "mailto:" not in site.client.get(address).text


def test_the_tips_name_fields_in_the_language_of_the_page(site: Running) -> None:
    for language, field in (("nb", "tittel"), ("nn", "tittel"), ("en", "title")):
        assert f"<code>{field}:rapport</code>" in site.client.get(f"/about?ui={language}").text
