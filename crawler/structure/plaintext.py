"""Plain text, as copied from a page or taken out of a PDF, read into blocks.

Nothing in it is marked, so lines, lists and headings are told by their length, their first sign and
how they end.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from crawler.dates import is_published_label
from crawler.structure.blocks import Block, paragraph
from crawler.structure.reflow import ends_open, join_lines

#: a line longer than this was not broken by hand: it is a paragraph
WIDEST_COLUMN = 110
#: a longer line is a paragraph, not a heading
LONGEST_HEADING = 120
#: a shorter block does not make a heading of the line before it
_SHORTEST_PARAGRAPH = 60
_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*]|o(?= {2,}))\s+(\S.*)")
_DASH = re.compile(r"\s*[-–—]\s*(\S.*)")
_NUMBER = re.compile(r"\s*([0-9]{1,3})[.)]\s+(\S.*)")
_MONTH = re.compile(
    r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember)\b"
)
#: who said it, at the end of a quotation
_ATTRIBUTION = re.compile(
    r"[,?!»”\"]\s+(?:sier|seier|sa|forteller|fortel|mener|meiner|understreker|understrekar|påpeker"
    r"|påpeikar|forklarer|forklarar|ifølge|ifølgje|says|said)\b"
)


def read_plaintext(text: str) -> list[Block]:
    """Read plain text into paragraphs and lists. Takes any string; headings are paragraphs here."""
    groups = ([*lines] for blank, lines in groupby(text.split("\n"), key=_is_blank) if not blank)
    return with_lists([paragraph(line) for group in groups for line in _paragraphs(group)])


def with_headings(blocks: Sequence[Block]) -> list[Block]:
    """Make headings of the short lines that stand over a paragraph or list."""
    return [
        Block("h2", block.runs) if after and _is_heading(block, after) else block
        for block, after in zip_longest(blocks, blocks[1:])
    ]


def _is_heading(block: Block, after: Block) -> bool:
    text = block.text
    return (
        block.tag == "p"
        and len(text) <= LONGEST_HEADING
        and (ends_open(text) or text.endswith("?"))
        and not text.endswith((",", "-"))
        and not text[:1].islower()
        and not _DASH.match(text)
        and (after.tag != "p" or len(after.text) >= _SHORTEST_PARAGRAPH)
    )


def _is_blank(line: str) -> bool:
    return not line.strip()


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Divide lines without a blank one between into paragraphs."""
    width = max(len(line.rstrip()) for line in lines)
    if width > WIDEST_COLUMN:
        yield from lines
        return
    pending: list[str] = []
    for line in lines:
        apart = is_published_label(line) or is_published_label(pending[-1] if pending else "")
        if pending and (apart or starts_item(line) or _is_short_end(pending[-1], line, width)):
            yield join_lines(pending)
            pending = []
        pending.append(line.strip())
    yield join_lines(pending)


def starts_item(line: str) -> bool:
    """Tell whether a line begins with a bullet, a dash or a number."""
    return bool(_BULLET.match(line) or re.match(r"\s*[-–]\s+\S", line) or _NUMBER.match(line))


def _is_short_end(before: str, line: str, width: int) -> bool:
    """Tell whether a line stops so far from the margin that the next begins something new."""
    return (
        len(before) < 0.6 * width
        and ends_open(before)
        and not before.endswith(("-", ","))
        and line.lstrip()[:1].isupper()
    )


def with_lists(blocks: Iterable[Block]) -> list[Block]:
    """Gather consecutive lines with bullets, dashes or rising numbers into lists."""
    result: list[Block] = []
    for kind, group in groupby(blocks, key=lambda block: _item_kind(block.text)):
        found = list(group)
        before = result[-1].text if result else ""
        if kind == "bullet" or (kind == "dash" and _is_dash_list(found, before)):
            result.append(Block("ul", children=[_item(block) for block in found]))
        elif kind == "number" and len(found) > 1:
            result.append(Block("ol", children=[_item(block) for block in found]))
        else:
            result.extend(found)
    return result


def _item_kind(text: str) -> str:
    if _BULLET.fullmatch(text):
        return "bullet"
    if _DASH.fullmatch(text):
        return "dash"
    numbered = _NUMBER.fullmatch(text)
    return "number" if numbered and not _MONTH.match(numbered[2]) else ""


def _is_dash_list(blocks: Sequence[Block], before: str) -> bool:
    """Tell a list from quotations, which press releases begin with the same dash."""
    if before.endswith(":"):
        return True
    return len(blocks) > 1 and not any(_ATTRIBUTION.search(block.text) for block in blocks)


def _item(block: Block) -> Block:
    for form in (_BULLET, _DASH):
        if found := form.fullmatch(block.text):
            return Block("li", children=[paragraph(found[1])])
    numbered = _NUMBER.fullmatch(block.text)
    return Block("li", children=[paragraph(numbered[2] if numbered else block.text)])
