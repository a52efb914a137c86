"""A saved HTML page of any site: its main text, and what its markup says about it."""

import re
from collections.abc import Iterator
from datetime import datetime

from parsel import Selector

from crawler.dates import is_updated_label, parse_date
from crawler.errors import UnreadableDateError
from crawler.fetching.addresses import web_address
from crawler.html import text_of
from crawler.shapes.document import PUBLISHER, Known
from crawler.structure.blocks import Block
from crawler.structure.markup import LONGEST, read_blocks
from db.models import PublisherDate
from db.text import one_line

_MAIN = ("//main", "//*[@role='main']", "//article", "//body")
_AROUND = (
    ".//nav|.//aside|.//footer|.//h1|.//*[contains(@class,'breadcrumb')]"
    "|.//*[contains(@class,'page-survey')]|.//*[contains(@class,'share')]"
)
_DATE_LINES = ".//*[contains(@class,'_publishDate_') or contains(@class,'article-info')]"
_LEAD = (
    "//*[contains(@class,'_mainIntro_')]",
    "//*[contains(@class,'article-ingress')]",
    "//*[contains(@class,'Leadtext')]",
    "//*[contains(concat(' ',@class,' '),' ingress ')]",
)
_PUBLISHED = ("article:published_time", "cludo:PublishedDate", "DC.Date")
_SITE_NAME = re.compile(r"\s+[|–-]\s+(?:IMDi|regjerin\w+\.no|NTB Kommunikasjon)\s*$", re.I)


def parse_saved_page(html: str, *, now: datetime | None = None) -> tuple[Known, list[Block]]:
    """Give what a page says about itself, and the blocks of its main part."""
    page = Selector(text=html[:LONGEST] or " ", type="html")
    main = next((found for path in _MAIN if (found := page.xpath(path))), page.xpath("/*"))[:1]
    known = Known(
        title=_title(page),
        lead=one_line(" ".join(next(_texts(page, *_LEAD), "").split())),
        url=_address(page),
        published=_first_date(_metas(page), now),
    )
    said = [line for part in main.xpath(_DATE_LINES) for line in _lines(part)]
    changed = [line for line in said if is_updated_label(line)]
    known.updated = _first_date(iter(changed), now)
    known.published = known.published or _first_date(
        (line for line in said if line not in changed), now
    )
    owners = (match[1] for line in said if (match := PUBLISHER.fullmatch(line)))
    known.publisher = next(owners, "")
    for around in main.xpath(f"{_AROUND}|{_DATE_LINES}"):
        if around.root.getparent() is not None:
            around.drop()
    return known, read_blocks(main.get() or "")


def _lines(part: Selector) -> Iterator[str]:
    """Give what a line below a title says, part by part."""
    for element in (*part.xpath(".//*[not(*)]"), part):
        for line in text_of(element.get() or "").splitlines():
            yield from filter(None, map(one_line, line.split("|")))


def _title(page: Selector) -> str:
    heading = next(_texts(page, "//main//h1", "//h1"), "")
    shared = page.xpath("string(//meta[@property='og:title']/@content)").get("")
    title = heading or shared or page.xpath("string(//title)").get("")
    return _SITE_NAME.sub("", one_line(title))


def _address(page: Selector) -> str:
    canonical = page.xpath("string(//link[@rel='canonical']/@href)").get("")
    return web_address(
        canonical or page.xpath("string(//meta[@property='og:url']/@content)").get("")
    )


def _texts(page: Selector, *paths: str) -> Iterator[str]:
    for path in paths:
        for found in page.xpath(path):
            if text := one_line(found.xpath("string()").get("")):
                yield text


def _metas(page: Selector) -> Iterator[str]:
    for name in _PUBLISHED:
        path = f"string(//meta[@name='{name}' or @property='{name}']/@content)"
        if content := page.xpath(path).get(""):
            yield content


def _first_date(lines: Iterator[str], now: datetime | None) -> PublisherDate | None:
    for line in lines:
        try:
            return parse_date(line, now=now)
        except UnreadableDateError:
            continue
    return None
