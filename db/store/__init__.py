"""What an engine promises.

`db.open_store` gives a `Store`; nothing outside `db/` knows which engine is behind it. Every moment
passed in or out is an aware datetime in UTC; engines never read the clock.
"""

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
from db.store.whole import Store

__all__ = [
    "AttachmentStore",
    "CrawlStore",
    "DeadlineStore",
    "DigestStore",
    "EntryStore",
    "FeedStore",
    "LeaseStore",
    "PageStore",
    "ReaderStore",
    "Store",
    "StoryStore",
    "SubscriptionStore",
    "TakedownStore",
    "UpkeepStore",
    "VocabularyStore",
]
