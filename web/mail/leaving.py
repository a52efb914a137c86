"""Leaving, and refusing to be signed up by others. Links show on GET and act on POST only."""

from flask import Blueprint, Response, render_template, request

from db.models import Subscription
from db.query import EntryQuery
from web.every_request.headers import private
from web.mail.origin import refuse_other_sites
from web.mail.subscriptions import words_of
from web.mail.tokens import hash_token
from web.services import services

blueprint = Blueprint("leaving", __name__)

#: the body of a one-click POST (RFC 8058)
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/refuse/<token>")
def refuse_form(token: str) -> Response:
    """Show what refusing would do, or that it is done and can be taken back."""
    served = services()
    refused = served.store.subscriptions.is_refused(hash_token(token))
    if not refused:
        served.store.subscriptions.requested(hash_token(token), now=served.settings.clock())
    page = render_template("refuse.html", refused=refused, allowed=False)
    return private(Response(page, mimetype="text/html"))


@blueprint.post("/refuse/<token>")
def refuse(token: str) -> Response:
    """Send no more confirmations to an address, or, with `allow`, send them again."""
    refuse_other_sites(opaque_ok=True)
    served = services()
    allow = request.form.get("allow") == "1"
    if allow:
        served.store.subscriptions.allow(hash_token(token))
    else:
        served.store.subscriptions.refuse(hash_token(token), now=served.settings.clock())
    page = render_template("refuse.html", refused=not allow, allowed=allow)
    return private(Response(page, mimetype="text/html"))


@blueprint.get("/unsubscribe/<token>")
def unsubscribe_form(token: str) -> Response:
    """Show what leaving would end."""
    found = services().store.subscriptions.behind(hash_token(token))
    active = [one for one in found if one.ended is None]
    return _unsubscribe_page(active or found, active=bool(active))


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """End what a link stands for, by our button or by a mailbox provider's one click."""
    one_click = request.form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
    if not one_click:
        refuse_other_sites(opaque_ok=True)
    served = services()
    served.store.subscriptions.end(
        hash_token(token),
        reason="one-click" if one_click else "unsubscribe page",
        now=served.settings.clock(),
    )
    found = served.store.subscriptions.behind(hash_token(token))
    return _unsubscribe_page(found, active=False, done=True)


def _unsubscribe_page(found: list[Subscription], *, active: bool, done: bool = False) -> Response:
    queries = [EntryQuery.from_canonical(one.query) for one in found if one.email]
    page = render_template(
        "unsubscribe.html",
        active=active,
        done=done,
        choices=[
            {"words": words_of(query), "again": services().path("/subscribe", query)}
            for query in queries
        ],
    )
    return private(Response(page, mimetype="text/html"))
