"""A query, or one entry, as a file: citations, a table, a calendar of deadlines.

Files of a query hold all of it. They are written as they are sent, so that the whole archive costs
no more memory than a few entries.
"""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, request

from db.errors import BadValueError
from db.models import State
from db.query import EntryQuery
from feed import table
from feed.channel import Rendered
from feed.citation_formats import CITATION_FORMATS
from feed.citations import citation_of, citations_of
from feed.links import calendar_url
from feed.table import Separator, csv_lines
from feed.wording import query_title
from web.data.documents import answer, tag_of
from web.data.shelf import Document
from web.every_request.headers import PUBLIC_FEED, PUBLIC_PAGE, is_unchanged, open_to_all, validated
from web.naming import names_of
from web.query_args import read_whole
from web.services import services

blueprint = Blueprint("exports", __name__)

#: part of every validator: raise it when the same entries come to be written otherwise
EXPORT_VERSION = 2
#: deadlines in a calendar: the latest ones
MOST_DEADLINES = 2_000
#: characters that are sent at once
_CHUNK = 32_768


@blueprint.after_request
def _open(response: Response) -> Response:
    return open_to_all(response)


def entry_citation(entry_id: int) -> Response:
    """Give one entry as a citation."""
    served, form = services(), CITATION_FORMATS[_format()]
    response = validated("citation", EXPORT_VERSION, form.name, entry_id, cache=PUBLIC_PAGE)
    entry = served.store.entries.get(entry_id)
    if is_unchanged(response):
        return response
    citation = citation_of(entry, served.settings.site, names_of(served).sources)
    return _file(response, form.write([citation]), form.media_type, f"{citation.key}.{form.name}")


def export_citations() -> Response:
    """Give all of a query as citations."""
    served, form, query = services(), CITATION_FORMATS[_format()], _query()
    response = validated("export", EXPORT_VERSION, form.name, query.canonical(), cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    citations = citations_of(
        served.store.entries.chosen(query), served.settings.site, names_of(served).sources
    )
    return _file(response, form.write(citations), form.media_type, f"imdifeed.{form.name}")


for _name in CITATION_FORMATS:
    blueprint.add_url_rule(
        f"/entries/<entry_id:entry_id>.{_name}", f"entry.{_name}".replace(".", "_"), entry_citation
    )
    blueprint.add_url_rule(
        f"/export.{_name}", f"export.{_name}".replace(".", "_"), export_citations
    )


@blueprint.get("/export.csv")
def export_table() -> Response:
    """Give all of a query as a table."""
    served, query = services(), _query()
    separator = _separator(request.args.get("separator", ""))
    response = validated("table", EXPORT_VERSION, separator, query.canonical(), cache=PUBLIC_PAGE)
    if is_unchanged(response):
        return response
    lines = csv_lines(
        served.store.entries.chosen(query),
        served.settings.site,
        names_of(served).sources,
        separator,
    )
    return _file(response, lines, table.MEDIA_TYPE, "imdifeed.csv")


@blueprint.get("/deadlines.ics")
def deadlines() -> Response:
    """Give the deadlines that a query's entries name, as a calendar to subscribe to."""
    return answer(_calendar)


def _calendar(state: State) -> Document:
    # three megabytes of a library: for who has asked for a calendar
    from feed.calendar import MEDIA_TYPE, calendar

    served, query = services(), _query().selection()
    site = served.settings.site

    def build() -> Rendered:
        names = names_of(served)
        return calendar(
            served.store.deadlines.calendar(query, limit=MOST_DEADLINES),
            site=site,
            sources=names.sources,
            title=f"{site.name}, frister: {query_title(query, names.tags, names.sources)}",
            url=calendar_url(site, query),
        )

    return Document(
        tag=tag_of(EXPORT_VERSION, site, query.canonical(), state.change),
        moment=state.moment,
        media_type=MEDIA_TYPE,
        build=build,
        cache_control=PUBLIC_FEED,
    )


def _query() -> EntryQuery:
    known = services().store.vocabulary.known()
    return read_whole(request.args.items(multi=True), known)


def _format() -> str:
    """Give the citation format that the address ends on, the longest that fits."""
    path = request.path
    return max((name for name in CITATION_FORMATS if path.endswith(f".{name}")), key=len)


def _separator(given: str) -> Separator:
    """Read what parts the cells. Raises `BadValueError`."""
    try:
        return Separator(given or Separator.COMMA)
    except ValueError:
        known = ", ".join(Separator)
        raise BadValueError(
            "separator", given, f"“{given}” is no separator; known: {known}"
        ) from None


def _file(response: Response, parts: Iterable[str], media_type: str, name: str) -> Response:
    response.response = _chunks(parts)
    # how long it gets is known when all is sent
    response.headers.pop("Content-Length", None)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """Join small parts, as UTF-8."""
    held: list[str] = []
    length = 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= _CHUNK:
            yield "".join(held).encode()
            held, length = [], 0
    if held:
        yield "".join(held).encode()
