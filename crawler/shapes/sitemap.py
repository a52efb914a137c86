"""A sitemap: the addresses of a site's pages, or of further sitemaps (sitemaps.org, 2008)."""

import re
import zlib
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from crawler.errors import ShapeError
from db.text import one_line

#: the protocol's own limits
MOST_ADDRESSES = 50_000
LARGEST = 50_000_000

_ROOT = re.compile(r"<(?:[\w-]{1,20}:)?(urlset|sitemapindex)[\s>/]")
#: the address of a page; pictures and films of a page have addresses of their own
_ADDRESS = re.compile(
    r"<(?!image:|video:|news:)(?:[\w-]{1,20}:)?loc(?:\s[^<>]{0,200})?>"
    r"\s{0,50}(?:<!\[CDATA\[\s{0,50})?([^<>\s\]]{1,2000})(?=[\s<\]])"
)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one file names, in its order."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def is_sitemap(url: str, body: bytes) -> bool:
    """Tell whether an answer is, or is meant to be, a sitemap rather than a page."""
    path = urlsplit(url).path.removesuffix(".gz")
    return path.endswith(".xml") or _ROOT.search(body[:1000].decode("latin-1")) is not None


def parse_sitemap(body: bytes) -> Sitemap:
    """Read a sitemap or an index of sitemaps, packed or not. Entities are never resolved.

    Raises:
        ShapeError: it is neither.
    """
    text = _unpacked(body).decode("utf-8", "replace")
    root = _ROOT.search(text[:5000])
    if root is None:
        raise ShapeError(f"expected a sitemap, got {one_line(text[:300])[:60]!r}")
    found = (unescape(address) for address in _ADDRESS.findall(_without_comments(text)))
    addresses = tuple(dict.fromkeys(found))[:MOST_ADDRESSES]
    if root[1] == "sitemapindex":
        return Sitemap(sitemaps=addresses)
    return Sitemap(pages=addresses)


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:LARGEST]
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
    except zlib.error as error:
        raise ShapeError(f"expected a packed sitemap, which cannot be unpacked: {error}") from error
