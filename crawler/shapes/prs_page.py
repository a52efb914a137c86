"""A release's page for readers, from whatever of it can be read.

First the state its scripts carry, then the elements by the stems of their classes, whose endings
are hashes of the build, and last what the page says of itself to those who share it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.fetching.addresses import web_address
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.html_page import attribute, meta, read_page, refuse_stand_in, words_of
from crawler.shapes.prs_addresses import publisher_numbers, release_number, room_number
from crawler.shapes.prs_api import items_of
from crawler.shapes.prs_fields import kind_of
from crawler.shapes.prs_listing import StubVersion, require_own
from crawler.shapes.prs_state import find_release
from db.models import Attachment, PublisherDate
from db.text import one_line

_AROUND = "ancestor::*[self::a or self::li or self::aside or self::nav or self::footer]"
_BODY = "*[contains(@class, 'PublicationContent')]"
_LEAD = "*[contains(@class, 'Leadtext')]"
_BYLINE = "*[contains(@class, 'Byline')]"
_TITLES = (
    "//h1[contains(@class, 'text-elements__Title')]",
    "//h1[contains(@class, 'ReleaseTitle')]",
    "//main//h1",
    "//h1",
)
_FILE = re.compile(r"/files/[0-9]+/([0-9]+)/.")


def parse_page(
    body: bytes,
    *,
    asked: StubVersion,
    url: str,
    content_type: str = "",
    base_url: str,
    publisher_id: int | None,
    now: datetime | None = None,
) -> list[EntryItem]:
    """Read the page of a release; `url` is where it was found.

    One item as a rule, one for each language version where the state holds several. What an item
    lacks in one form of the page is taken from the next.

    Raises:
        ShapeError: not HTML, another page in place of the release's, or no form of a release.
        WrongPublisherError: it is another publisher's.
    """
    page = read_page(body, content_type)
    refuse_stand_in(page)
    number = int(asked.key.partition("/")[0])
    _require_same(page, asked, url, number, publisher_id)
    _, source = html_to_unicode(content_type or None, body, default_encoding="utf-8")
    shown = _shown(page, asked, number, url, now) or _shared(page, asked, number, now)
    release = find_release(source, number, base_url=base_url)
    if release is not None:
        held = items_of(
            release,
            base_url=base_url,
            publisher_id=publisher_id,
            now=now,
            shape="prs_page_state",
        )
        _complete(held, shown, asked)
        if any(item.title for item in held):
            return held
    if shown is None:
        raise ShapeError("the page shows no release: no state, no known class, no og:title of it")
    return [shown]


def _require_same(
    page: Selector, asked: StubVersion, url: str, number: int, publisher_id: int | None
) -> None:
    """Refuse a page that says it is another one, or stands where no release does."""
    if release_number(url) is None:
        raise ShapeError(f"it led to {url[:200]}, which is no release")
    canonical = web_address(page.xpath("string(//link[@rel='canonical']/@href)").get(""), url)
    own = {number, release_number(urldefrag(asked.url).url)}
    publishers: set[str] = set()
    for named in (url, canonical, web_address(meta(page, "og:url"), url)):
        other = release_number(named)
        if other is not None and other not in own:
            raise ShapeError(f"the page is that of release {other}")
        publishers |= publisher_numbers(named)
    links = (web_address(href, url) for href in page.xpath("//a/@href").getall())
    rooms = {str(room) for link in links if (room := room_number(link)) is not None}
    if not rooms or str(publisher_id) in rooms:
        rooms = set()
    require_own(publishers | rooms, publisher_id)


def _shown(
    page: Selector, asked: StubVersion, number: int, url: str, now: datetime | None
) -> EntryItem | None:
    """Read the elements of a page, if those that make it a release are there."""
    bodies = page.xpath(f"//{_BODY}[not(ancestor::{_BODY})]")
    # with a text, only what stands before it is its own; teasers below have dates and leads too
    before = f"[following::{_BODY} or ancestor::{_BODY}]" if bodies else ""
    bylines = [words_of(one) for one in page.xpath(f"//{_BYLINE}[not({_AROUND})]{before}")]
    title = next(
        (words for path in _TITLES for h1 in page.xpath(path) if (words := words_of(h1))), ""
    )
    if not title or not (bodies or bylines):
        return None
    leads = [words_of(one) for one in page.xpath(f"//{_LEAD}[not({_AROUND})]{before}")]
    said = next((line for line in bylines if line), "")
    return EntryItem(
        key=asked.key,
        url=asked.url,
        kind=kind_of({"type": said.rpartition("|")[2]}),
        title=title,
        lead=next(filter(None, leads), "") or meta(page, "og:description"),
        body="\n".join(_text_alone(one) for one in bodies),
        published=_first_date([*bylines, meta(page, "article:published_time")], now),
        attachments=tuple(_attachments(page, url, number)),
        shape="prs_page",
    )


def _shared(
    page: Selector, asked: StubVersion, number: int, now: datetime | None
) -> EntryItem | None:
    """Read what a page says to those who share it, if it says that of this release.

    A page that says "not found" has a title too, so the title must be the one the list gave, or
    the page must name the release in an address of its own.
    """
    title = meta(page, "og:title")
    # "Title | Publisher"; the title may hold a bar of its own
    title = title.rpartition(" | ")[0] or title
    known = one_line(asked.title)
    own = page.xpath("string(//link[@rel='canonical']/@href)").get("")
    named = number in (release_number(own), release_number(meta(page, "og:url")))
    if not title or not (named or (known and title in known)):
        return None
    return EntryItem(
        key=asked.key,
        url=asked.url,
        kind=kind_of({}),
        title=title,
        lead=meta(page, "og:description"),
        published=_first_date([meta(page, "article:published_time")], now),
        shape="prs_page_meta",
    )


def _complete(items: list[EntryItem], shown: EntryItem | None, asked: StubVersion) -> None:
    """Give the item of the page's own language what the state lacks and the page shows."""
    if len(items) == 1:
        # the page's address says better than its state which version it shows
        items[0].key = asked.key
    for item in (item for item in items if item.key == asked.key):
        item.url = asked.url
        if shown is not None:
            item.title = item.title or shown.title
            item.lead = item.lead or shown.lead
            item.body = item.body or shown.body
            item.published = item.published or shown.published
            item.attachments = item.attachments or shown.attachments


def _text_alone(body: Selector) -> str:
    """Give a text as HTML, without the title, byline and lead that may stand inside."""
    copy = Selector(text=body.get(), type="html")
    for element in copy.xpath(f"//h1|//{_BYLINE}|//{_LEAD}"):
        element.drop()
    return copy.xpath("//body").get() or ""


def _first_date(texts: list[str], now: datetime | None) -> PublisherDate | None:
    for text in texts:
        try:
            return parse_date(text, now=now)
        except UnreadableDateError:
            continue
    return None


def _attachments(page: Selector, url: str, number: int) -> Iterator[Attachment]:
    """Give the files that the page links to; their addresses have no ending to tell the type by."""
    seen = set()
    for link in page.xpath("//a[contains(@href, '/files/')]"):
        target = web_address(attribute(link, "href"), url)
        found = _FILE.match(urlsplit(target).path)
        if found and int(found[1][:18]) == number and target not in seen:
            seen.add(target)
            label = one_line(text_of(link.get())) or "Vedlegg"
            yield Attachment(target, label)
