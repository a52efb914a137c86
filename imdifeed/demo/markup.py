r"""The little markup of the texts, and how each of the two sites writes it as HTML.

Blocks stand between blank lines: a paragraph, `## a heading`, a list of `- ` lines, or a box from
`::: its tag line` to `:::`. Within them `**strong**` and `[words](address)`. A paragraph that
begins with a dash of speech is written `\- …`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

_STRONG = re.compile(r"\*\*([^*\n]{1,300})\*\*")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\s]{1,300})\)")
_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}\b)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the body."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """An unordered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """What imdi.no sets in a coloured box."""

    tagline: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A piece of a page of imdi.no."""

    #: `RichText` or `HighlightedInfoBlock`
    name: str
    tagline: str
    html: str


Block = Paragraph | Heading | Bullets | Box


def parse(text: str) -> tuple[Block, ...]:
    """Read a body into blocks."""
    chunks = (chunk.strip() for chunk in re.split(r"\n\s*\n", text))
    return tuple(_blocks(chunk for chunk in chunks if chunk))


def _blocks(chunks: Iterator[str]) -> Iterator[Block]:
    for chunk in chunks:
        if chunk == ":::":
            return
        if chunk.startswith("::: "):
            yield Box(chunk[4:], tuple(_blocks(chunks)))
        elif chunk.startswith("## "):
            yield Heading(chunk[3:])
        elif chunk.startswith("- "):
            yield Bullets(tuple(" ".join(item.split()) for item in chunk[2:].split("\n- ")))
        else:
            yield Paragraph(" ".join(chunk.removeprefix("\\").split()))


def inline(text: str) -> str:
    """Write the text of a block as HTML."""
    strong = _STRONG.sub(r"<strong>\1</strong>", escape(text))
    return _LINK.sub(r'<a href="\2">\1</a>', strong)


def press_room_html(blocks: Iterable[Block]) -> str:
    """Write blocks as press officers' editors do.

    Headings are bold words glued to the next paragraph by a line break, thousands are held
    together by no-break spaces, and an empty paragraph ends the text (sources of such pages).
    """
    html, heading = [], ""
    for block in _unboxed(blocks):
        if isinstance(block, Heading):
            heading += f"<strong>{inline(block.text)}</strong>"
            continue
        if isinstance(block, Bullets):
            html += [f"<p>{heading}</p>"] * bool(heading) + [_list(block)]
        else:
            html.append(f"<p>{heading}{'<br>' if heading else ''}{inline(block.text)}</p>")
        heading = ""
    html.append(f"<p>{heading or '&nbsp;'}</p>")
    return _THOUSANDS.sub("&nbsp;", "\n".join(html))


def imdi_components(blocks: Iterable[Block]) -> list[Component]:
    """Write blocks as imdi.no's components: a box each, and the runs between them."""
    components = []
    for boxed, run in groupby(blocks, lambda block: isinstance(block, Box)):
        if not boxed:
            components.append(Component("RichText", "", "\n".join(map(_imdi_html, run))))
            continue
        for box in run:
            tagline = box.tagline if isinstance(box, Box) else ""
            components.append(Component("HighlightedInfoBlock", tagline, _imdi_html(box)))
    return components


def _imdi_html(block: Block) -> str:
    if isinstance(block, Heading):
        return f'<h2 class="_js_always-expanded">{inline(block.text)}</h2>'
    if isinstance(block, Bullets):
        return _list(block)
    if isinstance(block, Paragraph):
        return f"<p>{inline(block.text)}</p>"
    return "\n".join(map(_imdi_html, block.blocks))


def _list(block: Bullets) -> str:
    items = "\n".join(f"<li>{inline(item)}</li>" for item in block.items)
    return f"<ul>\n{items}\n</ul>"


def _unboxed(blocks: Iterable[Block]) -> Iterator[Paragraph | Heading | Bullets]:
    for block in blocks:
        if isinstance(block, Box):
            yield Heading(block.tagline)
            yield from _unboxed(block.blocks)
        else:
            yield block
