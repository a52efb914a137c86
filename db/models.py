"""What imdifeed knows, as frozen values.

Standard library only: every layer imports this module and it imports none of them. All moments are
aware datetimes in UTC; Europe/Oslo is applied where people read (design: "Time is an argument").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as datetime_time
from enum import StrEnum


class Kind(StrEnum):
    """What sort of document an entry is."""

    PRESS_RELEASE = "press_release"
    NEWS = "news"
    REPORT = "report"
    REPORT_SUMMARY = "report_summary"
    NOTICE = "notice"
    BROCHURE = "brochure"


class Language(StrEnum):
    """Language of an entry's text (BCP 47); `und` where the text does not tell."""

    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"
    SAMI = "se"
    UNDETERMINED = "und"


class Precision(StrEnum):
    """How much of a publisher's date was given; the rest of the moment is filler."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


class Republish(StrEnum):
    """What pages, feeds and mails may show of a source's texts; search always uses all."""

    FULL = "full"
    SUMMARY = "summary"


class Rhythm(StrEnum):
    """How often a subscription is written to."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


class Verdict(StrEnum):
    """Judgement on one crawl run of one source."""

    OK = "ok"
    QUIET = "quiet"
    DEGRADED = "degraded"
    BROKEN = "broken"


class Cause(StrEnum):
    """What a verdict rests on; a reason says it in words."""

    #: no answer, or one that says the server is at fault
    UNREACHABLE = "unreachable"
    #: robots.txt or the server forbids it
    FORBIDDEN = "forbidden"
    #: the address is gone, or leads to another host
    MOVED = "moved"
    #: a page that asks for a browser stands before the source
    CHALLENGE = "challenge"
    #: a page to log in at stands before the source
    LOGIN = "login"
    #: "page not found", answered as if it were the page
    ERROR_PAGE = "error_page"
    #: the list can be read and is empty
    EMPTIED = "emptied"
    #: list or entries have another form than any we read
    REDESIGNED = "redesigned"
    WRONG_PUBLISHER = "wrong_publisher"
    #: some entries could not be used
    REJECTED = "rejected"
    #: fields that were there are missing
    INCOMPLETE = "incomplete"
    #: entries had to be read in a way that is second best
    FALLBACK = "fallback"
    MANY_CHANGED = "many_changed"
    MANY_GONE = "many_gone"
    #: nothing new for far longer than usual
    SILENT = "silent"
    INTERRUPTED = "interrupted"
    #: a fault of our own
    FAULT = "fault"


class AttachmentState(StrEnum):
    """What reading a file for its text came to."""

    UNREAD = "unread"
    READ = "read"
    #: no text in it: pictures of pages
    EMPTY = "empty"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    #: over the limits on size, pages, time or memory
    TOO_LARGE = "too_large"
    #: not the sort of file it was offered as, such as an error page
    DISGUISED = "disguised"
    UNREACHABLE = "unreachable"


class DeadlineKind(StrEnum):
    """What a deadline is for."""

    #: applications, proposals, nominations
    APPLICATION = "application"
    #: what people think of a proposal
    CONSULTATION = "consultation"
    #: signing up for a course or a meeting
    REGISTRATION = "registration"
    OTHER = "other"


class Outcome(StrEnum):
    """What storing one item did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Source:
    """One list we follow, as configured."""

    #: permanent name, `imdi-press-releases`
    slug: str
    #: family of the source: which spider reads it
    spider: str
    #: name people read, "IMDi: pressemeldinger"
    name: str
    #: organisation that publishes
    publisher: str
    #: scheme and host; empty for `documents`, which are only imported
    base_url: str = ""
    #: number of the press room, for `prs` sources
    publisher_id: int | None = None
    #: least seconds between two requests
    delay: float = 2.0
    republish: Republish = Republish.FULL
    #: words that an entry of a larger list must hold to concern us; empty for the spider's own
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """One term of the controlled list in `crawler/tags.toml`."""

    #: permanent English name, `settlement`
    slug: str
    label_nb: str
    label_nn: str
    label_en: str


