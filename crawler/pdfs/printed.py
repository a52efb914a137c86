"""Printed pages read into blocks: paragraphs, headings and lists, told by their places.

A printed page has lines and nothing else. Type that is larger or bolder than the text makes a
heading; a gap, an indent or a line that ends before it must makes a paragraph.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crawler.dates import is_published_label
from crawler.pdfs.columns import Row, rows_of
from crawler.pdfs.running_heads import PrintedPage
from crawler.structure.attachments import names_file
from crawler.structure.blocks import Block, paragraph, to_text
from crawler.structure.plaintext import starts_item, with_lists
from crawler.structure.reflow import ends_open, goes_on, join_lines

#: type so many times larger than the text's is a heading's
_LARGER = 1.12
#: lines so many times farther apart than usual are of two paragraphs
_APART, _APART_HEADINGS = 1.3, 1.2
#: from line to line, in sizes: as usual, and in a text that is not set wide on purpose
_USUAL_LEADING, _WIDEST_LEADING = 1.25, 1.5
#: lines from which their distance says how a text is set
_FEW_LINES = 15
#: letters' widths by which an indent is told
_INDENT = 0.6
LONGEST_HEADING = 200
#: a longer sentence, full stop and all, is no heading
_LONGEST_SENTENCE = 100


@dataclass(frozen=True, slots=True)
class _Type:
    """How the running text of a document is set."""

    size: float
    bold: bool
    #: from line to line, in sizes
    leading: float
    #: of most lines, in points
    width: float
    #: sizes of headings, largest first
    headings: tuple[float, ...]


def read_printed(pages: Sequence[PrintedPage]) -> list[Block]:
    """Read pages into blocks, joining what columns and pages part."""
    rows = rows_of(pages)
    return _read([row for page in rows for row in page], _type_of(rows))


def page_texts(pages: Sequence[PrintedPage]) -> list[str]:
    """Give the text of pages, a string each, a paragraph, heading or item a line.

    A word broken over two pages stands on the first.
    """
    rows = rows_of(pages)
    body = _type_of(rows)
    return [to_text(_read(page, body)) for page in rows]


def _read(rows: Sequence[Row], body: _Type) -> list[Block]:
    return with_lists(list(_blocks(rows, body)))


def _type_of(pages: Sequence[Sequence[Row]]) -> _Type:
    letters: Counter[tuple[float, bool]] = Counter()
    for row in (row for page in pages for row in page):
        letters[round(row.line.size * 2) / 2, row.line.bold] += len(row.text)
    if not letters:
        return _Type(10.0, False, _USUAL_LEADING, 0.0, ())
    (size, bold), _ = letters.most_common(1)[0]
    size = max(size, 1.0)
    gaps = Counter(
        round((second.line.top - first.line.top) / size, 1)
        for page in pages
        for first, second in pairwise(page)
        if abs(first.line.size - size) < 0.5 and abs(second.line.size - size) < 0.5
    )
    leadings = [gap for gap, _ in gaps.most_common() if 0.8 <= gap <= 3]
    if not leadings or (leadings[0] > _WIDEST_LEADING and gaps.total() < _FEW_LINES):
        # paragraphs of one line each tell nothing of the space between lines
        leadings = [_USUAL_LEADING]
    widths = sorted(row.line.right - row.line.left for page in pages for row in page)
    headings = {sized for sized, _ in letters if sized > size * _LARGER}
    return _Type(
        size=size,
        bold=bold,
        leading=leadings[0],
        width=widths[len(widths) // 2],
        headings=tuple(sorted(headings, reverse=True)),
    )


def _blocks(rows: Sequence[Row], body: _Type) -> Iterator[Block]:
    under_heading = False
    for group in _groups(rows, body):
        text = join_lines(row.text for row in group)
        tag = _tag(text, group, body)
        if text.endswith(".") and (under_heading or len(text) > _LONGEST_SENTENCE):
            # an introduction in larger type
            tag = "p"
        under_heading = tag != "p"
        yield paragraph(text, tag)


def _tag(text: str, group: Sequence[Row], body: _Type) -> str:
    if (
        not all(_stands_out(row, body) and not row.divided for row in group)
        or len(text) > LONGEST_HEADING
        or text.endswith((",", ";"))
        or is_published_label(text)
        or names_file(text)
        or not any(letter.isalnum() for letter in text)
    ):
        return "p"
    size = round(group[0].line.size * 2) / 2
    if size not in body.headings:
        return "h4"
    if size == body.headings[0] or (len(body.headings) > 3 and size == body.headings[1]):
        return "h2"
    return "h3"


def _stands_out(row: Row, body: _Type) -> bool:
    return row.line.size > body.size * _LARGER or (row.line.bold and not body.bold)


def _groups(rows: Iterable[Row], body: _Type) -> Iterator[list[Row]]:
    """Divide lines into paragraphs, headings and items."""
    group: list[Row] = []
    for row in rows:
        if group and _is_apart(group, row, body):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _is_apart(group: Sequence[Row], row: Row, body: _Type) -> bool:
    """Tell whether a line begins something new after the lines of a group."""
    before = group[-1]
    gap = row.line.top - before.line.top
    usual = body.leading * max(before.line.size, row.line.size)
    apart = _APART_HEADINGS if _stands_out(row, body) else _APART
    return (
        (gap > apart * usual if before.column == row.column else not _is_cut(group, row, body))
        or row.divided
        or before.divided
        or is_published_label(row.text)
        or is_published_label(before.text)
        or names_file(before.text)
        or (names_file(row.text) and not ends_open(before.text))
        or _changes_type(before, row, body)
        or (starts_item(row.text) and not goes_on(before.text, row.text.lstrip("-– ")))
        or (before.column == row.column and _is_new_paragraph(group, row, body))
    )


def _changes_type(before: Row, row: Row, body: _Type) -> bool:
    larger = max(before.line.size, row.line.size) > 1.08 * min(before.line.size, row.line.size)
    heavier = before.line.bold != row.line.bold and not goes_on(before.text, row.text)
    return (larger or heavier) and (_stands_out(before, body) or _stands_out(row, body))


def _is_cut(group: Sequence[Row], row: Row, body: _Type) -> bool:
    """Tell whether the end of a column or page cut a sentence that a line goes on with."""
    before, left = group[-1], group[0].line.left
    full = before.line.right - left > 0.85 * max(before.margin - left, body.width)
    return goes_on(before.text, row.text, full=full)


def _is_new_paragraph(group: Sequence[Row], row: Row, body: _Type) -> bool:
    """Tell by indents and by room left at the end of the line before."""
    before, first = group[-1], group[0]
    if goes_on(before.text, row.text):
        return False
    indent = (row.line.left - before.line.left) / max(row.line.size, 1.0)
    item = starts_item(first.text)
    if item and len(group) > 1 and indent < -_INDENT:
        return True
    closed = not ends_open(before.text)
    if indent > _INDENT and closed and not (item and len(group) == 1):
        return True
    room = before.margin - before.line.right
    word = len(row.text.split(maxsplit=1)[0]) + 1
    width = before.margin - first.line.left
    if closed or (_stands_out(row, body) and row.text[:1].isupper()):
        return room > word * row.letter + 0.1 * width
    return row.text[:1].isupper() and before.line.right - first.line.left < 0.6 * width
