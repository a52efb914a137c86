"""`/feed.atom`, `/feed.rss`, `/feed.json`: a query as a feed, with its archive."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, abort, request

from db.errors import EntryNotFoundError
from db.models import Entry, EntryState, FormerTag, State, Stretch, Tag
from db.query import EntryQuery
from feed import FORMATS, Format
from feed.channel import Chain, Channel, Rendered
from feed.endings import ending_of, gone_from
from feed.links import archive_url, feed_url
from feed.query_channel import build_channel
from feed.site import Site
from web.data.archive import (
    MOST_ENTRIES,
    PARAMETER,
    address_after,
    chain_of,
    read_after,
    read_stretch,
)
from web.data.documents import answer, latest, tag_of
from web.data.shelf import Document
from web.every_request.endings import gone
from web.every_request.headers import PUBLIC_FEED, open_to_all
from web.naming import names_of
from web.query_args import read_whole
from web.services import services

blueprint = Blueprint("feeds", __name__)

#: part of every validator: raise it when the same entries come to be written otherwise
FEED_VERSION = 4
#: a document of the archive changes when its entries are corrected, and seldom otherwise
_ARCHIVE_CACHE = "public, max-age=86400"
#: entries that are read one by one sooner than all that a feed shows
_FEW = 10


@blueprint.get("/feed.<name>")
def feed(name: str) -> Response:
    """Give the newest entries of a query in one format, or a part of what came before them."""
    form = FORMATS.get(name) or abort(404)
    after = read_after(request.args.get(PARAMETER, ""))
    if after is not None:
        return _redirect_after(form, after)
    return answer(lambda state: _document(form, state))


@blueprint.after_request
def _open(response: Response) -> Response:
    return open_to_all(response)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for, and what there was to it before."""

    #: as asked for, ended tags included
    query: EntryQuery
    ended: tuple[FormerTag, ...]
    #: names that tags of it had before
    renamed: tuple[str, ...]

    @property
    def rest(self) -> EntryQuery | None:
        """The query without ended tags; None where it asks for nothing else."""
        ended = {tag.slug for tag in self.ended}
        tags = tuple(slug for slug in self.query.tags if slug not in ended)
        return replace(self.query, tags=tags) if tags or not ended else None


def _asked() -> _Asked:
    vocabulary = services().store.vocabulary
    known, former = vocabulary.known(), vocabulary.former()
    ended = {slug: tag for slug, tag in former.items() if tag.ended}
    with_ended = replace(known, tags=known.tags | ended.keys())
    query = read_whole(request.args.items(multi=True), with_ended).selection()
    return _Asked(
        query=query,
        ended=tuple(ended[slug] for slug in query.tags if slug in ended),
        renamed=tuple(tag.label for tag in former.values() if tag.now in query.tags),
    )


def _redirect_after(form: Format, entry_id: int) -> Response:
    served = services()
    address = address_after(
        served.store.feeds,
        _asked().query,
        entry_id,
        site=served.settings.site,
        format_name=form.name,
    )
    return Response(f"{address}\n", 302, {"Location": address}, mimetype="text/plain")


def _document(form: Format, state: State) -> Document:
    asked = _asked()
    return _ending(form, asked, state) if asked.ended else _running(form, asked, state)


