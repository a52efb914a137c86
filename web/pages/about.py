"""Pages that hold no entries: about, privacy, accessibility, and whether we are well."""

import logging

from flask import Blueprint, Response, render_template

from db.errors import StoreError
from web.every_request.headers import PUBLIC_PAGE, is_unchanged, validated
from web.services import services

blueprint = Blueprint("pages", __name__)

_log = logging.getLogger(__name__)
_RETRY_SECONDS = "60"


@blueprint.get("/about")
def about() -> Response:
    """Say what this is, where it comes from and how to follow it."""
    return _unchanging("about")


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what we keep about people and how to be rid of it."""
    return _unchanging("privacy")


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """Say how the pages were made to be usable, and what is known to be missing."""
    return _unchanging("accessibility")


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return _plain("ok\n", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the store can be read, and its schema is the one we know."""
    store = services().store
    try:
        store.entries.state()
        store.upkeep.require_current()
    except StoreError as error:
        _log.error("not ready: %s", error)
        response = _plain("not ready\n", 503)
        response.headers["Retry-After"] = _RETRY_SECONDS
        return response
    return _plain("ready\n", 200)


def _unchanging(name: str) -> Response:
    response = validated(name, cache=PUBLIC_PAGE)
    if not is_unchanged(response):
        response.set_data(render_template(f"{name}.html"))
        response.mimetype = "text/html"
    return response


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
