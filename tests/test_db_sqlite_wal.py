"""The number of the state is known without asking, and never an old one."""

import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

import db
from builders import declare, entry_data
from db.sqlite.connection import Connections
from db.store import Store

_TRY_TO_WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    sys.exit(str(error))
"""


def add(store: Store, key: str, now: datetime) -> None:
    store.entries.put(entry_data(key=key), seen=now, first_crawl=False)


def test_every_commit_is_seen_at_once_by_every_store_of_the_file(
    store: Store, store_url: str, now: datetime
) -> None:
    declare(store, now=now)
    other = db.open_store(store_url)
    for number, writer in enumerate([store, other, other, store]):
        before = store.entries.change()
        assert other.entries.change() == before
        add(writer, str(number), now)
        assert store.entries.change() == other.entries.change() == before + 1
    other.close()


def test_it_is_not_asked_for_while_nobody_commits(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(store, now=now)
    change = store.entries.change()
    asked: list[str] = []
    connections: Connections = store.entries._connections  # type: ignore[attr-defined]
    connections.connection.set_trace_callback(asked.append)
    assert [store.entries.change() for _ in range(3)] == [change] * 3
    assert not asked
    monkeypatch.setattr(connections, "mark", lambda: None)
    assert store.entries.change() == change
    assert asked


def test_what_is_not_committed_is_its_writer_s_alone(store: Store, now: datetime) -> None:
    declare(store, now=now)
    before = store.entries.change()
    seen: list[int] = []

    def look() -> None:
        thread = threading.Thread(target=lambda: seen.append(store.entries.change()))
        thread.start()
        thread.join()

    def fail() -> None:
        with store.together():
            add(store, "a", now)
            assert store.entries.change() == before + 1
            look()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    look()
    add(store, "b", now)
    look()
    assert seen == [before, before, before + 1]


def test_one_snapshot_does_not_pass_for_the_present(
    store: Store, store_url: str, now: datetime
) -> None:
    declare(store, now=now)
    other = db.open_store(store_url)
    before = store.entries.change()
    connections: Connections = store.entries._connections  # type: ignore[attr-defined]
    connection = connections.connection
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM entry").fetchone()
    add(other, "a", now)
    assert store.entries.change() == before
    connection.execute("COMMIT")
    assert store.entries.change() == before + 1
    other.close()


def test_letting_go_of_one_store_leaves_another_its_locks(
    store: Store, store_url: str, now: datetime
) -> None:
    declare(store, now=now)
    other = db.open_store(store_url)
    assert store.entries.change() == other.entries.change()
    with store.together():
        add(store, "a", now)
        other.close()
        tried = subprocess.run(
            [sys.executable, "-c", _TRY_TO_WRITE, store_url], capture_output=True, text=True
        )
        assert "locked" in tried.stderr
    assert store.entries.change() > 0


def test_nothing_stays_open_after_the_last(store_url: str, now: datetime) -> None:
    stores = [db.open_store(store_url) for _ in range(3)]
    declare(stores[0], now=now)
    for one in stores:
        one.entries.change()
    for one in stores:
        one.close()
    files = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    assert not [link for link in files if str(link.readlink()).startswith(store_url)]


def test_without_a_write_ahead_log_the_database_is_asked(store_url: str) -> None:
    with sqlite3.connect(store_url) as connection:
        connection.execute("CREATE TABLE state (change INTEGER)")
    connection.close()
    connections = Connections(store_url)
    assert connections.mark() is None
    connections.close()
    assert connections.mark() is None
