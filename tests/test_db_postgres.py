"""What is PostgreSQL's own: its schema, its set-up, and what happens when it gives way."""

import re
import shlex
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

import db
from builders import INTERPRETERS, entry_data, put
from db.errors import SchemaNewerError, SchemaOutdatedError, StoreAwayError, StoreUnavailableError
from db.postgres.address import read_address
from db.postgres.connection import Connections
from db.postgres.migrations import KNOWN
from db.query import EntryQuery, Paging
from db.store import Store
from postgres_schema import columns_of, schema_of
from postgres_server import Server, new

SCHEMA = Path(db.__file__).parent / "postgres" / "schema.sql"


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
def other(server: Server, store_url: str) -> Iterator[str]:
    """Give the address of a database that is empty, and the test's own."""
    name = f"{re.split(r'[/?]', store_url)[3]}_other"
    server.drop(name)
    yield server.make(name)
    server.drop(name)


def run(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_written_schema_is_what_the_migrations_make(
    store_url: str, request: pytest.FixtureRequest
) -> None:
    made = schema_of(store_url)
    if SCHEMA.exists() and SCHEMA.read_text("utf-8") == made:
        return
    if request.config.getoption("--update-golden"):
        SCHEMA.write_text(made, "utf-8")
        pytest.fail("schema.sql was written: read its diff")
    pytest.fail("schema.sql is outdated: run pytest with --update-golden and read the diff")


def test_both_engines_have_the_same_tables(store_url: str, tmp_path: Path) -> None:
    db.open_store(str(tmp_path / "imdifeed.db")).close()
    with closing(sqlite3.connect(tmp_path / "imdifeed.db")) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith(("sqlite_", "_sqlite_", "entry_fts", "entry_term_fts"))
        ]
        found = {
            name: {column[1] for column in connection.execute(f"PRAGMA table_info({name})")}
            for name in names
        }
    columns = columns_of(store_url)
    # its own index, and what SQLite remembers without being told
    del columns["entry_vector"], columns["entry_level"], columns["entry_change_gone"]
    assert columns == found, "what one engine's migrations make, the other's must"


def test_text_compares_by_its_bytes_whatever_the_database_sorts_by(store_url: str) -> None:
    with psycopg.connect(store_url) as connection:
        rows = connection.execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
            " AND atttypid = 'text'::regtype"
            " AND attcollation <> (SELECT oid FROM pg_collation WHERE collname = 'C')"
        ).fetchall()
    assert rows == []


