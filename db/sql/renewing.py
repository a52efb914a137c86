"""The search index is built anew by the first process of a version with other words."""

import logging

from db.errors import StoreBusyError
from db.sql.connection import Connections
from db.sql.index_version import is_outdated
from db.sql.store import SqlStore

logger = logging.getLogger(__name__)


def renew_index(store: SqlStore, connections: Connections, name: str) -> None:
    """Build an outdated index anew, or wait, for however long, until another process has done so.

    Raises `StoreUnavailableError`.
    """
    told = False
    while is_outdated(connections.connection):
        try:
            if store.entries.reindex(if_outdated=True):
                logger.info("%s: the search index was built anew, for its words changed", name)
        except StoreBusyError:
            if not told:
                logger.warning(
                    "%s: waiting for another process, which builds the search index anew or"
                    " writes; there is nothing to do",
                    name,
                )
            told = True
