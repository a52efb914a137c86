"""A digest in a real browser, light and dark, wide and narrow: readable, and asking nobody."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from browsing import MARKS, chromium
from feed.sections import Passage
from feed_samples import DISTRICTS, INTERPRETERS
from test_feed_digest import SETTLEMENT, WORDS, digest, parts

pytestmark = MARKS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_digest_can_be_read_everywhere(
    browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    long = replace(DISTRICTS, id=9, story=9, title="Integreringstilskuddsordningen" * 3)
    passages = {DISTRICTS.id: Passage("Bruk av tolk koster.", ((8, 12),))}
    words = replace(WORDS, entries=(DISTRICTS, INTERPRETERS, long), passages=passages)
    _, html = parts(
        digest(replace(SETTLEMENT, entries=SETTLEMENT.entries[1:], older=12), words).data
    )
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 22, 22)"}[scheme]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert asked == []
    page.close()
