"""Entries: what publishers said, and what we know of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.models.attachments import Attachment
from db.models.deadlines import Deadline, FoundDeadline
from db.models.language import Language
from db.models.tags import EntryTag


class Kind(StrEnum):
    """What sort of document an entry is."""

    PRESS_RELEASE = "press_release"
    NEWS = "news"
    REPORT = "report"
    REPORT_SUMMARY = "report_summary"
    NOTICE = "notice"
    BROCHURE = "brochure"


class Precision(StrEnum):
    """How much of a publisher's date was given; the rest of the moment is filler."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


class Outcome(StrEnum):
    """What storing one item did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PublisherDate:
    """A date as the publisher gave it.

    `moment` is UTC. What `precision` leaves out is filled: the first of the month or year, and
    12:00 Europe/Oslo for a date without a time, so that no reader's zone moves it to another day.
    """

    moment: datetime
    precision: Precision
    #: the words on the page, "Utgitt: 19. oktober 2020"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryData:
    """What a publisher said, cleaned, with the language and tags we derived from it."""

    #: slug of the source
    source: str
    #: identity within the source; never changes with title, slug, host or scheme
    key: str
    #: canonical address at the publisher; empty for an imported document without one
    url: str
    kind: Kind
    title: str
    #: plain text; may be empty
    lead: str = ""
    #: HTML reduced to structure (`crawler/html.py`); sanitised again wherever it leaves us
    body: str = ""
    #: the words of `body`, a paragraph or list item a line
    body_text: str = ""
    #: heading of the collection's chapter that holds this summary
    chapter: str = ""
    #: shared by the language versions of one release; empty where there is only one
    work: str = ""
    #: shared by the yearly editions of one report; empty where there is no series
    series: str = ""
    #: publisher named in the document itself, where it is not the source's
    publisher: str = ""
    published: PublisherDate | None = None
    updated: PublisherDate | None = None
    keywords: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: shape that read it (`prs_api`), for provenance
    shape: str = ""
    # derived by us
    language: Language = Language.UNDETERMINED
    tags: tuple[EntryTag, ...] = ()
    deadlines: tuple[FoundDeadline, ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoAt:
    """Another entry of the same story."""

    entry_id: int
    source: str
    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(EntryData):
    """What the store holds: the publisher's words and what we know about them."""

    #: permanent number, never reused
    id: int
    #: number of the entry that leads this entry's story; its own where it stands alone
    story: int
    first_seen: datetime
    #: when followers could first see it; feeds, digests and "newest" go by this
    appeared: datetime
    #: when we first saw the present wording, if it is not the first one
    revised: datetime | None
    #: when we first knew that the publisher had taken it away; None while it stands
    withdrawn: datetime | None
    #: hash of the publisher's words; decides "changed"
    fingerprint: str
    #: the other entries of its story
    also_at: tuple[AlsoAt, ...] = ()
    #: those that its text names now, soonest first
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryDeadline:
    """A deadline with the entry that names it."""

    entry: Entry
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier wording of an entry."""

    entry_id: int
    title: str
    lead: str
    body: str
    body_text: str
    published: PublisherDate | None
    #: when this wording was first and last the current one
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What `store.entries.put` did with one entry."""

    entry_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Takedown:
    """What is left of an entry that a person had taken down."""

    entry_id: int
    source: str
    key: str
    #: in the operator's words
    reason: str
    taken: datetime
    #: since when it may come back; None while it may not
    lifted: datetime | None
