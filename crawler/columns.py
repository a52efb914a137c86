"""The lines of printed pages in the order they are read: letters made plain, columns told apart."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from crawler.reflow import is_broken_word, join_lines, repair_lookalikes
from crawler.running_heads import PrintedLine, PrintedPage
from db.text import clean

#: sizes of space that end two columns
_PARTED = 4.0
#: sizes of space between the cells of a table
_WIDE = 2.5

_LIGATURES = re.compile("[\ufb00-\ufb06]")
_HYPHENS = re.compile("[\u00ad\u2010\u2011]$|[\u2010\u2011]")
#: signs of symbol fonts: a bullet where a line begins, nothing elsewhere
_SYMBOL_BULLET = re.compile("\\s*[\ue000-\uf8ff\x7f\u25a0-\u25a1\u25aa\u25ab\u25cf\u25e6]\\s*")
_SYMBOLS = re.compile("[\ue000-\uf8ff]")
_LONE_SIGN = re.compile(r"[•●▪◦‣·*–-]|[0-9]{1,3}[.)]")
_LEADERS = re.compile(r"(?:[.…·_] ?){4,300}\s{0,9}(?:[0-9]{1,4})?$")


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


def rows_of(pages: Sequence[PrintedPage]) -> list[list[Row]]:
    """Give pages' lines column by column; a word broken over two pages stands on the first."""
    return _rows(_carried_over([_in_columns(lines) for lines in _plain(pages)]))


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


def _in_columns(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Put column after column where a file holds them line by line, and join other lines' parts."""
    gutter = _gutter(lines)
    result: list[PrintedLine] = []
    right: list[PrintedLine] = []
    for line in lines:
        if gutter is None:
            _add(result, line)
        elif line.left >= gutter:
            _add(right, replace(line, beside=line.beside and bool(right)))
        else:
            apart = bool(result) and line.top > result[-1].top + _PARTED * line.size
            if line.right > gutter or apart:
                # it stands below both columns, or across them: they come first
                result += right
                right = []
            _add(result, line)
    return result + right


def _gutter(lines: Sequence[PrintedLine]) -> float | None:
    """Give where the second of two columns begins that are mixed line by line."""
    pairs = [
        (first, second)
        for first, second in pairwise(lines)
        if second.beside and not first.beside and len(first.text) > 15 and len(second.text) > 15
    ]
    if len(pairs) < 4:
        return None
    place, count = Counter(round(second.left) for _, second in pairs).most_common(1)[0]
    return place - 2.0 if count * 2 > len(pairs) else None


def _add(lines: list[PrintedLine], line: PrintedLine) -> None:
    """Add a line, or the part of one; a bullet set apart belongs to the words after it."""
    last = lines[-1] if lines else None
    if last is None or not line.beside or abs(last.top - line.top) > last.size:
        lines.append(replace(line, beside=False))
        return
    wide = line.left - last.right > _WIDE * line.size and not _LONE_SIGN.fullmatch(last.text)
    # between single words it may be a justified line, stretched
    cell = wide and (" " in line.text or not any(letter.isalpha() for letter in line.text))
    text, divided = f"{last.text} {line.text}", last.beside or cell
    lines[-1] = replace(line, text=text, left=last.left, beside=divided)


def _carried_over(pages: list[list[PrintedLine]]) -> list[list[PrintedLine]]:
    """Take the rest of a word that the end of a page broke back to where it began."""
    for first, second in pairwise(pages):
        if first and second and is_broken_word(first[-1].text, second[0].text):
            rest, _, after = second[0].text.partition(" ")
            first[-1] = replace(first[-1], text=join_lines((first[-1].text, rest)))
            second[:1] = [replace(second[0], text=after)] if after else []
    return pages


def _rows(pages: Sequence[Sequence[PrintedLine]]) -> list[list[Row]]:
    """Give lines with their columns; a line above the one before begins another."""
    result = []
    number = 0
    for lines in pages:
        columns: list[list[PrintedLine]] = [[]]
        for line in lines:
            if columns[-1] and line.top < columns[-1][-1].top - line.size:
                columns.append([])
            columns[-1].append(line)
        page: list[Row] = []
        for column in columns:
            number += 1
            rights = sorted(line.right for line in column if not line.beside)
            margin = rights[(len(rights) - 1) * 9 // 10] if rights else 0.0
            for line in column:
                divided = line.beside or bool(_LEADERS.search(line.text))
                page.append(Row(line, number, margin, divided))
        result.append(page)
    return result
