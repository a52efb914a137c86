"""Atom and RSS through feedgen 1.0.0: the only module that imports it.

feedgen drops the attributes of links in Atom entries, knows no language per entry, and formats RSS
dates by changing the locale of the whole process. The parts below put that right; nothing here
reads the clock, so equal channels give equal bytes.
"""

import re
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any, Final

import feedgen.entry
import feedgen.feed
from feedgen.util import xml_elem
from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from db.models import Language
from db.text import clean
from feed.channel import Channel, FeedEntry, media_type_of

# The standard library writes RFC 5322 dates in English under any locale; feedgen's own function
# calls setlocale, which threads share (lkiesow/python-feedgen, feedgen/util.py).
feedgen.feed.formatRFC2822 = format_datetime
feedgen.entry.formatRFC2822 = format_datetime

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
#: those of feedgen, and ours
_RSS_NAMES: Final = {
    "dc": _DUBLIN_CORE,
    "atom": _ATOM,
    "content": "http://purl.org/rss/1.0/modules/content/",
}
_RSS_END: Final = b"  </channel>\n</rss>\n"
#: a title in RSS is markup to some readers and text to others; both take hexadecimal references
#: for the character itself (RSS Best Practices Profile, "Character data")
_TITLE: Final = re.compile(rb"<title>[^<]*</title>")


def atom(channel: Channel, entries: Iterable[bytes]) -> bytes:
    """Write a channel as Atom (RFC 4287) around entries that are written already."""
    generator = _generator(channel, "application/atom+xml")
    generator.register_extension("chain", _AtomChain, rss=False)
    generator.chain.channel = channel
    return _around(generator.atom_str(pretty=True), entries, b"</feed>\n")


def atom_entry(entry: FeedEntry) -> bytes:
    """Write an entry as it stands in an Atom document."""
    feed = xml_elem("feed")
    feed.append(_atom_entry(entry).atom_entry())
    return _inside(feed, b"<feed>\n", b"</feed>\n")


def rss(channel: Channel, items: Iterable[bytes]) -> bytes:
    """Write a channel as RSS 2.0 (Atom, Content, Dublin Core) around items written already."""
    generator = _generator(channel, "application/rss+xml")
    generator.register_extension("parts", _RssChain, _RssParts, atom=False)
    generator.parts.channel = channel
    data = _TITLE.sub(_in_hexadecimal, generator.rss_str(pretty=True))
    return _around(data, items, _RSS_END)


def rss_item(entry: FeedEntry) -> bytes:
    """Write an item as it stands in an RSS document, whose root declares the names."""
    rss = xml_elem("rss", nsmap=_RSS_NAMES)
    xml_elem("channel", rss).append(_rss_item(entry).rss_entry())
    return _TITLE.sub(_in_hexadecimal, _inside(rss, b"<channel>\n", _RSS_END))


def _around(document: bytes, parts: Iterable[bytes], end: bytes) -> bytes:
    return document.removesuffix(end) + b"".join(parts) + end


def _inside(root: Any, begin: bytes, end: bytes) -> bytes:
    """Give what stands between the root's tags, indented as in a whole document."""
    whole: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=False)
    return whole.partition(begin)[2].removesuffix(end)


class _AtomParts:
    """Give an Atom entry its language and its links with every attribute."""

    entry: FeedEntry

    def extend_atom(self, element: Any) -> Any:
        element.set(_XML_LANG, self.entry.language)
        for link in element.findall("link"):
            element.remove(link)
        for attributes in _links(self.entry):
            xml_elem("link", element, **attributes)
        # what is read first stands first
        element.extend(element.findall("content"))
        return element


class _RssParts:
    """Give an RSS item its publisher and language (Dublin Core)."""

    entry: FeedEntry

    def extend_rss(self, element: Any) -> Any:
        xml_elem(f"{{{_DUBLIN_CORE}}}creator", element).text = clean(self.entry.author)
        xml_elem(f"{{{_DUBLIN_CORE}}}language", element).text = self.entry.language
        return element


