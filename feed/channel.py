"""The neutral model of a feed: a query's entries made ready to be written in any format."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from db.models import Language
from feed.isolation import made_of
from feed.site import Site as Site
from feed.standing import Place


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an entry."""

    url: str
    media_type: str
    #: bytes; None where the publisher gave no size
    length: int | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed; texts are plain unless they say HTML."""

    #: number of the entry
    number: int
    #: permanent `tag:` address
    id: str
    #: what readers open: the publisher's page, or ours where it has none
    url: str
    #: our page
    permalink: str
    title: str
    #: may be empty
    summary: str
    #: safe HTML; empty where only the summary may be shown
    content_html: str
    published: datetime
    updated: datetime
    language: Language
    #: the publisher
    author: str
    #: slug and label of each tag
    categories: tuple[tuple[str, str], ...]
    enclosures: tuple[Enclosure, ...]
    #: where else the story stands
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The neighbours of a document in the archive of its feed (RFC 5005, 4)."""

    #: the feed itself, where the document is one of the archive; empty for the feed
    current: str = ""
    #: what came before; empty for the oldest document
    previous: str = ""
    #: what came after; empty for the feed
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed before it takes a format."""

    id: str
    title: str
    subtitle: str
    #: who answers for the feed
    author: str
    #: the listing of the same query
    alternate_url: str
    #: the feed's own address, in the format that is asked for
    self_url: str
    language: Language
    updated: datetime
    entries: tuple[FeedEntry, ...]
    chain: Chain = Chain()
    #: WebSub hub that tells of news; empty for none
    hub: str = ""
    #: whether nothing will ever come any more
    ended: bool = False
    #: numbers of entries that could not be made ready
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A feed in one format."""

    data: bytes
    #: numbers of entries that would have broken it, for the operator
    left_out: tuple[int, ...]


def write_all(
    write: Callable[[FeedEntry], bytes], channel: Channel
) -> tuple[list[tuple[FeedEntry, bytes]], tuple[int, ...]]:
    """Write the entries of a channel; one that cannot be written is logged and left out.

    Gives each with what was written, and the numbers of all that were left out of the channel.
    """
    left_out: list[int] = []
    written = made_of(
        channel.entries,
        write,
        name=lambda entry: f"entry {entry.number}",
        where=channel.self_url,
        leave_out=lambda entry: left_out.append(entry.number),
    )
    return list(written), channel.left_out + tuple(left_out)


def render_by(
    write: Callable[[FeedEntry], bytes],
    frame: Callable[[Channel, Sequence[bytes]], bytes],
    channel: Channel,
) -> Rendered:
    """Write a channel with its entries."""
    written, left_out = write_all(write, channel)
    return Rendered(frame(channel, [data for _, data in written]), left_out)


def media_type_of(url: str, otherwise: str) -> str:
    """Tell the media type an address ends on: PDF, or what it is taken for otherwise."""
    return "application/pdf" if urlsplit(url).path.lower().endswith(".pdf") else otherwise


def authority_begun(site: Site) -> datetime:
    """Give the first day of the authority's year: when a feed was made that never had an entry."""
    year = re.search(r",([0-9]{4})", site.authority)
    return datetime(int(year[1]) if year else 1970, 1, 1, tzinfo=UTC)
