"""One page of imdi.no, of today's site or yesterday's, by the marks it bears."""

from datetime import datetime

from parsel import Selector

from crawler.errors import ShapeError
from crawler.fetching.addresses import canonical_path
from crawler.items import EntryItem
from crawler.shapes import imdi_page, imdi_page_2015
from crawler.shapes.html_page import main_part, read_page, refuse_stand_in
from crawler.shapes.imdi_paths import is_front_page, is_login, is_news_list, is_report_list


def open_page(body: bytes, *, url: str, content_type: str = "") -> Selector:
    """Read a page that must be a single one.

    Raises:
        ShapeError: not HTML; a challenge, an error or a login in its place; the front page or a
            list.
    """
    page = read_page(body, content_type)
    path = canonical_path(url)
    if is_login(url):
        raise ShapeError("expected a page, was led to one that asks for a password")
    refuse_stand_in(page)
    if is_front_page(path):
        raise ShapeError("expected a page, got the front page, which is many")
    if is_news_list(path) or is_report_list(path):
        raise ShapeError("expected a page, got a list of them")
    return page


def parse_any(
    page: Selector, *, url: str, now: datetime | None, labelled_first: bool = False
) -> EntryItem:
    """Read an open page by the shape whose marks it bears.

    `labelled_first` trusts a printed date of publication more than the page's own.

    Raises:
        ShapeError: it has neither a heading nor a main part, or no text.
    """
    old = imdi_page_2015.is_page_2015(page)
    parse_page = imdi_page_2015.parse_page if old else imdi_page.parse_page
    item = parse_page(page, url=url, now=now, labelled_first=labelled_first)
    if not item.title and not item.body_text:
        raise ShapeError("the page is no article: it has neither a heading nor text")
    if not (item.body_text or item.lead or item.attachments):
        raise ShapeError("the page is empty: it has a heading, but no text below it")
    if not page.xpath("//h1") and main_part(page)[0].root.tag in ("body", "html"):
        raise ShapeError("the page is no article: it has neither a heading nor a main part")
    return item
