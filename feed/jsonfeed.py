"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
import logging
from datetime import datetime
from typing import Any

from db.models import Language
from db.text import clean
from feed.channel import Channel, Enclosure, FeedEntry, Rendered

MEDIA_TYPE = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"

_log = logging.getLogger(__name__)


def render(channel: Channel) -> Rendered:
    """Write a channel as JSON Feed; `next_url` leads on into the archive."""
    items: list[dict[str, Any]] = []
    left_out: list[int] = []
    for entry in channel.entries:
        try:
            items.append(_item(entry))
        except Exception:
            _log.exception("entry %d is left out of %s", entry.number, channel.self_url)
            left_out.append(entry.number)
    written = json.dumps({**_head(channel), "items": items}, ensure_ascii=False, indent=2)
    return Rendered(f"{written}\n".encode(), channel.left_out + tuple(left_out))


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
