"""The whole store over an engine's connections, each part made when it is first asked for.

A command needs few parts, and importing all takes longer than most commands do.
"""

from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db import store as promised
    from db.models import Lease
    from db.sql.choosing import Chooser
    from db.sql.connection import Connections
    from db.sql.entries import SqlEntries
    from db.sql.facts import Facts
    from db.sql.matching import Matcher


class SqlStore:
    """Implements `db.store.Store`; may be shared between threads."""

    def __init__(
        self, connections: "Connections", upkeep: "promised.UpkeepStore", *, one_machine: bool
    ) -> None:
        self._connections = connections
        self.upkeep = upkeep
        self.one_machine = one_machine

    @cached_property
    def vocabulary(self) -> "promised.VocabularyStore":
        """Give the sources and tags that exist."""
        from db.sql.vocabulary import SqlVocabulary

        return SqlVocabulary(self._connections)

    @cached_property
    def entries(self) -> "SqlEntries":
        """Give the entries."""
        from db.sql.entries import SqlEntries

        return SqlEntries(self._connections, self._matcher, self._chooser, self._facts)

    @cached_property
    def deadlines(self) -> "promised.DeadlineStore":
        """Give the deadlines."""
        from db.sql.deadlines import SqlDeadlines

        return SqlDeadlines(self._connections, self._matcher)

    @cached_property
    def feeds(self) -> "promised.FeedStore":
        """Give what feeds ask for."""
        from db.sql.feeds import SqlFeeds

        return SqlFeeds(self._connections, self._matcher, self._chooser, self._facts)

    @cached_property
    def stories(self) -> "promised.StoryStore":
        """Give the stories."""
        from db.sql.stories import SqlStories

        return SqlStories(self._connections)

    @cached_property
    def takedowns(self) -> "promised.TakedownStore":
        """Give what was taken down."""
        from db.sql.takedowns import SqlTakedowns

        return SqlTakedowns(self._connections)

    @cached_property
    def attachments(self) -> "promised.AttachmentStore":
        """Give the files' texts."""
        from db.sql.attachments import SqlAttachments

        return SqlAttachments(self._connections)

    @cached_property
    def crawls(self) -> "promised.CrawlStore":
        """Give the crawl runs."""
        from db.sql.crawls import SqlCrawls

        return SqlCrawls(self._connections)

    @cached_property
    def pages(self) -> "promised.PageStore":
        """Give the addresses at the sources."""
        from db.sql.pages import SqlPages

        return SqlPages(self._connections)

    @cached_property
    def subscriptions(self) -> "promised.SubscriptionStore":
        """Give the subscriptions."""
        from db.sql.subscriptions import SqlSubscriptions

        return SqlSubscriptions(self._connections)

    @cached_property
    def readers(self) -> "promised.ReaderStore":
        """Give the addresses and what their owners may do."""
        from db.sql.readers import SqlReaders

        return SqlReaders(self._connections)

    @cached_property
    def digests(self) -> "promised.DigestStore":
        """Give the ledger of messages."""
        from db.sql.digests import SqlDigests

        return SqlDigests(self._connections, self._matcher)

    @cached_property
    def leases(self) -> "promised.LeaseStore":
        """Give what processes have to themselves in turn."""
        from db.sql.leases import SqlLeases

        return SqlLeases(self._connections)

    @cached_property
    def _matcher(self) -> "Matcher":
        from db.sql.matching import Matcher

        return Matcher(self._connections)

    @cached_property
    def _facts(self) -> "Facts":
        from db.sql.facts import Facts

        return Facts()

    @cached_property
    def _chooser(self) -> "Chooser":
        from db.sql.choosing import Chooser

        return Chooser(self._connections, self._matcher, self._facts)

    def together(self, *, alone: bool = True) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction."""
        return self._connections.writing(alone=alone)

    def fenced(self, lease: "Lease") -> "SqlStore":
        """Give this store as the holder of a lease may write to it."""
        from db.sql.fencing import FencedConnections

        fenced = FencedConnections(self._connections, lease)
        return SqlStore(fenced, self.upkeep, one_machine=self.one_machine)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()
