"""The neutral model of a feed: a query's entries made ready to be written in any format."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from db.models import Attachment, Entry, Language, Republish, Source, Tag
from db.query import EntryQuery
from db.text import one_line
from feed.content import content_of
from feed.isolation import made_of
from feed.links import entry_uri, entry_url, feed_uri, listing_url
from feed.sanitise import safe_url, summary_of
from feed.site import Site as Site
from feed.standing import Place, as_shown, places_of, withdrawn_in_words
from feed.wording import UNTITLED, query_in_words, query_title, tag_label

#: type and subtype (RFC 6838, 4.2), with parameters or without
_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
    r"(?: ?;[ -~]{0,200})?"
)


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


_ALONE = Chain()


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


def build_channel(
    entries: Sequence[Entry],
    *,
    query: EntryQuery,
    site: Site,
    tags: Mapping[str, Tag],
    sources: Mapping[str, Source],
    self_url: str,
    chain: Chain = _ALONE,
    notes: Sequence[FeedEntry] = (),
    renamed: Sequence[str] = (),
) -> Channel:
    """Make a query's entries, newest first, into a feed.

    `tags` and `sources` are by slug. `notes` are entries of our own, put first; `renamed` are names
    that tags of the query had before. An empty feed dates from the first day of the authority's
    year. An entry that cannot be made ready is logged and counted in `left_out`: it never costs the
    others.
    """
    left_out: list[int] = []
    ready = made_of(
        entries,
        lambda entry: _feed_entry(entry, site, tags, sources),
        name=lambda entry: f"entry {entry.id}",
        where=self_url,
        leave_out=lambda entry: left_out.append(entry.id),
    )
    made = [*notes, *(one for _, one in ready)]
    return Channel(
        id=feed_uri(site, query),
        title=f"{site.name}: {query_title(query.selection(), tags, sources)}",
        subtitle=(
            f"Det IMDi publiserer: {query_in_words(query.selection(), tags, sources)}."
            f" {site.name} er en uoffisiell tjeneste.{_former_names(renamed)}"
        ),
        author=site.name,
        alternate_url=listing_url(site, query.selection()),
        self_url=self_url,
        language=Language.BOKMAL,
        updated=max((entry.updated for entry in made), default=authority_begun(site)),
        entries=tuple(made),
        chain=chain,
        hub="" if chain.current else site.hub,
        left_out=tuple(left_out),
    )


def _former_names(renamed: Sequence[str]) -> str:
    names = ", ".join(f"«{one_line(name)}»" for name in renamed)
    return f" Tidligere navn: {names}." if names else ""


def _feed_entry(
    stored: Entry, site: Site, tags: Mapping[str, Tag], sources: Mapping[str, Source]
) -> FeedEntry:
    entry = as_shown(stored)
    source = sources.get(entry.source)
    author = one_line(entry.publisher or (source.publisher if source else "")) or site.name
    permalink = entry_url(site, entry)
    places = places_of(entry, site, sources)
    # what we have no source for, we have no leave to repeat
    full = source is not None and source.republish is Republish.FULL
    published = entry.published.moment if entry.published else entry.appeared
    return FeedEntry(
        number=entry.id,
        id=entry_uri(site, entry.id),
        url=safe_url(entry.url) or permalink,
        permalink=permalink,
        title=one_line(entry.title) or UNTITLED,
        summary=(
            withdrawn_in_words(author, entry.language) if entry.withdrawn else summary_of(entry)
        ),
        content_html=content_of(entry, author, permalink, places, site) if full else "",
        published=_utc(published),
        updated=max(_utc(moment) for moment in _moments(entry)),
        language=entry.language,
        author=author,
        categories=tuple(
            (given.slug, tag_label(tags[given.slug], entry.language))
            for given in entry.tags
            if given.slug in tags
        ),
        enclosures=tuple(
            _enclosure(attachment, url)
            for attachment in entry.attachments
            if (url := safe_url(attachment.url))
        ),
        places=places,
    )


def _moments(entry: Entry) -> Iterator[datetime]:
    """Give when readers had reason to look at an entry again."""
    yield entry.revised or entry.appeared
    if entry.withdrawn:
        yield entry.withdrawn


def _enclosure(attachment: Attachment, url: str) -> Enclosure:
    stated = one_line(attachment.media_type)
    known = _MEDIA_TYPE.fullmatch(stated)
    return Enclosure(
        url=url,
        media_type=stated if known else media_type_of(url, "application/octet-stream"),
        length=attachment.length,
        title=one_line(attachment.label),
    )


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; moments are stored in UTC")
    return moment.astimezone(UTC)


def authority_begun(site: Site) -> datetime:
    """Give the first day of the authority's year: when a feed was made that never had an entry."""
    year = re.search(r",([0-9]{4})", site.authority)
    return datetime(int(year[1]) if year else 1970, 1, 1, tzinfo=UTC)
