"""Entries to bytes that are published: feeds and digests. It knows neither store nor web."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from feed import atom, jsonfeed, rss
from feed.channel import Channel, FeedEntry, Rendered, render_by


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a channel."""

    #: last part of the address, `/feed.<name>`
    name: str
    #: name people know
    label: str
    #: with charset
    media_type: str
    #: an entry as it stands in any document
    write: Callable[[FeedEntry], bytes]
    #: a document around entries that are written already
    frame: Callable[[Channel, Sequence[bytes]], bytes]

    def render(self, channel: Channel) -> Rendered:
        """Write a channel with its entries."""
        return render_by(self.write, self.frame, channel)


#: every feed format, by name, in the order pages offer them
FORMATS: Final[dict[str, Format]] = {
    "atom": Format("atom", "Atom", atom.MEDIA_TYPE, atom.write, atom.frame),
    "rss": Format("rss", "RSS", rss.MEDIA_TYPE, rss.write, rss.frame),
    "json": Format("json", "JSON Feed", jsonfeed.MEDIA_TYPE, jsonfeed.write, jsonfeed.frame),
}
