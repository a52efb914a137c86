"""RSS 2.0, with the modules readers expect: Atom's self link, full content, Dublin Core."""

from collections.abc import Sequence

from feed import _feedgen
from feed.channel import Channel, FeedEntry, Rendered, render_by

MEDIA_TYPE = "application/rss+xml; charset=utf-8"


def write(entry: FeedEntry) -> bytes:
    """Write an item as it stands in any document: one file, the summary before the full text."""
    return _feedgen.rss_item(entry)


def frame(channel: Channel, written: Sequence[bytes]) -> bytes:
    """Write a channel around items that are written already."""
    return _feedgen.rss(channel, written)


def render(channel: Channel) -> Rendered:
    """Write a channel with its entries."""
    return render_by(write, frame, channel)
