"""Moving a store from a file to PostgreSQL and back: the same comes back, or nothing is used."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import db
import db.transfer
from builders import entry_data, fill
from db.errors import StoreUnavailableError, TransferError
from db.postgres.address import read_address
from db.postgres.filling import PostgresTarget
from db.postgres.transfer import PostgresOrigin
from db.sqlite.transfer import SqliteOrigin
from db.transfer import Checksum, checksum, move
from postgres_server import Server
from test_db_transfer import numbers, origin, sums
from web_site import run_site

__all__ = ["origin"]

EXPORTS = (
    "/api/entries?per_page=1000",
    "/api/entries?since=0&per_page=1000",
    "/feed.atom",
    "/feed.json?q=tolk",
    "/changes.atom",
    "/deadlines.ics",
    "/export.csv",
)
_SCHEMA = """
    SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid), tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT tablename::text, indexname::text, indexdef, '' FROM pg_indexes
    WHERE schemaname = 'public' ORDER BY 1, 2, 3
"""


@pytest.fixture
def address(server: Server, worker_id: str) -> Iterator[str]:
    """Give the address of a database with nothing at all in it."""
    name = f"moved_{worker_id}"
    server.drop(name)
    yield server.make(name)
    server.drop(name)


def sums_at(address: str) -> dict[str, Checksum]:
    with closing(PostgresOrigin(read_address(address))) as content:
        return {table.name: checksum(content, table) for table in content.tables()}


def schema_of(address: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(_SCHEMA).fetchall()


def test_there_and_back_everything_is_the_same(
    origin: Path, address: str, tmp_path: Path, server: Server, worker_id: str
) -> None:
    back = tmp_path / "back.db"
    there = db.move_store(str(origin), address)
    assert sums_at(address) == sums(origin)
    assert min(found.rows for found in sums(origin).values()) > 0, "there are rows in every table"
    assert schema_of(address) == schema_of(server.fresh(worker_id)), "all is put back"
    again = db.move_store(address, str(back))
    assert again.rows == there.rows
    assert sums(back) == sums(origin)
    given = {name: number for name, number in numbers(back).items() if number}
    assert given == numbers(origin)


def test_what_is_published_is_the_same_byte_for_byte(
    address: str, tmp_path: Path, now: datetime
) -> None:
    path, back = tmp_path / "a.db", tmp_path / "b.db"
    store = db.open_store(str(path))
    given = fill(store, seen=now - timedelta(days=1))
    store.entries.put(entry_data(title="Rettet"), seen=now, first_crawl=False)
    store.entries.withdraw(entry_data().source, [entry_data().key], now=now)
    store.close()
    db.move_store(str(path), address)
    db.move_store(address, str(back))
    found = []
    for url in (str(path), address, str(back)):
        store = db.open_store(url)
        client = run_site(store, lambda: now).client
        answers = {one: client.get(one) for one in EXPORTS}
        assert {answer.status_code for answer in answers.values()} == {200}
        tags = {one: answer.headers.get("ETag") for one, answer in answers.items()}
        found.append(({one: answer.data for one, answer in answers.items()}, tags))
        store.close()
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]["/api/entries?per_page=1000"]) > 1000
    # and each goes on by itself, giving no number again
    for url in (str(path), address, str(back)):
        store = db.open_store(url)
        new = store.entries.put(entry_data(key="new"), seen=now, first_crawl=False)
        assert new.entry_id == max(given.values()) + 1
        store.close()


def test_a_database_that_holds_something_is_left_as_it_is(
    origin: Path, address: str, now: datetime
) -> None:
    store = db.open_store(address)
    fill(store, seen=now)
    store.close()
    before = sums_at(address)
    with pytest.raises(TransferError, match="holds something already"):
        db.move_store(str(origin), address)
    assert sums_at(address) == before
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE x ()")
    with pytest.raises(StoreUnavailableError, match="has tables of another program"):
        db.move_store(str(origin), address)


def test_what_was_moved_before_it_could_be_told_is_told(origin: Path, address: str) -> None:
    first = db.move_store(str(origin), address)
    before, schema = sums_at(address), schema_of(address)
    again = db.move_store(str(origin), address)
    assert again.rows == first.rows
    assert again.before == sum(first.rows.values())
    assert (sums_at(address), schema_of(address)) == (before, schema)
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute("UPDATE attachment SET label = 'another'")
    with pytest.raises(TransferError, match="holds something already"):
        db.move_store(str(origin), address)
    assert sums_at(address) == before


def test_cut_off_while_it_is_handed_over_it_goes_on(
    origin: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = PostgresTarget.run

    def cutting(self: PostgresTarget, statement: str, *values: Any) -> Any:
        if statement == "ANALYZE":
            raise CutOffError
        return run(self, statement, *values)

    with monkeypatch.context() as patched:
        patched.setattr(PostgresTarget, "run", cutting)
        with pytest.raises(CutOffError):
            db.move_store(str(origin), address)
    moved = db.move_store(str(origin), address)
    assert moved.before == sum(moved.rows.values())
    assert sums_at(address) == sums(origin)


def test_a_database_that_was_only_made_ready_is_filled(
    origin: Path, address: str, now: datetime
) -> None:
    store = db.open_store(address)
    store.vocabulary.declare([], [], now=now)
    store.leases.take("x", "y", now=now, lasting=timedelta(minutes=1))
    store.close()
    db.move_store(str(origin), address)
    assert sums_at(address) == sums(origin)


class CutOffError(Exception):
    """Where a test pulls the plug."""


def cut_off(origin: Path, address: str, writes: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Move until so many writes were made; tell whether it came to its end before."""
    store = PostgresTarget.store
    left = [writes]

    def cutting(*given: object) -> None:
        if not left[0]:
            raise CutOffError
        left[0] -= 1
        store(*given)  # type: ignore[arg-type]

    with (
        monkeypatch.context() as patched,
        closing(SqliteOrigin(str(origin))) as content,
        closing(PostgresTarget(address, str(origin))) as target,
    ):
        patched.setattr(PostgresTarget, "store", cutting)
        try:
            move(content, target)
        except CutOffError:
            return False
        return True


