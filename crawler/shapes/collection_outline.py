"""How a collection of report summaries is divided: title page, chapters, reports.

The rank of a heading tells nothing: in the annex of 2020 chapters, reports and sub-headings share
ranks. What stands around a heading does.
"""

import re
from collections.abc import Sequence

from crawler.dates import is_published_label
from crawler.structure.attachments import attachment_of
from crawler.structure.blocks import HEADINGS, LISTS, Block

#: from so many dated reports on, a document is a collection
FEWEST_REPORTS = 2
#: a longer line is no title
LONGEST_TITLE = 200

#: blocks between two lines of contents that are lines of contents too
_WIDEST_GAP = 3
_CONTENTS = re.compile(r"(?:innhold|innhald|innholdsfortegnelse|innhaldsliste|contents):?", re.I)
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_CHAPTER_NUMBER = re.compile(r"(?:kapittel |del |chapter )?[0-9]{1,2}[.:]?\s+(?=\D)", re.I)
_SECTION_NUMBER = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})+\.?\s+")


def is_dated(block: Block) -> bool:
    """Tell whether a block is a line like "Utgitt: Mai 2020"."""
    return block.tag == "p" and is_published_label(block.text)


def is_collection(blocks: Sequence[Block]) -> bool:
    """Tell whether a document holds several dated reports."""
    return sum(map(is_dated, blocks)) >= FEWEST_REPORTS


def collection_title(blocks: Sequence[Block], first_entry: str) -> str:
    """Give the collection's own title, its first heading or line; "" where it begins at once."""
    for wanted in (HEADINGS, ("p",)):
        for block in blocks:
            if block.tag in wanted and len(block.text) <= LONGEST_TITLE:
                title = block.text
                if plain_title(title) == first_entry:
                    return ""
                return title
    return ""


def front_matter(blocks: Sequence[Block]) -> int:
    """Give where the reports begin: after the list of contents, or after the title page."""
    dates = 0
    for place, block in enumerate(blocks):
        dates += is_dated(block)
        if dates > 1:
            # the reports have begun; only the title page may carry a date of its own
            break
        if block.tag in HEADINGS and _CONTENTS.fullmatch(block.text):
            following = range(place + 1, len(blocks))
            return next((n for n in following if blocks[n].tag in HEADINGS), place + 1)
    return _after_leaders(blocks) or _after_title_page(blocks)


def _after_leaders(blocks: Sequence[Block]) -> int:
    """Give where a list of contents ends that is known by its dots alone."""
    end = 0
    for place, block in enumerate(blocks):
        if _LEADERS.search(block.text):
            if end and place > end + _WIDEST_GAP:
                break
            end = place + 1
    return end


def _after_title_page(blocks: Sequence[Block]) -> int:
    """Pass over a first heading whose date is the document's own: nothing is told below it."""
    if not blocks or blocks[0].tag not in HEADINGS:
        return 0
    end = next((n for n in range(1, len(blocks)) if blocks[n].tag in HEADINGS), len(blocks))
    page = blocks[1:end]
    bare = all(block.tag == "p" and len(block.text) < 80 for block in page)
    return end if bare and any(map(is_dated, page)) and end < len(blocks) else 0


def is_entry(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether a heading has a date below it, before the next heading."""
    if blocks[place].tag not in HEADINGS:
        return False
    for block in blocks[place + 1 :]:
        if block.tag in HEADINGS:
            return False
        if is_dated(block):
            return True
    return False


def plain_title(text: str) -> str:
    """Give a title without a section's number, "2.1 "."""
    return _SECTION_NUMBER.sub("", text, count=1)


def chapters(blocks: Sequence[Block], entries: set[int], contents: str) -> set[int]:
    """Tell chapters from the sub-headings of an entry.

    A chapter stands right above an entry or another chapter; or it is numbered, and either named in
    the list of contents or placed where no entry is open: at the start, or after an entry's files.
    """
    found: set[int] = set()
    for place in range(len(blocks) - 2, -1, -1):
        above = place + 1 in entries or place + 1 in found
        if above and blocks[place].tag in HEADINGS and place not in entries:
            found.add(place)
    first = min(entries, default=len(blocks))
    for place, block in enumerate(blocks):
        if place in entries or block.tag not in HEADINGS or not _CHAPTER_NUMBER.match(block.text):
            continue
        named = chapter_name(block) in contents
        if named or place < first or _ends_with_file(blocks[place - 1]):
            found.add(place)
    return found


def _ends_with_file(block: Block) -> bool:
    last = block.children[-1] if block.tag in LISTS and block.children else block
    return attachment_of(last, str) is not None


def with_titles(blocks: Sequence[Block]) -> list[Block]:
    """Make headings of the lines above dates, where a text has no headings of its own."""
    titles: set[int] = set()
    start = 0
    for place, block in enumerate(blocks):
        if not is_dated(block):
            continue
        title = _title_above(blocks, place, start)
        if title is not None:
            titles.add(title)
            above = title - 1
            if above >= start and _is_chapter_line(blocks, above):
                titles.add(above)
        start = place + 1
    return [
        Block("h2", block.runs) if place in titles else block for place, block in enumerate(blocks)
    ]


def _title_above(blocks: Sequence[Block], date: int, start: int) -> int | None:
    def could_be(place: int, *, bare: bool = False) -> bool:
        if not start <= place < date or blocks[place].tag != "p":
            return False
        text = blocks[place].text
        file = attachment_of(blocks[place], str) is not None
        return len(text) <= LONGEST_TITLE and not file and not (bare and text[-1] in ".?!:")

    if could_be(date - 1, bare=True):
        return date - 1
    if could_be(date - 2) and not _CHAPTER_NUMBER.match(blocks[date - 2].text):
        return date - 2
    if could_be(date - 3, bare=True) and not _CHAPTER_NUMBER.match(blocks[date - 3].text):
        return date - 3
    return date - 1 if could_be(date - 1) else None


def _is_chapter_line(blocks: Sequence[Block], place: int) -> bool:
    text = blocks[place].text
    if blocks[place].tag != "p" or len(text) > LONGEST_TITLE or text[-1] in ".?!:":
        return False
    closed = place == 0 or _ends_with_file(blocks[place - 1])
    return bool(_CHAPTER_NUMBER.match(text)) or closed


def chapter_name(block: Block) -> str:
    """Give a chapter's heading without its number."""
    return _CHAPTER_NUMBER.sub("", block.text, count=1)
