"""An article of today's imdi.no.

The site is rendered on the server; class names end in a hash of the build, so only their stems are
matched. Every text stands a second time in a script, which is never read.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from parsel import Selector, SelectorList

from crawler.dates import is_published_label
from crawler.fetching.addresses import origin
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.html_page import main_part, meta, words_of
from crawler.shapes.imdi_dates import dates_of
from crawler.shapes.imdi_files import files_in
from crawler.shapes.imdi_identity import identify
from crawler.shapes.imdi_text import date_parts, read_text, take_opening, without_fittings
from crawler.structure.blocks import to_text
from db.models import Kind
from db.text import one_line

SHAPE = "imdi_page"

_CONTENT = "page-level-content-area"
_MARKS = (
    f"@id='{_CONTENT}' or contains(@class, 'richText') or contains(@class, 'highlightedInfoBlock')"
)
#: characters; what is shorter above the text is a label
_SHORTEST_LEAD = 40
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form"})
_SITE_NAME = re.compile(r"\s+[|–-]\s+IMDi\s*$", re.I)


def parse_page(
    page: Selector, *, url: str, now: datetime | None = None, labelled_first: bool = False
) -> EntryItem:
    """Read one page; title and body may come out empty where it has none.

    `labelled_first` trusts a printed date of publication more than the page's own.
    """
    main = main_part(page)
    own = identify(page, url)
    title = title_of(page, main)
    lead = _lead(page, main)
    parts = _article_parts(main)
    text = read_text([without_fittings(part).get() for part in parts], title=title, lead=lead)
    if not lead and not _is_marked(main):
        lead = take_opening(text)
    lines = _date_lines(main) or _lines_around(main, title)
    lines += [*text.published, *text.updated]
    published, updated = dates_of(
        page, main, lines, english=own.english, now=now, labelled_first=labelled_first
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
        attachments=files_in(parts, url),
        shape=SHAPE,
    )


def title_of(page: Selector, main: SelectorList[Selector]) -> str:
    """Give a page's heading, or what its head calls it."""
    headings = [*main.xpath(".//h1"), *page.xpath("//h1")]
    shown = next((text for heading in headings if (text := words_of(heading))), "")
    named = meta(page, "og:title") or one_line(page.xpath("string(//title)").get(""))
    return shown or _SITE_NAME.sub("", named)


def _lead(page: Selector, main: SelectorList[Selector]) -> str:
    parts = _outermost(main, "mainIntro")
    shown = next((text for part in parts if (text := one_line(text_of(part)))), "")
    return shown or meta(page, "og:description") or meta(page, "description") or _opening(main)


def _opening(main: SelectorList[Selector]) -> str:
    """Give the first paragraph that stands above the marked blocks of text."""
    if not _is_marked(main):
        return ""
    around = f"{_MARKS} or contains(@class, 'publishDate') or self::nav"
    texts = map(words_of, main.xpath(f".//h1/following::p[not(ancestor::*[{around}])]"))
    return next((text for text in texts if len(text) >= _SHORTEST_LEAD), "")


def _is_marked(main: SelectorList[Selector]) -> bool:
    """Tell whether the blocks of text are marked as such."""
    return bool(main.xpath(f".//*[{_MARKS}]"))


def _lines_around(main: SelectorList[Selector], title: str) -> list[str]:
    """Give the labelled lines of dates wherever near the top they stand."""
    text = read_text([without_fittings(main.get() or "").get()], title=title)
    labelled = [line for line in text.published if is_published_label(line)]
    return [*labelled, *text.updated]


def _date_lines(main: SelectorList[Selector]) -> list[str]:
    blocks = _outermost(main, "publishDate")
    lines = [line for block in blocks for line in text_of(block).splitlines()]
    return [part for line in lines for part in date_parts(line)]


def _article_parts(main: SelectorList[Selector]) -> list[str]:
    """Give the article's blocks of text as HTML; without any that are marked, all there is."""
    stems = ("richText", "highlightedInfoBlock")
    if parts := list(_outermost(main, *stems, without="mainIntro", content=_CONTENT)):
        return parts
    return [part.get() for part in (main.xpath(".//article") or main)[:1]]


def _outermost(
    main: SelectorList[Selector], *stems: str, without: str = "\0", content: str = "\0"
) -> Iterator[str]:
    """Give as HTML, in order, the elements whose class holds a stem and that hold any words.

    So is the element with the id `content`. What lies within one is not given again; the page's
    fittings and `without` are passed over.
    """
    waiting: list[Any] = [part.root for part in main]
    while waiting:
        element = waiting.pop()
        style = element.get("class", "") if isinstance(element.tag, str) else without
        if without in style or element.tag in _FURNITURE:
            continue
        if element.get("id") != content and not any(stem in style for stem in stems):
            waiting.extend(reversed(element))
        elif any(words.strip() for words in element.itertext()):
            yield Selector(root=element, type="html").get()
