"""A whole report as a PDF: one entry, led by its own summary or foreword.

The rest of the report is found page by page (`store.attachments`). It is not shown: a reader opens
the document, where tables and notes stand as they were set.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from crawler.dates import is_published_label, parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.items import EntryItem
from crawler.shapes.collection_outline import front_matter, plain_title
from crawler.shapes.imdi_report import series_of
from crawler.slugs import slug
from crawler.structure.blocks import HEADINGS, TEXTS, Block, to_html, to_text
from crawler.structure.plaintext import with_headings
from db.models import Kind, Precision, PublisherDate

SHAPE = "pdf_report"
#: a longer document is a report, whatever its headings are
LONGEST_LETTER = 4
LONGEST_TITLE = 300
#: characters; paragraphs are added to the lead until it has so many
_LEAD = 500
#: characters of a summary that are shown
_BODY = 20_000
#: blocks at the start that may say what the document is and when it came out
_COVER = 15
#: a shorter paragraph introduces nothing
_PARAGRAPH = 60

#: what a report tells of itself, most telling first
_OPENINGS = (
    re.compile(r"sammendrag|samandrag|oppsummering|kort oppsummert|hovedfunn|hovudfunn", re.I),
    re.compile(r"summary|executive summary|abstract|key findings", re.I),
    re.compile(r"(?:direktørens )?forord|føreord|direktøren har ordet|preface|foreword", re.I),
    re.compile(r"innledning|innleiing|introduksjon|introduction", re.I),
)
_NUMBER = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})*\.?\s+")
#: titles that programs put into a file's properties
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint) - .*|(?:un|no )title.*|dokument ?[0-9]*|document ?[0-9]*"
    r"|(?:powerpoint-)?presentasjon|presentation|mal|template|\(?anonymous\)?|unspecified"
    r"|.*\.(?:docx?|pptx?|indd|pdf|qxp|qxd|rtf|odt)|[\W\d_]*)",
    re.I,
)
_ANNUAL = re.compile(r"\b(årsrapport|årsmelding)(?:en)? for ((?:19|20)[0-9]{2})\b", re.I)
_ANNUAL_WORD = re.compile(r"(?:årsrapport|årsmelding|annual report)", re.I)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_BROCHURE = re.compile(r"\bbrosjyr|\bbrochure", re.I)
_PLACE = re.compile(r"[A-ZÆØÅ][a-zæøå]{2,20},\s+")


def is_report(blocks: Sequence[Block], pages: int) -> bool:
    """Tell a report from a letter or press release: by its length, its summary or its foreword."""
    return pages > LONGEST_LETTER or _opening(_with_some_headings(blocks)) is not None


def parse_report(
    blocks: Sequence[Block], *, source: str, title: str = "", now: datetime | None = None
) -> EntryItem:
    """Give the one entry a report is; `title` is what the file's properties say.

    Raises:
        ShapeError: there is no title in it, or no text.
    """
    marked = _with_some_headings(blocks)
    place = _opening(marked)
    section = _section(marked, place) if place is not None else _first_text(marked)
    if not section:
        raise ShapeError("there is no text in it that introduces it")
    cover = marked[: _COVER if place is None else min(place, _COVER)]
    name = report_title(cover, properties=title, text=to_text(marked))
    count = 1
    while count < len(section) and section[count].tag == "p":
        if sum(len(block.text) for block in section[:count]) >= _LEAD:
            break
        count += 1
    body = _shortened(section[count:])
    return EntryItem(
        key=slug(name),
        url="",
        kind=Kind.BROCHURE if _BROCHURE.search(name) else Kind.REPORT,
        title=name,
        shape=SHAPE,
        source=source,
        lead=" ".join(block.text for block in section[:count]),
        body=to_html(body, str),
        body_text=to_text(body),
        series=series_of(name),
        published=_date(cover, now),
    )


def report_title(cover: Sequence[Block], *, properties: str = "", text: str = "") -> str:
    """Name a report: as the file's properties do, if they speak of it, or as its cover does.

    Raises:
        ShapeError: neither does.
    """
    if known := known_title(properties, text):
        return known
    if printed := _printed_title(cover):
        return printed
    if properties and not _NO_TITLE.fullmatch(properties):
        return properties[:LONGEST_TITLE]
    if found := _ANNUAL.search(text):
        return f"{found[1].capitalize()} {found[2]}"
    first = next((block.text for block in cover if block.tag in TEXTS), "")
    if not first or len(first) > LONGEST_TITLE:
        raise ShapeError("there is no title in it, neither on its cover nor in its properties")
    return first


def _printed_title(cover: Sequence[Block]) -> str:
    """Give the largest heading of a cover; "Årsrapport" and its year may stand apart."""
    headings = [block for block in cover if block.tag in HEADINGS and not _is_opening(block)]
    if not headings:
        return ""
    title = min(headings, key=lambda block: block.tag).text
    if _YEAR.fullmatch(title) or _ANNUAL_WORD.fullmatch(title):
        wanted = _ANNUAL_WORD if _YEAR.fullmatch(title) else _YEAR
        for block in cover:
            if block.tag in TEXTS and wanted.fullmatch(block.text):
                words = sorted((title, block.text), reverse=True)
                return " ".join(words)
    return title if any(letter.isalpha() for letter in title) else ""


def known_title(properties: str, text: str) -> str:
    """Give the title in a file's properties, unless it is none, or that of the file before this."""
    if _NO_TITLE.fullmatch(properties) or not _speaks_of(properties, text):
        return ""
    return properties[:LONGEST_TITLE]


