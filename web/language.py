"""The language a page is written in: chosen by `?ui=`, else by the browser; no cookie.

The catalogues are those of `feed/language.py`, so pages and mails use the same words.
"""

from typing import Any
from urllib.parse import urlencode

import flask_babel
from flask import Flask, Response, request
from markupsafe import Markup
from werkzeug.datastructures import Accept

from db.models import Language
from feed.language import SPOKEN, spoken, translations

#: parameter of an address that chooses the language of the page
PARAMETER = "ui"
#: Norwegian without saying which is bokmål, as browsers mean it
_ASKED = {language.value: language for language in SPOKEN} | {"no": Language.BOKMAL}
#: addresses of data that neither `/api/` nor a suffix tells from pages
_DATA = frozenset({"/opml", "/healthz", "/readyz", "/metrics"})
#: what each language calls itself, on every page
OWN_NAMES = {
    Language.BOKMAL: "Bokmål",
    Language.NYNORSK: "Nynorsk",
    Language.ENGLISH: "English",
}


class _Catalogues(flask_babel.Domain):  # type: ignore[misc]  # flask-babel is not typed
    """Gives Flask-Babel the catalogues that mails use."""

    def get_translations(self) -> Any:
        """Give the words of the page's language."""
        return translations(ui())


def install(app: Flask) -> None:
    """Teach an application our languages, and have every page say which one it is in."""
    babel = flask_babel.Babel(app, default_locale=SPOKEN[0].value, locale_selector=_selected)
    babel.domain_instance = _Catalogues()
    app.jinja_env.globals.update(
        ui=ui, chosen_language=chosen, language_names=OWN_NAMES, in_language=in_language
    )

    @app.after_request
    def _tell(response: Response) -> Response:
        if response.mimetype == "text/html" and is_page(request.path):
            response.headers["Content-Language"] = ui().value
            response.vary.add("Accept-Language")
        return response


def is_page(path: str) -> bool:
    """Tell whether a path is that of a page for people, which has a language of its own."""
    return not path.startswith("/api/") and "." not in path and path not in _DATA


def ui() -> Language:
    """Give the language of the page that is being made; bokmål outside of requests."""
    locale = flask_babel.get_locale()
    return spoken(Language(locale.language)) if locale else SPOKEN[0]


def chosen() -> str:
    """Give the language that the address asks for; empty where it leaves that to the browser."""
    given = request.args.get(PARAMETER, "") if request else ""
    return given if given in SPOKEN else ""


def in_language(language: Language) -> str:
    """Give the address of the present page in another language."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    return f"?{urlencode([*pairs, (PARAMETER, language.value)])}"


def gettext(text: str, **values: object) -> str:
    """Give a text in the language of the page, with values put in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Give the text that goes with a number; `num` is among the values."""
    return str(flask_babel.ngettext(one, many, num, **values))


def lang_of(language: Language) -> Markup:
    """Give the `lang` attribute of a text; empty where it is the page's own or unknown."""
    if language is Language.UNDETERMINED or language is ui():
        return Markup()
    return Markup(' lang="%s"') % language.value


def _selected() -> str:
    return chosen() or preferred(request.accept_languages)


def preferred(accepted: Accept) -> str:
    """Read `Accept-Language` (RFC 9110, 12.5.4): the best liked of those we have, by main tag."""
    for tag, quality in accepted:
        found = _ASKED.get(tag.partition("-")[0].lower())
        if found and quality > 0:
            return found.value
    return SPOKEN[0].value
