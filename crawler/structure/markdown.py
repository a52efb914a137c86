"""Markdown, as converters of PDF documents write it, read into blocks.

The part of CommonMark that such files use, read leniently: headings, paragraphs, nested lists,
links, emphasis, hard breaks. Raw HTML is text, but for the few marks of emphasis converters leave.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from crawler.dates import is_published_label
from crawler.structure.blocks import Block, Run, tidy
from crawler.structure.reflow import join_lines

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_ITEM = re.compile(r"( *)([-*+•]|[0-9]{1,3}[.)])( +)(\S.*)")
#: "1. oktober …" begins a sentence, not a list
_DATE_START = re.compile(
    r" *[0-9]{1,2}\. (?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november"
    r"|desember)\b"
)
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|!\[[^\[\]]{0,500}\]\((?P<image>[^()\s]{0,2000})\)"
    r"|\[(?P<label>(?:[^\[\]\\]|\\.)*)\]\((?P<target>(?:[^()\\]|\\.)*)\)"
    r"|<(?P<address>https?://[^<>\s]{1,2000})>"
    r"|</?(?P<mark>b|strong|i|em|u|span|sup|sub|br) ?/?>"
    r"|(?P<stars>\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w))"
    r"|(?P<break>\n)"
)
_TITLE_OF_LINK = re.compile(r"\s+[\"'].*$")
#: what is longer and stands over a line is a paragraph above a page break
_LONGEST_TITLE = 200
_MOST_TITLE_LINES = 4
#: lists within lists that are kept apart; deeper ones join the deepest
_DEEPEST = 6


def is_markdown(text: str) -> bool:
    """Tell whether a text carries marks of Markdown: headings, links or strong words."""
    return bool(re.search(r"^ {0,3}#{1,6}[ \t]+\S|\]\(|\*\*\S", text, re.M))


def read_markdown(text: str) -> list[Block]:
    """Read Markdown into blocks. Takes any string; headings keep their rank, from h2."""
    reader = _Reader()
    for line in text.split("\n"):
        reader.line(line.expandtabs(4))
    return reader.finish()


@dataclass(slots=True)
class _Level:
    """A list that is open, and the column where its items' text begins."""

    block: Block
    column: int


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    _levels: list[_Level] = field(default_factory=list)
    #: lines of the paragraph that is open
    _lines: list[str] = field(default_factory=list)
    _blank: bool = True

    def line(self, line: str) -> None:
        if not line.strip():
            self._close_paragraph()
            self._blank = True
            return
        self._text_line(line)
        self._blank = False

    def finish(self) -> list[Block]:
        self._close_paragraph()
        return [block for block in self.blocks if block.text]

    def _text_line(self, line: str) -> None:
        heading = _HEADING.fullmatch(line)
        if heading:
            self._close_paragraph()
            self._levels.clear()
            self.blocks.append(_heading(len(heading[1]), heading[2] or ""))
        elif self._is_title() and (rank := _UNDERLINE.fullmatch(line)):
            title = " ".join(self._lines)
            self._lines.clear()
            self.blocks.append(_heading(1 if rank[1][0] == "=" else 2, title))
        elif _RULE.fullmatch(line):
            self._close_paragraph()
            self._levels.clear()
        elif (item := _ITEM.fullmatch(line)) and not _DATE_START.match(line):
            self._close_paragraph()
            self._item(item)
        elif is_published_label(line.strip(" *_")):
            # a date is never part of the paragraph it is pressed against
            self._close_paragraph()
            self._levels.clear()
            self._lines.append(line)
            self._close_paragraph()
        else:
            self._continue(line)

    def _is_title(self) -> bool:
        """Tell whether the open paragraph could be a heading, were it underlined."""
        if self._levels or not 0 < len(self._lines) <= _MOST_TITLE_LINES:
            return False
        return sum(map(len, self._lines)) <= _LONGEST_TITLE

    def _item(self, item: re.Match[str]) -> None:
        indent = len(item[1])
        tag = "ol" if item[2][0].isdigit() else "ul"
        while self._levels and indent < self._levels[-1].column:
            inner = self._levels[-1]
            if inner.block.tag == tag and self._is_sibling(indent):
                break
            self._levels.pop()
        nested = self._levels and indent >= self._levels[-1].column
        if nested and len(self._levels) >= _DEEPEST:
            nested = False
        if not self._levels or nested:
            self._open_list(tag)
        column = indent + len(item[2]) + len(item[3])
        self._levels[-1].column = column
        self._levels[-1].block.children.append(Block("li"))
        self._lines.append(item[4])

    def _is_sibling(self, indent: int) -> bool:
        """Tell whether an item belongs to the innermost list rather than to one around it."""
        return len(self._levels) == 1 or indent >= self._levels[-2].column

    def _open_list(self, tag: str) -> None:
        block = Block(tag)
        if self._levels:
            self._levels[-1].block.children[-1].children.append(block)
        else:
            self.blocks.append(block)
        self._levels.append(_Level(block, 0))

    def _continue(self, line: str) -> None:
        indent = len(line) - len(line.lstrip(" "))
        if self._blank:
            while self._levels and indent < self._levels[-1].column:
                self._levels.pop()
        self._lines.append(line)

    def _close_paragraph(self) -> None:
        if not self._lines:
            return
        runs = tidy(_inline(_joined(self._lines)))
        self._lines.clear()
        if not runs:
            return
        within = self._levels[-1].block.children[-1].children if self._levels else self.blocks
        within.append(Block("p", runs))


