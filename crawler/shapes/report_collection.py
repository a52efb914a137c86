"""One document that holds the summaries of many reports, as the annexes to IMDi's annual report.

An entry is a heading with a line "Utgitt: …" below it, before the next heading. In plain text,
where nothing is a heading, the line above the date, or above the introduction, is the title.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.dates import parse_date
from crawler.errors import ShapeError, UnreadableDateError
from crawler.items import EntryItem
from crawler.shapes.collection_outline import (
    chapter_name,
    chapters,
    collection_title,
    front_matter,
    is_dated,
    is_entry,
    plain_title,
    with_titles,
)
from crawler.slugs import slug
from crawler.structure.attachments import take_attachments
from crawler.structure.blocks import HEADINGS, Block, Resolve, resolver, to_html, to_text
from db.models import Attachment, Kind, PublisherDate

SHAPE = "report_collection"

_UNTITLED = "samling"


@dataclass(slots=True)
class _Summary:
    """The blocks of one entry: those before its date, and those after."""

    title: str
    chapter: str
    before: list[Block] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)


def parse_collection(
    blocks: Sequence[Block],
    *,
    source: str,
    base_url: str = "",
    now: datetime | None = None,
) -> list[EntryItem]:
    """Give one item of kind report_summary for each report a document sums up, in its order.

    `source` is the slug of the source. The key is made of the collection's and the report's title,
    so a renamed file gives the same entries.

    Raises:
        ShapeError: there are dates in the document, but no titles they could belong to.
    """
    body = list(blocks[front_matter(blocks) :])
    if not any(is_entry(body, place) for place in range(len(body))):
        body = with_titles(body)
    found = _summaries(body, "\n".join(block.text for block in blocks[: len(blocks) - len(body)]))
    if not found:
        raise ShapeError("there are lines 'Utgitt: …' in it, but no titles above them")
    resolve = resolver(base_url)
    collection = slug(collection_title(blocks, found[0].title) or _UNTITLED)
    used: Counter[str] = Counter()
    items = []
    for summary in found:
        key = f"{collection}/{slug(summary.title)}"
        used[key] += 1
        if used[key] > 1:
            key += f"-{used[key]}"
        items.append(_item(summary, key=key, source=source, resolve=resolve, now=now))
    return items


def _item(
    summary: _Summary, *, key: str, source: str, resolve: Resolve, now: datetime | None
) -> EntryItem:
    before, files = take_attachments(summary.before, resolve)
    after, more = take_attachments(summary.after, resolve)
    if before and all(block.tag == "p" for block in before):
        lead, body = before, after
    else:
        # the date comes first, or last: then the first paragraph introduces
        text = before + after
        lead, body = (text[:1], text[1:]) if text and text[0].tag == "p" else ([], text)
    body = [Block("h2", block.runs) if block.tag in HEADINGS else block for block in body]
    return EntryItem(
        key=key,
        url="",
        kind=Kind.REPORT_SUMMARY,
        title=summary.title,
        shape=SHAPE,
        source=source,
        lead=" ".join(block.text for block in lead),
        body=to_html(body, resolve),
        body_text=to_text(body),
        chapter=summary.chapter,
        published=_date(summary.dates, now),
        attachments=_distinct([*files, *more]),
    )


def _distinct(files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    return tuple(dict.fromkeys(files))


def _date(lines: Sequence[str], now: datetime | None) -> PublisherDate | None:
    """Read the first date that can be read; a summary with none is still one."""
    for line in lines:
        try:
            return parse_date(line, now=now)
        except UnreadableDateError:
            continue
    return None


def _summaries(blocks: Sequence[Block], contents: str) -> list[_Summary]:
    entries = {place for place in range(len(blocks)) if is_entry(blocks, place)}
    starts = chapters(blocks, entries, contents)
    found: list[_Summary] = []
    chapter = ""
    current: _Summary | None = None
    for place, block in enumerate(blocks):
        if place in starts:
            chapter, current = chapter_name(block), None
        elif place in entries:
            current = _Summary(plain_title(block.text), chapter)
            found.append(current)
        elif current is None:
            continue
        elif is_dated(block) and not current.after:
            current.dates.append(block.text)
        else:
            (current.after if current.dates else current.before).append(block)
    return found
