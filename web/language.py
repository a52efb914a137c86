"""The language a page is written in: chosen by `?ui=`, else by the browser; no cookie.

The catalogues are those of `feed/language.py`, so pages and mails use the same words.
"""

from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, Response, request
from markupsafe import Markup
from werkzeug.datastructures import Accept

from db.models import Language
from feed.language import SPOKEN, translations

#: parameter of an address that chooses the language of the page
PARAMETER = "ui"
#: Norwegian without saying which is bokmål, as browsers mean it
_ASKED = {language.value: language for language in SPOKEN} | {"no": Language.BOKMAL}
#: where a request keeps the language of its page, and the one that its address asks for: they are
#: asked for a hundred times
_OF_REQUEST, _CHOSEN = "imdifeed.ui", "imdifeed.chosen"
#: addresses of data that neither `/api/` nor a suffix tells from pages
_DATA = frozenset({"/opml", "/healthz", "/readyz", "/metrics"})
#: what each language calls itself, on every page
OWN_NAMES = {
    Language.BOKMAL: "Bokmål",
    Language.NYNORSK: "Nynorsk",
    Language.ENGLISH: "English",
}


def install(app: Flask) -> None:
    """Teach an application our languages, and have every page say which one it is in."""
    templates = app.jinja_env
    templates.add_extension("jinja2.ext.i18n")
    # a page has sixty texts, so these are ours, and not what Jinja makes of any others
    templates.newstyle_gettext = True  # type: ignore[attr-defined]
    templates.globals.update(_=_text, gettext=_text, ngettext=_counted)
    templates.globals.update(
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
    if not request:
        return SPOKEN[0]
    found: Language | None = request.environ.get(_OF_REQUEST)
    if found is None:
        found = Language(chosen() or preferred(request.accept_languages))
        request.environ[_OF_REQUEST] = found
    return found


def chosen() -> str:
    """Give the language that the address asks for; empty where it leaves that to the browser."""
    if not request:
        return ""
    found: str | None = request.environ.get(_CHOSEN)
    if found is None:
        given = request.args.get(PARAMETER, "")
        found = request.environ[_CHOSEN] = given if given in SPOKEN else ""
    return found


def in_language(language: Language) -> str:
    """Give the address of the present page in another language."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    return f"?{urlencode([*pairs, (PARAMETER, language.value)])}"


def gettext(text: str, **values: object) -> str:
    """Give a text in the language of the page, with values put in."""
    said = translations(ui()).gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Give the text that goes with a number; `num` is among the values."""
    return translations(ui()).ngettext(one, many, num) % {"num": num, **values}


def _text(text: str, /, **values: object) -> Markup:
    """Give a text of a template, as `gettext` does; values are escaped."""
    return _said(ui(), text) % values if values else _as_it_is(ui(), text)


def _counted(one: str, many: str, num: int, /, **values: object) -> Markup:
    """Give the text of a template that goes with a number, as `ngettext` does."""
    return Markup(translations(ui()).ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704 - texts are ours


@lru_cache(maxsize=1000)
def _as_it_is(language: Language, text: str) -> Markup:
    return _said(language, text) % {}


@lru_cache(maxsize=1000)
def _said(language: Language, text: str) -> Markup:
    return Markup(translations(language).gettext(text))  # noqa: S704 - texts are ours


def lang_of(language: Language) -> Markup:
    """Give the `lang` attribute of a text; empty where it is the page's own or unknown."""
    if language is Language.UNDETERMINED or language is ui():
        return Markup()
    return Markup(' lang="%s"') % language.value


def preferred(accepted: Accept) -> str:
    """Read `Accept-Language` (RFC 9110, 12.5.4): the best liked of those we have, by main tag."""
    for tag, quality in accepted:
        found = _ASKED.get(tag.partition("-")[0].lower())
        if found and quality > 0:
            return found.value
    return SPOKEN[0].value
