"""Strict readers of feeds: a document breaks its format's rules, or is given as neutral values."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ATOM_SCHEMA = etree.RelaxNG(file=str(Path(__file__).parent / "schemas" / "atom.rng"))
_REMOTE = re.compile(r"<(?:img|script|iframe|object|video|audio|source|link)\b", re.I)
_RELATIVE = re.compile(r'href="(?![a-z][a-z0-9+.-]*:)', re.I)


@dataclass(frozen=True)
class Item:
    """An entry as a document states it."""

    id: str
    link: str
    title: str
    published: datetime
    #: None where the format has no place for it
    updated: datetime | None
    language: str
    summary: str
    content: str
    labels: tuple[str, ...]
    #: address, media type and size
    enclosures: tuple[tuple[str, str, int | None], ...]


@dataclass(frozen=True)
class Document:
    """A feed as a document states it."""

    title: str
    home: str
    own: str
    previous: str
    hub: str
    items: tuple[Item, ...]

    @property
    def ids(self) -> list[str]:
        """The ids in order."""
        return [item.id for item in self.items]


def read(name: str, data: bytes) -> Document:
    """Read a feed of a format, and hold it to the format's rules."""
    document = {"atom": _atom, "rss": _rss, "json": _json}[name](data)
    repeated = [key for key, count in Counter(document.ids).items() if count > 1]
    assert not repeated, f"ids that stand twice: {repeated}"
    for item in document.items:
        assert item.title
        assert not _REMOTE.search(item.content), item.content[:500]
        assert not _RELATIVE.search(item.content), item.content[:500]
        for address in (item.link, *(address for address, *_ in item.enclosures)):
            assert urlsplit(address).scheme.lower() in {"http", "https"}, address
    return document


def _xml(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))


def _atom(data: bytes) -> Document:
    root = _xml(data)
    _ATOM_SCHEMA.assertValid(root)
    links = _links(root)
    entries = root.findall("atom:entry", NAMES)
    # 4.1.1: an author above, or in every entry
    assert root.find("atom:author", NAMES) is not None
    assert len(links["self"]) == 1
    assert len(links["alternate"]) == 1
    return Document(
        title=root.findtext("atom:title", namespaces=NAMES),
        home=links["alternate"][0].get("href"),
        own=links["self"][0].get("href"),
        previous=_first_href(links, "prev-archive"),
        hub=_first_href(links, "hub"),
        items=tuple(_atom_item(entry) for entry in entries),
    )


def _atom_item(entry: Any) -> Item:
    links = _links(entry)
    # 4.1.2: one alternate of a type and language; one at least where there is no content
    kinds = [(link.get("type"), link.get("hreflang")) for link in links["alternate"]]
    assert len(kinds) == len(set(kinds)) == 1
    order = [etree.QName(element).localname for element in entry]
    if "content" in order and "summary" in order:
        assert order.index("summary") < order.index("content")
    assert entry.find("atom:author", NAMES) is not None
    return Item(
        id=entry.findtext("atom:id", namespaces=NAMES),
        link=links["alternate"][0].get("href"),
        title=entry.findtext("atom:title", namespaces=NAMES),
        published=datetime.fromisoformat(entry.findtext("atom:published", namespaces=NAMES)),
        updated=datetime.fromisoformat(entry.findtext("atom:updated", namespaces=NAMES)),
        language=entry.get(_LANG),
        summary=entry.findtext("atom:summary", namespaces=NAMES) or "",
        content=entry.findtext("atom:content", namespaces=NAMES) or "",
        labels=tuple(found.get("label") for found in entry.findall("atom:category", NAMES)),
        enclosures=tuple(
            (link.get("href"), link.get("type"), _number(link.get("length")))
            for link in links["enclosure"]
        ),
    )


def _rss(data: bytes) -> Document:
    root = _xml(data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    links = _links(channel)
    assert len(links["self"]) == 1
    return Document(
        title=channel.findtext("title"),
        home=channel.findtext("link"),
        own=links["self"][0].get("href"),
        previous=_first_href(links, "prev-archive"),
        hub=_first_href(links, "hub"),
        items=tuple(_rss_item(item) for item in channel.findall("item")),
    )


def _rss_item(item: Any) -> Item:
    counts = Counter(element.tag for element in item)
    allowed_again = {"category"}
    assert not [tag for tag, count in counts.items() if count > 1 and tag not in allowed_again]
    assert item.find("guid").get("isPermaLink") == "false"
    # `author` means an address to write to
    assert item.find("author") is None
    assert item.findtext("dc:creator", namespaces=NAMES)
    date = item.findtext("pubDate")
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date)
    content = item.findtext("content:encoded", namespaces=NAMES)
    if content and item.find("description") is not None:
        tags = [element.tag for element in item]
        assert tags.index("description") < tags.index(f"{{{NAMES['content']}}}encoded")
    return Item(
        id=item.findtext("guid"),
        link=item.findtext("link"),
        title=item.findtext("title"),
        published=parsedate_to_datetime(date),
        updated=None,
        language=item.findtext("dc:language", namespaces=NAMES),
        summary=item.findtext("description") or "",
        content=content or "",
        labels=tuple(found.text for found in item.findall("category")),
        enclosures=tuple(
            (found.get("url"), found.get("type"), int(found.get("length")))
            for found in item.findall("enclosure")
        ),
    )


_TEXTS = {"title", "home_page_url", "feed_url", "description", "next_url", "language", "version"}
_ITEM_TEXTS = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary"),
    *("date_published", "date_modified", "language"),
}


def _json(data: bytes) -> Document:
    """Read JSON Feed 1.1, by the rules of jsonfeed.org/version/1.1."""
    feed = json.loads(data.decode("utf-8", "strict"), parse_constant=_no_number)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    known = _TEXTS | {"authors", "hubs", "expired", "items"}
    assert feed.keys() <= known, feed.keys() - known
    assert all(isinstance(feed[name], str) for name in _TEXTS & feed.keys())
    assert isinstance(feed["items"], list)
    assert feed.get("expired", True) is True
    assert all(set(hub) == {"type", "url"} for hub in feed.get("hubs", []))
    return Document(
        title=feed["title"],
        home=feed["home_page_url"],
        own=feed["feed_url"],
        previous=feed.get("next_url", ""),
        hub=feed.get("hubs", [{"url": ""}])[0]["url"],
        items=tuple(_json_item(item) for item in feed["items"]),
    )


def _json_item(item: dict[str, Any]) -> Item:
    known = _ITEM_TEXTS | {"authors", "tags", "attachments"}
    assert item.keys() <= known, item.keys() - known
    assert all(isinstance(item[name], str) for name in _ITEM_TEXTS & item.keys())
    assert "content_html" in item or "content_text" in item
    assert all(author["name"] for author in item["authors"])
    return Item(
        id=item["id"],
        link=item["url"],
        title=item["title"],
        published=datetime.fromisoformat(item["date_published"]),
        updated=datetime.fromisoformat(item["date_modified"]),
        language=item.get("language", "und"),
        summary=item.get("summary", ""),
        content=item.get("content_html", ""),
        labels=tuple(item.get("tags", [])),
        enclosures=tuple(
            (found["url"], found["mime_type"], found.get("size_in_bytes"))
            for found in item.get("attachments", [])
        ),
    )


def _links(element: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"self": [], "alternate": [], "enclosure": []}
    for link in element.findall("atom:link", NAMES):
        found.setdefault(link.get("rel", "alternate"), []).append(link)
    return found


def _first_href(links: dict[str, list[Any]], rel: str) -> str:
    return links[rel][0].get("href") if rel in links else ""


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")
