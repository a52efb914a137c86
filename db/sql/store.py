"""The whole store over an engine's connections."""

from contextlib import AbstractContextManager

from db.models import Lease
from db.sql.attachments import SqlAttachments
from db.sql.choosing import Chooser
from db.sql.connection import Connections
from db.sql.crawls import SqlCrawls
from db.sql.deadlines import SqlDeadlines
from db.sql.digests import SqlDigests
from db.sql.entries import SqlEntries
from db.sql.facts import Facts
from db.sql.feeds import SqlFeeds
from db.sql.fencing import FencedConnections
from db.sql.leases import SqlLeases
from db.sql.matching import Matcher
from db.sql.pages import SqlPages
from db.sql.readers import SqlReaders
from db.sql.stories import SqlStories
from db.sql.subscriptions import SqlSubscriptions
from db.sql.takedowns import SqlTakedowns
from db.sql.vocabulary import SqlVocabulary
from db.store import Store, UpkeepStore


class SqlStore:
    """Implements `db.store.Store`; may be shared between threads."""

    def __init__(self, connections: Connections, upkeep: UpkeepStore, *, one_machine: bool) -> None:
        self._connections = connections
        matcher = Matcher(connections)
        self.vocabulary = SqlVocabulary(connections)
        facts = Facts()
        chooser = Chooser(connections, matcher, facts)
        self.entries = SqlEntries(connections, matcher, chooser, facts)
        self.deadlines = SqlDeadlines(connections, matcher)
        self.feeds = SqlFeeds(connections, matcher, chooser, facts)
        self.stories = SqlStories(connections)
        self.takedowns = SqlTakedowns(connections)
        self.attachments = SqlAttachments(connections)
        self.crawls = SqlCrawls(connections)
        self.pages = SqlPages(connections)
        self.subscriptions = SqlSubscriptions(connections)
        self.readers = SqlReaders(connections)
        self.digests = SqlDigests(connections, matcher)
        self.leases = SqlLeases(connections)
        self.upkeep = upkeep
        self.one_machine = one_machine

    def together(self, *, alone: bool = True) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction."""
        return self._connections.writing(alone=alone)

    def fenced(self, lease: Lease) -> Store:
        """Give this store as the holder of a lease may write to it."""
        fenced = FencedConnections(self._connections, lease)
        return SqlStore(fenced, self.upkeep, one_machine=self.one_machine)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()
