"""RSS 2.0, with the modules readers expect: Atom's self link, full content, Dublin Core."""

from feed import _feedgen
from feed.channel import Channel, Rendered

MEDIA_TYPE = "application/rss+xml; charset=utf-8"


def render(channel: Channel) -> Rendered:
    """Write a channel as RSS: one file an item, the summary before the full text."""
    return _feedgen.rss(channel)
