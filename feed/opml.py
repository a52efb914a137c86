"""OPML 2.0 (opml.org/spec2.opml): every feed there is, to be taken into a feed reader at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from db.models import Kind, Language, Source, Tag
from db.query import EntryQuery
from db.text import one_line
from feed.links import feed_url, listing_url
from feed.site import Site
from feed.wording import kind_label, tag_label

MEDIA_TYPE: Final = "text/x-opml; charset=utf-8"
#: path of the document
PATH: Final = "/opml"
#: the format that every reader takes and that loses nothing
_FORMAT: Final = "atom"


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds that belong together."""

    title: str
    feeds: tuple[tuple[str, EntryQuery], ...]


def every_feed(
    tags: Sequence[Tag], sources: Sequence[Source], language: Language = Language.BOKMAL
) -> tuple[Group, ...]:
    """Give the feed of every tag, kind and source, in groups."""
    return (
        Group("Tema", tuple((tag_label(t, language), EntryQuery(tags=(t.slug,))) for t in tags)),
        Group("Type", tuple((kind_label(k, language), EntryQuery(kinds=(k,))) for k in Kind)),
        Group("Kilde", tuple((s.name, EntryQuery(sources=(s.slug,))) for s in sources)),
    )


def render(site: Site, groups: Sequence[Group]) -> bytes:
    """Write the feed of everything and the groups of feeds as an outline."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = one_line(site.name)
    etree.SubElement(head, "ownerName").text = one_line(site.name)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    _outline(body, site, "Alle saker", EntryQuery())
    for group in groups:
        if group.feeds:
            outer = etree.SubElement(body, "outline", text=group.title, title=group.title)
            for name, query in group.feeds:
                _outline(outer, site, name, query)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _outline(parent: etree._Element, site: Site, name: str, query: EntryQuery) -> None:
    title = f"{site.name}: {one_line(name)}"
    etree.SubElement(
        parent,
        "outline",
        type="rss",
        text=title,
        title=title,
        xmlUrl=feed_url(site, query, _FORMAT),
        htmlUrl=listing_url(site, query),
    )
