"""What shapes of HTML pages have in common: reading bytes, the main part, the meta elements."""

import re

from parsel import Selector, SelectorList
from w3lib.encoding import html_to_unicode

from crawler.errors import ShapeError
from crawler.html import text_of
from db.text import one_line

# Marks of a Cloudflare challenge or refusal, whatever its language; its folder
# /cdn-cgi/challenge-platform/ is in ordinary pages too.
_CHALLENGE = re.compile(
    rb"_cf_chl_opt|cf-chl-|/orchestrate/chl_page|cf-browser-verification|cf-error-details"
    rb"|id=[\"']cf-wrapper[\"']|<title>\s*just a moment",
    re.I,
)


def refuse_challenge(body: bytes) -> None:
    """Refuse what a guard at the site's door answers in place of what was asked for.

    Raises:
        ShapeError: it is a challenge.
    """
    if _CHALLENGE.search(body):
        raise ShapeError("expected a page, got a challenge that asks for a browser")


def read_page(body: bytes, content_type: str) -> Selector:
    """Read a page without what no reader sees; its scripts repeat the text and are never read.

    Raises:
        ShapeError: not HTML, or a challenge in place of the page.
    """
    refuse_challenge(body)
    if not body.strip() or b"<" not in body[:2000]:
        glimpse = one_line(body[:300].decode("utf-8", "replace"))[:60]
        raise ShapeError(f"expected a page of HTML, got {glimpse!r}")
    _, text = html_to_unicode(content_type or None, body, default_encoding="utf-8")
    page = Selector(text=text.replace("\x00", ""), type="html")
    for element in page.xpath("//script|//style|//noscript|//template"):
        element.drop()
    return page


def main_part(page: Selector) -> SelectorList[Selector]:
    """Give the part of a page that is not its fittings, as well as the page marks it."""
    for choice in ("//main", "//*[@id='main-content']", "//*[@role='main']", "//article", "//body"):
        if found := page.xpath(choice):
            return found[:1]
    return page.xpath("/*")


def meta(page: Selector, name: str) -> str:
    """Give the first meta element of a name or property that says anything."""
    values = page.xpath("//meta[@name=$name or @property=$name]/@content", name=name).getall()
    return next((text for value in values if (text := one_line(value))), "")


def words_of(element: Selector) -> str:
    """Give the words of an element on one line."""
    return one_line(text_of(element.get()))
