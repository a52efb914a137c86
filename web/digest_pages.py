"""`/digests/<token>`: a digest as a page, for good; it names nobody and is not indexed."""

from flask import Blueprint, Response, render_template

from feed.digest_view import view_from
from web.headers import private
from web.services import services
from web.tokens import hash_token

blueprint = Blueprint("digest_pages", __name__)


@blueprint.get("/digests/<token>")
def digest_page(token: str) -> Response:
    """Show what a digest showed."""
    view = view_from(services().store.readers.digest_page(hash_token(token)))
    return private(Response(render_template("digest.html", view=view), mimetype="text/html"))
