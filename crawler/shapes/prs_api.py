"""The interface of a PRS press room's own pages: the list of releases and one release in full."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crawler.errors import ShapeError
from crawler.items import EntryItem
from crawler.shapes.prs_addresses import language_key, public_url, publisher_numbers
from crawler.shapes.prs_fields import (
    attachments_of,
    body_of,
    date_of,
    glimpse,
    json_object,
    keywords_of,
    kind_of,
    lead_of,
    mapping,
    name_of,
    named_fields,
    number_of,
    text,
    whole_number,
)
from crawler.shapes.prs_listing import ReleaseList, ReleaseStub, StubVersion, require_own


def parse_list(
    body: bytes, *, base_url: str, publisher_id: int | None, page: int, size: int
) -> ReleaseList:
    """Read one page of `/public-website-api/pressroom/{publisher}/releases/{size}/{page}`.

    Raises:
        ShapeError: not JSON, or without the list of releases.
    """
    answer = json_object(body, "the list of releases")
    records = answer.get("releases")
    if not isinstance(records, list):
        fields = named_fields(answer)
        raise ShapeError(f"the list of releases lacks the field 'releases'; it {fields}")
    stubs, rejected = [], []
    for record in records:
        try:
            stubs.append(_stub(record, base_url, publisher_id))
        except ShapeError as error:
            rejected.append((name_of(record), str(error)))
    paging = mapping(answer.get("paging"))
    count = whole_number(paging.get("count")) or None
    page = whole_number(paging.get("page"), page)
    # a server may give fewer than it was asked for, and not say so
    size = whole_number(paging.get("itemsPerPage")) or min(size, len(records))
    is_last = not records or (count is not None and (page + 1) * size >= count)
    return ReleaseList(tuple(stubs), is_last, tuple(rejected), count)


def parse_release(
    body: bytes, *, base_url: str, publisher_id: int | None, now: datetime | None = None
) -> list[EntryItem]:
    """Read `/public-website-api/release/{id}`: one item for each language version.

    Raises:
        ShapeError: not JSON, or without number or versions.
        WrongPublisherError: it is another publisher's.
    """
    release = json_object(body, "the release")
    return items_of(release, base_url=base_url, publisher_id=publisher_id, now=now)


def items_of(
    release: Mapping[str, Any],
    *,
    base_url: str,
    publisher_id: int | None,
    now: datetime | None,
    shape: str = "prs_api",
) -> list[EntryItem]:
    """Read a release as the interface and the pages' state write it.

    Raises:
        ShapeError: without number or versions.
        WrongPublisherError: it is another publisher's.
    """
    number = number_of(release)
    _require_publisher(release, publisher_id)
    versions = _versions(release)
    if not versions:
        fields = named_fields(release)
        raise ShapeError(f"release {number} lacks the field 'versions'; it {fields}")
    return [
        EntryItem(
            key=f"{number}/{language}",
            url=public_url(text(version, "url") or text(release, "url"), number, base_url),
            kind=kind_of(version),
            title=text(version, "title"),
            lead=lead_of(version),
            body=body_of(version.get("body")),
            published=date_of(release, version, now=now),
            keywords=keywords_of(version.get("keywords")),
            attachments=tuple(attachments_of(version.get("documents"), base_url)),
            work=str(number) if len(versions) > 1 else "",
            shape=shape,
        )
        for language, version in versions.items()
    ]


def _stub(record: Any, base_url: str, publisher_id: int | None) -> ReleaseStub:
    if not isinstance(record, dict):
        raise ShapeError(f"expected a release, got {glimpse(record)}")
    number = number_of(record)
    _require_publisher(record, publisher_id)
    # older answers have one address and no versions
    versions = _versions(record) or {language_key(text(record, "url") or "/", base_url): record}
    return ReleaseStub(
        number,
        tuple(
            StubVersion(
                key=f"{number}/{language}",
                url=public_url(text(version, "url") or text(record, "url"), number, base_url),
                title=text(version, "title"),
                description=text(version, "metadescription"),
                date=text(record, "date") or text(version, "date"),
            )
            for language, version in versions.items()
        ),
    )


def _versions(release: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        language: version
        for language, version in mapping(release.get("versions")).items()
        if isinstance(version, dict)
    }


def _require_publisher(release: Mapping[str, Any], publisher_id: int | None) -> None:
    number = mapping(release.get("publisher")).get("id")
    found = set() if number is None else {str(number)}
    for holder in (release, *_versions(release).values()):
        found |= publisher_numbers(text(holder, "url"))
    require_own(found, publisher_id)