@dataclass(frozen=True, slots=True)
class FormerTag:
    """A tag that is not given any more, because it was renamed or ended."""

    #: the name it had in addresses
    slug: str
    #: the name people read, in bokmål
    label: str
    #: slug of the tag that took its place; empty where it ended
    now: str = ""
    #: day on which it ended, in Oslo; None where it was renamed
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class EntryTag:
    """A tag on an entry, with the words that gave it."""

    slug: str
    #: for people: which words, and where they stood
    reason: str
    score: float


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


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the publisher offers with an entry."""

    #: absolute address; empty where the publisher printed only a name
    url: str
    #: name as shown
    label: str
    media_type: str = ""
    #: bytes; rounded as the publisher rounds when only `size_label` is known
    length: int | None = None
    #: size as printed, "2 MB"
    size_label: str = ""
    # derived by us
    #: what reading its text came to
    state: AttachmentState = AttachmentState.UNREAD
    #: how many pages it has; None until it was read
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadline:
    """A day by which something has to be done, as an entry's text names it."""

    kind: DeadlineKind
    #: in Europe/Oslo
    day: date
    #: by the clock in Oslo; None where the whole day counts
    time: "datetime_time | None" = None
    #: the sentence that names it
    sentence: str
    #: the sentence without its dates: what it is known by when the date moves
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(FoundDeadline):
    """A deadline as the store holds it."""

    #: permanent number, never reused; the same when date or sentence change
    id: int
    #: how often date, time or standing have changed (RFC 5545, 3.8.7.4)
    sequence: int
    #: when we first and last saw something new in it
    found: datetime
    changed: datetime
    #: when the text no longer named it; None while it does
    cancelled: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnreadAttachment:
    """A file that waits to be read for its text."""

    entry_id: int
    #: place among the entry's attachments, from 0
    position: int
    attachment: Attachment


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
class Changes:
    """Entries in the order they last changed, from a point that a harvester has come to."""

    entries: tuple[Entry, ...]
    #: number of the last change in it, from where the next part follows
    last: int
    #: how many entries follow
    remaining: int


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
class Stretch:
    """A part of a query's archive, by numbers of entries in the order they appeared.

    What comes into the archive later never comes into a stretch.
    """

    #: the oldest and the newest entry of it
    first: int
    last: int
    #: the highest number in it: an entry found afterwards, though it appeared between, is not of it
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """That a publisher corrected an entry, or took it away."""

    #: as it is now
    entry: Entry
    #: when we saw it
    moment: datetime
    #: which correction of the entry it is, from 1; 0 where it was taken away
    number: int = 0
    #: the wording that was corrected; None where the entry was taken away
    before: Revision | None = None
    #: the wording that took its place; None where that is the present one
    after: Revision | None = None


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


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a search that nobody wrote, and the one that was searched for in its place."""

    typed: str
    used: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looked for, to be marked in the texts it found."""

    #: index tokens (`db.text.tokens`)
    keys: frozenset[str] = frozenset()
    #: beginnings of words
    prefixes: tuple[str, ...] = ()
    #: words one after the other, as written, in lower case
    phrases: tuple[tuple[str, ...], ...] = ()
    #: index tokens one after the other
    rows: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to mark."""
        return bool(self.keys or self.prefixes or self.phrases or self.rows)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a query's answer."""

    #: how many entries match in all
    total: int
    entries: tuple[Entry, ...]
    #: words that were replaced because no entry has them
    corrections: tuple[Correction, ...] = ()
    #: other words for the same that were looked for and occur
    also_searched: tuple[str, ...] = ()
    #: how many of all entries, those first by relevance, have all of the words; the rest has most
    #: of them. None where every entry has all
    partial_from: int | None = None
    sought: Sought = Sought()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of a query's entries carry each value, most frequent first."""

    tags: dict[str, int]
    kinds: dict[str, int]
    sources: dict[str, int]
    languages: dict[str, int]
    #: of publication, in Oslo; newest first
    years: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often entries of a query have appeared."""

    last_30_days: int
    #: on average over the last year, or over the time since the first one where that is shorter
    per_week: float


@dataclass(frozen=True, slots=True)
class State:
    """State of the entries: moves when, and only when, what readers see has changed."""

    #: number of the newest change
    change: int
    #: when it was stored; None for an empty store
    moment: datetime | None
    #: when the last change was stored that may concern any query: what left one, what all of them
    #: show. New entries and withdrawals do not count
    sweeping: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry by number, and what tells whether it is shown as before."""

    entry_id: int
    #: number of the newest change to what readers see of it
    change: int
    #: when it was first seen or, later, taken away
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What we know of an address at a source, so that it need not be fetched in vain."""

    source: str
    url: str
    #: validators of its last answer, for a conditional request (RFC 9110)
    etag: str = ""
    last_modified: str = ""
    #: hash of what mattered in it
    content: str = ""
    #: keys of the entries it gave
    keys: tuple[str, ...] = ()
    #: when it last answered, changed or not
    fetched: datetime
    #: when to look at it again; None for lists, which every run reads
    due: datetime | None = None
    #: since when it has answered 404 or 410
    gone_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """One run of one source."""

    id: int
    source: str
    started: datetime
    finished: datetime | None = None
    #: read from files, not crawled
    imported: bool = False
    #: whether no run before came to its end, so that what is found is history
    first: bool = False
    #: whether all the source lists is to be read, because the run before did not come to its end
    thorough: bool = False
    #: whether it came to the end of what the source lists
    complete: bool = False
    requests: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: entries that could not be fetched, read or used
    rejected: int = 0
    #: those of them that could not be fetched, and are asked for again
    unfetched: int = 0
    verdict: Verdict | None = None
    #: the verdict in words
    reason: str = ""
    #: what the verdict rests on; None where nothing is wrong
    cause: Cause | None = None
    #: share of the entries read that had each field, from 0 to 1
    coverage: Mapping[str, float] = field(default_factory=dict)
    #: how many entries each shape read
    shapes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """A sign-up that waits for its confirmation."""

    email: str
    #: canonical string of the `EntryQuery`
    query: str
    rhythm: Rhythm
    #: language of mails and pages
    language: Language
    #: whether to be told, too, of what publishers corrected or took away
    corrections: bool = False
    #: what the reader agreed to, as the form said it
    wording: str = ""
    #: keyed hash of the address, by which a refusal is known; empty for none
    address_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A confirmed address, a query and a rhythm."""

    id: int
    email: str
    #: canonical string of the `EntryQuery`
    query: str
    rhythm: Rhythm
    #: language of mails and pages
    language: Language
    confirmed: datetime
    ended: datetime | None = None
    ended_reason: str = ""
    #: when its query was last changed or its pause ended; None for never
    since: datetime | None = None
    paused: datetime | None = None
    #: whether to be told, too, of what publishers corrected or took away
    corrections: bool = False

    @property
    def tells_after(self) -> datetime:
        """The moment after which what appears is told."""
        return self.since or self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """An address and all that is known of it."""

    id: int
    #: empty once erased
    email: str
    #: ended ones too, the oldest first
    subscriptions: tuple[Subscription, ...]
    #: since when nothing is sent because messages came back; None while they arrive
    suppressed: datetime | None = None
    #: what the mail server said
    suppressed_reason: str = ""
    #: until when nothing is sent because a message came back for now
    not_before: datetime | None = None


