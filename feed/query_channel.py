"""A query's entries as a feed: each made ready, what is hostile or missing in it put right."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from db.models import Attachment, Entry, Language, Republish, Source, Tag
from db.query import EntryQuery
from db.text import one_line
from feed.channel import Chain, Channel, Enclosure, FeedEntry, authority_begun, media_type_of
from feed.content import content_of
from feed.isolation import made_of
from feed.links import entry_uri, entry_url, feed_uri, listing_url
from feed.sanitise import safe_url, summary_of
from feed.site import Site
from feed.standing import as_shown, places_of, withdrawn_in_words
from feed.wording import UNTITLED, query_in_words, query_title, tag_label

#: type and subtype (RFC 6838, 4.2), with parameters or without
_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
    r"(?: ?;[ -~]{0,200})?"
)

_ALONE = Chain()


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
