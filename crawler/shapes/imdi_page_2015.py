"""An article of yesterday's imdi.no, to about 2024: heading, introduction, date line, body.

What is known of its markup are the names its own scripts used: `.page__master`, `.download-box`
(printed twice on short pages), `.toc-sidebar`, `.toc-mobile`. The rest is read by its order.
"""

import re
from datetime import datetime
from typing import Any

from parsel import Selector

from crawler.fetching.addresses import origin
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.html_page import attribute, main_part, meta
from crawler.shapes.imdi_dates import dates_of
from crawler.shapes.imdi_files import files_in
from crawler.shapes.imdi_identity import identify
from crawler.shapes.imdi_page import title_of
from crawler.shapes.imdi_text import read_text, take_opening, without_fittings, without_lead
from crawler.structure.blocks import to_text
from db.models import Kind
from db.text import one_line

SHAPE = "imdi_page_2015"
#: blocks at the top among which the introduction stands
_HEAD = 4

_MARKS = re.compile(
    r"(?:page__master|download-box|toc-sidebar|toc-mobile|nav-matrix|lightbox__|_jsExtendedFacet)"
)
_TODAY = re.compile(r"_(?:richText|mainIntro|publishDate|infoPage|layout)_")
_INTRO = re.compile(r"(?:[a-z]+(?:__|-))?(?:intro|ingress|lead|preamble)(?:[-_].*|text)?", re.I)


def is_page_2015(page: Selector) -> bool:
    """Tell whether a page bears the marks of yesterday's site and none of today's."""
    if page.xpath("//*[@id='page-level-content-area']"):
        return False
    styles = " ".join(page.xpath("//@class|//@id").getall())
    return bool(_MARKS.search(styles)) and not _TODAY.search(styles)


def parse_page(
    page: Selector, *, url: str, now: datetime | None = None, labelled_first: bool = False
) -> EntryItem:
    """Read one page; title and body may come out empty where it has none.

    `labelled_first` trusts a printed date of publication more than the page's own.
    """
    own = identify(page, url)
    container = _container(page)
    title = title_of(page, container.xpath("."))
    article = without_fittings(container.get())
    lead = _intro(article)
    text = read_text([article.get()], title=title)
    if lead and any(block.text and block.text in lead for block in text.blocks[:_HEAD]):
        text.blocks = without_lead(text.blocks, lead)
    else:
        lead = take_opening(text) or meta(page, "og:description") or meta(page, "description")
    published, updated = dates_of(
        page,
        article.xpath("."),
        [*text.published, *text.updated],
        english=own.english,
        now=now,
        labelled_first=labelled_first,
    )
    return EntryItem(
        key=own.key,
        url=origin(url) + own.path,
        kind=Kind.NEWS,
        title=title,
        lead=lead,
        body=text.html,
        body_text=to_text(text.blocks),
        published=published,
        updated=updated,
        attachments=files_in(_with_files(container), url),
        shape=SHAPE,
    )


def _container(page: Selector) -> Selector:
    """Give the smallest part of the page that holds both its heading and its text."""
    content = page.xpath("//*[contains(concat(' ', @class, ' '), ' page__master ')]")[:1]
    main: Selector = (content or main_part(page))[0]
    if main.xpath(".//h1") or not page.xpath("//h1"):
        return main
    around: Any = main.root
    while around.getparent() is not None and next(around.iter("h1"), None) is None:
        around = around.getparent()
    return Selector(root=around, type="html")


def _with_files(container: Selector) -> list[str]:
    """Give what may link to this page's files: all of it but the site's own links."""
    copy = Selector(text=container.get(), type="html")
    for element in copy.xpath("//nav|//footer|//*[contains(@class, 'related')]"):
        element.drop()
    return [copy.get()]


def _intro(article: Selector) -> str:
    """Give the introduction where its class names it."""
    for element in article.xpath("//*[@class]"):
        named = any(map(_INTRO.fullmatch, attribute(element, "class").split()))
        if named and (text := one_line(text_of(element.get()))):
            return text
    return ""
