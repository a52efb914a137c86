"""The site in a real browser, without JavaScript: search, read, sign up, confirm; no surprises."""

import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from builders import INTERPRETERS, fill, fill_many
from db.models import Rhythm
from db.store import Store
from feed.site import Site
from web_site import run_site

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
WIDTHS = (320, 1280)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and not os.environ.get("CI"),
        reason=f"{CHROMIUM} is not installed (Debian package chromium)",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def address(store: Store, now: datetime) -> Iterator[str]:
    """Serve a filled store on loopback; give the address."""
    fill(store, seen=now)
    fill_many(store, 30, seen=now)
    site = Site("http://127.0.0.1", "imdifeed.example,2026", contact="drift@example.no")
    running = run_site(store, lambda: datetime.now(UTC), site)
    server = make_server("127.0.0.1", 0, running.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a page that fails the test on any complaint of the browser or foreign request."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": request.param, "height": 800},
        java_script_enabled=False,
    )
    complaints: list[str] = []
    opened = context.new_page()
    opened.on(
        "console",
        # a form that was not accepted is answered with 400, which Chromium notes
        lambda said: None if "status of 400" in said.text else complaints.append(said.text),
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url),
    )
    yield opened
    cookies = context.cookies()
    context.close()
    assert complaints == []
    assert cookies == []


def test_searching_and_reading(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Søk i pressemeldinger, nyheter og rapporter").fill("tolk lov")
    page.get_by_role("button", name="Søk", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ treff$"))
    page.get_by_role("link", name="Tolking").last.click()
    expect(page.get_by_role("status")).to_have_text("1 treff")
    page.get_by_role("link", name=INTERPRETERS.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(INTERPRETERS.title)
    expect(page.get_by_role("link", name="Les originalen hos IMDi")).to_have_attribute(
        "href", INTERPRETERS.url
    )


def test_choosing_filters_and_turning_pages(page: Page) -> None:
    page.goto("/")
    page.get_by_role("complementary").get_by_role("link", name="Arbeid").click()
    expect(page.get_by_role("status")).to_have_text("31 treff")
    page.get_by_role("link", name="Neste side").click()
    expect(page.get_by_text("Side 2 av 2")).to_be_visible()
    page.get_by_label("Fra og med").fill("2023-08-01")
    page.get_by_label("Til og med").fill("2023-08-31")
    page.get_by_role("button", name="Vis tidsrommet").click()
    expect(page.get_by_role("status")).to_have_text("1 treff")
    page.get_by_role("link", name="Fjern alle filtre").click()
    expect(page.get_by_role("status")).to_have_text("35 treff")


def test_signing_up_and_confirming(page: Page, store: Store) -> None:
    page.goto("/?tag=interpreting")
    page.get_by_role("link", name="Få det på e-post").click()
    expect(page.get_by_text("tema Tolking")).to_be_visible()
    page.get_by_label("E-postadresse").fill("leser")
    page.get_by_role("button", name="Meld meg på").click()
    expect(page.get_by_text("mangler tegnet @")).to_be_visible()
    expect(page.get_by_label("E-postadresse")).to_have_value("leser")
    expect(page.get_by_label("E-postadresse")).to_be_focused()
    page.get_by_label("E-postadresse").fill("leser@kommune.no")
    page.get_by_role("button", name="Meld meg på").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sjekk e-posten din")
    page.goto(_confirmation_path(store))
    page.get_by_role("button", name="Bekreft abonnementet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abonnementet er bekreftet")
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    assert subscription.query == "tag=interpreting"


def _confirmation_path(store: Store) -> str:
    claimed = store.digests.claim("test", now=datetime.now(UTC), lease_for=timedelta(minutes=5))
    assert claimed
    mail = message_from_bytes(claimed.message.data, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.findall(r"/confirm/\S+", text)[0]


def test_the_first_key_leads_past_the_menu(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Hopp til innholdet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#innhold$"))


#: what WCAG 2.2 asks of reflow (1.4.10), target size (2.5.8) and contrast (1.4.3), measured
MEASURE = """
() => {
  const root = document.documentElement;
  const luminance = (rgb) => {
    const linear = (c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    const part = rgb.map(c => linear(c / 255));
    return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
  };
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const shown = (element) => element.checkVisibility() && !element.closest('.hidden, .skip');
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !shown(element)) continue;
    const text = colour(getComputedStyle(element).color).slice(0, 3);
    const pair = [luminance(text), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) faint.push(`${element.tagName} ${element.textContent.slice(0, 20)} ${ratio}`);
  }
  const small = [];
  const targets = 'a, button, summary, input:not([type=hidden])';
  for (const element of document.querySelectorAll(targets)) {
    // a link inside a sentence is as high as its line
    if (!shown(element) || element.closest('.hint, .note, .body')) continue;
    const box = element.getBoundingClientRect();
    const large = box.height >= 24 && box.width >= 24;
    if (!large) small.push(`${element.outerHTML.slice(0, 80)} ${box.width} ${box.height}`);
  }
  return { wide: root.scrollWidth > root.clientWidth, small, faint };
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_can_be_read(browser: Browser, address: str, scheme: str) -> None:
    """Nothing is wider than 320 px, targets are large enough, and text stands out."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": 320, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    opened = context.new_page()
    for path in ("/", "/?q=tolk&tag=interpreting", "/?q=finnesikke", "/entries/5", "/entries/1",
                 "/subscribe?tag=work", "/sources", "/about", "/privacy"):  # fmt: skip
        opened.goto(path)
        found = opened.evaluate(MEASURE)
        assert found == {"wide": False, "small": [], "faint": []}, path
    context.close()
