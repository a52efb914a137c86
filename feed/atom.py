"""Atom (RFC 4287)."""

from feed import _feedgen
from feed.channel import Channel, Rendered

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def render(channel: Channel) -> Rendered:
    """Write a channel as Atom: every file of an entry as a link, language on every entry."""
    return _feedgen.atom(channel)
