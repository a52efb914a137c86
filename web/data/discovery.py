"""`/opml`, `/opensearch.xml` and `/changes.atom`: what leads to feeds, and what was altered."""

from flask import Blueprint, Response, request

from db.models import State
from db.query import EntryQuery
from feed import atom, opensearch
from feed import changes as altered
from feed import opml as outline
from feed.channel import Rendered
from feed.links import changes_url
from web.data.documents import answer, latest, tag_of
from web.data.shelf import Document
from web.every_request.headers import PUBLIC_FEED, open_to_all
from web.naming import names_of
from web.query_args import read_whole
from web.services import services

blueprint = Blueprint("discovery", __name__)

#: corrections and withdrawals in the feed
MOST_CHANGES = 50
#: part of every validator: raise it when the same comes to be written otherwise
_VERSION = 1


@blueprint.after_request
def _open(response: Response) -> Response:
    return open_to_all(response)


@blueprint.get(outline.PATH)
def opml() -> Response:
    """Give the feeds of every tag, kind and source, for a reader to take in at once."""
    return answer(_opml)


@blueprint.get(opensearch.PATH)
def search_description() -> Response:
    """Describe the search for browsers."""
    return answer(_opensearch)


@blueprint.get(altered.PATH)
def changes() -> Response:
    """Give what publishers corrected or took away among a query's entries."""
    return answer(_changes)


def _opml(state: State) -> Document:
    served = services()
    site, vocabulary = served.settings.site, served.store.vocabulary
    groups = outline.every_feed(vocabulary.tags(), vocabulary.sources())
    return Document(
        tag=tag_of(_VERSION, site, groups),
        moment=state.sweeping,
        media_type=outline.MEDIA_TYPE,
        build=lambda: Rendered(outline.render(site, groups), ()),
        cache_control=PUBLIC_FEED,
    )


def _opensearch(_state: State) -> Document:
    site = services().settings.site
    return Document(
        tag=tag_of(_VERSION, site),
        moment=None,
        media_type=opensearch.MEDIA_TYPE,
        build=lambda: Rendered(opensearch.render(site), ()),
        cache_control=PUBLIC_FEED,
    )


def _changes(state: State) -> Document:
    served = services()
    site, feeds, vocabulary = served.settings.site, served.store.feeds, served.store.vocabulary
    known = vocabulary.known()
    query: EntryQuery = read_whole(request.args.items(multi=True), known).selection()
    names = names_of(served)
    shown = feeds.alterations(query, limit=MOST_CHANGES)

    def build() -> Rendered:
        channel = altered.changes_channel(
            feeds.alterations(query, limit=MOST_CHANGES),
            query=query,
            site=site,
            tags=names.tags,
            sources=names.sources,
        )
        return atom.render(channel)

    own = changes_url(site, query)
    return Document(
        tag=tag_of(_VERSION, site, own, vocabulary.tags(), vocabulary.sources(), shown),
        # words may come to find others whatever entry changes
        moment=state.moment if query.q else latest(state.sweeping, *(one.moment for one in shown)),
        media_type=atom.MEDIA_TYPE,
        build=build,
        cache_control=PUBLIC_FEED,
        links=f'<{own}>; rel="self"' + (f', <{site.hub}>; rel="hub"' if site.hub else ""),
    )
