"""The embedded engine: SQLite through sqlite-utils."""

import logging
from contextlib import AbstractContextManager
from pathlib import Path

from db.errors import StoreUnavailableError
from db.sqlite.attachments import SqliteAttachments
from db.sqlite.connection import Connections
from db.sqlite.crawls import SqliteCrawls
from db.sqlite.deadlines import SqliteDeadlines
from db.sqlite.digests import SqliteDigests
from db.sqlite.entries import SqliteEntries
from db.sqlite.feeds import SqliteFeeds
from db.sqlite.index import is_outdated, write_waiting
from db.sqlite.matching import Matcher
from db.sqlite.migrations import migrate
from db.sqlite.pages import SqlitePages
from db.sqlite.readers import SqliteReaders
from db.sqlite.stories import SqliteStories
from db.sqlite.subscriptions import SqliteSubscriptions
from db.sqlite.takedowns import SqliteTakedowns
from db.sqlite.upkeep import SqliteUpkeep
from db.sqlite.vocabulary import SqliteVocabulary

logger = logging.getLogger(__name__)


class SqliteStore:
    """Implements `db.store.Store` over one file; may be shared between threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        matcher = Matcher(connections)
        self.vocabulary = SqliteVocabulary(connections)
        self.entries = SqliteEntries(connections, matcher)
        self.deadlines = SqliteDeadlines(connections, matcher)
        self.feeds = SqliteFeeds(connections, matcher)
        self.stories = SqliteStories(connections)
        self.takedowns = SqliteTakedowns(connections)
        self.attachments = SqliteAttachments(connections)
        self.crawls = SqliteCrawls(connections)
        self.pages = SqlitePages(connections)
        self.subscriptions = SqliteSubscriptions(connections)
        self.readers = SqliteReaders(connections)
        self.digests = SqliteDigests(connections, matcher)
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
    connections = Connections(path, before_commit=write_waiting)
    store = SqliteStore(connections)
    try:
        migrate(connections.connection, path)
        if is_outdated(connections.connection) and store.entries.reindex(if_outdated=True):
            logger.info("%s: the search index was built anew, for its words changed", path)
    except BaseException:
        connections.close()
        raise
    return store