def _running(form: Format, asked: _Asked, state: State) -> Document:
    """Make the feed of a query ready, or a document of its archive."""
    served = services()
    site, feeds, query = served.settings.site, served.store.feeds, asked.query
    given = request.args.get(PARAMETER, "")
    within = read_stretch(given) if given else None
    shown = feeds.states(query, MOST_ENTRIES, within=within)
    if within and not shown:
        abort(404)
    oldest = shown[-1].entry_id if shown else None
    chain = chain_of(feeds, query, oldest, within=within, site=site, format_name=form.name)
    own = archive_url(site, query, form.name, given) if given else feed_url(site, query, form.name)

    def build() -> Rendered:
        vocabulary = served.store.vocabulary
        tags = {tag.slug: tag for tag in vocabulary.tags()}
        sources = {source.slug: source for source in vocabulary.sources()}

        def make(numbers: Sequence[int]) -> Channel:
            return build_channel(
                _read(query, within, numbers),
                query=query,
                site=site,
                tags=tags,
                sources=sources,
                self_url=own,
                chain=chain,
                renamed=asked.renamed,
            )

        words = tag_of(tags, sources)
        return served.written.render(form, shown, make, words=words)

    return Document(
        tag=_tag(form, asked, shown, own, chain),
        moment=_moment(query, state, shown),
        media_type=form.media_type,
        build=build,
        cache_control=_ARCHIVE_CACHE if _is_full(within, shown) else PUBLIC_FEED,
        links=_links(site, own, chain),
    )


def _read(query: EntryQuery, within: Stretch | None, numbers: Sequence[int]) -> list[Entry]:
    """Read some of the entries that a feed shows: one by one where they are few."""
    store, found = services().store, []
    if len(numbers) > _FEW:
        return [
            entry
            for entry in store.feeds.read(query, MOST_ENTRIES, within=within)
            if entry.id in numbers
        ]
    for number in numbers:
        # one that was taken down since is in no feed any more
        with suppress(EntryNotFoundError):
            found.append(store.entries.get(number))
    return found


def _ending(form: Format, asked: _Asked, state: State) -> Document:
    """Make the feed of a query ready whose tags have ended: a note, and what the others give."""
    served = services()
    site, feeds, query, rest = served.settings.site, served.store.feeds, asked.query, asked.rest
    shown = feeds.states(rest, MOST_ENTRIES) if rest else ()
    own = feed_url(site, query, form.name)

    def build() -> Rendered:
        names = names_of(served)
        ended = {tag.slug: Tag(tag.slug, tag.label, tag.label, tag.label) for tag in asked.ended}
        channel = build_channel(
            feeds.read(rest, MOST_ENTRIES) if rest else (),
            query=query,
            site=site,
            tags={**names.tags, **ended},
            sources=names.sources,
            self_url=own,
            notes=[ending_of(tag, site) for tag in asked.ended],
        )
        return form.render(replace(channel, ended=rest is None))

    return Document(
        tag=_tag(form, asked, shown, own),
        moment=_moment(query, state, shown),
        media_type=form.media_type,
        build=build,
        cache_control=PUBLIC_FEED,
        links=_links(site, own, Chain()),
        until=gone_from(asked.ended),
        afterwards=lambda: _without(form, rest) if rest else gone(asked.ended[0]),
    )


def _without(form: Format, rest: EntryQuery) -> Response:
    address = feed_url(services().settings.site, rest, form.name)
    return Response(f"{address}\n", 301, {"Location": address}, mimetype="text/plain")


def _tag(
    form: Format,
    asked: _Asked,
    shown: Sequence[EntryState],
    own: str,
    chain: Chain | None = None,
) -> str:
    vocabulary = services().store.vocabulary
    named = [(one.slug, one.name, one.publisher, one.republish) for one in vocabulary.sources()]
    numbers = [(one.entry_id, one.change) for one in shown]
    site = services().settings.site
    return tag_of(
        FEED_VERSION, form.name, site, asked, own, chain, vocabulary.tags(), named, numbers
    )


def _is_full(within: Stretch | None, shown: Sequence[EntryState]) -> bool:
    return within is not None and len(shown) == MOST_ENTRIES


def _moment(query: EntryQuery, state: State, shown: Sequence[EntryState]) -> datetime | None:
    """Tell when what a query shows may have changed last.

    What words find may change with any entry, for the words that exist are those of all entries.
    """
    if query.q:
        return state.moment
    return latest(state.sweeping, *(one.moment for one in shown))


def _links(site: Site, own: str, chain: Chain) -> str:
    links = [f'<{own}>; rel="self"']
    if site.hub and not chain.current:
        links.append(f'<{site.hub}>; rel="hub"')
    return ", ".join(links)
