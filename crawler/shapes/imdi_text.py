"""The text of a page of imdi.no: blocks of an article, parted from its lead, dates and fittings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from crawler.dates import is_published_label, is_updated_label, parse_date
from crawler.errors import UnreadableDateError
from crawler.structure.attachments import take_attachments
from crawler.structure.blocks import HEADINGS, TEXTS, Block, to_html
from crawler.structure.markup import read_blocks
from db.models import Precision
from db.text import one_line

#: names of classes, hashes and all, whose elements stand around an article
FITTINGS = re.compile(
    r"_?(?:breadcrumb|content-?anchors?|toc(?:[-_]|$)|share(?:[-_]|$|button|link)|social|related"
    r"|feedback|survey|rating|cookie|pagination|pager|bypass|skip|lightbox|nav-matrix|download-box"
    r"|imagetext|caption|publishdate|mainintro|sr-only|visually-hidden)",
    re.I,
)
_AROUND = ("nav", "aside", "footer", "header", "form", "button", "dialog")
#: blocks at the top among which a page says when it was published
_HEAD = 8
#: paragraphs at the top among which a date needs no label to be one
_BARE = 3
#: parts a line in front of each label of a date
_DATE_PARTS = re.compile(
    r"(?<!sist)(?<!last)\s*[|•·,;–-]?\s+(?=(?:(?:sist|last)\s+)?(?:oppdatert|endret|endra|revidert|updated|modified"
    r"|publisert|published|utgitt|utgjeve)\b)",
    re.I,
)
_LONGEST_DATE_LINE = 200
#: headings of lists that lead away from the article
_LINK_SECTION = re.compile(
    r"(?:les også|relatert.{0,60}|lignende saker|liknande saker|siste (?:nytt|nyheter|saker)"
    r"|siste oppdatering[ea]r|aktuelt nå|flere (?:nyheter|saker|rapporter).{0,60}"
    r"|fleire (?:nyhende|saker|rapportar).{0,60}|andre (?:nyheter|saker|rapporter|rapportar).{0,60}"
    r"|tidligere .{0,40}(?:utgaver|rapporter|undersøkelser|årganger).{0,40}"
    r"|tidlegare .{0,40}(?:utgåver|rapportar|undersøkingar).{0,40}"
    r"|last ned.{0,60}|dokumenter|dokument|vedlegg|filer|download.{0,40}"
    r"|related .{0,60}|(?:previous|earlier) (?:editions|reports|issues).{0,40}):?",
    re.I,
)


@dataclass(slots=True)
class Text:
    """An article's blocks, and what its lines said about dates."""

    blocks: list[Block] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)

    @property
    def html(self) -> str:
        """Give the blocks as HTML, links as written."""
        return to_html(self.blocks, str)


