"""Every page in a browser: no violation that axe-core knows, nothing too wide, nothing too small.

Each page is looked at in both themes, every language and both widths; two pages that follow each
other share no combination, so that every two values meet. `--every-combination` takes all twelve
for each page.
"""

import logging
from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import db
from browsing import MARKS, chromium, served
from conftest import NOW
from every_page import LONGEST, fill_every_page
from web_site import run_site

pytestmark = [*MARKS, pytest.mark.timeout(240)]

THEMES, LANGUAGES, WIDTHS = ("light", "dark"), ("nb", "nn", "en"), (320, 1280)
#: of pages in even and in odd places
SHARES = (
    (("light", "nb", 320), ("light", "nn", 1280), ("dark", "en", 320)),
    (("dark", "nb", 1280), ("dark", "nn", 320), ("light", "en", 1280)),
)
EVERY = list(product(THEMES, LANGUAGES, WIDTHS))
#: rules of WCAG up to 2.2 AA and of good practice; not those that are still being tried out
RULES = {"resultTypes": ["violations"]}

#: what axe leaves to people: reflow (WCAG 1.4.10) and target size (2.5.8), measured
MEASURE = """
() => {
  const root = document.documentElement;
  const shown = (element) => element.checkVisibility() && !element.closest('.hidden, .skip');
  const small = [], outside = [];
  const targets = 'a, button, summary, input:not([type=hidden])';
  for (const element of document.querySelectorAll(targets)) {
    if (!shown(element)) continue;
    const box = element.getBoundingClientRect();
    // a link in a sentence is as high as its line; a box to tick has its label
    const inline = getComputedStyle(element).display === 'inline';
    const labelled = element.labels?.length && element.type !== 'text';
    if (!(box.height >= 24 && box.width >= 24) && !inline && !labelled)
      small.push(`${element.outerHTML.slice(0, 80)} ${box.width} ${box.height}`);
  }
  for (const element of document.querySelectorAll('body *')) {
    if (!shown(element) || element.closest('table, pre')) continue;
    const box = element.getBoundingClientRect();
    if (box.right > root.clientWidth + 1 || box.left < -1)
      outside.push(`${element.outerHTML.slice(0, 80)} ${box.left} ${box.right}`);
  }
  return { wide: root.scrollWidth > root.clientWidth, small, outside: outside.slice(0, 5) };
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a site that has every page; give its address and the paths by name."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    store = db.open_store(str(tmp_path_factory.mktemp("site") / "imdifeed.db"))
    running = run_site(store, lambda: NOW)
    # what fails on purpose is not worth a traceback
    running.app.logger.disabled = True
    pages = fill_every_page(store, running, NOW)
    with served(running.app) as address:
        yield address, pages
    store.close()


def opened(browser: Browser, address: str, theme: str, width: int) -> Page:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 800},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="nb-NO",
    )
    return context.new_page()


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}ui={language}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "theme" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-combination")
        combinations = EVERY if every else [one for share in SHARES for one in share]
        metafunc.parametrize(("theme", "language", "width"), combinations)


def test_every_two_values_meet_and_every_page_sees_each() -> None:
    shared = [one for share in SHARES for one in share]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        met = {(one[first], one[second]) for one in shared}
        assert met == {(one[first], one[second]) for one in EVERY}
    for share in SHARES:
        assert [set(values) for values in zip(*share, strict=True)] == [
            set(THEMES), set(LANGUAGES), set(WIDTHS),
        ]  # fmt: skip


def test_axe_finds_nothing_and_everything_fits(
    browser: Browser,
    site: tuple[str, dict[str, str]],
    theme: str,
    language: str,
    width: int,
    request: pytest.FixtureRequest,
) -> None:
    address, pages = site
    every = request.config.getoption("--every-combination")
    page = opened(browser, address, theme, width)
    page.context.add_init_script(Axe().axe_script)
    found: dict[str, object] = {}
    for place, (name, path) in enumerate(pages.items()):
        if not every and (theme, language, width) not in SHARES[place % 2]:
            continue
        page.goto(in_language(path, language))
        assert page.locator("html").get_attribute("lang") == language, name
        # what is folded away is part of the page
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        violations = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        if violations:
            found[name] = [
                (one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in violations
            ]
        measured = page.evaluate(MEASURE)
        if measured != {"wide": False, "small": [], "outside": []}:
            found[f"{name}, measured"] = measured
    page.context.close()
    assert found == {}


def test_the_longest_words_are_there_to_be_broken(
    browser: Browser, site: tuple[str, dict[str, str]]
) -> None:
    address, pages = site
    page = opened(browser, address, "light", 320)
    page.goto(pages["entry"])
    title = page.locator("h1")
    assert all(word in title.inner_text() for word in LONGEST)
    assert title.evaluate("one => one.scrollWidth <= one.clientWidth")
    page.context.close()


def test_pages_are_whole_at_four_times_the_size(
    browser: Browser, site: tuple[str, dict[str, str]]
) -> None:
    """1280 px at 400 % is 320 px of the layout, and type may be set larger as well."""
    address, pages = site
    page = opened(browser, address, "light", 320)
    for name in ("listing", "entry", "follow", "sign up", "sources"):
        page.goto(pages[name])
        page.evaluate("document.documentElement.style.fontSize = '150%'")
        measured = page.evaluate(MEASURE)
        assert measured["wide"] is False, (name, measured["outside"])
    page.context.close()


def test_a_page_takes_two_requests(browser: Browser, site: tuple[str, dict[str, str]]) -> None:
    address, pages = site
    for name in ("listing", "history", "follow", "tags", "sign up"):
        asked: list[str] = []
        page = opened(browser, address, "light", 1280)
        page.on("request", lambda request, asked=asked: asked.append(request.url))  # type: ignore[misc]
        page.goto(pages[name])
        assert [url.partition("?")[0] for url in asked] == [
            address + pages[name].partition("?")[0],
            f"{address}/static/style.css",
        ]
        page.context.close()


def test_paper_gets_no_menus(browser: Browser, site: tuple[str, dict[str, str]]) -> None:
    address, pages = site
    page = opened(browser, address, "light", 1280)
    page.emulate_media(media="print")
    page.goto(pages["entry"])
    for hidden in (".top nav", ".strip nav", ".skip"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("h1").is_visible()
    assert page.locator(".strip p").is_visible()
    page.context.close()
