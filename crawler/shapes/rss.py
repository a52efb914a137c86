"""RSS 2.0 feeds: the newest of a source, a title and a link each.

Read as https://www.rssboard.org/rss-specification has it, and as feeds are met: a byte-order mark
before the declaration, HTML entities XML does not know, an unescaped ampersand, empty elements.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from crawler.errors import ShapeError
from db.text import clean, one_line

_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: no feed is longer; only a server that never ends is
MOST_ITEMS = 2000

_CDATA = "<![CDATA["
#: an ampersand that begins nothing XML knows
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)([A-Za-z0-9]{1,31};)?"
)
_DC_DATE = "{http://purl.org/dc/elements/1.1/}date"


@dataclass(frozen=True, slots=True)
class RssItem:
    """One item of a feed, each part as it stands there; what is missing is empty."""

    title: str
    #: address, with its fragment
    link: str
    #: what the feed knows the item by; an address or any other text
    guid: str
    #: HTML or text
    description: str
    #: the date as written, RFC 822 or ISO 8601
    published: str


def parse_rss(body: bytes) -> list[RssItem]:
    """Read the items of an RSS 2.0 feed, in its order.

    Damaged XML is read as far as it goes. Nothing outside the feed is ever fetched.

    Raises:
        ShapeError: no RSS, or a feed that declares entities, as only XML bombs do.
    """
    text = _decode(body)
    if "<!ENTITY" in text:
        raise ShapeError("the feed declares entities, which no honest feed needs")
    return [_item(element) for element in _channel(text).xpath("item | ../item")[:MOST_ITEMS]]


def _decode(body: bytes) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.match(body)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return body.decode(encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _channel(text: str) -> Any:
    mended = _CDATA.join(_mended(clean(text))).strip()
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(mended.encode(), parser) if mended else None
    channel = root.find("channel") if root is not None and root.tag == "rss" else None
    if channel is None:
        raise ShapeError(f"expected an RSS feed, got {one_line(text[:300])[:60]!r}")
    return channel


def _mended(text: str) -> Iterator[str]:
    """Give the parts between the beginnings of CDATA, with ampersands as XML needs them."""
    first, *rest = text.split(_CDATA)
    yield _AMPERSAND.sub(_escaped, first)
    for part in rest:
        inside, end, after = part.partition("]]>")
        yield inside + end + _AMPERSAND.sub(_escaped, after)


def _escaped(found: re.Match[str]) -> str:
    """Give what XML can read for an ampersand: of an HTML entity, its character."""
    character = unescape(found[0]) if found[1] else found[0]
    return character if character not in (found[0], "&", "<", ">") else f"&amp;{found[0][1:]}"


def _item(element: Any) -> RssItem:
    guid = _text(element, "guid")
    link = _text(element, "link")
    if not link and guid.startswith(("https://", "http://")):
        link = guid
    return RssItem(
        title=one_line(unescape(_text(element, "title"))),
        link=link,
        guid=guid,
        description=_text(element, "description"),
        published=one_line(_text(element, "pubDate") or _text(element, _DC_DATE)),
    )


def _text(element: Any, name: str) -> str:
    """Give the words of the first child of a name that has any."""
    texts = (clean("".join(child.itertext())).strip() for child in element.iterchildren(name))
    return next(filter(None, texts), "")
