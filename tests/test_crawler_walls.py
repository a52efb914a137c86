"""Walls before a page are known by what they say; pages that only resemble them pass."""

import time

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from crawler.fetching.walls import wall_before
from crawler.runs.reason import Reason, cause_of
from db.models import Cause

URL = "https://www.imdi.no/aktuelt/en-nyhet/"
TEXT = "<p>" + "Kommunene har bosatt flyktninger i hele landet dette året. " * 15 + "</p>"
PASSWORD = '<form><input name="u"><input type="password" name="p"></form>'
LINKS = "".join(f'<a href="/aktuelt/{number}/">Sak {number}</a>' for number in range(20))


def page(
    body: str, *, title: str = "", status: int = 200, url: str = URL, **headers: str
) -> Response:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse(url, status=status, headers=given, body=html.encode(), request=Request(url))


def sent_on(to: str, body: str = "") -> Response:
    """Give the answer of a page that was redirected."""
    response = page(body, url=to)
    response.request = Request(to, meta={"redirect_urls": [URL]})
    return response


@pytest.mark.parametrize(
    ("response", "cause"),
    [
        (page("<h1>Siden finnes ikke</h1>" + TEXT), Cause.ERROR_PAGE),
        (page(TEXT, title="404 - Siden ble ikke funnet | IMDi"), Cause.ERROR_PAGE),
        (page("", title="Page not found – IMDi"), Cause.ERROR_PAGE),
        (page("<h1>Beklager, vi finner ikke siden du leter etter</h1>"), Cause.ERROR_PAGE),
        (page("<h1>Sida finst ikkje</h1>"), Cause.ERROR_PAGE),
        (page("<h1>404</h1>"), Cause.ERROR_PAGE),
        (page("<h1>Error 503: Service Unavailable</h1>"), Cause.ERROR_PAGE),
        (page("<h1>Noe gikk galt</h1><p>Prøv igjen senere.</p>"), Cause.ERROR_PAGE),
        (page("<h1>Det har oppstått en feil</h1>"), Cause.ERROR_PAGE),
        (sent_on("https://www.imdi.no/", TEXT), Cause.ERROR_PAGE),
        (page(f"<h1>Logg inn</h1>{PASSWORD}", title="IMDi"), Cause.LOGIN),
        (page(PASSWORD, title="Velkommen"), Cause.LOGIN),
        (page(PASSWORD, title="Sign in to continue"), Cause.LOGIN),
        (sent_on("https://www.imdi.no/login?next=/aktuelt/"), Cause.LOGIN),
        (page("", title="Just a moment...", status=403), Cause.CHALLENGE),
        (page("<script>window._cf_chl_opt={}</script>", title="Vent litt ...", status=503),
         Cause.CHALLENGE),
        (page("<h1>Et øyeblikk</h1>"), Cause.CHALLENGE),
        (page("x", status=403, cf_mitigated="challenge"), Cause.CHALLENGE),
        (page('<iframe src="/_Incapsula_Resource?a=1"></iframe>'), Cause.CHALLENGE),
    ],
)  # fmt: skip
def test_a_wall_is_known_and_its_sort_is_told(response: Response, cause: Cause) -> None:
    reason = wall_before(response)
    assert isinstance(reason, Reason)
    assert reason.cause is cause
    assert reason.startswith("https://www.imdi.no/")


@pytest.mark.parametrize(
    "response",
    [
        page(f"<main><h1>En nyhet</h1>{TEXT}</main>", title="En nyhet | IMDi"),
        page(f"<main><h1>404 flyktninger bosatt i mai</h1>{TEXT}</main>"),
        page(f"<main><h1>Noe gikk galt i bosettingen, sier kommunen</h1>{TEXT}</main>"),
        page(f"<main><h1>Siden sist: 500 nye tolker</h1>{TEXT}</main>"),
        page(f"<main><h1>Et øyeblikk av lykke på skolen</h1>{TEXT}</main>"),
        page(f"<main><h1>Feil i tall om bosetting er rettet</h1>{TEXT}</main>"),
        page(f"{PASSWORD}<main><h1>En nyhet</h1>{TEXT}</main>"),
        page(f"{PASSWORD}<main><h1>Aktuelt</h1>{LINKS}</main>"),
        page(f"<main><h1>Slik logger du inn i IMDinett</h1>{TEXT}</main>"),
        page(f"<article><h1>Ny</h1>{TEXT}</article><script>var _cf_chl_opt;</script>"),
        page('<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>' + TEXT),
        page("", status=403, title="Forbidden"),
        page("<h1>Siden finnes ikke</h1>", status=404),
        page("", status=304),
        sent_on("https://www.imdi.no/aktuelt/nyheter/en-nyhet/", TEXT),
        TextResponse(URL, body=b'{"title": "Logg inn"}', request=Request(URL)),
        Response(URL, body=b"%PDF-1.7", request=Request(URL)),
    ],
)
def test_what_is_no_wall_passes(response: Response) -> None:
    assert wall_before(response) is None


def test_a_front_page_that_was_asked_for_is_none() -> None:
    assert wall_before(page(LINKS, url="https://www.imdi.no/")) is None


@pytest.mark.parametrize(
    "piece", ["<h1>siden " * 30_000, "beklager, " * 60_000, "<p>" * 100_000, "404 - " * 80_000]
)
def test_hostile_pages_cost_little(piece: str) -> None:
    begun = time.process_time()
    wall_before(page(f"<h1>{piece}</h1>", title=piece))
    assert time.process_time() - begun < 5


def test_a_reason_keeps_its_cause_while_it_is_whole() -> None:
    reason = Reason("nothing", Cause.EMPTIED)
    assert (reason, cause_of(reason, Cause.FAULT)) == ("nothing", Cause.EMPTIED)
    assert cause_of(f"{reason} more", Cause.FAULT) is Cause.FAULT
