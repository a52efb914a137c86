"""Answers that are documents: validators first, then bytes from the shelf."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Response, request

from db.models import State
from web.data.shelf import Document
from web.every_request.compression import coding_for
from web.every_request.headers import is_unchanged, last_modified, open_to_all
from web.every_request.ready import offer
from web.services import services


def answer(make: Callable[[State], Document]) -> Response:
    """Answer a request with a document, or with 304 where the client has it.

    Where nothing has changed since an address was last asked for, this costs one look-up.
    """
    served = services()
    state = served.store.entries.state()
    address = request.path.encode() + b"?" + request.query_string
    document = served.shelf.find(address, state.change, lambda: make(state))
    now = served.settings.clock()
    if document.afterwards and document.until and now >= document.until:
        return document.afterwards()
    offer(state.change, document.moment, now=now, until=document.until)
    response = Response()
    # weak: one tag for all codings, whether ours or those of a proxy (RFC 9110, 8.8.1)
    response.set_etag(document.tag, weak=True)
    response.last_modified = last_modified(document.moment, now)
    response.headers["Cache-Control"] = document.cache_control
    response.vary.add("Accept-Encoding")
    if document.links:
        response.headers["Link"] = document.links
    open_to_all(response)
    response.make_conditional(request)
    if is_unchanged(response):
        return response
    data, coding = served.shelf.data(document, coding_for(request.accept_encodings))
    response.set_data(data)
    response.headers["Content-Type"] = document.media_type
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def tag_of(*parts: object) -> str:
    """Give an entity tag for what a document is made from; values with a telling `repr`."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def latest(*moments: datetime | None) -> datetime | None:
    """Give the latest of those moments that are known."""
    return max((moment for moment in moments if moment), default=None)
