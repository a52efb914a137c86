"""Parsers as they are now, over pages as they came: what a better shape would have read.

An entry keeps its number, its key, its kind, and what only its list said of it. What was imported,
or made from a list alone, has no page here and stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from scrapy.exceptions import DropItem

from crawler.dates import sharper
from crawler.errors import ShapeError, WrongPublisherError
from crawler.items import EntryItem
from crawler.pipelines import (
    CleanPipeline,
    DeadlinePipeline,
    LanguagePipeline,
    TagPipeline,
    data_of,
)
from crawler.shapes import imdi_news, imdi_report, prs_api, prs_page, regjeringen_page
from crawler.shapes.prs_listing import StubVersion
from crawler.tagging import load_taxonomy
from db.models import Entry, EntryData, RawPage, Source
from db.store import Store

#: fields that a change of is named for people; the others follow from them
_TOLD = ("title", "lead", "body_text", "published", "updated", "publisher", "language", "url")
_SAME_LIST = ("keywords", "attachments", "series")


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading an entry's page again gave."""

    entry: Entry
    #: what to store; None where the page cannot be read any more
    data: EntryData | None
    #: names of the fields that differ, or why it cannot be read
    words: str


def reread(
    store: Store, sources: Mapping[str, Source], *, on_progress: Callable[[int], None]
) -> Iterator[Reread]:
    """Read the pages that were kept again; give the entries of which something differs."""
    read = _Reader()
    for count, entry in enumerate(store.entries.walk(), start=1):
        on_progress(count)
        source = sources.get(entry.source)
        wanted = source is not None and entry.withdrawn is None
        page = store.pages.kept(entry.id) if wanted else None
        if source is None or page is None:
            continue
        try:
            data = read(entry, page, source)
        except (ShapeError, WrongPublisherError, DropItem) as error:
            yield Reread(entry, None, f"cannot be read any more: {error}")
            continue
        if data is not None and not store.entries.is_current(data):
            yield Reread(entry, data, _differences(entry, data))


class _Reader:
    def __init__(self) -> None:
        self._taxonomy = load_taxonomy(known_good=True)

    def __call__(self, entry: Entry, page: RawPage, source: Source) -> EntryData | None:
        parse = _PARSERS.get(source.spider)
        items = parse(page, entry, source) if parse else []
        item = next((one for one in items if one.key == entry.key), None)
        if item is None and len(items) == 1:
            # a page that has moved is known by its first address
            (item,) = items
            item.key = entry.key
        if item is None:
            return None
        item.source, item.kind = entry.source, entry.kind
        item.title = item.title or entry.title
        item.lead = item.lead or entry.lead
        item.work = item.work or entry.work
        item.published = sharper(item.published, entry.published)
        for step in (
            CleanPipeline(source.base_url),
            LanguagePipeline(),
            TagPipeline(self._taxonomy),
            DeadlinePipeline(),
        ):
            item = step.process_item(item)
        return data_of(item)


def _imdi(page: RawPage, _entry: Entry, _source: Source) -> list[EntryItem]:
    item = imdi_news.parse_article(
        page.body, url=page.url, content_type=page.content_type, now=page.fetched
    )
    return [item]


def _imdi_reports(page: RawPage, _entry: Entry, _source: Source) -> list[EntryItem]:
    item = imdi_report.parse_report(
        page.body, url=page.url, content_type=page.content_type, now=page.fetched
    )
    return [item]


def _regjeringen(page: RawPage, _entry: Entry, _source: Source) -> list[EntryItem]:
    item = regjeringen_page.parse_page(
        page.body, url=page.url, content_type=page.content_type, now=page.fetched
    )
    return [item]


def _prs(page: RawPage, entry: Entry, source: Source) -> Sequence[EntryItem]:
    if page.body.lstrip()[:1] in (b"{", b"["):
        return prs_api.parse_release(
            page.body,
            base_url=source.base_url,
            publisher_id=source.publisher_id,
            now=page.fetched,
        )
    return prs_page.parse_page(
        page.body,
        asked=StubVersion(entry.key, entry.url, entry.title),
        url=page.url,
        content_type=page.content_type,
        base_url=source.base_url,
        publisher_id=source.publisher_id,
        now=page.fetched,
    )


_PARSERS: Mapping[str, Callable[[RawPage, Entry, Source], Sequence[EntryItem]]] = {
    "imdi": _imdi,
    "imdi_reports": _imdi_reports,
    "prs": _prs,
    "regjeringen": _regjeringen,
}


def _differences(entry: Entry, data: EntryData) -> str:
    names = [name for name in _TOLD if getattr(entry, name) != getattr(data, name)]
    names += [name for name in _SAME_LIST if len(getattr(entry, name)) != len(getattr(data, name))]
    if not names:
        known = {field.name for field in fields(EntryData)} - {"tags", "deadlines"}
        names = sorted(one for one in known if getattr(entry, one) != getattr(data, one))
    return " ".join(names) or "markup"
