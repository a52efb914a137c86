"""Errors as readers meet them: a plain page, or JSON where data was asked for, with its status."""

import logging

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from db.errors import (
    EntryNotFoundError,
    QueryError,
    StoreError,
    TokenNotFoundError,
    UnknownValueError,
)
from feed.language import marked
from web.every_request.headers import open_to_all, private
from web.language import gettext
from web.services import services
from web.wording import explain

_log = logging.getLogger(__name__)

_TEXTS = {
    400: (
        marked("Forespørselen kan ikke brukes"),
        marked("Noe i adressen eller skjemaet kan ikke leses."),
    ),
    403: (
        marked("Skjemaet kom fra et annet nettsted"),
        marked(
            "Av hensyn til sikkerheten tar vi bare imot skjemaer som er sendt fra våre egne sider."
        ),
    ),
    404: (
        marked("Fant ikke siden"),
        marked("Siden finnes ikke. Adressen kan være skrevet feil, eller siden er flyttet."),
    ),
    405: (
        marked("Siden kan ikke brukes slik"),
        marked("Adressen finnes, men ikke for denne typen forespørsel."),
    ),
    410: (
        marked("Siden er borte"),
        marked("Siden fantes her før, men er tatt bort og kommer ikke tilbake."),
    ),
    413: (marked("For mye på en gang"), marked("Det som ble sendt, er større enn vi tar imot.")),
    414: (
        marked("Adressen er for lang"),
        marked("Adressen er lengre enn vi tar imot. Skriv et kortere søk."),
    ),
    429: (marked("For mange forespørsler"), marked("Vent noen minutter før du prøver igjen.")),
    500: (
        marked("Noe gikk galt hos oss"),
        marked("Feilen er notert. Prøv igjen om litt. Det du så på, er ikke gått tapt."),
    ),
    503: (
        marked("Tjenesten er ikke klar"),
        marked("Vi får ikke lest sakene akkurat nå. Prøv igjen om litt."),
    ),
}
_RETRY_SECONDS = "60"


def install(app: Flask) -> None:
    """Answer every error of an application in the clothes of the site."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(QueryError, query_error)
    app.register_error_handler(EntryNotFoundError, _no_entry)
    app.register_error_handler(TokenNotFoundError, _no_token)
    app.register_error_handler(StoreError, _store_error)


def error_page(
    status: int,
    *,
    heading: str = "",
    explanation: str = "",
    message: str = "",
    way_on: tuple[str, str] | None = None,
    **details: str,
) -> Response:
    """Make the answer to an error: a page, or JSON with `message` in English.

    `way_on` is the label and the address of where to go rather than to the front page.
    """
    usual_heading, usual_explanation = _TEXTS.get(status, _TEXTS[400 if status < 500 else 500])
    if f"{request.path}/".startswith("/api/") or request.path.endswith(".json"):
        content = {"error": {"status": status, "message": message or explanation, **details}}
        response = Response(json.dumps(content, ensure_ascii=False) + "\n", status)
        response.mimetype = "application/json"
        return open_to_all(response)
    page = render_template(
        "error.html",
        heading=heading or gettext(usual_heading),
        explanation=explanation or gettext(usual_explanation),
        way_on=way_on,
    )
    response = Response(page, status, mimetype="text/html")
    # where data was asked for, pages that say why there is none are in the reader's language too
    response.vary.add("Accept-Language")
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, InternalServerError) and error.original_exception:
        # Flask has logged it, with the traceback; none of it is the reader's business
        status = 500
    told = error.description if error.description != type(error).description else ""
    response = error_page(status, message=told or f"{error.name}: {request.method} {request.path}")
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def query_error(error: QueryError) -> Response:
    """Say what in an address cannot be used."""
    unknown = isinstance(error, UnknownValueError)
    explanation = explain(error, services().store.vocabulary.known())
    return error_page(
        404 if unknown else 400,
        heading=gettext("Valget finnes ikke") if unknown else gettext("Adressen kan ikke brukes"),
        explanation=explanation,
        message=str(error),
        parameter=error.parameter,
        value=error.value[:200],
    )


def _no_entry(error: EntryNotFoundError) -> Response:
    explanation = gettext("Det finnes ingen sak med nummer %(number)s.", number=error.entry_id)
    return error_page(
        404, heading=gettext("Fant ikke saken"), explanation=explanation, message=str(error)
    )


def _no_token(_error: TokenNotFoundError) -> Response:
    explanation = gettext(
        "Lenken er ukjent eller for gammel. Sjekk at hele adressen kom med fra e-posten. "
        "En påmelding må bekreftes innen en uke; meld deg på igjen hvis fristen er ute."
    )
    return private(error_page(404, heading=gettext("Lenken virker ikke"), explanation=explanation))


def _store_error(error: StoreError) -> Response:
    _log.error("%s %s: the store failed", request.method, request.path, exc_info=error)
    response = error_page(503, message="the store cannot be read now; try again in a minute")
    response.headers["Retry-After"] = _RETRY_SECONDS
    return response
