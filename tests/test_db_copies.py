"""Copies: consistent under load, read through, and put in place without a moment of nothing."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import db
from builders import entry_data, fill
from db.errors import SchemaNewerError, StoreUnavailableError
from db.store import Store


def damage(path: Path) -> None:
    """Write over the middle of a file's tables."""
    data = bytearray(path.read_bytes())
    for page in range(8, len(data) // 4096 - 1):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)


def test_a_copy_under_load_holds_whole_transactions_and_is_sound(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    stop = threading.Event()

    def write() -> None:
        batch = 0
        while not stop.is_set():
            batch += 1
            with store.together():
                for n in range(7):
                    data = entry_data(key=f"{batch}/{n}", title=f"Melding {batch} {n}")
                    store.entries.put(data, seen=now, first_crawl=False)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            found = store.upkeep.copy(tmp_path / f"{n}.db")
            assert found.faults == ()
            assert found.rows["entry"] % 7 == 0, "no copy holds half a transaction"
            assert db.inspect_store(tmp_path / f"{n}.db") == found
    finally:
        stop.set()
        writer.join()
    assert sorted(one.name for one in tmp_path.glob("[0-9].db*")) == [f"{n}.db" for n in range(5)]


def test_a_copy_restored_elsewhere_equals_the_original(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fill(store, seen=now)
    steps: list[tuple[int, int]] = []
    store.upkeep.copy(tmp_path / "copy.db", on_progress=lambda *step: steps.append(step))
    assert steps[-1][0] == steps[-1][1] > 0
    other = tmp_path / "elsewhere.db"
    db.restore_store(tmp_path / "copy.db", str(other), aside=tmp_path / "aside.db")
    assert not (tmp_path / "aside.db").exists()
    again = db.open_store(str(other))
    try:
        assert list(again.entries.walk()) == list(store.entries.walk())
        assert again.vocabulary.sources() == store.vocabulary.sources()
    finally:
        again.close()


def test_a_copy_is_its_owner_s_alone_and_takes_nobody_s_place(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    store.upkeep.copy(path)
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        store.upkeep.copy(path)
    assert path.read_bytes() == before


def test_a_copy_that_cannot_be_written_leaves_no_file(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot write a copy"):
        store.upkeep.copy(tmp_path / "missing" / "copy.db")
    assert not (tmp_path / "missing").exists()


def test_a_damaged_store_is_told_and_not_copied(
    store: Store, store_url: str, tmp_path: Path, now: datetime
) -> None:
    fill(store, seen=now)
    store.close()
    assert db.inspect_store(Path(store_url)).faults == ()
    damage(Path(store_url))
    with pytest.raises(StoreUnavailableError, match=r"damaged|malformed"):
        db.restore_store(Path(store_url), str(tmp_path / "new.db"), aside=tmp_path / "aside.db")
    assert not (tmp_path / "new.db").exists()


def test_what_was_there_is_kept_whole_with_its_log(
    tmp_path: Path, now: datetime, store_url: str
) -> None:
    first = db.open_store(store_url)
    fill(first, seen=now)
    first.upkeep.copy(tmp_path / "copy.db")
    first.entries.put(entry_data(key="later", title="Senere"), seen=now, first_crawl=False)
    # as a killed process leaves it: the last rows in the log only
    left = tmp_path / "left"
    left.mkdir()
    for suffix in ("", "-wal", "-shm"):
        (left / f"imdifeed.db{suffix}").write_bytes(Path(store_url + suffix).read_bytes())
    first.close()
    db.restore_store(tmp_path / "copy.db", str(left / "imdifeed.db"), aside=left / "aside.db")
    assert sorted(one.name for one in left.iterdir()) == ["aside.db", "imdifeed.db"]
    counts = [db.inspect_store(left / name).rows["entry"] for name in ("imdifeed.db", "aside.db")]
    assert counts == [5, 6]


def test_no_number_that_was_given_before_is_given_again(
    store: Store, store_url: str, tmp_path: Path, now: datetime
) -> None:
    fill(store, seen=now)
    store.upkeep.copy(tmp_path / "copy.db")
    lost = [
        store.entries.put(entry_data(key=f"lost/{n}"), seen=now, first_crawl=False).entry_id
        for n in range(3)
    ]
    change = store.entries.state().change
    store.close()
    # in place of the database that gave them, and on a machine that knows nothing of it
    for path in (store_url, str(tmp_path / "elsewhere.db")):
        db.restore_store(tmp_path / "copy.db", path, aside=tmp_path / "aside.db")
        restored = db.open_store(path)
        found = restored.entries.put(entry_data(key="new"), seen=now, first_crawl=False)
        assert found.entry_id > max(lost)
        assert restored.entries.state().change > change, "no validator means something else now"
        assert len(list(restored.entries.walk())) == 6
        restored.close()


def test_a_log_without_its_database_is_never_taken_for_the_new_one_s(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fill(store, seen=now)
    store.upkeep.copy(tmp_path / "copy.db")
    target = tmp_path / "target.db"
    (tmp_path / "target.db-wal").write_bytes(b"left over" * 1000)
    db.restore_store(tmp_path / "copy.db", str(target), aside=tmp_path / "aside.db")
    assert not (tmp_path / "target.db-wal").exists()
    assert (tmp_path / "aside.db-wal").exists()
    opened = db.open_store(str(target))
    assert len(list(opened.entries.walk())) == 5
    opened.close()


def test_a_copy_of_a_newer_version_is_refused_and_nothing_is_changed(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    store.upkeep.copy(path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('imdifeed', 'm9999_from_the_future', '2030-01-01')"
        )
    connection.close()
    with pytest.raises(SchemaNewerError, match="m9999_from_the_future"):
        db.restore_store(path, str(tmp_path / "new.db"), aside=tmp_path / "aside.db")
    assert not list(tmp_path.glob("new.db*"))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b"dette er ingen database" * 500),
        lambda path: sqlite3.connect(path).close(),
        lambda path: path.mkdir(),
    ],
    ids=["text", "empty", "folder"],
)
def test_what_is_no_store_is_named(tmp_path: Path, write: Callable[[Path], object]) -> None:
    path = tmp_path / "other.db"
    write(path)
    with pytest.raises(StoreUnavailableError, match=r"other\.db"):
        db.inspect_store(path)
