"""A report at imdi.no: when it came out, the files behind it, and the series it belongs to.

The markup is that of any page of either site. What makes it a report is the line "Utgitt: …", day,
month or year, which the site prints on reports alone, or an address below a list of reports.
"""

import re
from datetime import datetime

from parsel import Selector

from crawler.dates import parse_date
from crawler.errors import UnreadableDateError
from crawler.fetching.addresses import canonical_path
from crawler.items import EntryItem
from crawler.shapes.html_page import attribute, main_part
from crawler.shapes.imdi_any_page import open_page, parse_any
from crawler.shapes.imdi_files import files_in, is_file_link
from crawler.shapes.imdi_paths import is_file, is_report_path, may_be_news, site_address
from crawler.slugs import slug
from crawler.structure.blocks import HEADINGS, TEXTS, Block
from crawler.structure.markup import read_blocks
from db.models import Kind, PublisherDate

SHAPE = "imdi_report"
#: blocks at the top among which a report says when it came out
_HEAD = 15

_ISSUED = re.compile(r"(?:utgitt|utgjeve|utgjeven)(?: dato)?\s*:", re.I)
_EARLIER = re.compile(
    r"(?:tidligere|eldre) (?:[\w-]+ )?(?:utgaver|utgivelser|rapporter|undersøkelser|årganger)"
    r"|(?:tidlegare|eldre) (?:[\w-]+ )?(?:utgåver|rapportar|undersøkingar|årgangar)"
    r"|(?:previous|earlier|older) (?:editions|reports|issues)",
    re.I,
)
_YEARS = r"(?:19|20)[0-9]{2}(?:\s?[-–/]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2}))?"
#: a year that ends the name of a series; what follows is the name of one edition
_NAMED = re.compile(rf"(?P<name>.{{3,200}}?)[\s,(]+{_YEARS}\)?\s*(?:$|[:.–—-].*)", re.S)
_YEAR = re.compile(rf"\b{_YEARS}\b")
_EDITION = re.compile(
    r"\b(?:nr|no|nummer|utgave|utgåve|edition|del|volum)\.?\s?[0-9]{1,3}\b"
    r"|\b[0-9]{1,3}\.\s?(?:utgave|utgåve|edition|del|halvår|kvartal)\b",
    re.I,
)
_LEFT_OVER = re.compile(r"(?:-(?:i|for|fra|fraa|til|av|om|og|per|of|in|the|from|ar|aret))+$")


def parse_report(
    body: bytes, *, url: str, content_type: str = "", now: datetime | None = None
) -> EntryItem:
    """Read one report. Its title may come out empty; the pipelines refuse such an item.

    Raises:
        ShapeError: not HTML; a challenge, an error, a login or a list in place of the page; a page
            without a heading, or without text and files.
    """
    page = open_page(body, url=url, content_type=content_type)
    return as_report(page, url=url, now=now)


def is_report(page: Selector, item: EntryItem) -> bool:
    """Tell whether a page that was read is a report's."""
    label = item.published.label if item.published else ""
    path = canonical_path(item.url)
    return is_report_path(path) or bool(_ISSUED.match(label)) or _issued(page, None) is not None


def as_report(page: Selector, *, url: str, now: datetime | None) -> EntryItem:
    """Read an open page as a report. Raises `ShapeError`."""
    item = parse_any(page, url=url, now=now, labelled_first=True)
    item.kind = Kind.REPORT
    item.shape = SHAPE
    if item.published is None or not _ISSUED.match(item.published.label):
        item.published = _issued(page, now) or item.published
    item.attachments = files_in([_offered(page)], url)
    item.series = series_of(item.title)
    return item


def series_of(title: str) -> str:
    """Name the series of yearly reports a title belongs to; empty where it bears no year.

    "Integreringsbarometeret 2020: …" and "Integreringsbarometeret 2013/2014" are editions of one.
    """
    if not _YEAR.search(title):
        return ""
    named = _NAMED.fullmatch(title)
    name = slug(_EDITION.sub(" ", _YEAR.sub(" ", named["name"] if named else title)))
    name = _LEFT_OVER.sub("", name)
    return name if re.search("[a-z]{4}", name) and name != "uten-tittel" else ""


def earlier_editions(page: Selector, url: str) -> tuple[str, ...]:
    """Give the pages that a report names as its earlier editions, wherever they lie."""
    found: dict[str, None] = {}
    naming = False
    for block in _blocks(page):
        names = bool(_EARLIER.match(block.text))
        linked = [run.href for run in block.runs if run.href]
        if block.tag in HEADINGS or not linked:
            naming = names
        if naming or names:
            addresses = (site_address(href, url) for href in linked)
            found |= dict.fromkeys(filter(_is_page, addresses))
    return tuple(found)


def _is_page(url: str) -> bool:
    path = canonical_path(url) if url else ""
    return bool(path) and not is_file(path) and (is_report_path(path) or may_be_news(path))


def _blocks(page: Selector) -> list[Block]:
    blocks = read_blocks(_offered(page))
    return [part for block in blocks for part in block.walk() if part.tag in TEXTS]


def _offered(page: Selector) -> str:
    """Give the main part of a page with its boxes, without what leads to other pages."""
    content = page.xpath("//*[contains(concat(' ', @class, ' '), ' page__master ')]") or main_part(
        page
    )
    copy = Selector(text=content[0].get(), type="html")
    for element in copy.xpath(
        "//nav|//footer|//header[not(.//h1)]|//*[contains(@class,'related')]"
    ):
        element.drop()
    return copy.get() or ""


def _issued(page: Selector, now: datetime | None) -> PublisherDate | None:
    """Read "Utgitt: …" from wherever near the top it stands, in a box beside the text too."""
    if not page.xpath("//*[text()[contains(., 'tgitt') or contains(., 'tgjeve')]]"):
        return None
    lines = [block.text for block in _blocks(page)[:_HEAD]]
    for place, line in enumerate(lines):
        if not _ISSUED.match(line):
            continue
        following = lines[place + 1 : place + 2] if line.endswith(":") else []
        try:
            return parse_date(" ".join([line, *following]), now=now)
        except UnreadableDateError:
            continue
    return None


def is_list(page: Selector, url: str) -> bool:
    """Tell whether a page below a list of reports is itself a list: of a topic, say.

    It links to reports below its own address, and has neither a date nor a file of its own.
    """
    here = canonical_path(url)
    main = Selector(text=_offered(page), type="html")
    below = set()
    for link in main.xpath("//a[@href]"):
        target = site_address(attribute(link, "href"), url)
        path = canonical_path(target) if target else ""
        if target and is_file_link(link, target):
            return False
        if path.startswith(here) and path != here and is_report_path(path):
            below.add(path)
    return len(below) > 1 and _issued(page, None) is None
