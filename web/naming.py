"""Names of what the present store holds, and the addresses of a query's feeds."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.models import Entry, Republish, Source
from db.query import EntryQuery
from feed import FORMATS
from feed.links import feed_url
from feed.wording import query_title
from web.language import ui
from web.listing.facets import Names
from web.services import Services


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A query in one feed format."""

    #: key of `feed.FORMATS`
    format: str
    name: str
    media_type: str
    title: str
    #: with host, to be copied into a feed reader
    address: str
    path: str


def names_of(served: Services) -> Names:
    """Give the sources and tags that exist, by slug, to be named in the language of the page."""
    vocabulary = served.store.vocabulary
    return Names(
        tags={tag.slug: tag for tag in vocabulary.tags()},
        sources={source.slug: source for source in vocabulary.sources()},
        language=ui(),
    )


def republish_of(entry: Entry, sources: Mapping[str, Source]) -> Republish:
    """Tell what may be shown of an entry; the least where its source is not known."""
    source = sources.get(entry.source)
    return source.republish if source else Republish.SUMMARY


def feed_links(query: EntryQuery, names: Names, served: Services) -> list[FeedLink]:
    """Give a query's feeds, one a format."""
    site = served.settings.site
    words = query_title(query.selection(), names.tags, names.sources, names.language)
    addresses = {name: feed_url(site, query, name) for name in FORMATS}
    return [
        FeedLink(
            format=name,
            name=FORMATS[name].label,
            media_type=FORMATS[name].media_type.partition(";")[0],
            title=f"{site.name}: {words} ({FORMATS[name].label})",
            address=address,
            path=served.local(address),
        )
        for name, address in addresses.items()
    ]
