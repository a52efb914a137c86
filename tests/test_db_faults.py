"""A store whose machine gives way says what, where and what to do, and loses nothing."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import db
from builders import entry_data, fill
from db.errors import StoreUnavailableError
from db.sql.store import SqlStore
from db.sqlite import connection
from db.store import Store


def pragma(store: Store, words: str) -> None:
    """Set something on this thread's connection."""
    assert isinstance(store, SqlStore)
    store._connections.connection.execute(f"PRAGMA {words}").fetchall()


def put_long(store: Store, now: datetime) -> None:
    for n in range(200):
        data = entry_data(key=f"long/{n}", body_text="Kommunene bosetter flyktninger. " * 500)
        store.entries.put(data, seen=now, first_crawl=False)


def test_a_full_disk_is_named_loses_nothing_and_is_got_over(
    store: Store, store_url: str, now: datetime
) -> None:
    fill(store, seen=now)
    before = list(store.entries.walk())
    size = store.upkeep.figures().size // 4096
    pragma(store, f"max_page_count = {size + 8}")
    with pytest.raises(StoreUnavailableError, match=r"imdifeed\.db.*disk is full; make room"):
        put_long(store, now)
    assert store.upkeep.faults() == ()
    stored = list(store.entries.walk())
    assert stored[: len(before)] == before
    pragma(store, "max_page_count = 1000000000")
    put_long(store, now)
    assert len(list(store.entries.walk())) == len(before) + 200, "room made, it goes on"


def test_a_database_that_may_not_be_written_is_named_and_still_read(
    store: Store, now: datetime
) -> None:
    fill(store, seen=now)
    pragma(store, "query_only = ON")
    with pytest.raises(StoreUnavailableError, match=r"imdifeed\.db.*may not be written to"):
        put_long(store, now)
    assert len(list(store.entries.walk())) == 5


def test_a_database_that_somebody_holds_is_named_after_a_while(
    store: Store, store_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 0.2)
    store.close()  # connections are made anew with the shorter patience
    other = sqlite3.connect(store_url, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="another program has been writing"):
        put_long(store, now)
    assert store.entries.state().change == 0, "reading does not wait"
    other.execute("ROLLBACK")
    other.close()
    fill(store, seen=now)


def test_what_was_done_by_half_is_undone_and_holds_nothing_up(
    store: Store, store_url: str, now: datetime
) -> None:
    fill(store, seen=now)

    def put_by_half() -> None:
        with store.together():
            store.entries.put(entry_data(key="a"), seen=now, first_crawl=False)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_by_half()
    store.entries.put(entry_data(key="b"), seen=now, first_crawl=False)
    other = db.open_store(store_url)
    assert {entry.key for entry in other.entries.walk()} >= {"b"}
    assert other.entries.by_key(entry_data().source, "a") is None
    other.close()


@pytest.mark.parametrize(
    "use", [lambda store: list(store.entries.walk()), lambda store: store.upkeep.figures()]
)
def test_a_damaged_database_is_named_with_what_to_do(
    store_url: str, now: datetime, use: Callable[[Store], object]
) -> None:
    first = db.open_store(store_url)
    fill(first, seen=now)
    first.close()
    path = Path(store_url)
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xa5" * (len(data) - 4096 * 2)
    path.write_bytes(data)

    def touch() -> None:
        store = db.open_store(store_url)
        try:
            use(store)
        finally:
            store.close()

    with pytest.raises(StoreUnavailableError, match=r"imdifeed\.db.*imdifeed restore"):
        touch()


@pytest.mark.every_engine
def test_one_moment_is_not_read_inside_a_transaction(store: Store, now: datetime) -> None:
    assert isinstance(store, SqlStore)
    with store._connections.writing() as connection:
        store.entries.put(entry_data(), seen=now, first_crawl=False)
        with pytest.raises(RuntimeError, match="a transaction is open"), connection.reading():
            pass
        assert connection.in_transaction
    assert [entry.title for entry in store.entries.walk()] == [entry_data().title]
