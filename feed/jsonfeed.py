"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db.models import Language
from db.text import clean
from feed.channel import Channel, Enclosure, FeedEntry, Rendered, render_by

MEDIA_TYPE = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"


def write(entry: FeedEntry) -> bytes:
    """Write an item as it stands in any document."""
    return _indented(json.dumps(_item(entry), ensure_ascii=False, indent=2)).encode()


def frame(channel: Channel, written: Sequence[bytes]) -> bytes:
    """Write a channel around items that are written already.

    `next_url` leads on into the archive.
    """
    head = json.dumps({**_head(channel), "items": []}, ensure_ascii=False, indent=2)
    items = b"\n" + b",\n".join(written) + b"\n  " if written else b""
    return head.encode().removesuffix(b"]\n}") + items + b"]\n}\n"


def render(channel: Channel) -> Rendered:
    """Write a channel with its entries."""
    return render_by(write, frame, channel)


def _indented(item: str) -> str:
    # no text holds a line break as it is: JSON escapes it
    return "\n".join(f"    {line}" for line in item.split("\n"))


def _head(channel: Channel) -> dict[str, Any]:
    hubs = [{"type": "WebSub", "url": channel.hub}] if channel.hub else None
    return _given(
        version=VERSION,
        title=clean(channel.title),
        home_page_url=clean(channel.alternate_url),
        feed_url=clean(channel.self_url),
        description=clean(channel.subtitle),
        next_url=clean(channel.chain.previous),
        language=channel.language.value,
        authors=[{"name": clean(channel.author)}],
        hubs=hubs,
        expired=channel.ended or None,
    )


def _item(entry: FeedEntry) -> dict[str, Any]:
    language = None if entry.language is Language.UNDETERMINED else entry.language.value
    content = clean(entry.content_html)
    return {
        "id": clean(entry.id),
        "url": clean(entry.url),
        "title": clean(entry.title),
        **_given(summary=clean(entry.summary), content_html=content),
        # one of the two forms must be there
        **({} if content else {"content_text": clean(entry.summary)}),
        "date_published": _moment(entry.published),
        "date_modified": _moment(entry.updated),
        "authors": [{"name": clean(entry.author)}],
        **_given(
            language=language,
            tags=[clean(label) for _, label in entry.categories],
            attachments=[_attachment(enclosure) for enclosure in entry.enclosures],
        ),
    }


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return {
        "url": clean(enclosure.url),
        "mime_type": clean(enclosure.media_type),
        **_given(title=clean(enclosure.title), size_in_bytes=enclosure.length),
    }


def _moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.isoformat()


def _given(**fields: Any) -> dict[str, Any]:
    """Leave out the fields that have nothing to say."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
