"""What every answer says about itself: security, privacy and caching."""

import hashlib
from datetime import datetime, timedelta

from flask import Flask, Response, request

from db.models import State
from web.every_request.ready import offer
from web.language import chosen, is_page, ui
from web.services import Services, services

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
#: pages that show or change one person's choice: never stored, indexed or passed on
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_FOR_EVER = "public, max-age=31536000, immutable"
#: stored by anyone, asked for again each time: the answer is mostly an empty 304
PUBLIC_PAGE = "public, no-cache"
PUBLIC_FEED = "public, max-age=900"


def install(app: Flask) -> None:
    """Put the headers that every answer carries on every answer of an application."""

    @app.after_request
    def _finish(response: Response) -> Response:
        # the server gives the moment of sending; an answer may be given again later
        # (`web.every_request.ready`)
        del response.headers["Date"]
        if response.status_code == 304:
            # what it updates of the answer that the client has says the rest (RFC 9110, 15.4.5)
            response.headers.pop("Link", None)
        else:
            for name, value in _ALWAYS.items():
                response.headers.setdefault(name, value)
        if request.endpoint == "static":
            current = services().assets.is_current(
                (request.view_args or {}).get("filename", ""), request.args.get("v")
            )
            response.headers["Cache-Control"] = _FOR_EVER if current else PUBLIC_PAGE
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = (
                "no-store" if response.status_code >= 500 else "no-cache"
            )
        return response


def private(response: Response) -> Response:
    """Mark an answer as one person's."""
    response.headers.update(_PRIVATE)
    return response


def open_to_all(response: Response) -> Response:
    """Let scripts on other sites read an answer; it holds nothing of anybody's."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
    if request.method == "OPTIONS":
        # conditional requests are not among those that browsers make without asking
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def validated(*parts: object, cache: str, until: datetime | None = None) -> Response:
    """Make an empty answer with the validators of what the store holds now.

    It is a finished 304 where the client has this already (`is_unchanged`); otherwise fill it.
    `parts` is what the content depends on besides the store and the templates. The entity
    tag is weak, since compressing proxies change bytes (RFC 9110, 8.8.1). With `until` the answer
    depends on nothing else up to that moment, and may be given again without being made.
    """
    served = services()
    state, now = served.store.entries.state(), served.settings.clock()
    if until:
        offer(state.change, state.moment, now=now, until=until)
    response = Response()
    response.set_etag(_tag(served, state, *parts), weak=True)
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    response.last_modified = last_modified(state.moment, now)
    response.make_conditional(request)
    return response


def last_modified(moment: datetime | None, now: datetime) -> datetime | None:
    """Give a moment as `Last-Modified` states it.

    A date has whole seconds. What changed in the second that is still running may change again in
    it, so until it is over the date is one second early (RFC 9110, 8.8.2.2).
    """
    if moment is None:
        return None
    whole = moment.replace(microsecond=0)
    return whole - timedelta(seconds=1) if now < whole + timedelta(seconds=1) else whole


def is_unchanged(response: Response) -> bool:
    """Tell whether the client has what `validated` stands for."""
    return response.status_code == 304


def _tag(served: Services, state: State, *parts: object) -> str:
    words = (ui(), chosen()) if is_page(request.path) else ()
    site, looks = served.settings.site, served.assets.looks
    content = repr((state.change, site, looks, _ALWAYS, words, parts))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
