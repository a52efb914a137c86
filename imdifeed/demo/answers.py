"""What the demonstration sites answer, as values."""

import json
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, type and body of one HTTP answer."""

    body: bytes
    media_type: str
    status: int = 200
    #: where a redirect leads
    location: str = ""
    #: file name of a download
    file_name: str = ""


def page(template: str, **values: str) -> Answer:
    """Answer with a page from `templates/`; values are HTML already."""
    text = files("imdifeed.demo").joinpath("templates", template).read_text("utf-8")
    return Answer(Template(text).substitute(values).encode(), "text/html; charset=utf-8")


def data(value: dict[str, Any]) -> Answer:
    """Answer with JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")


def text(value: str, media_type: str = "text/plain") -> Answer:
    """Answer with text of any kind."""
    return Answer(value.encode(), f"{media_type}; charset=utf-8")


def redirect(location: str) -> Answer:
    """Answer that the page is at another path of the same site."""
    return Answer(b"", "text/plain; charset=utf-8", 301, location)


def not_found(path: str) -> Answer:
    """Answer that nothing is at this path, with a page people can read."""
    shown = "".join(character for character in path[:200] if character.isprintable())
    found = page("not_found.html", path=escape(shown))
    return Answer(found.body, found.media_type, 404)