class Bounce(StrEnum):
    """What a message that came back says about its address."""

    #: there is no such mailbox
    HARD = "hard"
    #: not now: full, out of order, too slow
    SOFT = "soft"
    #: nothing: refused for its content, its sender, or by policy
    NONE = "none"


class Category(StrEnum):
    """Why a message is written; confirmations overtake digests in the outbox."""

    CONFIRMATION = "confirmation"
    DIGEST = "digest"


class Delivery(StrEnum):
    """What became of one attempt to hand a message over."""

    #: the mail server took it
    SENT = "sent"
    #: not taken now; try again later
    DEFERRED = "deferred"
    #: refused for good, for what it is
    FAILED = "failed"
    #: refused for good: there is no such mailbox (RFC 3463, x.1.y)
    BOUNCED = "bounced"
    #: refused for good by policy, whoever it is for (RFC 3463, x.7.y)
    BLOCKED = "blocked"
    #: the connection ended after the last byte: it may or may not have been taken
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered email, ready to hand over; the same bytes on every attempt."""

    category: Category
    recipient: str
    #: RFC 5322 Message-ID, stable over attempts
    message_id: str
    data: bytes
    #: unique: a second message with the same key is not stored
    dedupe_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMessage:
    """An outbox message leased to one sender."""

    id: int
    message: Message
    #: how often it has been claimed, this time included
    attempts: int
    #: when it was queued
    created: datetime
    #: whether an earlier attempt may have succeeded without our knowing
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a subscription was told of a story; unique, so it is told once."""

    subscription_id: int
    story: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """One planned window of one rhythm; unique by both."""

    id: int
    rhythm: Rhythm
    #: Oslo date, for immediate digests with the minute
    window: str
    #: entries that appeared up to here belong to this window
    cutoff: datetime
    completed: datetime | None = None
    #: how many messages were queued, and how many stories any of them told
    messages: int = 0
    stories: int = 0
    #: why nothing of it is sent until a person has looked; mostly empty
    held: str = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """A subscription and how far it was told."""

    subscription: Subscription
    #: number of the entry up to which every entry was told, or was nothing to tell
    position: int
    #: how many older finds wait to be counted in its next digest
    older: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a query chooses and a digest may tell."""

    entry_id: int
    story: int
    appeared: datetime
    #: published so long before it was found that it is counted, not told
    old: bool
    #: its publisher changed its words lately, so that it may match only now
    revised: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a query chooses for a window, newest first."""

    entries: tuple[Candidate, ...]
    sought: Sought


