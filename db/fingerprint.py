"""Hashes that decide what a re-crawl means: nothing, a quiet refresh, or a changed wording."""

import hashlib
import json
from urllib.parse import urlsplit

from db.models import EntryData, PublisherDate
from db.text import one_line


def fingerprint(data: EntryData) -> str:
    """Hash the wording: what a reader would call a change. White space does not count.

    Neither do the address, the markup, the "last updated" line, nor anything derived by us.
    """
    return _hash(
        [one_line(part) for part in (data.title, data.lead, data.body_text, data.chapter)],
        _date(data.published),
        # without the host: a publisher that moves has said nothing new
        [[one_line(file.label), _path(file.url)] for file in data.attachments],
    )


def checksum(data: EntryData, wording: str = "") -> str:
    """Hash everything the publisher said, so that an unchanged entry costs no write.

    `wording` is its fingerprint, where that is known.
    """
    return _hash(
        wording or fingerprint(data),
        [data.url, data.kind, data.title, data.lead, data.body, data.body_text],
        [data.publisher, data.shape, data.work, data.series, *data.keywords],
        [data.published and data.published.label, _date(data.updated)],
        [[file.url, file.media_type, file.length, file.size_label] for file in data.attachments],
    )


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def _date(date: PublisherDate | None) -> list[str]:
    return [] if date is None else [date.moment.isoformat(), date.precision]


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()
