"""Pages of regjeringen.no: news, press releases, hearings, reports, in bokmål, nynorsk and English.

Written from the structure of real hearings: `DC.*` metas, `article-info`, `article-ingress`,
`article-body`, `factbox`. A page without an `article-body`, as one of the archive may be, is read
as any saved page is.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from parsel import Selector, SelectorList

from crawler.dates import OSLO, is_updated_label, parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.fetching.addresses import canonical_path, origin, web_address
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.document import PUBLISHER, Known, parse_document
from crawler.shapes.html_page import main_part, meta, read_page, refuse_stand_in, words_of
from crawler.shapes.regjeringen_kind import kind_of
from crawler.structure.attachments import linked_files
from crawler.structure.blocks import resolver
from crawler.structure.markup import read_blocks
from db.models import Kind, PublisherDate
from db.text import one_line

SHAPE = "regjeringen_page"
#: lines at the top among which a page of the archive says who published it
_HEAD = 20

_NUMBER = re.compile(r"/id([0-9]{1,12})(?:/|$)")
_SITE_NAME = re.compile(r"\s+[-–|]\s+regjering(?:en|a)\.no\s*$", re.I)
#: what the archive says of a page; under whom it was published is no date
_ARCHIVED = re.compile(
    r"(?:utgiver|utgjevar|utgivar|publisher|publisert under|published under):\s*.{2,200}"
    r"|historisk arkiv|historical archive",
    re.I,
)

#: what stands within an article's block and is no part of it, by a piece of its class
_PIECES = """
    article-header article-info article-ingress article-sidebar article-related breadcrumb
    content-owner topiclist intro-topics department-contact contact-info horing-cta to-top
    page-survey share-links social-media language-selector link-tool longdoc-nav image-caption