def _speaks_of(title: str, text: str) -> bool:
    words = re.findall(r"\w{4,}", title.casefold())
    start = text[:20_000].casefold()
    return not words or 2 * sum(word in start for word in words) > len(words)


def _opening(blocks: Sequence[Block]) -> int | None:
    """Give the place of the heading over the summary or foreword, not of its line of contents."""
    for form in _OPENINGS[:3]:
        for place, block in enumerate(blocks[:-1]):
            after = blocks[place + 1]
            if (
                block.tag in TEXTS
                and form.fullmatch(_plain(block))
                and after.tag == "p"
                and len(after.text) >= _PARAGRAPH
            ):
                return place
    return None


def _is_opening(block: Block) -> bool:
    return any(form.fullmatch(_plain(block)) for form in _OPENINGS)


def _plain(block: Block) -> str:
    return _NUMBER.sub("", plain_title(block.text), count=1).strip(" :.")


def _section(blocks: Sequence[Block], place: int) -> list[Block]:
    """Give the blocks under a heading, up to the next one of its rank."""
    rank = blocks[place].tag
    section: list[Block] = []
    for block in blocks[place + 1 :]:
        if block.tag in HEADINGS and (rank not in HEADINGS or block.tag <= rank):
            break
        section.append(block)
    return section


def _first_text(blocks: Sequence[Block]) -> list[Block]:
    """Give the first section that has a paragraph, contents passed over."""
    start = front_matter(blocks)
    for place in range(start, len(blocks)):
        block = blocks[place]
        if block.tag == "p" and len(block.text) >= _PARAGRAPH:
            return [block, *_section([Block("h4"), *blocks[place + 1 :]], 0)]
    return []


def _shortened(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    length = 0
    for block in blocks:
        length += len(block.text)
        if length > _BODY:
            break
        kept.append(block)
    return kept


def _with_some_headings(blocks: Sequence[Block]) -> list[Block]:
    """Tell headings by their words where type does not tell them."""
    if any(block.tag in HEADINGS for block in blocks):
        return list(blocks)
    return with_headings(blocks)


def _date(cover: Sequence[Block], now: datetime | None) -> PublisherDate | None:
    """Read when a report came out from its cover: the year alone is the one it is about."""
    for block in cover:
        try:
            date = parse_date(_PLACE.sub("", block.text, count=1), now=now)
        except UnreadableDateError:
            continue
        if date.precision is not Precision.YEAR or is_published_label(block.text):
            return date
    return None
