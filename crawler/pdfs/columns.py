"""The lines of printed pages in the order they are read: letters made plain, columns told apart."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from crawler.pdfs.running_heads import PrintedLine, PrintedPage
from crawler.structure.reflow import is_broken_word, join_lines, repair_lookalikes
from db.text import clean

#: sizes of space that end two columns
_PARTED = 4.0
#: sizes of space between the cells of a table
_WIDE = 2.5
#: sizes by which parts of one line may stand higher or lower
_LEVEL = 0.3
#: lines that make a column, and letters that most of them have
_FEWEST_LINES, _SHORTEST_LINE = 5, 15
#: share of a page's width that the first column takes at least
_FIRST = 0.25
#: share of a page's lines that may stand across both columns
_ACROSS = 0.3
#: changes from one column to the other, for each line, in a file that mixes them
_CHANGES = 0.25

_LIGATURES = re.compile("[\ufb00-\ufb06]")
_HYPHENS = re.compile("[\u00ad\u2010\u2011]$|[\u2010\u2011]")
#: signs of symbol fonts: a bullet where a line begins, nothing elsewhere
_SYMBOL_BULLET = re.compile("\\s*[\ue000-\uf8ff\x7f\u25a0-\u25a1\u25aa\u25ab\u25cf\u25e6]\\s*")
_SYMBOLS = re.compile("[\ue000-\uf8ff]")
_LONE_SIGN = re.compile(r"[•●▪◦‣·*–-]|[0-9]{1,3}[.)]")
_LEADERS = re.compile(r"(?:[.…·_] ?){4,20}\s{0,9}(?:[0-9]{1,4})?$")
#: characters at the end of a line that tell whether leaders end it
_TAIL = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A whole line of one column."""

    line: PrintedLine
    #: number of its column, counted through the document
    column: int
    #: where lines of its column may end
    margin: float
    #: whether gaps divide it, as in a table or a list of contents
    divided: bool

    @property
    def text(self) -> str:
        """Give its words."""
        return self.line.text

    @property
    def letter(self) -> float:
        """Give the usual width of its letters."""
        return max(0.1, self.line.right - self.line.left) / max(1, len(self.text))


class _Whole(NamedTuple):
    """A line with all its parts."""

    line: PrintedLine
    #: whether wide gaps divide it
    divided: bool


def rows_of(pages: Sequence[PrintedPage]) -> list[list[Row]]:
    """Give pages' lines column by column; a word broken over two pages stands on the first."""
    return _rows(_carried_over([list(_joined(_ordered(lines))) for lines in _plain(pages)]))


def plain_line(text: str) -> str:
    r"""Write out ligatures, symbol fonts' bullets and the various hyphens; fold spaces.

    U+FFFE, which PDFium leaves for a hyphen at a line end, becomes that hyphen and the line end.
    """
    text = _HYPHENS.sub("-", text.replace("\ufffe", "-\n").rstrip())
    text = _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if found := _SYMBOL_BULLET.match(text):
        text = f"• {text[found.end() :]}"
    lines = clean(_SYMBOLS.sub("", text)).split("\n")
    return join_lines(" ".join(line.split()) for line in lines)


def _plain(pages: Sequence[PrintedPage]) -> list[list[PrintedLine]]:
    """Give each page's lines with plain letters."""
    texts = [plain_line(line.text) for page in pages for line in page.lines]
    repaired = iter(repair_lookalikes("\n".join(texts)).split("\n"))
    plain = [[replace(line, text=next(repaired)) for line in page.lines] for page in pages]
    return [[line for line in lines if line.text] for lines in plain]