def without_fittings(html: str) -> Selector:
    """Give HTML without what stands around an article; what holds the heading stays."""
    part = Selector(text=html or "<p>", type="html")
    for button in part.xpath("//button[.//h2 or .//h3 or .//h4]"):
        # the heading of text that folds
        button.root.tag = "div"
    around_heading = {element.root for element in part.xpath("//h1/ancestor::*")}
    doomed: list[Any] = []
    waiting: list[Any] = [part.root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        if _is_fitting(element) and element not in around_heading:
            doomed.append(element)
        else:
            waiting.extend(element)
    for element in doomed:
        _remove(element)
    return part


def read_text(parts: Iterable[str], *, title: str = "", lead: str = "") -> Text:
    """Read HTML into an article's text, less its own title, lead, dates and lists of other pages.

    Each part has lost its fittings already.
    """
    parts = list(parts)
    blocks = [block for part in parts for block in read_blocks(part)]
    # above its own heading stands nothing of an article, however much it is
    whole = any("<h1" in part for part in parts)
    blocks = _without_title(blocks, title, len(blocks) if whole else _HEAD)
    blocks, _ = take_attachments(_without_link_sections(blocks), str)
    text = _parted(blocks, whole=whole)
    text.blocks = without_lead(text.blocks, lead)
    return text


def take_opening(text: Text) -> str:
    """Take the first paragraph for the introduction, if more text follows it."""
    if len(text.blocks) < 2 or text.blocks[0].tag != "p":
        return ""
    return text.blocks.pop(0).text


def date_parts(line: str) -> list[str]:
    """Part a line such as "Publisert: 3. mars 2019 | Sist oppdatert: 4. mai 2020"."""
    return [part for part in _DATE_PARTS.split(one_line(line)) if part]


def _is_fitting(element: Any) -> bool:
    if element.tag in _AROUND:
        return True
    return any(FITTINGS.match(name) for name in element.get("class", "").split())


def _remove(element: Any) -> None:
    """Remove an element, not the words that follow it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = " " + (element.tail or "")
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)


def _parted(blocks: Sequence[Block], *, whole: bool) -> Text:
    """Part date lines from text; one without a label only above the text of a whole page."""
    text = Text()
    labelled = ""
    above = _above_text(blocks) if whole else 0
    for place, block in enumerate(blocks):
        line = block.text if block.tag in TEXTS else ""
        if labelled and _is_date(line, year=True):
            _note(text, f"{labelled} {line}")
            labelled = ""
            continue
        labelled = ""
        top = place < _HEAD or place >= len(blocks) - 2
        dating = place < above and _is_date(line)
        if len(line) > _LONGEST_DATE_LINE or not (dating or _is_dating(line, top=top)):
            text.blocks.append(block)
        elif line.endswith(":"):
            labelled = line
        else:
            _note(text, line)
    return text


def _above_text(blocks: Sequence[Block]) -> int:
    """Count the paragraphs at the top that may stand above the text."""
    tags = [block.tag for block in blocks[:_BARE]]
    return next((place for place, tag in enumerate(tags) if tag != "p"), len(tags))


def _note(text: Text, line: str) -> None:
    for part in date_parts(line):
        (text.updated if is_updated_label(part) else text.published).append(part)


def _is_dating(line: str, *, top: bool) -> bool:
    """Tell whether a line says nothing but when a page was published or changed."""
    parts = date_parts(line)
    if not parts:
        return False
    if all(is_updated_label(part) for part in parts):
        return True
    if not top:
        return False
    dated = [part for part in parts if not is_updated_label(part)]
    return all(is_published_label(part) for part in dated)


def _is_date(line: str, *, year: bool = False) -> bool:
    """Tell whether a line is a date and nothing else; a mere year may be anything."""
    try:
        precision = parse_date(line, month_first=True).precision
        return year or precision is not Precision.YEAR
    except UnreadableDateError:
        return False


def _without_title(blocks: list[Block], title: str, within: int) -> list[Block]:
    """Drop what stands up to and including the heading that gave the title."""
    for place, block in enumerate(blocks[:within]):
        if block.tag in TEXTS and title and one_line(block.text) == title:
            return blocks[place + 1 :]
    return blocks


def without_lead(blocks: list[Block], lead: str) -> list[Block]:
    """Drop the paragraphs at the top that repeat the lead."""
    left = one_line(lead)
    for place, block in enumerate(blocks[:_HEAD]):
        line = one_line(block.text)
        if not left:
            return blocks[place:]
        if block.tag not in TEXTS or not left.startswith(line):
            return blocks if left == one_line(lead) else blocks[place:]
        left = left.removeprefix(line).strip()
    return blocks[_HEAD:] if not left else blocks


def _without_link_sections(blocks: Sequence[Block]) -> list[Block]:
    """Drop lists of other pages with the headings above them."""
    kept: list[Block] = []
    heading = ""
    for place, block in enumerate(blocks):
        if block.tag in HEADINGS:
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            leads_away = _LINK_SECTION.fullmatch(block.text) is not None
            heading = block.tag if leads_away and following and _is_links(following) else ""
        elif heading and not _is_links(block):
            heading = ""
        if not heading:
            kept.append(block)
    return kept


def _is_links(block: Block) -> bool:
    """Tell whether a block holds links and next to nothing else."""
    runs = [run for part in block.walk() for run in part.runs]
    linked = sum(len(run.text) for run in runs if run.href)
    return linked > 0 and linked * 5 >= 4 * sum(len(run.text.strip()) for run in runs)