def test_cut_off_anywhere_it_goes_on_and_nobody_uses_it_before(
    origin: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.transfer, "_TOGETHER", 2)
    attempts = 0
    while not cut_off(origin, address, 9, monkeypatch):
        attempts += 1
        with pytest.raises(StoreUnavailableError, match="is only half filled"):
            db.open_store(address)
        with pytest.raises(StoreUnavailableError, match="is only half filled"):
            db.move_store(address, str(tmp_path / "there.db"))
    assert attempts > 3
    assert sums_at(address) == sums(origin)


def test_what_changed_meanwhile_begins_again_and_what_is_of_another_is_left(
    origin: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not cut_off(origin, address, 9, monkeypatch)
    other = tmp_path / "other.db"
    db.open_store(str(other)).close()
    with pytest.raises(TransferError, match=r"is being filled from .*origin\.db"):
        db.move_store(str(other), address)
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute("UPDATE attachment SET label = 'another'")
    assert db.move_store(str(origin), address).before == 0
    assert sums_at(address) == sums(origin)


def test_a_nul_arrives_as_the_mark_of_what_cannot_be_shown(
    origin: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute("UPDATE outbox SET last_reply = 'no' || char(0) || 'thing'")
        connection.execute("UPDATE attachment SET label = 'a' || char(0) || 'b'")
    assert not cut_off(origin, address, 9, monkeypatch)
    assert db.move_store(str(origin), address).before > 0
    with psycopg.connect(address) as moved:
        assert set(moved.execute("SELECT label FROM attachment").fetchall()) == {("a\ufffdb",)}
        assert ("no\ufffdthing",) in moved.execute("SELECT last_reply FROM outbox").fetchall()


def test_two_do_not_fill_the_same_at_once(
    origin: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.postgres.filling.GONE_WITHIN", "100ms")
    with (
        closing(PostgresTarget(address, str(origin))),
        pytest.raises(TransferError, match="is being filled by another process"),
    ):
        db.move_store(str(origin), address)


def test_what_postgres_cannot_keep_is_named(origin: Path, address: str) -> None:
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute("UPDATE crawl_run SET requests = 'many' WHERE id = 1")
    with pytest.raises(TransferError, match="a row of crawl_run cannot be kept by PostgreSQL"):
        db.move_store(str(origin), address)


def test_killed_at_any_moment_it_is_finished_by_the_next(
    address: str, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "a.db"
    store = db.open_store(str(path))
    fill(store, seen=now)
    with store.together():
        for number in range(1500):
            data = entry_data(key=f"{number}", title=f"Sak {number}", attachments=())
            store.entries.put(data, seen=now, first_crawl=False)
    store.close()
    code = "import db, sys; db.move_store(sys.argv[1], sys.argv[2])"
    dice = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code, str(path), address])
        time.sleep(dice.uniform(0.4, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    db.move_store(str(path), address)
    assert sums_at(address) == sums(path)


def test_one_that_was_killed_is_waited_for_while_the_server_is_at_its_statement(
    origin: Path, address: str
) -> None:
    code = (
        "import sys; from db.postgres.filling import PostgresTarget\n"
        "PostgresTarget(sys.argv[1], sys.argv[2]).run('SELECT pg_sleep(60)')"
    )
    busy = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
    given = [address, str(origin.absolute())]
    with (
        subprocess.Popen([sys.executable, "-c", code, *given]) as process,
        psycopg.connect(address, autocommit=True) as watching,
    ):
        while not watching.execute(busy).fetchall():
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert watching.execute(busy).fetchall(), "its statement outlives it"
        db.move_store(str(origin), address)
        assert not watching.execute(busy).fetchall()
    assert sums_at(address) == sums(origin)
