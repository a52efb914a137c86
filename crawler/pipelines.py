"""From an item as a shape read it to an entry in a story, one step after another.

What steps after the comparison need is imported with the first item that comes so far: most crawls
find nothing new.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.fetching.addresses import web_address
from crawler.html import clean_article
from crawler.items import EntryItem
from crawler.runs.open_run import OpenRun
from crawler.runs.reason import Reason
from crawler.spiders.source_spider import open_run_of, source_spider_of
from db.models import Attachment, Cause, EntryData, Language, Outcome, PublisherDate
from db.text import clean, one_line

if TYPE_CHECKING:
    from crawler.tagging import Taxonomy

#: characters; what is longer is no title, lead or keyword
LONGEST_TITLE = 500
LONGEST_LEAD = 5_000
LONGEST_KEYWORD = 100
MOST_KEYWORDS = 50
MOST_ATTACHMENTS = 100


class Pipeline(Protocol):
    """One step; takes an item and gives it on, or raises `DropItem` with the reason."""

    def process_item(self, item: EntryItem) -> EntryItem:
        """Treat one item."""


class CleanPipeline:
    """Make every string safe, and the body the article alone."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(open_run_of(crawler).source.base_url)

    def process_item(self, item: EntryItem) -> EntryItem:
        """Clean one item; without a title or an identity it is nothing a reader could find."""
        item.title = one_line(item.title)[:LONGEST_TITLE]
        item.key = one_line(item.key)
        if not item.title:
            raise DropItem("it has no title")
        if not item.key:
            raise DropItem("it has nothing to know it by")
        item.url = web_address(one_line(item.url))
        item.lead = one_line(item.lead)[:LONGEST_LEAD]
        item.chapter = one_line(item.chapter)
        item.work = one_line(item.work)
        item.series = one_line(item.series)
        item.publisher = one_line(item.publisher)
        if item.body:
            base_url = item.url or self.base_url
            body, item.body_text = clean_article(item.body, base_url=base_url)
            item.body = clean(body)
        item.body_text = clean(item.body_text).strip()
        item.published = _clean_date(item.published)
        item.updated = _clean_date(item.updated)
        words = (one_line(word)[:LONGEST_KEYWORD] for word in item.keywords)
        item.keywords = tuple(dict.fromkeys(word for word in words if word))[:MOST_KEYWORDS]
        files = (_clean_attachment(file) for file in item.attachments[:MOST_ATTACHMENTS])
        item.attachments = tuple(file for file in files if file.url or file.label)
        return item


class AlreadyStoredError(DropItem):
    """An item says what its entry says; there is nothing more to do about it."""


class ComparePipeline:
    """Settle what is stored already before anything dear is done, and refuse what lost its text."""

    def __init__(self, open_run: OpenRun, fallback_shapes: frozenset[str] = frozenset()) -> None:
        self.open_run = open_run
        self.fallback_shapes = fallback_shapes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        spider = source_spider_of(crawler)
        return cls(spider.open_run, spider.fallback_shapes)

    def process_item(self, item: EntryItem) -> EntryItem:
        """Let pass what is new or changed. Raises `AlreadyStoredError`, or `DropItem`."""
        data = data_of(item)
        if refusal := self.open_run.note(data, fallback=item.shape in self.fallback_shapes):
            raise DropItem(Reason(refusal, Cause.REDESIGNED))
        if self.open_run.is_current(data):
            self.open_run.count(Outcome.UNCHANGED)
            raise AlreadyStoredError("it is stored already")
        return item


class LanguagePipeline:
    """Tell the language from the words, unless the shape knew it."""

    def process_item(self, item: EntryItem) -> EntryItem:
        """Set one item's language."""
        from crawler.language import detect_language

        if item.language is Language.UNDETERMINED:
            item.language, _ = detect_language(item.title, item.lead, item.body_text)
        return item


class TagPipeline:
    """Give the tags of the taxonomy, each with its reason."""

    def __init__(self, taxonomy: "Taxonomy | None" = None) -> None:
        self._taxonomy = taxonomy

    def process_item(self, item: EntryItem) -> EntryItem:
        """Tag one item."""
        if self._taxonomy is None:
            from crawler.tagging import load_taxonomy

            self._taxonomy = load_taxonomy(known_good=True)
        item.tags = self._taxonomy.tag(
            title=item.title,
            lead=item.lead,
            body_text=item.body_text,
            keywords=item.keywords,
            chapter=item.chapter,
        )
        return item


class DeadlinePipeline:
    """Find the days by which something has to be done, each with the sentence that names it."""

    def process_item(self, item: EntryItem) -> EntryItem:
        """Find one item's deadlines."""
        from crawler.deadlines import find_deadlines

        item.deadlines = find_deadlines(
            title=item.title,
            lead=item.lead,
            body_text=item.body_text,
            published=item.published,
            language=item.language,
        )
        return item


class StorePipeline:
    """Hand the item to the store, and join what is new or changed to the story it tells."""

    def __init__(self, open_run: OpenRun) -> None:
        self.open_run = open_run

    def process_item(self, item: EntryItem) -> EntryItem:
        """Store one item. Raises `StoreError`."""
        self.open_run.put(data_of(item))
        return item


class GatheringStorePipeline:
    """Do what `StorePipeline` does, together for items that come in the same moment of a crawl."""

    def __init__(self, open_run: OpenRun) -> None:
        self.open_run = open_run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(open_run_of(crawler))

    async def process_item(self, item: EntryItem) -> EntryItem:
        """Store one item. Raises `StoreError`."""
        await self.open_run.put_with_others(data_of(item))
        return item


def pipelines_for(open_run: OpenRun) -> Sequence[Pipeline]:
    """Give the steps for items that come from elsewhere than a spider, in order."""
    return (
        CleanPipeline(open_run.source.base_url),
        ComparePipeline(open_run),
        LanguagePipeline(),
        TagPipeline(),
        DeadlinePipeline(),
        StorePipeline(open_run),
    )


def data_of(item: EntryItem) -> EntryData:
    """Give what the store takes of an item."""
    return EntryData(
        source=item.source,
        key=item.key,
        url=item.url,
        kind=item.kind,
        title=item.title,
        lead=item.lead,
        body=item.body,
        body_text=item.body_text,
        chapter=item.chapter,
        work=item.work,
        series=item.series,
        publisher=item.publisher,
        published=item.published,
        updated=item.updated,
        keywords=item.keywords,
        attachments=item.attachments,
        shape=item.shape,
        language=item.language,
        tags=item.tags,
        deadlines=item.deadlines,
    )


def _clean_date(given: PublisherDate | None) -> PublisherDate | None:
    if given is None:
        return None
    return PublisherDate(given.moment, given.precision, one_line(given.label)[:LONGEST_TITLE])


def _clean_attachment(file: Attachment) -> Attachment:
    return Attachment(
        url=web_address(one_line(file.url)),
        label=one_line(file.label)[:LONGEST_TITLE],
        media_type=one_line(file.media_type)[:LONGEST_KEYWORD],
        length=file.length if file.length is not None and file.length >= 0 else None,
        size_label=one_line(file.size_label)[:LONGEST_KEYWORD],
    )
