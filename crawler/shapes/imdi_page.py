"""Pages of today's imdi.no: an article, and a list that links to articles.

The site is rendered on the server; class names end in a hash of the build, so only their stems are
matched. Every text stands a second time in a script, which is never read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector, SelectorList

from crawler.addresses import canonical_path, origin, same_site, web_address
from crawler.dates import is_updated_label, parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.html_page import main_part, meta, read_page, words_of
from db.models import Attachment, Kind, PublisherDate
from db.text import one_line

#: lists of news, and everything below them is news
SECTION = "/aktuelt/"
SECTIONS = ("/aktuelt/", "/aktuelt/nyheter/")

_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form"})
_IN_FURNITURE = "ancestor::*[self::nav or self::header or self::footer or self::aside]"
_SITE_NAME = re.compile(r"\s+[|–-]\s+IMDi\s*$", re.I)
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|csv|zip)$", re.I)
_SIZE = re.compile(r"\(\s*(?:[a-z]{2,5}\s*,\s*)?([0-9]+(?:[.,][0-9]+)?\s*[kmg]b)\s*\)", re.I)
_MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv", "zip": "application/zip"}
_PAGE_PARAMETERS = frozenset({"page", "side", "p"})


@dataclass(frozen=True, slots=True)
class NewsList:
    """What one page of a list links to, in the order of the page."""

    articles: tuple[str, ...]
    #: further lists: the next page, a section within the section
    further: tuple[str, ...]


def parse_list(body: bytes, *, url: str, content_type: str = "") -> NewsList:
    """Read a list of news in any markup: the links of its main part that lie below `/aktuelt/`.

    Raises:
        ShapeError: not HTML, or a challenge in place of the page.
    """
    page = read_page(body, content_type)
    here = canonical_path(url)
    articles: dict[str, None] = {}
    further: dict[str, None] = {}
    for link, target in _links(page, url):
        path = urlsplit(target).path
        if _is_further(link, target, path, here):
            further[target] = None
        elif _is_article(target, here) and not link.xpath(_IN_FURNITURE):
            articles[origin(url) + canonical_path(target)] = None
    return NewsList(tuple(articles), tuple(further))


def parse_article(
    body: bytes, *, url: str, content_type: str = "", now: datetime | None = None
) -> EntryItem:
    """Read one article. Its title may come out empty; the pipelines refuse such an item.

    Raises:
        ShapeError: not HTML, a challenge in place of the page, or neither heading nor text.
    """
    page = read_page(body, content_type)
    main = main_part(page)
    path = _own_path(page, url)
    title = _title(page, main)
    parts = _article_parts(main)
    markup = "\n".join(parts)
    if not title and not one_line(text_of(markup)):
        raise ShapeError("the page is no article: it has neither a heading nor text")
    english = path.startswith("/en/") or page.xpath("string(/html/@lang)").get("").startswith("en")
    published, updated = _dates(page, main, month_first=english, now=now)
    number = meta(page, "pageid")
    return EntryItem(
        key=f"page/{number}" if re.fullmatch("[0-9]+", number) else path,
        url=origin(url) + path,
        kind=Kind.NEWS,
        title=title,
        lead=_lead(page, main),
        body=markup,
        published=published,
        updated=updated,
        attachments=tuple(_attachments(parts, url)),
        shape="imdi_page",
    )


def _links(page: Selector, url: str) -> Iterator[tuple[Selector, str]]:
    for link in [*page.xpath("//head//link[@rel]"), *main_part(page).xpath(".//a[@href]")]:
        target = web_address(link.attrib.get("href", ""), url).partition("#")[0]
        if target and same_site(target, url):
            yield link, target


def _is_further(link: Selector, target: str, path: str, here: str) -> bool:
    """Tell whether a link goes on with the list: marked next, a page of it, or a section in it."""
    if "next" in link.attrib.get("rel", "").lower().split():
        return True
    if _is_page_of_list(target):
        return path.rstrip("/") == here.partition("?")[0].rstrip("/")
    return canonical_path(target) in SECTIONS and canonical_path(target) != here


def _is_page_of_list(target: str) -> bool:
    parameters = parse_qsl(urlsplit(target).query)
    return any(name.lower() in _PAGE_PARAMETERS for name, _ in parameters)


def _is_article(target: str, here: str) -> bool:
    path = canonical_path(target)
    below = path.startswith(SECTION) and path not in {*SECTIONS, here}
    return below and not _FILE.search(path) and not _is_page_of_list(target)


def _own_path(page: Selector, url: str) -> str:
    """Give the path the page goes by: what it calls canonical, unless that is the front page."""
    canonical = web_address(page.xpath("string(//link[@rel='canonical']/@href)").get(""), url)
    path = canonical_path(canonical) if canonical else "/"
    return path if path != "/" else canonical_path(url)


def _title(page: Selector, main: SelectorList[Selector]) -> str:
    headings = [*main.xpath(".//h1"), *page.xpath("//h1")]
    shown = next((text for heading in headings if (text := words_of(heading))), "")
    named = meta(page, "og:title") or one_line(page.xpath("string(//title)").get(""))
    return shown or _SITE_NAME.sub("", named)


def _lead(page: Selector, main: SelectorList[Selector]) -> str:
    parts = _outermost(main, "mainIntro")
    shown = next((text for part in parts if (text := one_line(text_of(part)))), "")
    return shown or meta(page, "og:description") or meta(page, "description")


def _article_parts(main: SelectorList[Selector]) -> list[str]:
    """Give the article's blocks of text as HTML; without any that are marked, all there is."""
    if parts := list(_outermost(main, "richText", "highlightedInfoBlock", without="mainIntro")):
        return parts
    content = main.xpath(".//*[@id='page-level-content-area']") or main.xpath(".//article") or main
    return [_without_furniture(part) for part in content[:1]]


