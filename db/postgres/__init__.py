"""PostgreSQL, through psycopg: for more than one machine."""

from db.postgres.address import read_address
from db.postgres.connection import Connections
from db.postgres.migrations import migrate
from db.postgres.session import connect
from db.postgres.transfer import require_whole
from db.postgres.upkeep import PostgresUpkeep
from db.sql.renewing import renew_index
from db.sql.store import SqlStore


def open_postgres_store(url: str) -> SqlStore:
    """Open the store in a database, making or upgrading its tables. See `db.open_store`."""
    address = read_address(url)
    with connect(address) as connection:
        migrate(connection, address.name)
        require_whole(connection, address.name)
    connections = Connections(address)
    store = SqlStore(connections, PostgresUpkeep(connections), one_machine=False)
    try:
        renew_index(store, connections, address.name)
    except BaseException:
        connections.close()
        raise
    return store
