"""The answers of a PRS press room: the list of releases and one release in full.

The same software runs kommunikasjon.ntb.no, sttinfo.fi, via.tt.se and via.ritzau.dk. Field names
are those that public clients of the interface read; where they disagree, all forms are accepted.
"""

import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.addresses import web_address
from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.html import text_of
from crawler.items import EntryItem
from db.models import Attachment, Kind, PublisherDate
from db.text import one_line

#: the word in public addresses where the interface says "release", by host
PATH_WORDS = {
    "via.ritzau.dk": "pressemeddelelse",
    "www.sttinfo.fi": "tiedote",
    "via.tt.se": "pressmeddelande",
}
_PATH_WORD = "pressemelding"
_NEWS_TYPES = frozenset({"nyhet", "nyheit", "nyhed", "news", "uutinen"})
_NUMBER = re.compile(r"[0-9]{1,18}")
_ADDRESS_FIELDS = ("downloadPath", "downloadUrl", "url", "path")
_NAME_FIELDS = ("originalFilename", "filename", "fileName", "name", "caption")


@dataclass(frozen=True, slots=True)
class ReleaseStub:
    """A release as the list names it."""

    id: int
    #: keys of its language versions; empty where the list does not name them
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """One page of the list, newest first."""

    releases: tuple[ReleaseStub, ...]
    #: whether the list ends here, as far as it says
    is_last: bool
    #: records that cannot be used: which, and why
    rejected: tuple[tuple[str, str], ...]


def parse_list(body: bytes, *, publisher_id: int | None, page: int, size: int) -> ReleaseList:
    """Read one page of `/public-website-api/pressroom/{publisher}/releases/{size}/{page}`.

    Raises:
        ShapeError: not JSON, or without the list of releases.
    """
    answer = _object(body, "the list of releases")
    records = answer.get("releases")
    if not isinstance(records, list):
        raise ShapeError(f"the list of releases lacks the field 'releases'; it {_fields(answer)}")
    stubs, rejected = [], []
    for record in records:
        try:
            stubs.append(_stub(record, publisher_id))
        except ShapeError as error:
            rejected.append((_name(record), str(error)))
    paging = _mapping(answer.get("paging"))
    count = _whole_number(paging.get("count"))
    page = _whole_number(paging.get("page"), page)
    size = _whole_number(paging.get("itemsPerPage"), size) or size
    is_last = not records or ("count" in paging and (page + 1) * size >= count)
    return ReleaseList(tuple(stubs), is_last, tuple(rejected))


def parse_release(
    body: bytes, *, base_url: str, publisher_id: int | None, now: datetime | None = None
) -> list[EntryItem]:
    """Read `/public-website-api/release/{id}`: one item for each language version.

    Raises:
        ShapeError: not JSON, without number or versions, or of another publisher.
    """
    release = _object(body, "the release")
    number = _release_number(release)
    _require_publisher(release, publisher_id)
    versions = {
        language: version
        for language, version in _mapping(release.get("versions")).items()
        if isinstance(version, dict)
    }
    if not versions:
        raise ShapeError(f"release {number} lacks the field 'versions'; it {_fields(release)}")
    return [
        _item(release, number, language, version, base_url=base_url, now=now)
        for language, version in versions.items()
    ]


def _item(
    release: Mapping[str, Any],
    number: int,
    language: str,
    version: Mapping[str, Any],
    *,
    base_url: str,
    now: datetime | None,
) -> EntryItem:
    kind = _text(version, "type").lower()
    return EntryItem(
        key=f"{number}/{language}",
        url=_public_url(_text(version, "url") or _text(release, "url"), number, base_url),
        kind=Kind.NEWS if kind in _NEWS_TYPES else Kind.PRESS_RELEASE,
        title=_text(version, "title"),
        lead=one_line(text_of(_text(version, "leadtext"))) or _text(version, "metadescription"),
        body=_body(version.get("body")),
        published=_date(_text(release, "date") or _text(version, "date"), now),
        keywords=_keywords(version.get("keywords")),
        attachments=tuple(_attachments(version.get("documents"), base_url)),
        shape="prs_api",
    )


