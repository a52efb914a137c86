"""Atom (RFC 4287)."""

from collections.abc import Sequence

from feed import _feedgen
from feed.channel import Channel, FeedEntry, Rendered, render_by

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def write(entry: FeedEntry) -> bytes:
    """Write an entry as it stands in any document: every file a link, its language told."""
    return _feedgen.atom_entry(entry)


def frame(channel: Channel, written: Sequence[bytes]) -> bytes:
    """Write a channel around entries that are written already."""
    return _feedgen.atom(channel, written)


def render(channel: Channel) -> Rendered:
    """Write a channel with its entries."""
    return render_by(write, frame, channel)
