"""The site in a real browser, without JavaScript: search, read, sign up, confirm; no surprises."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browsing import MARKS, chromium, served
from builders import INTERPRETERS, fill, fill_many
from db.models import Rhythm
from db.store import Store
from feed.site import Site
from web_site import run_site

WIDTHS = (320, 1280)

pytestmark = MARKS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(store: Store, now: datetime) -> Iterator[str]:
    """Serve a filled store on loopback; give the address."""
    fill(store, seen=now)
    fill_many(store, 30, seen=now)
    site = Site("http://127.0.0.1", "imdifeed.example,2026", contact="drift@example.no")
    running = run_site(store, lambda: datetime.now(UTC), site)
    with served(running.app) as found:
        yield found


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a page that fails the test on any complaint of the browser or foreign request."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": request.param, "height": 800},
        java_script_enabled=False,
        locale="nb-NO",
    )
    complaints: list[str] = []
    context.set_default_timeout(10_000)
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
    expect(page.get_by_text("tema Tolking", exact=True)).to_be_visible()
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


def test_a_year_an_order_and_the_words_as_written(page: Page) -> None:
    page.goto("/?q=tolk")
    page.get_by_role("link", name="2023", exact=True).click()
    expect(page.get_by_role("list", name="Valgte filtre")).to_contain_text("2023")
    page.get_by_role("link", name="Eldste først").click()
    expect(page.get_by_text("Eldste først")).to_be_visible()
    page.get_by_role("link", name="Fjern filteret 2023").click()
    expect(page).to_have_url(re.compile(r"/\?q=tolk&sort=oldest$"))


def test_changing_the_language_keeps_the_search(page: Page) -> None:
    page.goto("/?q=tolk&tag=interpreting")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("status")).to_have_text("1 result")
    page.get_by_role("link", name=INTERPRETERS.title).click()
    expect(page.get_by_role("link", name="Read the original at IMDi")).to_be_visible()
    page.get_by_role("link", name="Nynorsk", exact=True).click()
    expect(page.get_by_role("link", name="Les originalen hos IMDi")).to_be_visible()
    expect(page.get_by_role("navigation", name="Hovudmeny")).to_be_visible()


def test_an_address_to_copy_is_marked_whole_by_the_keyboard(page: Page, address: str) -> None:
    page.goto("/?q=tolk")
    page.get_by_role("link", name="Hva er en strøm?").click()
    field = page.get_by_label("Atom", exact=True)
    expect(field).to_have_value("http://127.0.0.1/feed.atom?q=tolk")
    field.focus()
    page.keyboard.press("Control+A")
    assert field.evaluate("one => one.selectionEnd - one.selectionStart") == len(
        field.input_value()
    )


#: whether what has the focus shows it, and whether it is what was wanted
FOCUSED = """
wanted => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  // the parts of a date have the focus one after another, and show it themselves
  return { shown: outlined || one.type === 'date', wanted: one === wanted, html: one.outerHTML };
}
"""


def tab_to(page: Page, wanted: Locator, *, most: int = 80) -> None:
    """Press Tab until an element has the focus, and hold each stop to being seen."""
    sought = wanted.element_handle()
    for _ in range(most):
        page.keyboard.press("Tab")
        # fails as well where nothing has the focus
        expect(page.locator(":focus")).to_be_in_viewport(ratio=0.5)
        # asked at once: each question to the browser costs more than its answer
        focused = page.evaluate(FOCUSED, sought)
        assert focused["shown"], focused["html"]
        if focused["wanted"]:
            return
    raise AssertionError("the keyboard does not lead there")


def test_from_search_to_confirmed_by_the_keyboard_alone(page: Page, store: Store) -> None:
    page.goto("/")
    tab_to(page, page.get_by_label("Søk i pressemeldinger, nyheter og rapporter"))
    page.keyboard.type("tolk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ treff$"))
    jump = page.get_by_role("link", name="Følg eller avgrens")
    if jump.is_visible():
        tab_to(page, jump)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#valg$"))
    tab_to(page, page.get_by_role("link", name="Få det på e-post"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("ord «tolk»").first).to_be_visible()
    tab_to(page, page.get_by_label("E-postadresse"))
    page.keyboard.type("leser")
    page.keyboard.press("Enter")
    expect(page.get_by_text("mangler tegnet @")).to_be_visible()
    # the field that has to be mended has the focus, and the error is tied to it
    field = page.get_by_label("E-postadresse")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("mangler tegnet @"))
    page.keyboard.press("End")
    page.keyboard.type("@kommune.no")
    tab_to(page, page.get_by_role("button", name="Meld meg på"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sjekk e-posten din")
    page.goto(_confirmation_path(store))
    tab_to(page, page.get_by_role("button", name="Bekreft abonnementet"))
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_have_text("Abonnementet er bekreftet")
    (subscription,) = store.subscriptions.active(Rhythm.DAILY)
    assert subscription.query == "q=tolk"
