"""Entries to bytes that are published: feeds and digests. It knows neither store nor web."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from feed import atom, jsonfeed, rss
from feed.channel import Channel, Rendered


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a channel."""

    #: last part of the address, `/feed.<name>`
    name: str
    #: name people know
    label: str
    #: with charset
    media_type: str
    render: Callable[[Channel], Rendered]


#: every feed format, by name, in the order pages offer them
FORMATS: Final[dict[str, Format]] = {
    "atom": Format("atom", "Atom", atom.MEDIA_TYPE, atom.render),
    "rss": Format("rss", "RSS", rss.MEDIA_TYPE, rss.render),
    "json": Format("json", "JSON Feed", jsonfeed.MEDIA_TYPE, jsonfeed.render),
}
