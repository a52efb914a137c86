"""`/feed.atom`, `/feed.rss`: a query as a feed."""

from flask import Blueprint, Response, abort, request

from feed import FORMATS
from feed.channel import build_channel
from feed.links import feed_url
from web.headers import PUBLIC_FEED, is_unchanged, open_to_all, validated
from web.listings import names_of
from web.query_args import read_query
from web.services import services

blueprint = Blueprint("feeds", __name__)

#: entries in a feed
MOST_ENTRIES = 50
#: part of every validator: raise it when the same entries come to be written otherwise
FEED_VERSION = 2


@blueprint.get("/feed.<name>")
def feed(name: str) -> Response:
    """Give the newest entries of a query in one format; 304 costs one look-up."""
    form = FORMATS.get(name) or abort(404)
    served = services()
    given = request.args.items(multi=True)
    query = read_query(given, served.store.vocabulary.known()).selection()
    response = validated(FEED_VERSION, form.name, query.canonical(), cache=PUBLIC_FEED)
    open_to_all(response)
    if is_unchanged(response):
        return response
    names = names_of(served)
    channel = build_channel(
        served.store.entries.newest(query, MOST_ENTRIES),
        query=query,
        site=served.settings.site,
        tags=names.tags,
        sources=names.sources,
        self_url=feed_url(served.settings.site, query, form.name),
        updated=served.store.entries.state().moment,
    )
    response.set_data(form.render(channel).data)
    response.headers["Content-Type"] = form.media_type
    return response
