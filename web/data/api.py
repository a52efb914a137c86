"""`/api/`: entries, tags and sources as JSON, and the description of it."""

import re

from flask import Blueprint, Response, abort, request

from db.errors import BadValueError, ChangeNotFoundError
from db.query import EntryQuery, Paging
from web.data.answering import Answers
from web.data.answers import Answer, Entries, Labels, Sources, TagAnswer, Tags, as_json
from web.data.documents import tag_of
from web.data.openapi import MOST_PER_PAGE, description
from web.every_request.compression import LEAST_BYTES, coding_for, compress
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, open_to_all, validated
from web.query_args import read_paging, read_query
from web.services import Services, services

blueprint = Blueprint("api", __name__)

#: part of every validator: raise it when the same entries come to be written otherwise
API_VERSION = 3
_CURSOR = re.compile("[0-9]{1,18}")


@blueprint.after_request
def _open(response: Response) -> Response:
    return open_to_all(response)


@blueprint.get("/api/entries")
def entries() -> Response:
    """Give one page of what a query chooses, or with `since` of what has changed.

    A page past the end is empty.
    """
    served = services()
    pairs = list(request.args.items(multi=True))
    query = read_query(pairs, served.store.vocabulary.known())
    paging = read_paging(pairs, most=MOST_PER_PAGE)
    if "since" in request.args:
        return _changes(query, _cursor(request.args["since"]), paging, served)
    response = _begin("entries", query.canonical(), paging)
    if is_unchanged(response):
        return response
    found = served.store.entries.search(query, paging)
    return _fill(response, _answers(served).page(found, paging))


def _changes(query: EntryQuery, since: int, paging: Paging, served: Services) -> Response:
    response = _begin("changes", query.canonical(), since, paging.per_page)
    if is_unchanged(response):
        return response
    try:
        part = served.store.entries.changes(query, since=since, limit=paging.per_page)
    except ChangeNotFoundError as error:
        abort(404, description=str(error))
    answers = _answers(served)
    return _fill(
        response,
        Entries(
            total=len(part.entries) + part.remaining,
            page=1,
            per_page=paging.per_page,
            entries=[answers.entry(entry) for entry in part.entries],
            cursor=str(part.last),
            more=part.remaining > 0,
        ),
    )


@blueprint.get("/api/entries/<entry_id:entry_id>")
@blueprint.get("/entries/<entry_id:entry_id>.json", endpoint="entry_file")
def entry(entry_id: int) -> Response:
    """Give one entry."""
    served = services()
    response = _begin("entry", entry_id)
    found = served.store.entries.get(entry_id)
    if is_unchanged(response):
        return response
    return _fill(response, _answers(served).entry(found))


@blueprint.get("/api/tags")
def tags() -> Response:
    """Give every tag, with its labels and how many entries carry it."""
    served = services()
    response = _begin("tags")
    if is_unchanged(response):
        return response
    counts = served.store.entries.facets(EntryQuery()).tags
    found = [
        TagAnswer(
            slug=tag.slug,
            labels=Labels(nb=tag.label_nb, nn=tag.label_nn, en=tag.label_en),
            entries=counts.get(tag.slug, 0),
        )
        for tag in served.store.vocabulary.tags()
    ]
    return _fill(response, Tags(tags=found))


@blueprint.get("/api/sources")
def sources() -> Response:
    """Give every source, with how its last crawl went."""
    served = services()
    store, answers = served.store, _answers(served)
    counts = store.entries.facets(EntryQuery()).sources
    runs = store.crawls.latest()
    found = []
    for source in store.vocabulary.sources():
        newest = store.entries.newest(EntryQuery(sources=(source.slug,)), 1)
        found.append(
            answers.source(
                source,
                runs.get(source.slug),
                newest=newest[0] if newest else None,
                entries=counts.get(source.slug, 0),
            )
        )
    answer = Sources(sources=found)
    response = Response()
    # runs that find nothing new leave the state as it is: the answer itself tells what is new
    response.set_etag(tag_of(API_VERSION, answer), weak=True)
    response.headers["Cache-Control"] = PUBLIC_PAGE
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response if is_unchanged(response) else _fill(response, answer)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe the API (OpenAPI 3.1)."""
    response = _begin("openapi")
    if is_unchanged(response):
        return response
    response.set_data(description(services().settings.site))
    response.mimetype = "application/json"
    return response


def _begin(*parts: object) -> Response:
    return validated("api", API_VERSION, *parts, cache=PUBLIC_PAGE)


def _answers(served: Services) -> Answers:
    return Answers(served.store, served.settings.site)


def _cursor(given: str) -> int:
    """Read a cursor as we gave it; nothing stands for the beginning. Raises `BadValueError`."""
    if given and not _CURSOR.fullmatch(given):
        raise BadValueError(
            "since", given, "since takes the cursor of an earlier answer, or 0 to begin"
        )
    return int(given or 0)


def _fill(response: Response, answer: Answer) -> Response:
    data = as_json(answer)
    coding = coding_for(request.accept_encodings) if len(data) >= LEAST_BYTES else ""
    response.set_data(compress(data, coding))
    response.mimetype = "application/json"
    if coding:
        response.headers["Content-Encoding"] = coding
    return response
