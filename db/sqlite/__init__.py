"""The embedded engine: SQLite through sqlite-utils."""

import logging
from contextlib import AbstractContextManager
from pathlib import Path

from db.errors import StoreUnavailableError
from db.sql.attachments import SqlAttachments
from db.sql.crawls import SqlCrawls
from db.sql.deadlines import SqlDeadlines
from db.sql.digests import SqlDigests
from db.sql.entries import SqlEntries
from db.sql.feeds import SqlFeeds
from db.sql.matching import Matcher
from db.sql.pages import SqlPages
from db.sql.readers import SqlReaders
from db.sql.stories import SqlStories
from db.sql.subscriptions import SqlSubscriptions
from db.sql.takedowns import SqlTakedowns
from db.sql.vocabulary import SqlVocabulary
from db.sqlite.connection import Connections
from db.sqlite.migrations import migrate
from db.sqlite.upkeep import SqliteUpkeep

logger = logging.getLogger(__name__)


class SqliteStore:
    """Implements `db.store.Store` over one file; may be shared between threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        matcher = Matcher(connections)
        self.vocabulary = SqlVocabulary(connections)
        self.entries = SqlEntries(connections, matcher)
        self.deadlines = SqlDeadlines(connections, matcher)
        self.feeds = SqlFeeds(connections, matcher)
        self.stories = SqlStories(connections)
        self.takedowns = SqlTakedowns(connections)
        self.attachments = SqlAttachments(connections)
        self.crawls = SqlCrawls(connections)
        self.pages = SqlPages(connections)
        self.subscriptions = SqlSubscriptions(connections)
        self.readers = SqlReaders(connections)
        self.digests = SqlDigests(connections, matcher)
        self.upkeep = SqliteUpkeep(connections)

    def together(self) -> AbstractContextManager[object]:
        """Make what this thread writes inside one transaction."""
        return self._connections.writing()

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()


def open_sqlite_store(path: str) -> SqliteStore:
    """Open the store in a file, creating or upgrading it. See `db.open_store` for the errors."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise StoreUnavailableError(
            f"cannot open the database {path}: the folder {folder} does not exist"
        )
    connections = Connections(path)
    store = SqliteStore(connections)
    try:
        migrate(connections.connection, path)
        if connections.connection.index.is_outdated() and store.entries.reindex(if_outdated=True):
            logger.info("%s: the search index was built anew, for its words changed", path)
    except BaseException:
        connections.close()
        raise
    return store
