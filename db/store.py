"""What an engine promises.

`db.open_store` gives a `Store`; nothing outside `db/` knows which engine is behind it. Every moment
passed in or out is an aware datetime in UTC; engines never read the clock.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from db.models import (
    Alteration,
    AttachmentState,
    Bounce,
    Brakes,
    Candidates,
    Category,
    Changes,
    ClaimedMessage,
    CrawlRun,
    Delivery,
    DigestContents,
    DigestRun,
    Entry,
    EntryData,
    EntryDeadline,
    EntryState,
    EntryTag,
    Facets,
    Figures,
    Follower,
    FormerTag,
    FoundDeadline,
    Inspection,
    Language,
    Message,
    Pace,
    Page,
    Progress,
    RawPage,
    Reader,
    Revision,
    Rhythm,
    SearchPage,
    Source,
    State,
    Stored,
    Stretch,
    Subscription,
    SubscriptionRequest,
    Tag,
    Takedown,
    UnreadAttachment,
)
from db.query import EntryQuery, Paging, Vocabulary


class VocabularyStore(Protocol):
    """The sources and tags that exist, as configured."""

    def declare(
        self,
        sources: Iterable[Source],
        tags: Iterable[Tag],
        *,
        now: datetime,
        former: Iterable[FormerTag] = (),
    ) -> None:
        """Record what the configuration names; what it no longer names stays, with its entries.

        A renamed tag takes its entries and subscriptions along, and announces nothing.
        """

    def sources(self) -> list[Source]:
        """Give all sources, by name."""

    def tags(self) -> list[Tag]:
        """Give all tags, in the order of the taxonomy."""

    def former(self) -> dict[str, FormerTag]:
        """Give the tags that were renamed or ended, by slug."""

    def known(self) -> Vocabulary:
        """Give the values a query may name."""


class EntryStore(Protocol):
    """Entries: written by the crawler, read by everyone."""

    def put(self, data: EntryData, *, seen: datetime, first_crawl: bool) -> Stored:
        """Store what a publisher said, found by (source, key).

        An equal fingerprint is `unchanged` and moves nothing a reader sees; another one keeps the
        present wording as a revision. `first_crawl` makes a new entry appear when it was published
        instead of now (vocabulary: *appeared*).
        """

    def get(self, entry_id: int) -> Entry:
        """Give one entry. Raises `EntryNotFoundError`, or `EntryTakenDownError` which is one."""

    def search(self, query: EntryQuery, paging: Paging) -> SearchPage:
        """Give one page of the entries a query chooses. No query can raise."""

    def newest(self, query: EntryQuery, limit: int) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`, whatever its order."""

    def facets(self, query: EntryQuery) -> Facets:
        """Count a query's entries by tag, kind, source, language and year."""

    def months(self, query: EntryQuery) -> dict[str, int]:
        """Count a query's entries by month of publication in Oslo, `2020-05`, oldest first.

        Those of which no month is known are left out.
        """

    def pace(self, query: EntryQuery, now: datetime) -> Pace:
        """Tell how often a query's entries have appeared up to now."""

    def related(self, entry_id: int, limit: int) -> tuple[Entry, ...]:
        """Give the entries that are most about the same, the likest first.

        Those of its story, its other versions and editions are not among them. Raises
        `EntryNotFoundError`.
        """

    def revisions(self, entry_id: int) -> list[Revision]:
        """Give an entry's earlier wordings, newest first. Raises `EntryNotFoundError`."""

    def state(self) -> State:
        """Give the state that validators of listings and feeds are made from."""

    def change(self) -> int:
        """Give the number of the present state, and nothing else: the cheapest look there is."""

    def versions(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the other language versions of an entry's release."""

    def editions(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the other editions in an entry's series, newest first."""

    def by_key(self, source: str, key: str) -> Entry | None:
        """Give the entry of a source with this key, if there is one."""

    def is_current(self, data: EntryData) -> bool:
        """Tell whether `put` would write nothing.

        Exactly this is stored and not withdrawn, or it was taken down.
        """

    def withdraw(self, source: str, keys: Collection[str], *, now: datetime) -> int:
        """Mark entries as taken away by their publisher; give how many were not so marked.

        `put` lifts the mark. Nothing is deleted.
        """

    def known_keys(self, source: str, keys: Collection[str]) -> set[str]:
        """Tell which of these keys of a source are stored already, or were taken down."""

    def urls(self, source: str) -> set[str]:
        """Give the addresses of a source's stored entries."""

    def walk(self) -> Iterator[Entry]:
        """Walk through every entry by number, for retagging and reindexing."""

    def retag(self, entry_id: int, tags: Sequence[EntryTag], *, now: datetime) -> bool:
        """Replace an entry's tags, announcing nothing; tell whether they differed."""

    def chosen(self, query: EntryQuery) -> Iterator[Entry]:
        """Walk through all entries a query chooses, in its order, a few in memory at a time.

        Which ones is settled when the walk begins.
        """

    def changes(self, query: EntryQuery, *, since: int, limit: int) -> Changes:
        """Give the entries of a query that are new or changed after a change, each once.

        The filters and words of the query hold; its order does not, and stories are not folded: an
        entry is given for itself. Changes count from 1. Raises `ChangeNotFoundError` for a number
        that no change has had.
        """

    def reread(self, entry_id: int, data: EntryData, *, now: datetime) -> bool:
        """Put what a better parser reads in an entry's page in the place of what is stored.

        It is no revision and announces nothing; number, `appeared` and story stay. Tell whether
        anything differed. Raises `EntryNotFoundError`.
        """

    def reindex(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Build the search index anew from what is stored; give the number of entries.

        `on_progress` is told how many are indexed, and of how many.
        """


class DeadlineStore(Protocol):
    """Days by which something has to be done, found in the entries' texts."""

    def ahead(self, query: EntryQuery, *, from_day: date, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the deadlines from a day on that a query's entries name, soonest first.

        Neither those of withdrawn entries nor those a text no longer names.
        """

    def calendar(self, query: EntryQuery, *, limit: int) -> tuple[EntryDeadline, ...]:
        """Give the latest deadlines of a query's entries by day, cancelled ones too."""

    def replace(self, entry_id: int, deadlines: Sequence[FoundDeadline], *, now: datetime) -> bool:
        """Replace what an entry's text names, as `EntryStore.put` does for a changed entry.

        A deadline that is known again keeps its number. Tells whether anything differed.
        """


class FeedStore(Protocol):
    """What feeds ask for: the state of a query, its archive, and what was altered.

    The archive is the entries of a query in the order they appeared. Where an entry stands in it
    changes only when one comes in or leaves before it.
    """

    def states(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[EntryState, ...]:
        """Give the newest entries of a query by number and change, without their texts.

        Equal states are equal answers of `read`, the vocabulary aside.
        """

    def read(
        self, query: EntryQuery, limit: int, *, within: Stretch | None = None
    ) -> tuple[Entry, ...]:
        """Give the newest entries of a query by `appeared`, or those of a part of its archive."""

    def count_before(self, query: EntryQuery, entry_id: int) -> int:
        """Count the entries of a query that appeared before an entry, which need not be of it."""

    def before(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give numbers of a query's entries that appeared last before an entry, oldest first."""

    def after(self, query: EntryQuery, entry_id: int, limit: int) -> tuple[int, ...]:
        """Give the numbers of a query's entries that appeared next after one, oldest first."""

    def alterations(self, query: EntryQuery, *, limit: int) -> tuple[Alteration, ...]:
        """Give the newest corrections and withdrawals of a query's entries, newest first.

        Stories are not folded: an entry is altered for itself.
        """


class StoryStore(Protocol):
    """Which entries are the same news. A story's number is that of its first entry."""

    def near(self, entry_id: int, *, within: timedelta) -> list[Entry]:
        """Give the entries of other stories that came at most so long before or after an entry.

        What counts is `published`, or `appeared` where that is unknown.
        """

    def join(self, entry_id: int, other_id: int, *, by_person: bool, now: datetime) -> bool:
        """Make the stories of two entries one, under the lower number.

        False, and nothing done, where they are one already, or where a person has split them and
        `by_person` is not set. Raises `EntryNotFoundError`.
        """

    def split(self, entry_id: int, *, now: datetime) -> bool:
        """Take an entry out of its story by a person's decision, which no rule undoes.

        False where it stands alone. Raises `EntryNotFoundError`.
        """

    def members(self, entry_id: int) -> tuple[Entry, ...]:
        """Give the entries of an entry's story, the first one first."""


class TakedownStore(Protocol):
    """Entries that may not be shown any more, by a person's decision."""

    def take_down(
        self, entry_id: int, *, reason: str, is_about: Callable[[bytes], bool], now: datetime
    ) -> None:
        """Delete an entry with its files, revisions and page, and refuse it from now on.

        Mails that wait and tell of it are cancelled, to be written without it. `is_about` tells of
        the web page of a digest whether it names the entry; such pages are deleted. Raises
        `EntryNotFoundError`.
        """

    def lift(self, entry_id: int, *, now: datetime) -> Takedown:
        """Let an entry come back, under its number, when it is next crawled or imported.

        It appears when it first appeared, and nobody is told of it anew. Raises
        `EntryNotFoundError` where none with this number was taken down.
        """

    def all(self) -> list[Takedown]:
        """Give every takedown, lifted ones too, the newest first."""


class AttachmentStore(Protocol):
    """The text of the files that come with entries."""

    def unread(self, source: str) -> list[UnreadAttachment]:
        """Give the files of a source that have an address and wait to be read."""

    def read(
        self,
        entry_id: int,
        position: int,
        state: AttachmentState,
        pages: Sequence[str] = (),
        *,
        media_type: str = "",
        length: int | None = None,
        now: datetime,
    ) -> None:
        """Record a file's text, a string a page, or why there is none, and make it searchable.

        `media_type` and `length`, as the server gave them, complete what the publisher printed.
        """

    def pages(self, entry_id: int, position: int) -> list[str]:
        """Give the text of a file, a string a page."""


class CrawlStore(Protocol):
    """Crawl runs, newest first."""

    def begin(self, source: str, *, now: datetime, imported: bool = False) -> CrawlRun:
        """Open a run.

        It is `first` while none before came to its end, and `thorough` while the one before did
        not; a killed run did not. For a crawl only crawls count, for an import both.
        """

    def finish(self, run: CrawlRun) -> None:
        """Record the counts and verdict of a run opened by `begin`."""

    def latest(self) -> dict[str, CrawlRun]:
        """Give each source's newest finished crawl; of a source only imported, its last import."""

    def recent(self, source: str, *, limit: int) -> list[CrawlRun]:
        """Give a source's finished crawls, newest first."""

    def moments(self, source: str, *, limit: int) -> list[datetime]:
        """Give when the source's newest entries were published, or else appeared, newest first."""


class PageStore(Protocol):
    """Addresses at the sources: validators, and when to look again."""

    def get(self, source: str, url: str) -> Page | None:
        """Give what is known of an address."""

    def put(self, page: Page) -> None:
        """Record what is known of an address; equal knowledge writes nothing."""

    def due(self, source: str, *, now: datetime, limit: int) -> list[Page]:
        """Give the pages to look at again, longest overdue first."""

    def keep(self, entry_id: int, page: RawPage) -> None:
        """Keep the page an entry was read from, in place of an earlier one; too large, not at all.

        An equal body writes nothing.
        """

    def kept(self, entry_id: int) -> RawPage | None:
        """Give the page an entry was read from, if it was kept."""


class SubscriptionStore(Protocol):
    """Who wants to be written to. Tokens come hashed; ended subscriptions are kept, not deleted."""

    def request(
        self,
        request: SubscriptionRequest,
        *,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Record a sign-up and its confirmation message, in one transaction.

        What is refused costs as much as what is taken, so that no clock tells them apart.

        Raises:
            SignUpLimitError: the same was asked for an hour ago or less, three sign-ups of this
                address wait unconfirmed since yesterday, or its owner has refused. Nothing is
                stored.
            TooManySignUpsError: too many mails were asked for in this hour, by whomever.
        """

    def requested(self, token_hash: str, *, now: datetime) -> SubscriptionRequest:
        """Give the sign-up behind a token; without its address once confirmed.

        Raises `TokenNotFoundError`.
        """

    def confirm(self, token_hash: str, *, now: datetime) -> Subscription:
        """Make the sign-up a subscription; a second time gives the same one.

        The same query again changes rhythm and language in place. What kept the address from being
        written to is lifted. Raises `TokenNotFoundError`.
        """

    def present(self, token_hash: str, *, now: datetime) -> Subscription | None:
        """Give the subscription that a sign-up would change, where its query is followed already.

        Raises `TokenNotFoundError`.
        """

    def refuse(self, token_hash: str, *, now: datetime) -> None:
        """Send no more confirmations to the address of a sign-up, and end what it started.

        Raises `TokenNotFoundError`.
        """

    def is_refused(self, token_hash: str) -> bool:
        """Tell whether the address was refused by this token."""

    def allow(self, token_hash: str) -> None:
        """Take a refusal by this token back; does nothing where there is none."""

    def forget_unconfirmed(self, *, now: datetime) -> int:
        """Delete the sign-ups whose time has run out; give how many."""

    def active(self, rhythm: Rhythm, *, now: datetime | None = None) -> list[Subscription]:
        """Give the subscriptions of a rhythm that may be written to, by address.

        Those that ended or pause and those of suppressed addresses are left out; with `now`, so are
        those of addresses from which a message came back for the time being.
        """

    def behind(self, token_hash: str) -> list[Subscription]:
        """Give the subscriptions an unsubscribe link stands for, ended ones too.

        Raises `TokenNotFoundError`.
        """

    def end(self, token_hash: str, *, reason: str, now: datetime) -> int:
        """End what an unsubscribe link stands for; give how many were still active.

        Works for ever and any number of times. Raises `TokenNotFoundError`.
        """


class ReaderStore(Protocol):
    """Addresses and what their owners may see and do."""

    def request_link(
        self,
        email: str,
        *,
        address_key: str,
        token_hash: str,
        message: Message,
        now: datetime,
        expires: datetime,
    ) -> None:
        """Store a link to an address' subscriptions and the message that carries it.

        What is refused costs as much as what is taken.

        Raises:
            SignUpLimitError: the address has no subscriptions, or had three links since yesterday
                or one in the last five minutes. Nothing is stored.
            TooManySignUpsError: too many mails were asked for in this hour, by whomever.
        """

    def behind(self, token_hash: str, *, now: datetime) -> Reader:
        """Give the reader behind a link. Raises `TokenNotFoundError`."""

    def by_email(self, email: str) -> Reader | None:
        """Give what is known of an address, whatever the case of its letters."""

    def all(self) -> list[Reader]:
        """Give the addresses that are kept, by address."""

    def change(
        self,
        reader: Reader,
        subscription_id: int,
        *,
        query: str,
        rhythm: Rhythm,
        language: Language,
        corrections: bool,
        now: datetime,
    ) -> bool:
        """Change an active subscription. Another query tells only what appears from now on.

        False, and nothing changed, where the reader has another subscription to that query.
        """

    def pause(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Send nothing for a subscription until it is resumed."""

    def resume(self, reader: Reader, subscription_id: int, *, now: datetime) -> None:
        """Tell again, from now on; what appeared in the pause is not made up for."""

    def end(
        self, reader: Reader, subscription_ids: Collection[int], *, reason: str, now: datetime
    ) -> int:
        """End some of a reader's subscriptions; give how many were still active."""

    def lift(self, reader: Reader) -> None:
        """Write to an address again from which messages came back."""

    def personal_data(self, reader: Reader) -> dict[str, object]:
        """Give all that is stored about a reader, as values that JSON can hold."""

    def erase(self, reader: Reader, *, now: datetime) -> None:
        """End everything and delete the address wherever it stands, with mails and their pages.

        What stays names nobody: that some subscription told some stories, and that links of mails
        lead to something ended.
        """

    def bounced(self, outbox_id: int, bounce: Bounce, *, reason: str, now: datetime) -> str:
        """Record that a message came back; give what was done, as a word for the operator.

        `suppressed`: nothing is sent to the address any more. `paused`: not for some hours, longer
        each time. `ignored`: it says nothing about the address, or was counted today already.
        `unknown`: there is no such message, or nobody behind it any more.
        """

    def digest_page(self, token_hash: str) -> bytes:
        """Give what a digest showed. Raises `TokenNotFoundError`."""

    def forget(self, *, ended_before: datetime, now: datetime) -> int:
        """Delete addresses whose last subscription ended before a moment, and spent links.

        Gives how many addresses.
        """


class DigestStore(Protocol):
    """The ledger of what was and is to be told: plan, render, claim, hand over."""

    def plan(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> DigestRun:
        """Open the run of this rhythm and window, or give the one somebody opened.

        A completed one is opened again where more has been found by its cutoff since: it may have
        been run ahead of its time.
        """

    def is_over(self, rhythm: Rhythm, window: str, *, cutoff: datetime) -> bool:
        """Tell whether `plan` would give a completed run."""

    def runs(self, rhythm: Rhythm, *, limit: int) -> list[DigestRun]:
        """Give the newest completed runs of a rhythm that told anything, newest first."""

    def hold(self, run_id: int, *, reason: str) -> None:
        """Record why nothing of a run is sent until a person has looked."""

    def held(self) -> list[DigestRun]:
        """Give the newest run of each rhythm where it is held."""

    def complete(self, run_id: int, *, messages: int, stories: int, now: datetime) -> None:
        """Record that every message of a run has been enqueued, and how many in all."""

    def horizon(self, *, cutoff: datetime) -> int:
        """Give the number up to which every entry can be judged.

        Beyond it stands one that appears after `cutoff`, or was first seen in a run that was judged
        broken or not yet. It is waited for until a later run is judged otherwise, 30 days at most.
        """

    def followers(
        self, rhythm: Rhythm, *, now: datetime, after: str = "", addresses: int
    ) -> list[Follower]:
        """Give the subscriptions of the next addresses that may be written to, by address."""

    def lowest(self, rhythm: Rhythm) -> dict[str, tuple[int, datetime]]:
        """Give, by query, from where on any of its subscriptions is to be told.

        That is the lowest position, or below what is owed, and the earliest `tells_after`.
        """

    def candidates(
        self,
        query: EntryQuery,
        *,
        beyond: int,
        after: datetime,
        cutoff: datetime,
        not_older_than: timedelta,
    ) -> Candidates:
        """Give the entries a query chooses that may be told to anybody, one a story, newest first.

        They appeared after `after` and up to `cutoff`, and are beyond doubt (see `horizon`). Their
        numbers are above `beyond`, or their publishers have changed their words within 30 days:
        that retagging or reindexing makes an entry match is no news. One published longer than
        `not_older_than` before it was first seen is `old`.
        """

    def entries(self, numbers: Collection[int]) -> tuple[Entry, ...]:
        """Give the entries with these numbers, in no order; unknown ones are left out."""

    def told(
        self, subscriptions: Collection[int], stories: Collection[int]
    ) -> dict[int, frozenset[int]]:
        """Give, by subscription, which of these stories it was told; what is owed is not told."""

    def owed(self, subscriptions: Collection[int]) -> dict[int, frozenset[int]]:
        """Give, by subscription, the stories of messages that did not arrive in the end."""

    def amended(self, subscription_id: int, *, cutoff: datetime, limit: int) -> tuple[Entry, ...]:
        """Give the entries whose words changed, or which were withdrawn, after they were told."""

    def enqueue(self, message: Message, contents: DigestContents, *, now: datetime) -> bool:
        """Store a message and all it does in the ledger, in one transaction.

        Raises `AlreadyToldError`, and stores nothing, where another message tells part of it or
        another run has moved a subscription on. False, and nothing stored, when a message with this
        `dedupe_key` is there already.
        """

    def advance(self, progress: Iterable[Progress]) -> None:
        """Record how far subscriptions were told without a message.

        One that another run has moved on meanwhile is left as it is.
        """

    def claim(
        self,
        worker: str,
        *,
        now: datetime,
        lease_for: timedelta,
        category: Category | None = None,
        brakes: Brakes | None = None,
    ) -> ClaimedMessage | None:
        """Lease the next message that is due, digests last; None when none is.

        With a category, only messages of that category.

        A message whose lease ran out is due again. A digest is passed over and cancelled when none
        of its subscriptions may be written to any more; what it was to tell is owed.

        Raises:
            BrakeError: a digest is due, and `brakes` allows no more for now.
        """

    def workers(self) -> set[str]:
        """Give the workers that hold a lease."""

    def release(self, worker: str, *, now: datetime) -> int:
        """Make the messages of a worker that has died due again; give how many."""

    def settle(
        self,
        claimed: ClaimedMessage,
        worker: str,
        outcome: Delivery,
        *,
        now: datetime,
        retry_at: datetime | None = None,
        reply: str = "",
    ) -> None:
        """Record how a claimed message fared; `retry_at` puts it back for another attempt.

        What a digest was to tell is owed when it was refused for good or given up; given up after
        an attempt that may have succeeded without our knowing, it is counted as uncertain instead.
        """

    def forget_settled(self, *, before: datetime) -> int:
        """Delete the rendered mails and addresses of messages settled before a moment.

        What was told stays told, and no message is sent again. Gives how many.
        """

    def waiting_since(self) -> datetime | None:
        """Give since when the message that is due longest has been due; None where none waits."""

    def counts(self) -> dict[str, int]:
        """Count the outbox by state, forgotten messages aside.

        Those sent of which it is not known whether they arrived are counted as `uncertain`.
        """


class UpkeepStore(Protocol):
    """Looking after what is kept. Copies of a store are used through `db`."""

    def copy(
        self, path: Path, *, on_progress: Callable[[int, int], None] | None = None
    ) -> Inspection:
        """Copy the store, consistent while it is written to, to a file that does not exist yet.

        The copy has been read through when it gets its name. `on_progress` is told parts copied
        and all parts. Raises `FileExistsError`, or `StoreUnavailableError` and leaves no file.
        """

    def faults(self) -> tuple[str, ...]:
        """Read everything and tell what is wrong, nothing in a sound store."""

    def figures(self) -> Figures:
        """Give what somebody who watches over it wants to know."""

    def require_current(self) -> None:
        """Raise `SchemaNewerError` or `SchemaOutdatedError` where another version has taken over.

        Raises `StoreUnavailableError` where the store cannot be read.
        """


class Store(Protocol):
    """Everything imdifeed keeps."""

    @property
    def vocabulary(self) -> VocabularyStore:
        """Give the sources and tags that exist."""

    @property
    def entries(self) -> EntryStore:
        """Give the entries."""

    @property
    def deadlines(self) -> DeadlineStore:
        """Give the deadlines."""

    @property
    def feeds(self) -> FeedStore:
        """Give what feeds ask for."""

    @property
    def stories(self) -> StoryStore:
        """Give the stories."""

    @property
    def takedowns(self) -> TakedownStore:
        """Give what was taken down."""

    @property
    def attachments(self) -> AttachmentStore:
        """Give the files' texts."""

    @property
    def crawls(self) -> CrawlStore:
        """Give the crawl runs."""

    @property
    def pages(self) -> PageStore:
        """Give the addresses at the sources."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """Give the subscriptions."""

    @property
    def readers(self) -> ReaderStore:
        """Give the addresses and what their owners may do."""

    @property
    def digests(self) -> DigestStore:
        """Give the ledger of messages."""

    @property
    def upkeep(self) -> UpkeepStore:
        """Give what looks after it all."""

    def together(self) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction: all of it is stored, or nothing."""

    def close(self) -> None:
        """Close every connection."""
