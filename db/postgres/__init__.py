"""PostgreSQL, through psycopg: for more than one machine."""

import logging

from db.postgres.address import read_address
from db.postgres.connection import Connections
from db.postgres.migrations import migrate
from db.postgres.session import connect
from db.postgres.transfer import require_whole
from db.postgres.upkeep import PostgresUpkeep
from db.sql.index_version import is_outdated
from db.sql.store import SqlStore

logger = logging.getLogger(__name__)


def open_postgres_store(url: str) -> SqlStore:
    """Open the store in a database, making or upgrading its tables. See `db.open_store`."""
    address = read_address(url)
    with connect(address) as connection:
        migrate(connection, address.name)
        require_whole(connection, address.name)
    connections = Connections(address)
    store = SqlStore(connections, PostgresUpkeep(connections), one_machine=False)
    try:
        if is_outdated(connections.connection) and store.entries.reindex(if_outdated=True):
            logger.info("%s: the search index was built anew, for its words changed", address.name)
    except BaseException:
        connections.close()
        raise
    return store
