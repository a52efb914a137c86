"""One saved document that is one entry: a foreword, an archived page, a press release as text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.dates import is_updated_label, parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.items import EntryItem
from crawler.slugs import slug
from crawler.structure.attachments import take_attachments
from crawler.structure.blocks import (
    HEADINGS,
    LISTS,
    TEXTS,
    Block,
    paragraph,
    resolver,
    to_html,
    to_text,
)
from crawler.structure.furniture import without_furniture
from crawler.structure.plaintext import with_headings
from db.models import Kind, PublisherDate

SHAPE = "document"
LONGEST_TITLE = 300
#: blocks at the top among which a page says who published it, when, and under whom
_HEAD = 12
#: so many equal kickers ("Siste oppdateringer:") make a page of teasers
_FEWEST_KICKERS = 3

_KICKER = re.compile(r"[^\W\d_].{1,58}:")
#: who published, as archived pages say it
PUBLISHER = re.compile(r"(?:utgiver|utgjevar|utgivar|publisher):\s*(.{2,200})", re.I)
_UNDER = re.compile(r"(?:publisert under|published under):\s*.{2,200}", re.I)
_CRUMB = re.compile(r"historisk arkiv|historical archive", re.I)
_FRAMED = re.compile(r"(?:følg|siste) pressemeldinga?e?r fr[aå] |\| pressemelding$", re.I)
_ANNUAL = re.compile(
    r"\b(?P<name>årsrapport|årsmelding)(?:en)? for (?P<year>(?:19|20)[0-9]{2})\b", re.I
)
_BROCHURE = re.compile(r"\bbrosjyr|\bbrochure", re.I)
_REPORT = re.compile(r"\b(?:\w*rapport|årsmelding|report|notat)(?:en)?\b", re.I)


@dataclass(slots=True, kw_only=True)
class Known:
    """What a page's markup says about itself, outside its text."""

    title: str = ""
    lead: str = ""
    url: str = ""
    publisher: str = ""
    published: PublisherDate | None = None
    updated: PublisherDate | None = None


@dataclass(slots=True)
class _Head:
    """What the top of a document says about it."""

    text: list[Block] = field(default_factory=list)
    publisher: str = ""
    published: PublisherDate | None = None
    updated: PublisherDate | None = None


def parse_document(
    blocks: Sequence[Block],
    *,
    source: str,
    known: Known | None = None,
    base_url: str = "",
    marked: bool = True,
    now: datetime | None = None,
) -> EntryItem:
    """Give the one entry a document is, without a date unless the document names its own.

    `marked` tells that headings are known from markup; without it, short lines become headings.

    Raises:
        ShapeError: it is a page of teasers, or has no title or no text.
    """
    known = known or Known()
    _refuse_teasers(blocks)
    framed = any(_FRAMED.search(block.text) for block in blocks if block.tag in TEXTS)
    head = _head(without_furniture(blocks), now)
    title, text = _title(head.text, known.title)
    resolve = resolver(known.url or base_url)
    text, files = take_attachments(text, resolve)
    lead = known.lead
    if not lead and text and text[0].tag == "p":
        lead, text = text[0].text, text[1:]
    elif lead:
        # the page shows its lead in the text as well
        text = [block for place, block in enumerate(text) if place >= _HEAD or block.text != lead]
    body = text if marked else with_headings(text)
    whole = f"{lead}\n{to_text(body)}"
    if not whole.strip():
        raise ShapeError("there is a title in it, but no text")
    title = _full_title(title, whole)
    return EntryItem(
        key=known.url or slug(title),
        url=known.url,
        kind=_kind(title, lead, head.published, framed=framed),
        title=title,
        shape=SHAPE,
        source=source,
        lead=lead,
        body=to_html(body, resolve),
        body_text=to_text(body),
        publisher=known.publisher or head.publisher,
        published=known.published or head.published,
        updated=known.updated or head.updated,
        attachments=tuple(dict.fromkeys(files)),
    )


def _refuse_teasers(blocks: Sequence[Block]) -> None:
    kickers = Counter(
        block.text.casefold() for block in blocks if block.tag in TEXTS and _is_kicker(block)
    )
    if kickers and max(kickers.values()) >= _FEWEST_KICKERS:
        raise ShapeError(
            f"it is a page of {sum(kickers.values())} teasers, not one document: "
            "save or crawl the pages they lead to"
        )


def _is_kicker(block: Block) -> bool:
    return bool(_KICKER.fullmatch(block.text))


def _head(blocks: Sequence[Block], now: datetime | None) -> _Head:
    """Take publisher, dates and page marks from the top; all other blocks are text."""
    head = _Head()
    for place, block in enumerate(_unlisted(blocks)):
        text = block.text if block.tag in TEXTS else ""
        if not text or place >= _HEAD:
            head.text.append(block)
        elif found := PUBLISHER.fullmatch(text):
            head.publisher = found[1]
        elif not (_UNDER.fullmatch(text) or _CRUMB.fullmatch(text) or _take_date(head, text, now)):
            head.text.append(block)
    return head


def _unlisted(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give the items of a list at the top that says who published a page, each as a paragraph."""
    for place, block in enumerate(blocks):
        texts = [item.text for item in block.children] if block.tag in LISTS else []
        if place < _HEAD and any(map(PUBLISHER.fullmatch, texts)):
            yield from map(paragraph, texts)
        else:
            yield block


def _take_date(head: _Head, text: str, now: datetime | None) -> bool:
    try:
        date = parse_date(text, now=now)
    except UnreadableDateError:
        return is_updated_label(text)
    if is_updated_label(text):
        head.updated = head.updated or date
    else:
        head.published = head.published or date
    return True


def _title(blocks: Sequence[Block], known: str) -> tuple[str, list[Block]]:
    """Give the title, and the blocks without it."""
    if known:
        return known, [block for block in blocks if block.text != known]
    headings = [place for place, block in enumerate(blocks) if block.tag in HEADINGS]
    texts = [place for place, block in enumerate(blocks) if block.tag in TEXTS]
    place = next(iter(headings or texts), None)
    if place is None:
        raise ShapeError("there is no text in it")
    title = blocks[place].text
    if len(title) > LONGEST_TITLE:
        raise ShapeError(f"it begins with {len(title)} characters of text, not with a title")
    return title, [block for number, block in enumerate(blocks) if number != place]


def _full_title(title: str, text: str) -> str:
    """Name the annual report a chapter belongs to: a foreword alone is called "Forord"."""
    found = _ANNUAL.search(text)
    if found is None or len(title.split()) > 2 or found["name"].lower() in title.lower():
        return title
    return f"{found['name'].capitalize()} {found['year']}: {title}"


def _kind(title: str, lead: str, date: PublisherDate | None, *, framed: bool) -> Kind:
    if framed:
        return Kind.PRESS_RELEASE
    if _BROCHURE.search(f"{title}\n{lead}"):
        return Kind.BROCHURE
    # imdi.no says "Utgitt" of reports and of nothing else
    if _REPORT.search(title) or (date and date.label.lower().startswith("utgitt")):
        return Kind.REPORT
    return Kind.NEWS