@dataclass(frozen=True, slots=True)
class Progress:
    """How much further a subscription was told."""

    subscription_id: int
    #: its position before and after
    before: int
    after: int
    #: older finds that were passed; counted in its digest, or in the next where it has none
    older: int = 0


@dataclass(frozen=True, slots=True)
class DigestContents:
    """What a digest does in the ledger."""

    told: tuple[Told, ...]
    #: of each of the reader's subscriptions that it names
    progress: tuple[Progress, ...] = ()
    #: stories of which changes were told, and up to when
    amended: tuple[Told, ...] = ()
    amended_until: datetime | None = None
    #: stories that it should have told and could not: the next digest tries again
    owed: tuple[Told, ...] = ()
    #: hashes of unsubscribe tokens with the subscriptions they end
    tokens: tuple[tuple[str, tuple[int, ...]], ...] = ()
    #: hash of the token of its web page with what it shows
    page: tuple[str, bytes] | None = None
    #: hash of the token of the link to its reader's subscriptions, and until when it works
    manage: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Brakes:
    """The most digests to hand over in an hour and in a day, by the clock; 0 for no limit."""

    most_per_hour: int = 0
    most_per_day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """What a server answered, of which an entry was read."""

    #: where it was found, redirects followed
    url: str
    #: as the server gave it
    content_type: str
    fetched: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What reading a stored copy through found."""

    #: the last step of the schema it has
    schema: str
    #: how many rows each table holds; the search index, which can be made again, aside
    rows: Mapping[str, int]
    #: what is wrong, nothing in a sound one
    faults: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What somebody who watches over a store wants to know of it, at one moment."""

    entries: int
    #: entries that their publishers have taken away
    withdrawn: int
    #: active subscriptions by rhythm
    subscriptions: Mapping[str, int]
    #: addresses that are not written to any more, and those from which mail came back lately
    suppressed: int
    bouncing: int
    #: sign-ups that wait to be confirmed
    unconfirmed: int
    #: when the oldest message that still waits was made
    unsent_since: datetime | None
    #: when the oldest mail that is kept was settled
    mails_since: datetime | None
    #: bytes
    size: int
