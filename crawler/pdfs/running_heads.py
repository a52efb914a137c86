"""Running heads and page numbers: what printers repeat around a text, page after page."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import inf

from crawler.dates import is_published_label


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a page, or the part of one that a wide gap sets off; places are in points."""

    text: str
    left: float
    right: float
    #: from the upper edge of the page to the foot of the letters
    top: float
    #: of the type
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's lines, in the order of the file."""

    height: float
    lines: tuple[PrintedLine, ...]


#: share of a page's height, at either end, where running heads and feet stand
_MARGIN = 0.13
#: lines deep
_DEEPEST = 3
#: sizes of space between a page's number and its text
_APART = 1.8
#: sizes of space between the parts of a running head
_AMID = 4.0
#: pages on which the same words stand in the same place
_FEWEST = 2
_NUMBER = re.compile(r"[0-9]{1,4}")
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:side|s\.|page|p\.) ?)?[0-9]{1,4}(?: ?(?:av|of|/|\|) ?[0-9]{1,4})?\W{0,3}"
    r"|\W{0,3}[ivxl]{1,6}\W{0,3}",
    re.I,
)

#: where a line stands, how large it is, and what it says apart from the page's own number
_Key = tuple[bool, int, int, str]


def without_running_heads(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """Give pages without page numbers, and without the lines that pages repeat in one place.

    A number in such a line may differ if it counts with the pages: "Del 1" and "Del 2", ten pages
    apart, are headings.
    """
    edges = [_edge_lines(page) for page in pages]
    seen: Counter[_Key] = Counter()
    for number, page in enumerate(pages):
        seen.update(
            {key for place in edges[number] for key in _keys(page, page.lines[place], number)}
        )
    numbers = [_page_numbers(page, near) for page, near in zip(pages, edges, strict=True)]
    heads = [
        {
            place
            for place in near
            if any(seen[key] >= _FEWEST for key in _keys(page, page.lines[place], number))
        }
        for number, (page, near) in enumerate(zip(pages, edges, strict=True))
    ]
    # pages of one line each hold text, however alike the lines are
    emptied = sum(
        bool(head - own) and len(head | own) == len(page.lines)
        for page, head, own in zip(pages, heads, numbers, strict=True)
    )
    keep_heads = 2 * emptied >= len(pages)
    return [
        _without(page, own if keep_heads else own | head)
        for page, head, own in zip(pages, heads, numbers, strict=True)
    ]


def _without(page: PrintedPage, gone: set[int]) -> PrintedPage:
    kept = tuple(line for place, line in enumerate(page.lines) if place not in gone)
    return replace(page, lines=kept)


def _page_numbers(page: PrintedPage, near: dict[int, bool]) -> set[int]:
    return {
        place
        for place, apart in near.items()
        if apart and _PAGE_NUMBER.fullmatch(page.lines[place].text.strip())
    }


def _edge_lines(page: PrintedPage) -> dict[int, bool]:
    """Give the places of the lines near either edge, and whether each stands apart from the text.

    A bullet stands where bullets stand, "Utgitt: …" may well recur, and a sentence is text: none of
    them is a running head.
    """
    tops = sorted({round(line.top) for line in page.lines})
    upper = [top for top in tops if top <= page.height * _MARGIN][:_DEEPEST]
    lower = [top for top in tops if top >= page.height * (1 - _MARGIN)][-_DEEPEST:]
    outermost = {*upper[:1], *lower[-1:]}
    found: dict[int, bool] = {}
    for top in {*upper, *lower}:
        space = min((abs(other - top) for other in tops if other != top), default=page.height)
        level = [place for place, line in enumerate(page.lines) if round(line.top) == top]
        for place in _parts_apart(page.lines, level):
            line = page.lines[place]
            if not _is_text(line.text):
                found[place] = top in outermost and space > _APART * line.size
    return found


def _parts_apart(lines: Sequence[PrintedLine], level: Sequence[int]) -> Iterator[int]:
    """Give the parts of a line without others close by, as a justified line of text has them."""
    right = -inf
    ordered = sorted(level, key=lambda place: lines[place].left)
    for place, after in zip_longest(ordered, ordered[1:]):
        line, reach = lines[place], _AMID * lines[place].size
        left = lines[after].left if after is not None else inf
        if line.left - right >= reach and left - line.right >= reach:
            yield place
        right = max(right, line.right)


def _is_text(line: str) -> bool:
    sentence = line.rstrip().endswith((".", "!", "?", ",", ";")) and len(line.split()) > 4
    lettered = any(letter.isalnum() for letter in line)
    return sentence or not lettered or is_published_label(line)


def _keys(page: PrintedPage, line: PrintedLine, number: int) -> Iterator[_Key]:
    """Give what makes a line the same as another page's: its words, or those beside the number."""
    place = (line.top < page.height / 2, round(line.top / 3), round(line.size))
    text = " ".join(line.text.split()).casefold()
    if text:
        yield (*place, text)
    for found in _NUMBER.finditer(text):
        offset = int(found[0]) - number
        yield (*place, f"{text[: found.start()]}\0{offset}{text[found.end() :]}")
