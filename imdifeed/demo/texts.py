"""Reads the demonstration's texts: one file each, a TOML head between `+++` lines and a body.

How to write one is told in `content/README.md`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

CONTENT = Path(__file__).parent / "content"

T = TypeVar("T")

_OSLO = ZoneInfo("Europe/Oslo")
_FENCE = "+++\n"


class ContentError(Exception):
    """A text of the demonstration cannot be read; the message names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file offered with a text, written as plain text and served as PDF."""

    #: file name people see, `Sjekkliste.pdf`
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A press release in one language."""

    #: what it is written in: nb, nn or en
    language: str
    title: str
    lead: str
    body: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A press release in one or two languages."""

    id: int
    #: Norwegian time
    published: datetime
    versions: tuple[Version, ...]
    documents: tuple[Document, ...] = ()
    image_caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A news article of imdi.no."""

    page_id: int
    #: path of its page, `/aktuelt/nyheter/slug/`
    address: str
    language: str
    kicker: str
    title: str
    lead: str
    body: str
    published: date
    updated: date
    documents: tuple[Document, ...] = ()


def load_releases(folder: Path = CONTENT / "press_releases") -> tuple[Release, ...]:
    """Read all press releases, newest first; files with one `id` are versions of one release.

    Raises ContentError.
    """
    releases: dict[int, Release] = {}
    for path in sorted(folder.glob("*.md")):
        head, body = _read(path)
        release = _release(path, head, body)
        known = releases.get(release.id)
        releases[release.id] = _joined(path, known, release) if known else release
    return tuple(sorted(releases.values(), key=lambda release: release.published, reverse=True))


def load_news(folder: Path = CONTENT / "news") -> tuple[NewsItem, ...]:
    """Read all news articles, newest first. Raises ContentError."""
    items = [_news_item(path, *_read(path)) for path in sorted(folder.glob("*.md"))]
    addresses: set[str] = set()
    for item in items:
        if item.address in addresses:
            raise ContentError(f"two news articles have the address {item.address}; change one")
        addresses.add(item.address)
    return tuple(sorted(items, key=lambda item: (item.published, item.page_id), reverse=True))


def _read(path: Path) -> tuple[dict[str, Any], str]:
    before, fence, rest = path.read_text("utf-8").partition(_FENCE)
    head, end, body = rest.partition(_FENCE)
    if before.strip() or not (fence and end):
        raise ContentError(f"{path.name}: begin the file with a head between two '+++' lines")
    try:
        return tomllib.loads(head), body.strip()
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: the head is not TOML: {error}") from error


def _release(path: Path, head: Mapping[str, Any], body: str) -> Release:
    moment = _value(path, head, "published", datetime)
    version = Version(
        language=_language(path, head),
        title=_value(path, head, "title", str),
        lead=_value(path, head, "lead", str).strip(),
        body=body,
        keywords=tuple(head.get("keywords", ())),
    )
    return Release(
        id=_value(path, head, "id", int),
        published=moment.astimezone(_OSLO) if moment.tzinfo else moment.replace(tzinfo=_OSLO),
        versions=(version,),
        documents=_documents(head),
        image_caption=str(head.get("image_caption", "")),
    )


def _joined(path: Path, known: Release, other: Release) -> Release:
    """Put two versions of one release together, Norwegian first."""
    versions = (*known.versions, *other.versions)
    if len({version.language == "en" for version in versions}) != len(versions):
        raise ContentError(f"{path.name}: release {known.id} has two versions in one language")
    return Release(
        id=known.id,
        published=min(known.published, other.published),
        versions=tuple(sorted(versions, key=lambda version: version.language == "en")),
        documents=known.documents + other.documents,
        image_caption=known.image_caption or other.image_caption,
    )


def _news_item(path: Path, head: Mapping[str, Any], body: str) -> NewsItem:
    published = _value(path, head, "published", date)
    return NewsItem(
        page_id=_value(path, head, "page_id", int),
        address=_value(path, head, "address", str),
        language=_language(path, head),
        kicker=_value(path, head, "kicker", str),
        title=_value(path, head, "title", str),
        lead=_value(path, head, "lead", str).strip(),
        body=body,
        published=published,
        updated=_value(path, head, "updated", date) if "updated" in head else published,
        documents=_documents(head),
    )


def _documents(head: Mapping[str, Any]) -> tuple[Document, ...]:
    return tuple(Document(entry["name"], entry["text"]) for entry in head.get("documents", ()))


def _language(path: Path, head: Mapping[str, Any]) -> str:
    language = _value(path, head, "language", str)
    if language not in {"nb", "nn", "en"}:
        raise ContentError(f"{path.name}: language is {language!r}; write nb, nn or en")
    return language


def _value(path: Path, head: Mapping[str, Any], name: str, wanted: type[T]) -> T:
    value = head.get(name)
    if not isinstance(value, wanted):
        raise ContentError(f"{path.name}: the head needs {name!r}, a {wanted.__name__}")
    return value
