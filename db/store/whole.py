"""The whole of what an engine promises."""

from contextlib import AbstractContextManager
from typing import Protocol

from db.store.attachments import AttachmentStore
from db.store.crawls import CrawlStore, PageStore
from db.store.deadlines import DeadlineStore
from db.store.digests import DigestStore
from db.store.entries import EntryStore
from db.store.feeds import FeedStore
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
    def upkeep(self) -> UpkeepStore:
        """Give what looks after it all."""

    def together(self) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction: all of it is stored, or nothing."""

    def close(self) -> None:
        """Close every connection."""