def _heading(rank: int, text: str) -> Block:
    runs = tidy(Run(run.text, href=run.href) for run in _inline(text.replace("\n", " ")))
    return Block(f"h{min(4, max(2, rank))}", runs)


def _joined(lines: Iterable[str]) -> str:
    """Join a paragraph's lines; two spaces or a backslash at an end keep the break."""
    stretches: list[list[str]] = [[]]
    for line in lines:
        stretches[-1].append(line.rstrip().removesuffix("\\"))
        if line.endswith(("  ", "\\")):
            stretches.append([])
    return "\n".join(join_lines(stretch) for stretch in stretches if stretch)


def _inline(text: str, *, href: str = "") -> Iterator[Run]:
    """Read the marks within a paragraph: escapes, links, emphasis."""
    pieces = list(_INLINE.finditer(text))
    literal = _unpaired(text, pieces)
    strong = em = False
    end = 0
    for number, piece in enumerate(pieces):
        yield Run(unescape(text[end : piece.start()]), strong, em, href)
        end = piece.end()
        if piece["escaped"] or number in literal:
            yield Run(piece["escaped"] or piece[0], strong, em, href)
        elif piece["label"] is not None:
            target = _TITLE_OF_LINK.sub("", piece["target"].strip()).strip("<>")
            plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", target)
            for run in _inline(piece["label"], href=plain):
                yield Run(run.text, run.strong or strong, run.em or em, run.href)
        elif piece["address"]:
            yield Run(piece["address"], strong, em, piece["address"])
        elif piece["break"] or piece["mark"] == "br":
            yield Run("\n", strong, em, href)
        elif piece["stars"]:
            strong ^= len(piece["stars"]) >= 2
            em ^= len(piece["stars"]) != 2
    yield Run(unescape(text[end:]), strong, em, href)


def _unpaired(text: str, pieces: list[re.Match[str]]) -> set[int]:
    """Give the numbers of the star marks that are no marks: alone, or between spaces."""
    literal: set[int] = set()
    for kind in ("*", "**", "***", "_", "__"):
        marks: list[int] = []
        for number, piece in enumerate(pieces):
            if piece["stars"] != kind:
                continue
            around = text[piece.start() - 1 : piece.start()] + text[piece.end() : piece.end() + 1]
            (literal.add if around.isspace() and len(around) == 2 else marks.append)(number)
        if len(marks) % 2:
            literal.add(marks[-1])
    return literal
