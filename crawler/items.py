"""What spiders yield: an item in flight between a shape and the store."""

from dataclasses import dataclass

from db.models import Attachment, EntryTag, FoundDeadline, Kind, Language, PublisherDate


@dataclass(slots=True, kw_only=True)
class EntryItem:
    """One entry as a shape read it; the pipelines clean, enrich and store it.

    `title` and `lead` are text, `body` is the publisher's HTML for the article alone. The fields
    follow `db.models.EntryData`; `source` is filled in by the spider.
    """

    key: str
    url: str
    kind: Kind
    title: str
    #: shape that read it, `prs_api`
    shape: str
    source: str = ""
    lead: str = ""
    body: str = ""
    body_text: str = ""
    chapter: str = ""
    work: str = ""
    series: str = ""
    publisher: str = ""
    published: PublisherDate | None = None
    updated: PublisherDate | None = None
    keywords: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: text of its first attachment, a string a page, where the item was made of that file
    pages: tuple[str, ...] = ()
    language: Language = Language.UNDETERMINED
    tags: tuple[EntryTag, ...] = ()
    deadlines: tuple[FoundDeadline, ...] = ()