def _outermost(main: SelectorList[Selector], *stems: str, without: str = "\0") -> Iterator[str]:
    """Give as HTML, in order, the elements whose class holds a stem and that hold any words.

    What lies within one is not given again; the page's fittings and `without` are passed over.
    """
    waiting: list[Any] = [part.root for part in main]
    while waiting:
        element = waiting.pop()
        style = element.get("class", "") if isinstance(element.tag, str) else without
        if without in style or element.tag in _FURNITURE:
            continue
        if not any(stem in style for stem in stems):
            waiting.extend(reversed(element))
        elif any(words.strip() for words in element.itertext()):
            yield Selector(root=element, type="html").get()


def _without_furniture(part: Selector) -> str:
    """Give an unmarked block as HTML, less what is known to stand around an article."""
    copy = Selector(text=part.get(), type="html")
    around = "|".join(f"//{name}" for name in ("h1", "button", *sorted(_FURNITURE)))
    stems = ("mainIntro", "publishDate", "breadcrumb")
    marked = "|".join(f"//*[contains(@class, '{stem}')]" for stem in stems)
    for element in copy.xpath(f"{around}|{marked}"):
        element.drop()
    return copy.xpath("//body").get() or ""


def _dates(
    page: Selector,
    main: SelectorList[Selector],
    *,
    month_first: bool,
    now: datetime | None,
) -> tuple[PublisherDate | None, PublisherDate | None]:
    """Give when the page was published and when it was last changed, as far as it says."""
    blocks = _outermost(main, "publishDate")
    lines = [line.strip() for block in blocks for line in text_of(block).splitlines()]
    said = [line for line in lines if not is_updated_label(line)]
    marked = [meta(page, "cludo:PublishedDate"), meta(page, "article:published_time")]
    times = main.xpath(f".//time[@datetime][not({_IN_FURNITURE})]")
    marked += [time.attrib["datetime"] for time in times if not is_updated_label(_around(time))]
    published = _first_date([*marked, *said], month_first=month_first, now=now)
    changed = [line for line in lines if is_updated_label(line)]
    changed.append(meta(page, "article:modified_time"))
    return published, _first_date(changed, month_first=month_first, now=now)


def _first_date(
    texts: Iterable[str], *, month_first: bool, now: datetime | None
) -> PublisherDate | None:
    for text in texts:
        try:
            return parse_date(text, now=now, month_first=month_first)
        except UnreadableDateError:
            continue
    return None


def _around(element: Selector) -> str:
    return words_of(element.xpath("..")[0]) if element.xpath("..") else ""


def _attachments(parts: Iterable[str], url: str) -> Iterator[Attachment]:
    seen = set()
    for link in Selector(text="\n".join(parts) or "<p>", type="html").xpath("//a[@href]"):
        target = web_address(link.attrib["href"], url).partition("#")[0]
        ending = _FILE.search(urlsplit(target).path) if target else None
        if ending and target not in seen:
            seen.add(target)
            shown = words_of(link)
            size = _SIZE.search(shown)
            label = _SIZE.sub("", shown).strip() or target.rsplit("/", 1)[-1]
            media_type = _MEDIA_TYPES.get(ending[1].lower(), "")
            yield Attachment(target, label, media_type, None, size[1] if size else "")
