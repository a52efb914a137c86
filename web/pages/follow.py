"""`/follow`: what a feed is, the address of every feed, and mail beside it."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from db.models import Kind
from db.query import EntryQuery
from feed.frequency import pace_in_words
from feed.language import marked
from feed.wording import in_oslo, query_in_words
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.language import gettext
from web.listing.facets import Names
from web.listing.rows import row
from web.naming import FeedLink, feed_links, names_of
from web.query_args import read_query
from web.services import Services, services

blueprint = Blueprint("follow", __name__)

#: newest entries that show what a feed holds
_LATEST = 5
_GROUPS = (
    ("tag", marked("Etter tema")),
    ("kind", marked("Etter type")),
    ("source", marked("Etter kilde")),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """One choice that can be followed, by feed or by mail."""

    label: str
    #: page that shows its feeds and mail
    address: str
    mail: str
    feeds: list[FeedLink]


@blueprint.get("/follow")
def follow() -> Response:
    """Show how to follow a query, and every other choice there is."""
    served = services()
    pairs = list(request.args.items(multi=True))
    query = read_query(pairs, served.store.vocabulary.known()).selection()
    now = served.settings.clock()
    today = in_oslo(now).date()
    response = validated("follow", query.canonical(), today, cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    names, entries = names_of(served), served.store.entries
    response.set_data(
        render_template(
            "follow.html",
            query=query,
            chosen=bool(query.parameters()),
            words=query_in_words(query, names.tags, names.sources, names.language),
            pace=pace_in_words(entries.pace(query, now), names.language),
            feeds=feed_links(query, names, served),
            latest=[row(entry, names, served) for entry in entries.newest(query, _LATEST)],
            groups=_groups(names, served),
        )
    )
    response.mimetype = "text/html"
    return response


def _groups(names: Names, served: Services) -> list[tuple[str, list[Followed]]]:
    values = {
        "tag": list(names.tags),
        "kind": [kind.value for kind in Kind],
        "source": list(names.sources),
    }
    return [
        (
            gettext(heading),
            [_followed(parameter, value, names, served) for value in values[parameter]],
        )
        for parameter, heading in _GROUPS
    ]


def _followed(parameter: str, value: str, names: Names, served: Services) -> Followed:
    query = EntryQuery.parse([(parameter, value)])
    return Followed(
        label=names.label(parameter, value),
        address=served.path("/follow", query),
        mail=served.path("/subscribe", query),
        feeds=feed_links(query, names, served),
    )
