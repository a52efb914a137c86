"""`/feed.atom`, `/feed.rss`, `/feed.json`: a query as a feed, with its archive."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, abort, request

from db.models import EntryState, State, Stretch
from db.query import EntryQuery
from feed import FORMATS, Format
from feed.channel import Chain, Rendered, build_channel
from feed.links import archive_url, feed_url
from feed.site import Site
from web.archive import (
    MOST_ENTRIES,
    PARAMETER,
    address_after,
    chain_of,
    read_after,
    read_stretch,
)
from web.documents import answer, latest, tag_of
from web.headers import PUBLIC_FEED, open_to_all
from web.query_args import read_query
from web.services import services
from web.shelf import Document

blueprint = Blueprint("feeds", __name__)

#: part of every validator: raise it when the same entries come to be written otherwise
FEED_VERSION = 3
#: a document of the archive changes when its entries are corrected, and seldom otherwise
_ARCHIVE_CACHE = "public, max-age=86400"


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


def _asked() -> EntryQuery:
    known = services().store.vocabulary.known()
    return read_query(request.args.items(multi=True), known).selection()


def _redirect_after(form: Format, entry_id: int) -> Response:
    served = services()
    address = address_after(
        served.store.feeds,
        _asked(),
        entry_id,
        site=served.settings.site,
        format_name=form.name,
    )
    return Response(f"{address}\n", 302, {"Location": address}, mimetype="text/plain")


def _document(form: Format, state: State) -> Document:
    served = services()
    site, feeds, query = served.settings.site, served.store.feeds, _asked()
    given = request.args.get(PARAMETER, "")
    within = read_stretch(given) if given else None
    shown = feeds.states(query, MOST_ENTRIES, within=within)
    if within and not shown:
        abort(404)
    chain = chain_of(
        feeds,
        query,
        shown[-1].entry_id if shown else None,
        within=within,
        site=site,
        format_name=form.name,
    )
    tags = {tag.slug: tag for tag in served.store.vocabulary.tags()}
    sources = {source.slug: source for source in served.store.vocabulary.sources()}
    own = archive_url(site, query, form.name, given) if given else feed_url(site, query, form.name)

    def build() -> Rendered:
        channel = build_channel(
            feeds.read(query, MOST_ENTRIES, within=within),
            query=query,
            site=site,
            tags=tags,
            sources=sources,
            self_url=own,
            chain=chain,
        )
        return form.render(channel)

    shown_of_sources = [
        (source.slug, source.name, source.publisher, source.republish)
        for source in sources.values()
    ]
    numbers = [(one.entry_id, one.change) for one in shown]
    return Document(
        tag=tag_of(FEED_VERSION, own, site, list(tags.values()), shown_of_sources, numbers, chain),
        moment=_moment(query, state, shown),
        media_type=form.media_type,
        build=build,
        cache_control=_ARCHIVE_CACHE if _is_full(within, shown) else PUBLIC_FEED,
        links=_links(site, own, chain),
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
