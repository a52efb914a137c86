"""Mail templates to text and HTML: escaping on, unknown names refused, styles inlined."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from db.models import Language
from feed.language import translations

# Mail programs read inline styles; the style element stays for the dark colours in its media query.
_INLINER: Final = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def render_mail(template: str, language: Language, **values: object) -> tuple[str, str]:
    """Give the text and the HTML of a mail from `<template>.txt` and `<template>.html`.

    Raises:
        jinja2.UndefinedError: a template asks for a value that is not given.
    """
    templates = _templates(language)
    text = templates.get_template(f"{template}.txt").render(language=language, **values)
    html = templates.get_template(f"{template}.html").render(language=language, **values)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n", _INLINER.inline(html)


@cache
def _templates(language: Language) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # the extension adds this method, which the type of environments does not know
    templates.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return templates