"""
_AROUND = "|".join(
    (
        *(f"//{name}" for name in ("nav", "aside", "footer", "form", "h1")),
        *(f"//*[contains(@class, '{piece}')]" for piece in _PIECES.split()),
    )
)


def page_number(url: str) -> str:
    """Give the number in an address, `3171341` of `/no/aktuelt/sak/id3171341/`; else nothing."""
    try:
        found = _NUMBER.findall(urlsplit(url).path)
    except ValueError:
        return ""
    return found[-1] if found else ""


def parse_page(
    body: bytes, *, url: str, content_type: str = "", now: datetime | None = None
) -> EntryItem:
    """Read one page. Its title may come out empty; the pipelines refuse such an item.

    Raises:
        ShapeError: not HTML, a challenge in place of the page, another page than the one asked
            for, or none of the marks of an article.
    """
    page = read_page(body, content_type)
    refuse_stand_in(page)
    main = main_part(page)
    path = _own_path(page, url)
    info = list(_info_lines(main))
    published, updated = _dates(page, info, now)
    known = Known(
        title=_title(page, main),
        lead=_lead(page, main),
        url=origin(url) + path,
        published=published,
        updated=updated,
    )
    item = _article(main, known) or _unmarked(page, main, known, now)
    item.key = f"id{page_number(path)}"
    item.kind = kind_of(_named(page, main), item.title, item.url)
    item.publisher = _owner(page, main, info)
    item.keywords = tuple(dict.fromkeys(_subjects(page)))
    item.shape = SHAPE
    return item


def _own_path(page: Selector, url: str) -> str:
    """Give the path the page goes by, with the number that was asked for, if one was."""
    asked = page_number(url)
    named = [meta(page, "DC.Identifier.URL"), meta(page, "og:url")]
    named.append(page.xpath("string(//link[@rel='canonical']/@href)").get(""))
    addresses = [web_address(text, url) for text in named if text]
    own = [address for address in addresses if page_number(address)]
    if own and asked not in ("", *map(page_number, own)):
        raise ShapeError(f"it is page id{page_number(own[0])}, not id{asked}")
    if not own and not asked:
        raise ShapeError("it has no number, neither in its address nor in its head")
    return canonical_path(next((one for one in own if asked in ("", page_number(one))), url))


def _article(main: SelectorList[Selector], known: Known) -> EntryItem | None:
    """Read the block that is marked as the article, and fact boxes outside it."""
    parts = [*_outermost(main, "article-body"), *_outermost(main, "factbox", "article-body")]
    markup = "\n".join(map(_without_around, parts))
    if not text_of(markup).strip():
        return None
    return EntryItem(
        key="",
        url=known.url,
        kind=Kind.NEWS,
        title=known.title,
        lead=known.lead,
        body=markup,
        published=known.published,
        updated=known.updated,
        attachments=tuple(linked_files(read_blocks(markup), resolver(known.url))),
        shape=SHAPE,
    )


def _unmarked(
    page: Selector, main: SelectorList[Selector], known: Known, now: datetime | None
) -> EntryItem:
    """Read a page whose article is not marked: all of its main part, less the fittings."""
    if not (meta(page, "DC.Title") or main.xpath(".//*[contains(@class, 'article-')]")):
        raise ShapeError(
            "it is no article of regjeringen.no: no article-body, article-ingress or DC.Title in it"
        )
    blocks = read_blocks(_without_around(main[0])) if main else []
    item = parse_document(blocks, source="", known=known, base_url=known.url, now=now)
    item.attachments = tuple(linked_files(blocks, resolver(known.url))) or item.attachments
    return item


def _outermost(main: SelectorList[Selector], *pieces: str) -> Iterator[Selector]:
    """Give the elements with the first piece in their class that lie within none with any."""
    within = " or ".join(f"ancestor::*[contains(@class, '{piece}')]" for piece in pieces)
    yield from main.xpath(
        f".//*[contains(@class, '{pieces[0]}')][not({within} or ancestor::aside)]"
    )


def _without_around(part: Selector) -> str:
    """Give a block as HTML, less what is known to stand around an article."""
    copy = Selector(text=part.get(), type="html")
    for element in copy.xpath(_AROUND):
        if element.root.getparent() is not None and not _holds_article(element):
            element.drop()
    for element in copy.xpath("//p|//div[not(.//p)]|//li"):
        if element.root.getparent() is not None and _ARCHIVED.fullmatch(words_of(element)):
            element.drop()
    # the heading of a fact box is a button that folds it
    for button in copy.xpath("//*[self::h2 or self::h3 or self::h4]//button"):
        button.root.tag = "span"
    return copy.xpath("//body").get() or ""


def _holds_article(element: Selector) -> bool:
    return bool(element.xpath("descendant-or-self::*[contains(@class, 'article-body')]"))


def _title(page: Selector, main: SelectorList[Selector]) -> str:
    headings = [*main.xpath(".//h1"), *page.xpath("//h1")]
    shown = next((text for heading in headings if (text := words_of(heading))), "")
    named = (meta(page, name) for name in ("DC.Title", "og:title", "title"))
    title = shown or next(filter(None, named), "") or page.xpath("string(//title)").get("")
    return _SITE_NAME.sub("", one_line(title))


def _lead(page: Selector, main: SelectorList[Selector]) -> str:
    shown = (words_of(part) for part in main.xpath(".//*[contains(@class, 'article-ingress')]"))
    named = (meta(page, name) for name in ("DC.Description", "description", "og:description"))
    return next(filter(None, (*shown, *named)), "")


def _info_lines(main: SelectorList[Selector]) -> Iterator[str]:
    """Give what the line below the title says, part by part: type, date, publisher."""
    for info in main.xpath(".//*[contains(@class, 'article-info')]"):
        for part in (*info.xpath(".//*[not(*)]"), *info.xpath(".//*[*]"), info):
            for line in text_of(part.get()).splitlines():
                yield from filter(None, map(one_line, line.split("|")))


def _dates(
    page: Selector, info: Iterable[str], now: datetime | None
) -> tuple[PublisherDate | None, PublisherDate | None]:
    """Give when the page was published and, where that was another day, last changed."""
    said = [line for line in info if not is_updated_label(line)]
    marked = [meta(page, "DC.Date"), meta(page, "article:published_time")]
    published = _first_date([*said, *marked], now)
    changed = [line for line in info if is_updated_label(line)]
    changed += [meta(page, "last-modified"), meta(page, "revised")]
    updated = _first_date(changed, now)
    if published and updated and _day(updated) <= _day(published):
        updated = None
    return published, updated


def _first_date(texts: Iterable[str], now: datetime | None) -> PublisherDate | None:
    for text in texts:
        try:
            return parse_date(text, now=now)
        except UnreadableDateError:
            continue
    return None


def _day(date: PublisherDate) -> str:
    return date.moment.astimezone(OSLO).date().isoformat()


def _named(page: Selector, main: SelectorList[Selector]) -> str:
    """Give what the page calls its kind of document."""
    info = main.xpath(".//*[contains(@class, 'article-info')]//*[contains(@class, 'type')]")
    return " ".join([*map(words_of, info), meta(page, "DC.Type")])


def _owner(page: Selector, main: SelectorList[Selector], info: Iterable[str]) -> str:
    links = main.xpath(".//*[contains(@class, 'article-info')]//*[contains(@class, 'owner')]//a")
    owners = ", ".join(dict.fromkeys(filter(None, map(words_of, links))))
    lines = (*info, *text_of(main.get() or "").splitlines()[:_HEAD])
    said = (found[1] for line in lines if (found := PUBLISHER.fullmatch(one_line(line))))
    return owners or next(said, "") or meta(page, "DC.Creator") or meta(page, "author")


def _subjects(page: Selector) -> Iterator[str]:
    for content in page.xpath("//meta[@name='DC.Subject']/@content").getall():
        yield from filter(None, map(one_line, content.split(";")))
    yield from filter(
        None, map(words_of, page.xpath("//main//*[contains(@class, 'topiclist')]//a"))
    )
