"""The fields of a release, as every answer of a PRS press room names them.

The same software runs kommunikasjon.ntb.no, sttinfo.fi, via.tt.se and via.ritzau.dk. Field names
are those that public clients of its interfaces read; where they disagree, all forms are accepted.
"""

import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.fetching.addresses import web_address
from crawler.html import text_of
from db.models import Attachment, Kind, PublisherDate
from db.text import one_line

_NEWS_TYPES = frozenset({"nyhet", "nyheit", "nyhed", "nyheter", "news", "uutinen"})
_NUMBER = re.compile(r"[0-9]{1,18}")
_ADDRESS_FIELDS = ("downloadPath", "downloadUrl", "url", "path")
_NAME_FIELDS = ("originalFilename", "filename", "fileName", "name", "caption")
_DATE_FIELDS = ("date", "published", "publicationDate", "publishedAt")


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """Read an answer as a JSON object.

    Raises:
        ShapeError: it is something else; the message says what, and what was expected.
    """
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        begins = one_line(body[:300].decode("utf-8", "replace"))[:60]
        form = "HTML" if begins.startswith("<") else "something else"
        raise ShapeError(f"expected {what} as JSON, got {form}: {begins!r}") from None
    if not isinstance(answer, dict):
        raise ShapeError(f"expected {what} as a JSON object, got {glimpse(answer)}")
    return answer


def mapping(value: Any) -> dict[str, Any]:
    """Give a value that is an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def text(fields: Mapping[str, Any], *names: str) -> str:
    """Give the first of these fields that is a text and says anything."""
    values = (fields.get(name) for name in names)
    return next(
        (said for value in values if isinstance(value, str) and (said := value.strip())), ""
    )


def whole_number(value: Any, default: int = 0) -> int:
    """Give a value that is a whole number, or another one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def number_of(release: Mapping[str, Any]) -> int:
    """Give a release's number. Raises `ShapeError`."""
    given = release.get("id")
    if isinstance(given, bool) or not _NUMBER.fullmatch(str(given)):
        raise ShapeError(f"a release lacks its number 'id'; it {named_fields(release)}")
    return int(str(given))


def kind_of(version: Mapping[str, Any]) -> Kind:
    """Give the kind that a release's type names: free text in the publisher's language."""
    return Kind.NEWS if text(version, "type").lower() in _NEWS_TYPES else Kind.PRESS_RELEASE


def lead_of(version: Mapping[str, Any]) -> str:
    """Give the lead as text."""
    return one_line(text_of(text(version, "leadtext"))) or text(version, "metadescription")


def body_of(given: Any) -> str:
    """Give the HTML of a body: an object with one or two forms of it, or a text."""
    if isinstance(given, dict):
        content = mapping(given.get("cookieless")).get("content")
        given = next((form for form in (given.get("complete"), content) if form), "")
    return given if isinstance(given, str) else ""


def date_of(*holders: Mapping[str, Any], now: datetime | None) -> PublisherDate | None:
    """Give the first date that can be read in these objects."""
    for holder in holders:
        for name in _DATE_FIELDS:
            try:
                return parse_date(text(holder, name), now=now)
            except UnreadableDateError:
                continue
    return None


def keywords_of(given: Any) -> tuple[str, ...]:
    """Give keywords: a text with separators in one interface, a list in the other."""
    words = re.split(r"[,;\n]", given) if isinstance(given, str) else given
    if not isinstance(words, list):
        return ()
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())


def attachments_of(given: Any, base_url: str) -> Iterable[Attachment]:
    """Give a release's documents; addresses without an ending leave the media type open."""
    for document in given if isinstance(given, list) else []:
        fields = {"url": document} if isinstance(document, str) else mapping(document)
        addresses = [text(fields, name) for name in _ADDRESS_FIELDS]
        addresses += [value for value in fields.values() if _looks_like_file(value)]
        url = next(
            (url for given in addresses if given and (url := web_address(given, base_url))), ""
        )
        label = text(fields, *_NAME_FIELDS) or _file_name(url)
        if url or label:
            kind = text(fields, "contentType") or mimetypes.guess_type(label)[0] or ""
            yield Attachment(url, label, kind, whole_number(fields.get("size")) or None)


def _file_name(url: str) -> str:
    """Give the name at the end of an address; the press rooms' own addresses hold none."""
    name = url.rsplit("/", 1)[-1]
    return name if "." in name else "Vedlegg" if url else ""


def _looks_like_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("/files/", "https://", "http://"))


def named_fields(found: Mapping[str, Any]) -> str:
    """Say for people which fields an object has."""
    names = ", ".join(repr(one_line(name)[:30]) for name in list(found)[:8])
    return f"has {names}" if names else "is empty"


def glimpse(value: Any) -> str:
    """Give the beginning of a value, for people."""
    return one_line(json.dumps(value, ensure_ascii=False))[:60]


def name_of(record: Any) -> str:
    """Name a record for people, as well as it lets itself be named."""
    number = record.get("id") if isinstance(record, dict) else None
    return f"release {one_line(str(number))[:20]}" if number else "a release without number"
