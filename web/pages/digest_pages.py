"""`/digests/<token>`: a digest as a page, for good; it names nobody and is not indexed."""

from flask import Blueprint, Response, render_template

from feed.digest_view import view_from
from feed.language import translations
from feed.wording import day_in_words
from web.every_request.headers import private
from web.language import ui
from web.mail.tokens import hash_token
from web.services import services

blueprint = Blueprint("digest_pages", __name__)


@blueprint.get("/digests/<token>")
def digest_page(token: str) -> Response:
    """Show what a digest showed."""
    view = view_from(services().store.readers.digest_page(hash_token(token)))
    page = render_template(
        "digest.html",
        view=view,
        say=translations(view.language),
        day=day_in_words(view.day, ui()),
    )
    return private(Response(page, mimetype="text/html"))
