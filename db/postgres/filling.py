"""A database that is filled from another store."""

import json
from collections.abc import Mapping, Sequence

import psycopg

from db.errors import TransferError
from db.postgres.address import read_address
from db.postgres.connection import Connections
from db.postgres.faults import in_words
from db.postgres.migrations import migrate
from db.postgres.transfer import PROGRESS, TAKEN_OFF, PostgresContent, listed, translated
from db.postgres.upkeep import PostgresUpkeep
from db.sql.store import SqlStore
from db.transfer import Checksum, Progress, Row, Table

#: what the configuration alone brings about: a store with nothing else in it holds nothing
_CONFIGURED = frozenset({"source", "tag", "former_tag", "state", "lease"})
#: of whoever fills it, for as long as its session lasts ("imdt" in ASCII)
_ALONE = f"SELECT pg_advisory_lock({0x696D6474})"
#: how long the server may take to end what one that was killed had begun; it looks every
#: `db.postgres.session.LOOKS`
GONE_WITHIN = "10s"


class PostgresTarget(PostgresContent):
    """Implements `db.transfer.Target`: tables that nobody opens until they are whole."""

    def __init__(self, url: str, origin: str) -> None:
        self._address = read_address(url)
        self._origin = origin
        self.is_in_use = False
        super().__init__(self._address)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._wait_for_others()
        migrate(self._raw, self.name)
        if self.run(f"SELECT to_regclass('{PROGRESS}')") == [(None,)]:
            self.is_in_use = self._holds_something()
            if self.is_in_use:
                return
            self._take_apart()
        ((begun,),) = self.run(f"SELECT last FROM {PROGRESS} WHERE name = ''")
        if begun != self._origin:
            raise TransferError(
                f"{self.name} is being filled from {begun}; finish that, or empty the database"
            )

    def _wait_for_others(self) -> None:
        """Fill it alone: one that was killed still has its transaction in the server for a while.

        Raises:
            TransferError: the other one goes on.
        """
        try:
            with self._raw.transaction():
                self._raw.execute(f"SET LOCAL lock_timeout = '{GONE_WITHIN}'")
                self._raw.execute(_ALONE)
        except psycopg.errors.LockNotAvailable as error:
            raise TransferError(
                f"{self.name} is being filled by another process at this moment"
            ) from error
        except psycopg.Error as error:
            raise translated(self._name, error) from error

    def _holds_something(self) -> bool:
        return any(
            table.name not in _CONFIGURED and self.count(table) > 0 for table in self._tables
        )

    def _take_apart(self) -> None:
        """Take off what would make rows of other rows, or refuse those that come in any order."""
        with self._raw.transaction():
            self.run(
                f'CREATE TABLE {PROGRESS} (name text COLLATE "C" PRIMARY KEY, last text,'
                " rows bigint, total text)"
            )
            self.run(f"INSERT INTO {PROGRESS} (name, last) VALUES ('', %s)", (self._origin,))
            self.run(
                f"CREATE TABLE {TAKEN_OFF} AS SELECT conrelid::regclass::text AS relation,"
                " conname::text AS name, pg_get_constraintdef(oid) AS definition"
                " FROM pg_constraint WHERE contype = 'f'"
                " AND connamespace = current_schema()::regnamespace"
            )
            for relation, name in self.run(f"SELECT relation, name FROM {TAKEN_OFF}"):
                self.run(f'ALTER TABLE {relation} DROP CONSTRAINT "{name}"')
            for table in self._tables:
                self.run(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
                self.run(f'DELETE FROM "{table.name}"')

    def progress(self) -> Mapping[str, Progress]:
        """Give how far the tables have been moved that were begun."""
        return {
            name: Progress(tuple(json.loads(last)), Checksum(rows, int(total, 16)))
            for name, last, rows, total in self.run(
                f"SELECT name, last, rows, total FROM {PROGRESS} WHERE name <> ''"
            )
        }

    def store(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        """Store rows and how far they bring us, in one transaction."""
        statement = f'COPY "{table.name}" ({listed(table.columns)}) FROM STDIN'
        try:
            with self._raw.transaction():
                with (
                    self._raw.cursor() as cursor,
                    cursor.copy(statement) as copy,
                ):
                    for row in rows:
                        copy.write_row(row)
                moved = progress.moved
                self.run(
                    f"INSERT INTO {PROGRESS} (name, last, rows, total) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT (name) DO UPDATE SET last = excluded.last, rows = excluded.rows,"
                    "  total = excluded.total",
                    (table.name, json.dumps(progress.last), moved.rows, f"{moved.total:x}"),
                )
        except psycopg.DataError as error:
            raise TransferError(
                f"a row of {table.name} cannot be kept by PostgreSQL: {in_words(error)}"
            ) from error
        except psycopg.Error as error:
            raise translated(self._name, error) from error

    def clear(self) -> None:
        """Empty it, to begin again."""
        with self._raw.transaction():
            self.run(f"DELETE FROM {PROGRESS} WHERE name <> ''")
            for table in self._tables:
                self.run(f'TRUNCATE "{table.name}"')

    def finish(self, numbers: Mapping[str, int]) -> None:
        """Go on beyond the numbers, make the index again, and see that all belongs together."""
        connections = Connections(self._address)
        try:
            store = SqlStore(connections, PostgresUpkeep(connections), one_machine=False)
            with connections.writing() as connection:
                # not `reindex`: the state is moved as it is
                connection.index.rebuild(store.entries.walk())
        finally:
            connections.close()
        with self._raw.transaction():
            for table, column, sequence in self.sequences():
                ((highest,),) = self.run(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"')
                number = max(numbers.get(table, 0), highest)
                self.run(f"SELECT setval('{sequence}', {max(number, 1)}, {number > 0})")
            self.run("UPDATE entry_change_gone SET number = %s", (numbers.get("entry_change", 0),))

    def hand_over(self) -> None:
        """Put back what was taken off, which looks whether all belongs together."""
        # first: killed at it, it goes on
        self.run("ANALYZE")
        with self._raw.transaction():
            for relation, name, definition in self.run(
                f"SELECT relation, name, definition FROM {TAKEN_OFF}"
            ):
                self.run(f'ALTER TABLE {relation} ADD CONSTRAINT "{name}" {definition}')
            for table in self._tables:
                self.run(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
            self.run(f"DROP TABLE {PROGRESS}, {TAKEN_OFF}")
