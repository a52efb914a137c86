from datetime import datetime, timedelta

import pytest

from builders import fill
from db.errors import StoreUnavailableError
from db.store import Store
from web_site import Running, read, run_site


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(hours=1))


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/?tag=nope", 404, "noe tema som heter «nope». Disse finnes: interpreting, settlement"),
        ("/?kind=nope", 404, "noen type som heter «nope»"),
        ("/?source=nope", 404, "noen kilde som heter «nope»"),
        ("/?lang=no", 404, "noe språk som heter «no»"),
        ("/?from=2020-99-99", 400, "«2020-99-99» er ikke en dato"),
        ("/?to=i%20går", 400, "«i går» er ikke en dato"),
        ("/?page=abc", 400, "«abc» er ikke et sidetall"),
        ("/?page=-1", 400, "«-1» er ikke et sidetall"),
        ("/?page=1e9", 400, "sidetall"),
        ("/?per_page=101", 400, "fra 1 til 100"),
        ("/?sort=x", 400, "newest, relevance, oldest"),
        ("/?q=" + "a" * 10_001, 400, "for langt"),
        ("/?" + "tag=work&" * 201, 400, "for mange valg"),
        ("/export.csv?separator=x", 400, "«x» kan ikke brukes som «separator»"),
        ("/feed.atom?archive=x", 400, "«x» kan ikke brukes som «archive»"),
        ("/?page=99", 404, "Siden finnes ikke"),
        ("/finnes-ikke", 404, "Siden finnes ikke"),
        ("/subscribe?tag=nope", 404, "«nope»"),
        ("/entries/77", 404, "ingen sak med nummer 77"),
        ("/?tag=" + "%3Cscript%3E" * 30, 404, "«<script>"),
    ],
)
def test_errors_are_plain_pages_that_say_what_is_wrong(
    site: Running, address: str, status: int, words: str
) -> None:
    response = site.client.get(address)
    assert response.status_code == status
    page = read(response.text)
    assert words in page.text
    assert page.all("a", href="/")
    assert "Traceback" not in page.text


def test_a_page_beyond_the_end_leads_to_the_last_one(site: Running) -> None:
    page = read(site.client.get("/?per_page=2&page=9&sort=oldest").text)
    assert "Søket gir bare 3 sider." in page.text
    assert page.all("a", href="/?sort=oldest&page=3&per_page=2")
    nynorsk = read(site.client.get("/?q=tolk&page=2&ui=nn").text, "nn")
    assert "Søket gjev berre 1 side." in nynorsk.text
    assert nynorsk.all("a", href="/?q=tolk&ui=nn")
    nothing = read(site.client.get("/?q=finnesikke&page=2").text)
    assert nothing.all("a", href="/?q=finnesikke")


def test_what_can_be_chosen_instead_is_told_in_every_language(site: Running) -> None:
    for language, words in (("nn", "Desse finst: interpreting"), ("en", "These exist: interp")):
        page = read(site.client.get(f"/?tag=nope&ui={language}").text, language)
        assert words in page.text


def test_an_error_is_in_the_readers_language_wherever_it_comes(site: Running) -> None:
    for address in ("/nope", "/feed.atom?tag=nope", "/deadlines.ics?from=x", "/entries/77.bib"):
        response = site.client.get(address, headers={"Accept-Language": "en"})
        assert response.status_code in {400, 404}
        assert 'lang="en"' in response.text
        assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    "address", ["/", "/entries/5/x", "/feed.atom", "/sources", "/about", "/healthz", "/readyz"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_wrong_methods_are_named(site: Running, address: str, method: str) -> None:
    response = site.client.open(address, method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    read(response.text)


def test_what_breaks_shows_no_traceback(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("secret detail")

    site.app.add_url_rule("/breaks", view_func=breaks)
    site.app.add_url_rule("/api/breaks", view_func=breaks, endpoint="api_breaks")
    response = site.client.get("/breaks")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Noe gikk galt hos oss" in read(response.text).text
    assert response.headers["Cache-Control"] == "no-store"
    answer = site.client.get("/api/breaks")
    assert answer.json["error"]["status"] == 500
    assert "secret" not in answer.text


def test_a_store_that_cannot_be_read_is_503(
    site: Running, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise StoreUnavailableError("disk is gone: /secret/path")

    monkeypatch.setattr(store.entries, "state", fails)
    for address in ("/", "/feed.atom", "/api/entries", "/readyz"):
        response = site.client.get(address)
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert "secret" not in response.text
        assert response.headers["Cache-Control"] == "no-store"
    assert site.client.get("/healthz").status_code == 200