def _ordered(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Put column after column where a file holds them line by line."""
    gutter = _gutter(lines)
    if gutter is None:
        return list(lines)
    result: list[PrintedLine] = []
    left: list[PrintedLine] = []
    right: list[PrintedLine] = []
    for line in lines:
        if line.left >= gutter:
            right.append(line)
            continue
        apart = bool(left) and line.top > left[-1].top + _PARTED * line.size
        if line.right > gutter or apart:
            # it stands across both columns, or below them: they come first
            result += _parted(left, right)
            left, right = [], []
        (result if line.right > gutter else left).append(line)
    return [*result, *_parted(left, right)]


def _parted(*columns: Sequence[PrintedLine]) -> Iterator[PrintedLine]:
    for column in columns:
        yield from _ordered(sorted(column, key=lambda line: round(line.top)))


def _gutter(lines: Sequence[PrintedLine]) -> float | None:
    """Give where the right one of two columns begins, if a file changes between them all the time.

    Columns hold prose: the cells of a table are shorter, and belong side by side.
    """
    start = min((line.left for line in lines), default=0.0)
    end = max((line.right for line in lines), default=0.0)
    lefts = Counter(round(line.left) for line in lines)
    inner = sorted(left for left in lefts if left > start + _FIRST * (end - start))
    edges = (left - 2.0 for left in inner if lefts[left] >= _FEWEST_LINES // 2)
    most = _ACROSS * len(lines)
    edge = next(
        (edge for edge in edges if sum(one.left < edge < one.right for one in lines) <= most), None
    )
    if edge is None:
        return None
    right = [line for line in lines if line.left >= edge]
    left = [line for line in lines if line.right <= edge]
    sides = [line.left >= edge for line in lines if line.left >= edge or line.right <= edge]
    changes = sum(one != other for one, other in pairwise(sides))
    mixed = changes > _CHANGES * len(lines)
    return (
        edge if mixed and _is_prose(left, edge - start) and _is_prose(right, end - edge) else None
    )


def _is_prose(lines: Sequence[PrintedLine], width: float) -> bool:
    if len(lines) < _FEWEST_LINES:
        return False
    middle = len(lines) // 2
    usual = sorted(line.right - line.left for line in lines)[middle]
    # a third of it where there are three
    return usual > 0.3 * width and sorted(len(line.text) for line in lines)[middle] > _SHORTEST_LINE


def _joined(lines: Sequence[PrintedLine]) -> Iterator[_Whole]:
    """Put the parts of a line together; a bullet set apart belongs to the words after it."""
    last: _Whole | None = None
    for line in lines:
        if last is None or not _is_beside(last.line, line):
            if last is not None:
                yield last
            last = _Whole(line, False)
            continue
        gap = line.left - last.line.right
        wide = gap > _WIDE * line.size and not _LONE_SIGN.fullmatch(last.line.text)
        # between single words it may be a justified line, stretched
        cell = wide and (" " in line.text or not any(letter.isalpha() for letter in line.text))
        whole = replace(line, text=f"{last.line.text} {line.text}", left=last.line.left)
        last = _Whole(whole, last.divided or cell)
    if last is not None:
        yield last


def _is_beside(first: PrintedLine, second: PrintedLine) -> bool:
    level = abs(first.top - second.top) <= _LEVEL * max(first.size, second.size)
    return level and second.left >= first.right - 1


def _carried_over(pages: list[list[_Whole]]) -> list[list[_Whole]]:
    """Take the rest of a word that the end of a page broke back to where it began."""
    for first, second in pairwise(pages):
        if not first or not second:
            continue
        ending, opening = first[-1].line, second[0].line
        if is_broken_word(ending.text, opening.text):
            rest, _, after = opening.text.partition(" ")
            whole = replace(ending, text=join_lines((ending.text, rest)))
            first[-1] = first[-1]._replace(line=whole)
            left = second[0]._replace(line=replace(opening, text=after))
            second[:1] = [left] if after else []
    return pages


def _rows(pages: Sequence[Sequence[_Whole]]) -> list[list[Row]]:
    """Give lines with their columns; a line above the one before begins another."""
    result = []
    number = 0
    for lines in pages:
        columns: list[list[_Whole]] = [[]]
        for whole in lines:
            last = columns[-1][-1].line if columns[-1] else whole.line
            if whole.line.top < last.top - whole.line.size:
                columns.append([])
            columns[-1].append(whole)
        page: list[Row] = []
        for column in columns:
            number += 1
            rights = sorted(whole.line.right for whole in column if not whole.divided)
            margin = rights[(len(rights) - 1) * 9 // 10] if rights else 0.0
            for line, divided in column:
                led = bool(_LEADERS.search(line.text[-_TAIL:]))
                page.append(Row(line, number, margin, divided or led))
        result.append(page)
    return result