class _AtomChain:
    """Give an Atom feed its hub and its place in the archive (RFC 5005)."""

    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY} if self.channel.chain.current else {}

    def extend_atom(self, element: Any) -> Any:
        element.extend(_chain(self.channel, "link"))
        return element


class _RssChain:
    """Declare the names that items use, once, and give an RSS channel hub and archive."""

    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        history = {"fh": _HISTORY} if self.channel.chain.current else {}
        return {"dc": _DUBLIN_CORE} | history

    def extend_rss(self, element: Any) -> Any:
        element.find("channel").extend(_chain(self.channel, f"{{{_ATOM}}}link"))
        return element


def _generator(channel: Channel, media_type: str) -> Any:
    generator = feedgen.feed.FeedGenerator()
    generator.id(clean(channel.id))
    generator.title(clean(channel.title))
    generator.subtitle(clean(channel.subtitle))
    generator.author(name=clean(channel.author))
    generator.language(channel.language)
    generator.updated(channel.updated)
    generator.generator("imdifeed")
    generator.link(href=clean(channel.self_url), rel="self", type=media_type)
    # feedgen takes the link added last for RSS's <link>
    generator.link(href=clean(channel.alternate_url), rel="alternate", type="text/html")
    return generator


def _common(entry: FeedEntry) -> Any:
    made = feedgen.entry.FeedEntry()
    made.id(entry.id)
    made.title(clean(entry.title))
    made.link(href=clean(entry.url), rel="alternate")
    made.published(entry.published)
    made.updated(entry.updated)
    if entry.summary:
        made.summary(clean(entry.summary))
    if entry.content_html:
        made.content(clean(entry.content_html), type="html")
    for term, label in entry.categories:
        made.category(term=clean(term), label=clean(label))
    return made


def _atom_entry(entry: FeedEntry) -> Any:
    made = _common(entry)
    made.author(name=clean(entry.author))
    made.register_extension("parts", _AtomParts, rss=False)
    made.parts.entry = entry
    return made


def _rss_item(entry: FeedEntry) -> Any:
    made = _common(entry)
    # RSS has room for one file; the others stand in the text
    for enclosure in entry.enclosures[:1]:
        made.enclosure(clean(enclosure.url), enclosure.length or 0, clean(enclosure.media_type))
    made.register_extension("parts", _RssParts, atom=False)
    made.parts.entry = entry
    return made


def _chain(channel: Channel, name: str) -> list[Any]:
    chain = channel.chain
    links = {
        "hub": channel.hub,
        "current": chain.current,
        "prev-archive": chain.previous,
        "next-archive": chain.next,
    }
    made = [xml_elem(name, None, rel=rel, href=clean(url)) for rel, url in links.items() if url]
    if chain.current:
        made.append(xml_elem(f"{{{_HISTORY}}}archive"))
    return made


def _in_hexadecimal(title: re.Match[bytes]) -> bytes:
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _links(entry: FeedEntry) -> list[dict[str, str]]:
    article = {
        "href": entry.url,
        "rel": "alternate",
        "type": media_type_of(entry.url, "text/html"),
        "title": entry.title,
    }
    if entry.language is not Language.UNDETERMINED:
        article["hreflang"] = entry.language
    links = [article]
    if entry.permalink != entry.url:
        links.append({"href": entry.permalink, "rel": "related", "type": "text/html"})
    links += [
        {"href": place.url, "rel": "related", "type": "text/html", "title": place.title}
        for place in entry.places
        if place.url not in {"", entry.url}
    ]
    for enclosure in entry.enclosures:
        link = {"href": enclosure.url, "rel": "enclosure", "type": enclosure.media_type}
        if enclosure.title:
            link["title"] = enclosure.title
        if enclosure.length is not None:
            link["length"] = str(enclosure.length)
        links.append(link)
    return [{name: clean(value) for name, value in link.items()} for link in links]
