"""The JSON feed of the PRS hosts: whole releases in a list, a record a language version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.errors import ShapeError, WrongPublisherError
from crawler.html import text_of
from crawler.items import EntryItem
from crawler.shapes.prs_addresses import (
    language_key,
    public_url,
    publisher_numbers,
    release_number,
)
from crawler.shapes.prs_fields import (
    attachments_of,
    body_of,
    date_of,
    glimpse,
    json_object,
    keywords_of,
    kind_of,
    mapping,
    name_of,
    named_fields,
    number_of,
    text,
    whole_number,
)
from crawler.shapes.prs_listing import ReleaseStub, StubVersion, require_own
from db.text import one_line

_PAGE = re.compile(r"(?:^|[?&]page=)([0-9]{1,9})(?:&|$)")


@dataclass(frozen=True, slots=True)
class ReleaseFeed:
    """One page of the feed, newest first."""

    items: tuple[EntryItem, ...]
    #: language versions that the feed names and does not hold
    others: tuple[ReleaseStub, ...]
    #: number of the next page; None on the last one
    next_page: int | None
    #: records that cannot be used: which, and why
    rejected: tuple[tuple[str, str], ...]


def parse_feed(
    body: bytes,
    *,
    base_url: str,
    publisher_id: int | None,
    page: int,
    now: datetime | None = None,
) -> ReleaseFeed:
    """Read one page of `/json/v2/releases?publisher=…&size=…&page=…`.

    A parameter it does not know is ignored, and everybody's releases answered: a record counts
    only if it says that it is the publisher's.

    Raises:
        ShapeError: not JSON, an error in it, without releases, or with none that can be used.
        WrongPublisherError: none of its releases is the publisher's.
    """
    answer, records = _records(body)
    items: dict[str, EntryItem] = {}
    named: list[ReleaseStub] = []
    rejected: list[tuple[str, ShapeError]] = []
    for record in records:
        try:
            item = _item(record, base_url=base_url, publisher_id=publisher_id, now=now)
        except ShapeError as error:
            rejected.append((name_of(record), error))
            continue
        items.setdefault(item.key, item)
        named.extend(_other_versions(record, item, base_url))
    if records and not items:
        what, why = rejected[0]
        raise type(why)(f"the feed holds no release to use: {what}: {why}")
    others = {stub.keys[0]: stub for stub in named if stub.keys[0] not in items}
    return ReleaseFeed(
        items=tuple(items.values()),
        others=tuple(others.values()),
        next_page=_next_page(answer, page),
        rejected=tuple((what, str(why)) for what, why in rejected),
    )


def _records(body: bytes) -> tuple[dict[str, Any], list[Any]]:
    answer = json_object(body, "the feed of releases")
    _require_success(answer)
    records = answer.get("releases")
    if not isinstance(records, list):
        fields = named_fields(answer)
        raise ShapeError(f"the feed of releases lacks the field 'releases'; it {fields}")
    return answer, records


def _item(
    record: Any, *, base_url: str, publisher_id: int | None, now: datetime | None
) -> EntryItem:
    if not isinstance(record, dict):
        raise ShapeError(f"expected a release, got {glimpse(record)}")
    number = number_of(record)
    url = text(record, "url")
    _require_publisher(record, url, publisher_id)
    language = language_key(text(record, "language") or url, base_url)
    versions = [version for version in _version_list(record) if text(version, "language")]
    return EntryItem(
        key=f"{number}/{language}",
        url=public_url(url, number, base_url),
        kind=kind_of(record),
        title=text(record, "title"),
        lead=_lead(record),
        body=body_of(record.get("body")),
        published=date_of(record, now=now),
        keywords=keywords_of(record.get("keywords")),
        attachments=tuple(attachments_of(record.get("documents"), base_url)),
        work=str(number) if len({text(one, "language") for one in versions}) > 1 else "",
        shape="prs_json_v2",
    )


def _require_success(answer: Mapping[str, Any]) -> None:
    """Refuse an answer that says within itself that it is none: 400 or 500 in a 200."""
    status = answer.get("status")
    given = str(mapping(status).get("code", status)).strip()
    if given.isascii() and given.isdigit() and int(given[:9]) >= 400:
        said = one_line(text(answer, "message", "error"))[:100]
        raise ShapeError(f"the feed of releases says status {given[:9]}{said and f': {said}'}")


def _require_publisher(record: Mapping[str, Any], url: str, publisher_id: int | None) -> None:
    found = publisher_numbers(url)
    number = mapping(record.get("publisher")).get("id")
    if number is not None:
        found.add(str(number))
    if publisher_id is not None and not found:
        raise WrongPublisherError("it does not say which publisher it belongs to")
    require_own(found, publisher_id)


def _lead(record: Mapping[str, Any]) -> str:
    """Give the lead; what stands in for one is only the body's beginning, said twice."""
    if lead := one_line(text_of(text(record, "leadtext", "leadtextHTML"))):
        return lead
    instead = one_line(text_of(text(record, "leadTextOrBodyStrip")))
    begins = instead.rstrip(" .…")
    body = one_line(text_of(body_of(record.get("body"))))
    return "" if body.startswith(begins) else instead


def _version_list(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    versions = record.get("versions")
    listed = versions if isinstance(versions, list) else list(mapping(versions).values())
    return [version for version in listed if isinstance(version, dict)]


def _other_versions(record: Mapping[str, Any], item: EntryItem, base_url: str) -> list[ReleaseStub]:
    """Give the record's other language versions, which stand at addresses of their own."""
    number = number_of(record)
    found = []
    for version in _version_list(record):
        language = text(version, "language")
        url = public_url(text(version, "url"), number, base_url)
        if not language or release_number(url) not in (number, None):
            continue
        key = f"{number}/{language_key(language, base_url)}"
        if key != item.key:
            stub = StubVersion(key, url, text(version, "title"))
            found.append(ReleaseStub(number, (stub,), has_others=True))
    return found


def _next_page(answer: Mapping[str, Any], page: int) -> int | None:
    """Give the number of the next page, from a number, a text or an address; it must lie ahead."""
    given = answer.get("nextPage")
    if given is None and "nextPage" not in answer:
        length = len(answer["releases"])
        more = length and (page + 1) * length < whole_number(answer.get("totalCount"))
        return page + 1 if more else None
    found = _PAGE.search(given) if isinstance(given, str) else None
    ahead = int(found[1]) if found else whole_number(given)
    return ahead if ahead > page else None
