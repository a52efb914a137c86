"""Pages that hold no entries: about, privacy, accessibility, and whether we are well."""

import logging

from flask import Blueprint, Response, render_template

from db.errors import StoreError
from web.services import services

blueprint = Blueprint("pages", __name__)

_log = logging.getLogger(__name__)
_RETRY_SECONDS = "60"


@blueprint.get("/about")
def about() -> str:
    """Say what this is, where it comes from and how to follow it."""
    return render_template("about.html")


@blueprint.get("/privacy")
def privacy() -> str:
    """Say what we keep about people and how to be rid of it."""
    return render_template("privacy.html")


@blueprint.get("/accessibility")
def accessibility() -> str:
    """Say how the pages were made to be usable, and what is known to be missing."""
    return render_template("accessibility.html")


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return _plain("ok\n", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the store can be read."""
    try:
        services().store.entries.state()
    except StoreError as error:
        _log.error("not ready: %s", error)
        response = _plain("not ready\n", 503)
        response.headers["Retry-After"] = _RETRY_SECONDS
        return response
    return _plain("ready\n", 200)


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
