"""`/openapi.json`: what the API takes and gives, made from what serves it (OpenAPI 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from db.models import Kind, Language
from db.query import Sort
from feed.site import Site
from web.data.answers import Answer, Entries, EntryAnswer, Failure, Sources, Tags
from web.query_args import MOST_Q_BYTES, MOST_VALUES

#: entries on one page of the API
MOST_PER_PAGE = 1000
#: of the description, not of the software: raised when the API comes to take or give more
VERSION = "1.1.0"
_REFERENCE = "#/components/schemas/{name}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does."""

    #: as the routes of `web/data/api.py` have it
    path: str
    name: str
    summary: str
    answer: type[Answer]
    parameters: tuple[dict[str, Any], ...] = ()
    #: statuses besides 200 and 304, with what they mean
    errors: tuple[tuple[int, str], ...] = ()


def _in_query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _either(name: str, description: str, values: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string", **values}, "maxItems": MOST_VALUES // 10}
    return _in_query(name, f"{description}; given twice it means either", schema)


_TEXT = {"type": "string", "maxLength": MOST_Q_BYTES}
_SLUG = {"minLength": 1, "maxLength": 100}
# forms send empty fields; nothing given is nothing asked for
_DAY = {"type": "string", "anyOf": [{"format": "date"}, {"const": ""}]}
_QUERY = (
    _in_query(
        "q", 'words, "phrases", -without, OR, begin*, title:word; no input is an error', _TEXT
    ),
    _either("tag", "slug of a tag, see /api/tags", _SLUG),
    _either("kind", "kind of document", {"enum": [*Kind]}),
    _either("source", "slug of a source, see /api/sources", _SLUG),
    _either("lang", "language of the text", {"enum": [*Language]}),
    _in_query("from", "first day of publication, in Europe/Oslo", _DAY),
    _in_query("to", "last day of publication, inclusive", _DAY),
    _in_query(
        "sort",
        "order; by relevance where there are words, else newest first",
        {"type": "string", "enum": [*Sort]},
    ),
    _in_query("exact", "1: words only as written", {"type": "string", "enum": ["0", "1"]}),
)
_PAGING = (
    _in_query("page", "from 1; not used with since", {"type": "integer", "minimum": 1,
              "maximum": 1_000_000, "default": 1}),
    _in_query("per_page", "entries on a page", {"type": "integer", "minimum": 1,
              "maximum": MOST_PER_PAGE, "default": 20}),
)  # fmt: skip
_SINCE = _in_query(
    "since",
    "the cursor of an earlier answer, or 0 to begin: gives every entry that is new or changed after"
    " it exactly once, those changed longest ago first, withdrawn ones too. Go on with `cursor`"
    " while there is `more`, and keep the last one for the next visit. Stories are not folded. With"
    " filters, an entry that no longer matches is not told of",
    {"type": "string", "pattern": "^[0-9]{0,18}$"},
)
#: what any request may come to
_ANY_TIME = (
    (400, "the host has another name, or a parameter cannot be read; the message names it"),
    (429, "too many requests from one network; see Retry-After"),
    (503, "the store cannot be read now; see Retry-After"),
)

OPERATIONS = (
    Operation(
        "/api/entries",
        "listEntries",
        "Entries that a query chooses, or that have changed",
        Entries,
        (*_QUERY, *_PAGING, _SINCE),
        ((404, "a tag, kind, source, language or cursor that does not exist"),),
    ),
    Operation(
        "/api/entries/{id}",
        "getEntry",
        "One entry",
        EntryAnswer,
        (
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
            },
        ),
        ((404, "there is no such entry"),),
    ),
    Operation("/api/tags", "listTags", "Every tag, with how many entries carry it", Tags),
    Operation("/api/sources", "listSources", "Every source, with its last crawl", Sources),
)


@lru_cache(maxsize=8)
def description(site: Site) -> bytes:
    """Describe the API of a site, as JSON."""
    return msgspec.json.encode(document(site))


def document(site: Site) -> dict[str, Any]:
    """Describe the API of a site."""
    answers = [Failure, *(operation.answer for operation in OPERATIONS)]
    _, components = msgspec.json.schema_components(answers, ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site.name}: API",
            "version": VERSION,
            "description": "What IMDi publishes, gathered by an unofficial service. The texts "
            "belong to their publishers. Answers carry an ETag; ask with it, and what is unchanged "
            "is a 304. Who asks too often gets a 429 and how long to wait.",
        },
        "servers": [{"url": site.base}],
        "paths": {one.path: {"get": _operation(one)} for one in OPERATIONS},
        "components": {"schemas": components},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": _response(
            "as asked for", operation.answer, {"ETag": {"schema": {"type": "string"}}}
        ),
        "304": {"description": "the client has the present state"},
        # the server's own answer, where not ours: nothing is promised of what it says
        "414": {"description": "the address is too long"},
    }
    responses |= {str(status): _response(text, Failure) for status, text in _ANY_TIME}
    responses |= {str(status): _response(text, Failure) for status, text in operation.errors}
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": list(operation.parameters),
        "responses": dict(sorted(responses.items())),
    }


def _response(
    text: str, answer: type[Answer], headers: dict[str, Any] | None = None
) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(name=answer.__name__)}
    found: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": schema}},
    }
    return found | ({"headers": headers} if headers else {})


def described_paths() -> Sequence[str]:
    """Give the paths that are described, as `/api/entries/{id}`."""
    return [operation.path for operation in OPERATIONS]
