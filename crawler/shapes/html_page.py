"""What shapes of HTML pages have in common: reading bytes, the main part, the meta elements."""

import re

from parsel import Selector, SelectorList
from w3lib.encoding import html_to_unicode

from crawler.errors import ShapeError
from crawler.fetching.challenge import refuse_challenge
from crawler.fetching.walls import is_error_title, is_login_title
from crawler.html import text_of
from db.text import one_line

#: a list has many articles, a page one
_MAIN_PARTS = (
    "//main",
    "//*[@id='main-content']",
    "//*[@role='main']",
    "//article[count(//article) = 1]",
    "//body",
)
_SITE_NAME = re.compile(r"\s+[|–-]\s+\S{1,30}\s*$")
#: characters; what stands in for a page says little, and a question for a password even less
_LONGEST_STAND_IN = 1500
_LONGEST_QUESTION = 300


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


def refuse_stand_in(page: Selector) -> None:
    """Refuse what a server shows with status 200 in place of a page: an error, a way to log in.

    Raises:
        ShapeError: the page says of itself that it is not the one asked for.
    """
    shown = one_line(page.xpath("string(//h1)").get(""))
    heading = shown or _SITE_NAME.sub("", one_line(page.xpath("string(//title)").get("")))
    asked = main_part(page).xpath(".//input[@type='password']")
    failing, closed = is_error_title(heading), is_login_title(heading)
    if not (failing or closed or asked):
        return
    length = sum(len(words_of(part)) for part in main_part(page))
    if failing and length <= _LONGEST_STAND_IN:
        raise ShapeError(f"expected a page, got an error page (“{heading[:80]}”)")
    if (closed and length <= _LONGEST_STAND_IN) or (asked and length <= _LONGEST_QUESTION):
        raise ShapeError("expected a page, got one that asks for a password")


def main_part(page: Selector) -> SelectorList[Selector]:
    """Give the part of a page that is not its fittings, as well as the page marks it."""
    for choice in _MAIN_PARTS:
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


def attribute(element: Selector, name: str) -> str:
    """Give one attribute of an element; empty where it has none.

    `Selector.attrib` reads them all, and lxml refuses those whose names no XML may have.
    """
    value: str | None = element.root.get(name)
    return value or ""
