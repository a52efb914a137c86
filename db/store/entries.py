"""What an engine promises of entries."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from db.models import (
    Changes,
    Entry,
    EntryData,
    EntryTag,
    Facets,
    Pace,
    Revision,
    SearchPage,
    State,
    Stored,
    Version,
)
from db.query import EntryQuery, Paging


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

    def search(self, query: EntryQuery, paging: Paging) -> SearchPage[Entry]:
        """Give one page of the entries a query chooses. No query can raise."""

    def find(self, query: EntryQuery, paging: Paging) -> SearchPage[Version]:
        """Give the same page by numbers, for whoever knows what an entry of a number says."""

    def several(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """Give entries by number, in this order; one that was taken down is left out."""

    def texts(self, numbers: Sequence[int], characters: int) -> dict[int, str]:
        """Give so many characters of the text of entries, by number."""

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

    def tokens_of(self, words: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Give, of those of some words that entries have, what `db.words.analyse` would.

        Words are in lower case; each has its own index token and those of its parts.
        """

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
