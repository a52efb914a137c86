"""Opening a store that another process is upgrading, or whose index it builds anew."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest

import db
from db.postgres import session
from db.postgres.migrations import _ALONE
from db.sql.index_version import is_outdated
from db.sql.store import SqlStore
from db.sqlite import connection as sqlite_connection
from db.store import Store
from postgres_server import Server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait for another writer for as long as a person would have to."""
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT", 0.05)
    monkeypatch.setattr(session, "_SETTINGS", session._SETTINGS.replace("'30s'", "'50ms'"))


@contextmanager
def waiting(url: str, caplog: pytest.LogCaptureFixture, words: str) -> Iterator[list[Store]]:
    """Open a store meanwhile; it must wait for what is done before, and say so."""
    opened: list[Store] = []
    thread = threading.Thread(target=lambda: opened.append(db.open_store(url)))
    thread.start()
    while words not in caplog.text:
        assert thread.is_alive(), "it waits"
        time.sleep(0.01)
    # several times as long as it waits for any other writer
    thread.join(0.3)
    assert thread.is_alive()
    try:
        yield opened
    finally:
        thread.join(20)
    assert caplog.text.count(words) == 1


@pytest.mark.every_engine
def test_who_opens_it_waits_for_whoever_builds_the_index_anew(
    store: Store, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(store, SqlStore)
    connections = store._connections
    with connections.writing() as connection:
        connection.execute("UPDATE search_index SET version = 'former'")
    caplog.set_level(logging.INFO)
    with ExitStack() as writing:
        writing.enter_context(store.together())
        with waiting(store_url, caplog, "which builds the search index anew") as opened:
            store.entries.reindex(if_outdated=True)
            writing.close()
    (other,) = opened
    other.close()
    assert not is_outdated(connections.connection)
    assert "was built anew" not in caplog.text, "the other has done it"


def test_who_opens_a_file_waits_for_whoever_makes_its_tables(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{tmp_path}/imdifeed.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as first:
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("BEGIN IMMEDIATE")
        with waiting(path, caplog, "waiting for another process, which writes to it") as opened:
            first.execute("COMMIT")
    opened[0].close()


def test_who_opens_a_database_waits_for_whoever_makes_its_tables(
    server: Server, worker_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"opened_{worker_id}"
    server.drop(name)
    address = server.make(name)
    with psycopg.connect(address) as first:
        first.execute(_ALONE)
        with waiting(address, caplog, "waiting for another process, which brings it") as opened:
            first.commit()
    opened[0].close()
    server.drop(name)
