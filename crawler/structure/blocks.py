"""A text as blocks: what every reader of markup makes, and what HTML and plain text are made from.

A `Block` is a paragraph or heading with runs, or a container with blocks. HTML, Markdown and plain
text are all read into this form (`crawler/markup.py`, `crawler/markdown.py`,
`crawler/plaintext.py`), so that cleaning and shapes have one thing to work on.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from urllib.parse import urljoin, urlsplit

from db.text import clean

HEADINGS = ("h2", "h3", "h4")
LISTS = ("ul", "ol")
#: blocks that hold runs; all others hold blocks
TEXTS = ("p", *HEADINGS)
LONGEST_ADDRESS = 2000

_SPACE = re.compile(r"[^\S\n]+")
_AROUND_BREAK = re.compile(r" ?\n ?")

#: makes an address absolute, or gives "" where it may not be a link
Resolve = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Run:
    r"""A stretch of text in one style; `\n` in it is a line break the author set."""

    text: str
    strong: bool = False
    em: bool = False
    #: as written, relative or absolute
    href: str = ""

    def with_text(self, text: str) -> "Run":
        """Give the same style with another text."""
        return Run(text, self.strong, self.em, self.href)


@dataclass(slots=True)
class Block:
    """A paragraph or heading (`runs`), or a list, item, quotation, table or part of one."""

    tag: str
    runs: list[Run] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)
    #: the words of `runs`, once somebody has asked for them
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """Give the words on one line; of a container, those of all its blocks."""
        if self.tag not in TEXTS:
            return " ".join(filter(None, (child.text for child in self.children)))
        if self._text is None:
            self._text = " ".join("".join([run.text for run in self.runs]).split())
        return self._text

    def reword(self, runs: list[Run]) -> None:
        """Put other runs in the place of those there are."""
        self.runs, self._text = runs, None

    def walk(self) -> Iterator["Block"]:
        """Give this block and all within, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def paragraph(text: str, tag: str = "p") -> Block:
    """Make a block of plain words."""
    return Block(tag, tidy([Run(text)]))


def tidy(runs: Iterable[Run]) -> list[Run]:
    r"""Clean runs, join those of one style and fold white space; `\n` stays as line break.

    No-break spaces become spaces; none is left at either end or beside a line break.
    """
    kept = list(_joined(runs))
    if any(run.text != run.text.strip() or "\n" in run.text for run in kept):
        kept = list(_joined(_plain_spaces(kept)))
    return _without_outer_space(_fold(kept))


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    for (strong, em, href), group in groupby(runs, key=_style):
        text = clean("".join([run.text for run in group]))
        if "  " in text or not text.isprintable():
            # of all white space, only the plain space is printable
            text = _SPACE.sub(" ", text)
        if text:
            yield Run(text, strong, em, href)


def _style(run: Run) -> tuple[bool, bool, str]:
    return run.strong, run.em, run.href


def _plain_spaces(runs: Iterable[Run]) -> Iterator[Run]:
    """Take the style from breaks and from what is only space: bold nothing is not bold."""
    for run in runs:
        for part in re.split(r"(\n)", run.text):
            yield run.with_text(part) if part.strip() else Run(part)


def _fold(runs: Iterable[Run]) -> Iterator[Run]:
    last = "\n"
    for run in runs:
        text = _AROUND_BREAK.sub("\n", run.text) if "\n" in run.text else run.text
        if last.isspace():
            text = text.lstrip(" ")
        if text:
            last = text[-1]
            yield run.with_text(text)


def _without_outer_space(runs: Iterable[Run]) -> list[Run]:
    kept = list(runs)
    for index in range(1, len(kept)):
        # a space before a break that opens the next run
        if kept[index].text.startswith("\n"):
            kept[index - 1] = kept[index - 1].with_text(kept[index - 1].text.rstrip(" "))
    while kept and not kept[-1].text.strip():
        kept.pop()
    while kept and not kept[0].text.strip():
        kept.pop(0)
    if kept:
        kept[0] = kept[0].with_text(kept[0].text.lstrip())
        kept[-1] = kept[-1].with_text(kept[-1].text.rstrip())
    return [run for run in kept if run.text]


def lines(runs: Iterable[Run]) -> list[list[Run]]:
    r"""Divide runs at their line breaks; two breaks in a row give an empty line."""
    result: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n")
        if first:
            result[-1].append(run.with_text(first))
        result.extend([run.with_text(part)] if part else [] for part in rest)
    return result


def resolver(base_url: str) -> Resolve:
    """Give the function that makes addresses absolute; only http, https and mailto are links."""

    def resolve(href: str) -> str:
        href = clean(href).strip()
        if not href or href.startswith("#") or len(href) > LONGEST_ADDRESS:
            return ""
        try:
            address = urljoin(base_url, href)
            parts = urlsplit(address)
        except ValueError:
            return ""
        web = parts.scheme in ("http", "https") and bool(parts.hostname)
        if not web and not (parts.scheme == "mailto" and parts.path):
            return ""
        return re.sub(r"\s", "%20", address)

    return resolve


def to_html(blocks: Iterable[Block], resolve: Resolve) -> str:
    """Write blocks as HTML, a block a line."""
    return "\n".join(filter(None, (_block_html(block, resolve) for block in blocks)))


def to_text(blocks: Iterable[Block]) -> str:
    """Write blocks as text: a paragraph, heading, list item or table row a line."""
    return "\n".join(line for block in blocks for line in _text_lines(block))


def _text_lines(block: Block) -> Iterator[str]:
    if block.tag in TEXTS:
        if text := block.text:
            yield text
    elif block.tag == "tr":
        # a bar between cells: two numbers side by side would read as one
        if row := " | ".join(filter(None, (cell.text for cell in block.children))):
            yield row
    else:
        for child in block.children:
            yield from _text_lines(child)


def _block_html(block: Block, resolve: Resolve) -> str:
    if block.tag in TEXTS:
        words = _runs_html(block.runs, resolve, breaks=block.tag == "p")
    elif block.tag in ("li", "td", "th"):
        words = _item_html(block, resolve)
    else:
        words = "".join(_block_html(child, resolve) for child in block.children)
    return f"<{block.tag}>{words}</{block.tag}>" if words or block.tag in ("td", "th") else ""


def _item_html(block: Block, resolve: Resolve) -> str:
    """Write an item's or cell's content; a single paragraph needs no `<p>`."""
    plain = sum(child.tag in TEXTS for child in block.children) == 1
    parts = []
    for child in block.children:
        if child.tag == "p":
            words = _runs_html(child.runs, resolve, breaks=False)
            parts.append(words if plain else f"<p>{words}</p>")
        else:
            parts.append(_block_html(child, resolve))
    return "".join(parts)


def _runs_html(runs: list[Run], resolve: Resolve, *, breaks: bool) -> str:
    parts = []
    for href, linked in groupby(runs, key=lambda run: resolve(run.href) if run.href else ""):
        inner = "".join(
            _strong_html(list(group), strong=strong, breaks=breaks)
            for strong, group in groupby(linked, key=lambda run: run.strong)
        )
        parts.append(f'<a href="{escape(href)}">{inner}</a>' if href else inner)
    return "".join(parts)


def _strong_html(runs: list[Run], *, strong: bool, breaks: bool) -> str:
    inner = ""
    for em, group in groupby(runs, key=lambda run: run.em):
        words = escape("".join(run.text for run in group), quote=False)
        words = words.replace("\n", "<br>") if breaks else re.sub(r"\n+", " ", words)
        inner += f"<em>{words}</em>" if em else words
    return f"<strong>{inner}</strong>" if strong else inner
