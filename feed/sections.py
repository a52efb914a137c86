"""What a digest is made of: the reader's subscriptions with what each has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.models import CrawlRun, Entry, Source, Subscription
from db.query import EntryQuery


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentence of an entry that shows why it was found."""

    text: str
    #: where in it the words searched for stand: start and end, in characters
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One of a reader's subscriptions and what it has to tell."""

    subscription: Subscription
    query: EntryQuery
    #: matching and not yet told, newest first; the newest of them where there are very many
    entries: tuple[Entry, ...]
    #: ends this subscription alone
    unsubscribe_url: str
    #: stories told beside these that only the listing shows
    more: tuple[int, ...] = ()
    #: how many entries were found that were old already: counted, not shown
    older: int = 0
    #: told earlier, and corrected or taken away since; only for who wants to know
    amended: tuple[Entry, ...] = ()
    #: by entry number, for queries with words; not every entry has one
    passages: Mapping[int, Passage] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Tell whether it is worth a mail: older entries alone are not."""
        return bool(self.entries or self.amended)


@dataclass(frozen=True, slots=True)
class Notice:
    """A source of the reader's queries that is quiet or cannot be read."""

    source: Source
    #: its newest run, with verdict and cause
    run: CrawlRun