def test_processes_that_start_at_the_same_time_make_the_tables_once(other: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            db.open_store(other).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with psycopg.connect(other) as connection:
        steps = connection.execute("SELECT name FROM schema_step ORDER BY name").fetchall()
    assert [name for (name,) in steps] == list(KNOWN)


def test_a_database_from_a_newer_version_is_left_alone(other: str) -> None:
    store = db.open_store(other)
    run(other, "INSERT INTO schema_step (name) VALUES ('m9999_from_the_future')")
    with pytest.raises(SchemaNewerError, match="m9999_from_the_future"):
        db.open_store(other)
    with pytest.raises(SchemaNewerError, match="m9999_from_the_future"):
        store.upkeep.require_current()
    run(other, f"DELETE FROM schema_step WHERE name IN ('m9999_from_the_future', '{KNOWN[-1]}')")
    with pytest.raises(SchemaOutdatedError, match=KNOWN[-1]):
        store.upkeep.require_current()
    store.close()


def test_what_is_no_store_is_named_and_left_alone(server: Server, other: str) -> None:
    run(other, "CREATE TABLE recipe (id integer)")
    with pytest.raises(StoreUnavailableError, match="another program"):
        db.open_store(other)
    with pytest.raises(StoreUnavailableError, match="make one with `createdb`"):
        db.open_store(server.address("nothing_there"))
    with pytest.raises(StoreUnavailableError, match="cannot open the database"):
        db.open_store("postgresql://imdifeed@127.0.0.1:1/imdifeed")
    with pytest.raises(StoreUnavailableError, match="postgresql://user@host/database"):
        db.open_store("postgresql://imdifeed@[127.0.0.1/imdifeed")
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('entry')").fetchall() == [(None,)]


def test_text_in_another_encoding_is_refused(server: Server, other: str) -> None:
    server.drop("latin")
    run(
        other,
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
    )
    with pytest.raises(StoreUnavailableError, match="createdb --encoding=UTF8"):
        db.open_store(server.address("latin"))
    server.drop("latin")


def test_no_password_is_shown() -> None:
    address = read_address("postgresql://imdifeed:hemmelig@db.example:5433/press?sslmode=require")
    assert address.name == "postgresql://imdifeed@db.example:5433/press"
    assert "hemmelig" in address.conninfo
    assert "hemmelig" not in repr(address)


@pytest.mark.parametrize("password", ["hem#elig", "hem?elig", "hem?e=lig", "hem[elig", "hem@elig"])
def test_no_part_of_a_password_is_shown_that_is_not_encoded(password: str) -> None:
    address = read_address(f"postgresql://imdifeed:{password}@db.example/press?sslmode=require")
    assert address.name == "postgresql://imdifeed@db.example/press"


def test_no_password_among_the_parameters_is_shown() -> None:
    assert read_address("postgresql:///press?password=hem@elig").name == "postgresql:///press"


@pytest.fixture(scope="module")
def own_server(server: Server) -> Iterator[Server]:
    """Give a server that no other test uses, to stop and start."""
    own = new()
    yield own
    own.end()


def test_a_server_that_restarts_costs_no_more_than_a_wait(
    own_server: Server, now: datetime
) -> None:
    store = db.open_store(own_server.fresh("imdifeed"))
    number = put(store, entry_data(), seen=now)
    own_server.stop("fast")
    own_server.start()
    assert store.entries.get(number).id == number
    store.close()


def test_a_server_that_is_away_is_named_and_found_again(
    own_server: Server, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.postgres.connection.FREE_TIMEOUT", 0.2)
    monkeypatch.setattr("db.postgres.connection.AGAIN_TIMEOUT", 0.0)
    store = db.open_store(own_server.fresh("imdifeed"))
    own_server.stop("fast")
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="no connection to the database"):
            store.entries.state()
    own_server.start()
    assert put(store, entry_data(), seen=now) == 1
    store.close()


def test_whom_the_server_does_not_let_in_is_told_at_once(
    own_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.postgres.connection.FREE_TIMEOUT", 0.5)
    monkeypatch.setattr("db.postgres.connection.AGAIN_TIMEOUT", 0.0)
    address = own_server.fresh("imdifeed")
    run(address, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader SUPERUSER LOGIN PASSWORD 'old'")
    rules = own_server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all reader scram-sha-256\n{before}")
    own_server.stop("fast")
    own_server.start()
    let_in = address.replace("imdifeed@", "reader:old@")
    store = db.open_store(let_in)
    for refused, why in (
        (address.replace("imdifeed@", "reader:wrong@"), "see the role in `database`, PGPASSWORD"),
        (address.replace("imdifeed@", "reader@"), "see the role in `database`, PGPASSWORD"),
        (address.replace("imdifeed@", "nobody@"), "see the role in `database`, PGPASSWORD"),
        (address.replace("/imdifeed?", "/nothing?"), "make one with `createdb`"),
    ):
        with pytest.raises(StoreUnavailableError, match=why) as told:
            db.open_store(refused)
        assert not isinstance(told.value, StoreAwayError), refused
    # so is who was let in before
    run(address, "ALTER ROLE reader PASSWORD 'new'")
    own_server.stop("fast")
    own_server.start()
    with pytest.raises(StoreUnavailableError, match="see the role in `database`") as told:
        store.entries.state()
    assert not isinstance(told.value, StoreAwayError)
    assert "old" not in str(told.value)
    run(address, "ALTER ROLE reader PASSWORD 'old'")
    assert store.entries.state().change == 0, "until it is"
    store.close()
    rules.write_text(before)


def test_a_server_that_is_not_there_may_come() -> None:
    with pytest.raises(StoreAwayError, match="see that the server runs"):
        db.open_store("postgresql://imdifeed@127.0.0.1:1/imdifeed")


def test_a_transaction_that_loses_its_server_comes_to_nothing(
    own_server: Server, now: datetime
) -> None:
    store = db.open_store(own_server.fresh("imdifeed"))

    def write() -> None:
        with store.together():
            put(store, entry_data(), seen=now)
            own_server.stop("fast")
            own_server.start()
            put(store, entry_data(key="second"), seen=now)

    with pytest.raises(StoreUnavailableError, match="try again"):
        write()
    assert list(store.entries.walk()) == []
    assert put(store, entry_data(), seen=now) >= 1
    store.close()


def test_a_failed_write_leaves_nothing_behind(store: Store, now: datetime) -> None:
    def write() -> None:
        with store.together():
            put(store, INTERPRETERS, seen=now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert list(store.entries.walk()) == []
    assert put(store, INTERPRETERS, seen=now) > 1, "a number is given once"
    assert store.entries.search(EntryQuery(q="tolk"), Paging()).total == 1


def test_a_server_that_may_only_be_read_is_read(other: str, now: datetime) -> None:
    writer = db.open_store(other)
    number = put(writer, INTERPRETERS, seen=now)
    writer.close()
    store = db.open_store(f"{other}&options=-cdefault_transaction_read_only%3Don")
    assert store.entries.get(number).title == INTERPRETERS.title
    assert store.entries.search(EntryQuery(q="tolk"), Paging()).total == 1
    assert store.entries.facets(EntryQuery()).tags == {"interpreting": 1}
    with pytest.raises(StoreUnavailableError, match="not a replica"):
        put(store, entry_data(key="second"), seen=now)
    store.close()


def test_writers_wait_for_one_another_and_readers_for_nobody(
    store: Store, store_url: str, now: datetime
) -> None:
    other = db.open_store(store_url)
    order: list[str] = []

    def write() -> None:
        put(other, entry_data(key="second"), seen=now)
        order.append("second")

    with store.together():
        put(store, entry_data(key="first"), seen=now)
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(0.3)
        assert order == [], "numbers would become visible out of order"
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert [entry.key for entry in store.entries.walk()] == ["first", "second"]
    other.close()


def test_senders_do_not_wait_for_writers(store: Store, store_url: str, now: datetime) -> None:
    other = db.open_store(store_url)
    with store.together():
        put(store, entry_data(key="first"), seen=now)
        with other.together(alone=False):
            assert other.digests.claim("one", now=now, lease_for=timedelta(minutes=1)) is None
    other.close()


def test_what_postgresql_s_own_tools_do_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match=r"pg_dump .*--file="):
        store.upkeep.copy(tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_the_command_that_copies_it_can_be_given_to_a_shell(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError) as refused:
        store.upkeep.copy(tmp_path / "a copy.dump")
    (command,) = re.findall("`(.*)`", str(refused.value))
    program, _, file, database = shlex.split(command)
    assert (program, file) == ("pg_dump", f"--file={tmp_path}/a copy.dump")
    with psycopg.connect(database.removeprefix("--dbname=")) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchall() == [(0,)]


def test_a_command_has_the_whole_address_but_its_secrets() -> None:
    address = read_address(
        "postgresql://imdifeed:hem%40elig@/press?host=/run/pg%20sql&port=5433&sslmode=require"
        "&sslpassword=hemmelig&sslkey=key.pem"
    )
    assert conninfo_to_dict(address.open) == {
        "user": "imdifeed",
        "dbname": "press",
        "host": "/run/pg sql",
        "port": "5433",
        "sslmode": "require",
        "sslkey": "key.pem",
    }
    assert "elig" not in address.open


def test_what_cannot_be_searched_for_is_a_fault(
    store: Store, store_url: str, now: datetime
) -> None:
    put(store, INTERPRETERS, seen=now)
    assert store.upkeep.faults() == ()
    run(store_url, "DELETE FROM entry_vector")
    assert "imdifeed reindex" in store.upkeep.faults()[0]
    store.entries.reindex()
    assert store.upkeep.faults() == ()


def test_numbers_given_after_a_dump_are_left_out_as_the_manual_says(
    store: Store, store_url: str, now: datetime
) -> None:
    manual = (Path(db.__file__).parents[1] / "docs" / "operations.md").read_text("utf-8")
    statement = re.search(r"    (WITH moved AS .*?);\n", manual, re.S)
    assert statement
    put(store, INTERPRETERS, seen=now)
    change = store.entries.change()
    run(store_url, statement[1])
    assert put(store, entry_data(key="second"), seen=now) > 10_000
    assert store.entries.change() > change + 10_000
    assert store.entries.changes(EntryQuery(), since=0, limit=9).last > 10_000


def test_a_word_longer_than_an_index_takes_is_found(store: Store, now: datetime) -> None:
    # of letters that do not pack
    long = "".join(chr(0x3400 + n * 7 % 6_000) for n in range(4_000))
    number = put(store, entry_data(title=f"Tolk {long}", body_text=long), seen=now)
    for q in ("tolk", long, f"title:{long}", f'"tolk {long}"'):
        assert [one.id for one in store.entries.search(EntryQuery(q=q), Paging()).entries] == [
            number
        ]


def test_rows_that_are_counted_by_the_thousand_are_short(
    store: Store, store_url: str, now: datetime
) -> None:
    with store.together():
        for number in range(200):
            put(store, entry_data(key=f"{number}", title=f"Tolk {number}"), seen=now)
    with psycopg.connect(store_url) as connection:
        ((size,),) = connection.execute(
            "SELECT avg(pg_column_size(l)) FROM entry_level l"
        ).fetchall()
        ((pages,),) = connection.execute("SELECT pg_relation_size('entry_level') / 8192").fetchall()
    assert pages < 8, f"200 rows of {size} bytes"


def test_levels_are_told_apart_where_workers_find_them(store: Store, store_url: str) -> None:
    run(
        store_url,
        "SET session_replication_role = replica; INSERT INTO entry_level (entry_id, terms)"
        " SELECT n, ARRAY['tolk' || n % 8] FROM generate_series(1, 400) AS n",
        "ANALYZE entry_level",
    )
    with closing(Connections(read_address(store_url))) as connections:
        connection = connections.connection
        with connection.reading():
            for cost in ("setup_cost", "tuple_cost"):
                connection.execute(f"SET LOCAL parallel_{cost} = 0")
            connection.execute("SET LOCAL min_parallel_table_scan_size = 0")
            found = connection.index.levels("tolk")
    assert [{number % 8 for number in numbers} for numbers in found] == [{n} for n in range(8)]
