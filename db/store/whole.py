"""The whole of what an engine promises."""

from contextlib import AbstractContextManager
from typing import Protocol

from db.models import Lease
from db.store.attachments import AttachmentStore
from db.store.crawls import CrawlStore, PageStore
from db.store.deadlines import DeadlineStore
from db.store.digests import DigestStore
from db.store.entries import EntryStore
from db.store.feeds import FeedStore
from db.store.leases import LeaseStore
from db.store.readers import ReaderStore
from db.store.stories import StoryStore
from db.store.subscriptions import SubscriptionStore
from db.store.takedowns import TakedownStore
from db.store.upkeep import UpkeepStore
from db.store.vocabulary import VocabularyStore


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
    def leases(self) -> LeaseStore:
        """Give what processes have to themselves in turn."""

    @property
    def one_machine(self) -> bool:
        """Whether processes of one machine alone can use it at once."""

    @property
    def upkeep(self) -> UpkeepStore:
        """Give what looks after it all."""

    def together(self, *, alone: bool = True) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction: all of it is stored, or nothing.

        Who writes entries, or what is told, does it `alone`: others that do wait. Without it, only
        leases are taken and messages claimed and settled, side by side where the engine can.
        """

    def fenced(self, lease: Lease) -> "Store":
        """Give this store as the holder of a lease may write to it, to be used within its threads.

        What it writes, with its own `together` too, is refused with `LeaseLostError` from the
        moment somebody else has taken the lease. Closing it does nothing.
        """

    def close(self) -> None:
        """Close every connection."""
