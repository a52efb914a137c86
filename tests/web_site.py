"""A site to test: the application over a real store, and a strict reader of its pages."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from db.store import Store
from feed.site import Site
from web import WebSettings, create_app

SITE = Site("https://imdifeed.example", "imdifeed.example,2026", contact="drift@example.no")
_VOID = frozenset({"meta", "link", "input", "br", "hr"})


class Compiled(BytecodeCache):
    """Keeps compiled templates for the next application: they are half of what a page costs."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()
_BUILDERS: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Compile once what makes a rule's addresses: without, it is most of what a site costs."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _BUILDERS:
        _BUILDERS[key] = _compile_builder(rule, append_unknown)
    # it is bound to the rule that asks, whose converters it takes
    return _BUILDERS[key]


Rule._compile_builder = _builder  # type: ignore[method-assign]


@dataclass
class Running:
    """An application, its client, and what it asked to have sent."""

    app: Flask
    client: FlaskClient
    queued: list[datetime] = field(default_factory=list)


def run_site(
    store: Store,
    clock: Callable[[], datetime],
    site: Site = SITE,
    *,
    requests_per_minute: int = 0,
) -> Running:
    """Make a site over a store; `queued` grows with each call of `on_queued`."""
    queued: list[datetime] = []
    settings = WebSettings(
        site=site,
        sender="IMDi-nytt <nytt@example.no>",
        secret_key="0123456789abcdef",
        clock=clock,
        on_queued=lambda: queued.append(clock()),
        requests_per_minute=requests_per_minute,
    )
    app = create_app(store, settings)
    app.jinja_env.bytecode_cache = _COMPILED
    return Running(app, app.test_client(), queued)


class Page(HTMLParser):
    """Reads a page and fails on what browsers would silently repair."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=0) <= 1, f"an attribute twice: {tag} {attrs}"
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            if tag == "p":
                assert "p" not in self.open, "a paragraph in a paragraph"
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes {tag!r} over another element"

    def handle_data(self, data: str) -> None:
        # data for machines is not read by people
        if self.open[-1:] != ["script"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All the words, with single spaces."""
        return " ".join("".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """Give the attributes of each element of a name with these values."""
        return [
            found
            for name, found in self.elements
            if name == tag and attributes.items() <= found.items()
        ]

    def links(self) -> dict[str, str]:
        """Give addresses by place in the page, in order."""
        return {str(index): str(a["href"]) for index, a in enumerate(self.all("a")) if "href" in a}


UNOFFICIAL = {
    "nb": "Uoffisiell tjeneste – ikke laget av IMDi",
    "nn": "Uoffisiell teneste – ikkje laga av IMDi",
    "en": "Unofficial service – not made by IMDi",
}


def read(text: str, language: str = "nb") -> Page:
    """Read a page and hold it to what every page must have."""
    page = Page(text)
    assert text.startswith(f'<!doctype html>\n<html lang="{language}">')
    ids = Counter(found["id"] for _, found in page.elements if "id" in found)
    assert all(count == 1 for count in ids.values()), f"ids used twice: {ids}"
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert UNOFFICIAL[language] in page.text
    for _, found in page.elements:
        for name in ("for", "form", "aria-labelledby", "aria-describedby"):
            for target in (found.get(name) or "").split():
                assert target in ids, f"{name} points to {target}, which is not there"
        assert "style" not in found
        assert not any(re.match("on", name) for name in found), found
    labels = {found["for"] for found in page.all("label")}
    for control in page.all("input"):
        assert control.get("type") == "hidden" or control["id"] in labels, control
    # data about the page is no script that runs
    assert len(page.all("script")) == len(page.all("script", type="application/ld+json"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    return page