def _stub(record: Any, publisher_id: int | None) -> ReleaseStub:
    if not isinstance(record, dict):
        raise ShapeError(f"expected a release, got {_glimpse(record)}")
    number = _release_number(record)
    _require_publisher(record, publisher_id)
    return ReleaseStub(number, tuple(f"{number}/{key}" for key in _mapping(record.get("versions"))))


def _release_number(release: Mapping[str, Any]) -> int:
    given = release.get("id")
    if isinstance(given, bool) or not _NUMBER.fullmatch(str(given)):
        raise ShapeError(f"a release lacks its number 'id'; it {_fields(release)}")
    return int(str(given))


def _require_publisher(release: Mapping[str, Any], publisher_id: int | None) -> None:
    """Refuse another publisher's release: an interface that ignores a filter answers with all."""
    if publisher_id is None:
        return
    found = {str(_mapping(release.get("publisher")).get("id", publisher_id))}
    versions = [v for v in _mapping(release.get("versions")).values() if isinstance(v, dict)]
    for holder in (release, *versions):
        try:
            found.update(parse_qs(urlsplit(_text(holder, "url")).query).get("publisherId", []))
        except ValueError:
            continue
    if strangers := sorted(found - {str(publisher_id)}):
        raise ShapeError(f"it belongs to publisher {strangers[0][:20]}, not {publisher_id}")


def _public_url(given: str, number: int, base_url: str) -> str:
    """Give the page's address for readers; the interface's own form begins with /release/."""
    url = web_address(given or f"/release/{number}", base_url)
    parts = urlsplit(url or web_address(f"/release/{number}", base_url))
    word = PATH_WORDS.get(parts.hostname or "", _PATH_WORD)
    path = re.sub(r"^/release/", f"/{word}/", parts.path)
    return parts._replace(path=path).geturl()


def _body(given: Any) -> str:
    if isinstance(given, dict):
        content = _mapping(given.get("cookieless")).get("content")
        given = next((form for form in (given.get("complete"), content) if form), "")
    return given if isinstance(given, str) else ""


def _date(text: str, now: datetime | None) -> PublisherDate | None:
    try:
        return parse_date(text, now=now)
    except UnreadableDateError:
        return None


def _keywords(given: Any) -> tuple[str, ...]:
    words = re.split(r"[,;\n]", given) if isinstance(given, str) else given
    if not isinstance(words, list):
        return ()
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())


def _attachments(given: Any, base_url: str) -> list[Attachment]:
    found = []
    for document in given if isinstance(given, list) else []:
        fields = {"url": document} if isinstance(document, str) else _mapping(document)
        names = (_text(fields, name) for name in _NAME_FIELDS)
        addresses = [_text(fields, name) for name in _ADDRESS_FIELDS]
        addresses += [value for value in fields.values() if _looks_like_file(value)]
        url = next((url for text in addresses if text and (url := web_address(text, base_url))), "")
        label = next((name for name in names if name), "") or _file_name(url)
        if url or label:
            kind = _text(fields, "contentType") or mimetypes.guess_type(label)[0] or ""
            found.append(Attachment(url, label, kind, _whole_number(fields.get("size")) or None))
    return found


def _file_name(url: str) -> str:
    """Give the name at the end of an address; the press rooms' own addresses hold none."""
    name = url.rsplit("/", 1)[-1]
    return name if "." in name else "Vedlegg" if url else ""


def _looks_like_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("/files/", "https://", "http://"))


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        glimpse = one_line(body[:300].decode("utf-8", "replace"))[:60]
        form = "HTML" if glimpse.startswith("<") else "something else"
        raise ShapeError(f"expected {what} as JSON, got {form}: {glimpse!r}") from None
    if not isinstance(answer, dict):
        raise ShapeError(f"expected {what} as a JSON object, got {_glimpse(answer)}")
    return answer


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _whole_number(value: Any, default: int = 0) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _fields(found: Mapping[str, Any]) -> str:
    names = ", ".join(repr(one_line(name)[:30]) for name in list(found)[:8])
    return f"has {names}" if names else "is empty"


def _glimpse(value: Any) -> str:
    return one_line(json.dumps(value, ensure_ascii=False))[:60]


def _name(record: Any) -> str:
    number = record.get("id") if isinstance(record, dict) else None
    return f"release {one_line(str(number))[:20]}" if number else "a release without number"
