"""What an engine promises.

`db.open_store` gives a `Store`; nothing outside `db/` knows which engine is behind it. Every moment
passed in or out is an aware datetime in UTC; engines never read the clock.
"""

from typing import TYPE_CHECKING

from db.later import names_later

if TYPE_CHECKING:
    from db.store.attachments import AttachmentStore as AttachmentStore
    from db.store.crawls import CrawlStore as CrawlStore
    from db.store.crawls import PageStore as PageStore
    from db.store.deadlines import DeadlineStore as DeadlineStore
    from db.store.digests import DigestStore as DigestStore
    from db.store.entries import EntryStore as EntryStore
    from db.store.feeds import FeedStore as FeedStore
    from db.store.leases import LeaseStore as LeaseStore
    from db.store.readers import ReaderStore as ReaderStore
    from db.store.stories import StoryStore as StoryStore
    from db.store.subscriptions import SubscriptionStore as SubscriptionStore
    from db.store.takedowns import TakedownStore as TakedownStore
    from db.store.upkeep import UpkeepStore as UpkeepStore
    from db.store.vocabulary import VocabularyStore as VocabularyStore
    from db.store.whole import Store as Store
else:
    # a command needs few of them, and making all takes longer than most commands do
    __getattr__ = names_later(
        __name__,
        {
            "attachments": "AttachmentStore",
            "crawls": "CrawlStore PageStore",
            "deadlines": "DeadlineStore",
            "digests": "DigestStore",
            "entries": "EntryStore",
            "feeds": "FeedStore",
            "leases": "LeaseStore",
            "readers": "ReaderStore",
            "stories": "StoryStore",
            "subscriptions": "SubscriptionStore",
            "takedowns": "TakedownStore",
            "upkeep": "UpkeepStore",
            "vocabulary": "VocabularyStore",
            "whole": "Store",
        },
    )
