"""Moving everything from one store to another: every row, or nothing that could be used."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import db
import db.transfer
from builders import entry_data, fill
from db.errors import StoreUnavailableError, TransferError
from db.query import EntryQuery, Paging
from db.sqlite.migrations import KNOWN
from db.sqlite.transfer import SqliteOrigin, SqliteTarget
from db.transfer import Checksum, Row, Table, checksum, move
from test_db_upgrade import at_step
from test_db_upgrade import fill as fill_every_table


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """Give a database with rows in every table, of which the newest entries are gone."""
    path = tmp_path / "origin.db"
    at_step(path, len(KNOWN))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        fill_every_table(connection)
        connection.execute("UPDATE sqlite_sequence SET seq = seq + 7")
        connection.execute("UPDATE state SET change = 40, moment = '2026-11-20T06:00:00.000Z'")
    store = db.open_store(str(path))
    store.entries.reindex()
    store.close()
    return path


def sums(path: Path) -> dict[str, Checksum]:
    with closing(SqliteOrigin(str(path))) as content:
        return {table.name: checksum(content, table) for table in content.tables()}


def numbers(path: Path) -> dict[str, int]:
    with closing(SqliteOrigin(str(path))) as content:
        return dict(content.numbers())


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            sql
            for (sql,) in connection.execute(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"
            )
        ]


def test_everything_arrives_and_goes_on_where_it_was(origin: Path, tmp_path: Path) -> None:
    there, back = tmp_path / "there.db", tmp_path / "back.db"
    steps: list[tuple[int, int]] = []
    moved = db.move_store(str(origin), str(there), on_progress=lambda *step: steps.append(step))
    assert (moved.before, steps[-1][0]) == (0, steps[-1][1])
    assert sum(moved.rows.values()) == steps[-1][1]
    db.move_store(str(there), str(back))
    assert sums(there) == sums(back) == sums(origin)
    assert min(found.rows for found in sums(origin).values()) > 0, "there are rows in every table"
    assert numbers(there) == numbers(back) == numbers(origin)
    assert dump(there) == dump(back) == dump(origin), "triggers and indexes too"
    assert not list(tmp_path.glob("*.moving*"))
    assert there.stat().st_mode & 0o077 == 0
    assert db.inspect_store(there).faults == ()


def test_what_was_moved_is_used_like_the_original(tmp_path: Path, now: datetime) -> None:
    path, there = tmp_path / "a.db", tmp_path / "b.db"
    store = db.open_store(str(path))
    given = fill(store, seen=now)
    store.takedowns.take_down(max(given.values()), reason="x", is_about=lambda _: False, now=now)
    store.close()
    db.move_store(str(path), str(there))
    stores = [db.open_store(str(one)) for one in (path, there)]
    query = EntryQuery(q="tolk OR refugees OR bosetting")
    paging = Paging()
    pages = [one.entries.search(query, paging) for one in stores]
    assert pages[0] == pages[1]
    assert pages[0].total > 1
    assert stores[0].entries.state() == stores[1].entries.state()
    added = [
        one.entries.put(entry_data(key="new"), seen=now, first_crawl=False).entry_id
        for one in stores
    ]
    assert added[0] == added[1] == max(given.values()) + 1, "no number is given again"
    changes = [one.entries.changes(EntryQuery(), since=0, limit=99) for one in stores]
    assert changes[0] == changes[1]
    for one in stores:
        one.close()


def test_a_target_that_is_there_is_left_as_it_is(origin: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_bytes(b"mine")
    with pytest.raises(TransferError, match="is there already"):
        db.move_store(str(origin), str(there))
    assert there.read_bytes() == b"mine"
    with pytest.raises(TransferError, match="there is no folder"):
        db.move_store(str(origin), str(tmp_path / "none" / "there.db"))


def test_what_is_no_store_cannot_be_moved(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="there is no file"):
        db.move_store(str(tmp_path / "none.db"), str(tmp_path / "there.db"))
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE x (y)")
    with pytest.raises(StoreUnavailableError, match="is no database of imdifeed"):
        db.move_store(str(other), str(tmp_path / "there.db"))
    assert {one.name for one in tmp_path.iterdir()} == {"other.db"}


class CutOffError(Exception):
    """Where a test pulls the plug."""


class Cutting(SqliteTarget):
    """A target that is cut off after some writes."""

    left = 10**9

    def store(self, table: Table, rows: Sequence[Row], progress: db.transfer.Progress) -> None:
        if self.left == 0:
            raise CutOffError
        self.left -= 1
        super().store(table, rows, progress)


def cut_off(origin: Path, there: Path, writes: int) -> bool:
    """Move until so many writes were made; tell whether it came to its end before."""
    with closing(SqliteOrigin(str(origin))) as content:
        target = Cutting(there, str(origin))
        with closing(target):
            target.left = writes
            try:
                move(content, target)
            except CutOffError:
                return False
            return True


def test_cut_off_anywhere_it_goes_on(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.transfer, "_TOGETHER", 2)
    there = tmp_path / "there.db"
    attempts = 0
    while not cut_off(origin, there, 3):
        attempts += 1
        assert not there.exists()
    assert attempts > 10
    assert sums(there) == sums(origin)
    assert numbers(there) == numbers(origin)


def test_what_changed_meanwhile_begins_again(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.transfer, "_TOGETHER", 2)
    for cut in (4, 9, 14):
        there = tmp_path / f"{cut}.db"
        assert not cut_off(origin, there, cut)
        with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
            connection.execute(f"UPDATE attachment SET label = 'other {cut}'")
            connection.execute("DELETE FROM pace WHERE hour = (SELECT min(hour) FROM pace)")
        moved = db.move_store(str(origin), str(there))
        assert moved.before == 0
        assert sums(there) == sums(origin)


def test_what_changed_where_it_goes_begins_again(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.transfer, "_TOGETHER", 2)
    there = tmp_path / "there.db"
    assert not cut_off(origin, there, 9)
    with closing(sqlite3.connect(f"{there}.moving", isolation_level=None)) as connection:
        assert connection.execute("UPDATE attachment SET label = 'another'").rowcount
    assert db.move_store(str(origin), str(there)).before == 0
    assert sums(there) == sums(origin)


def test_what_is_half_filled_from_elsewhere_is_left_as_it_is(origin: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    assert not cut_off(origin, there, 3)
    other = tmp_path / "other.db"
    db.open_store(str(other)).close()
    with pytest.raises(TransferError, match=r"is being filled from .*origin\.db"):
        db.move_store(str(other), str(there))
    db.move_store(str(origin), str(there))
    assert sums(there) == sums(origin)


def test_what_arrives_otherwise_than_it_was_sent_is_not_used(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.db"
    store = SqliteTarget.store

    def damaged(
        self: SqliteTarget, table: Table, rows: Sequence[Row], progress: db.transfer.Progress
    ) -> None:
        if table.name == "tag":
            place = table.columns.index("label_nn")
            rows = [(*row[:place], "another", *row[place + 1 :]) for row in rows]
        store(self, table, rows, progress)

    monkeypatch.setattr(SqliteTarget, "store", damaged)
    with pytest.raises(TransferError, match="what arrived of tag is not what was sent"):
        db.move_store(str(origin), str(there))
    assert not there.exists()


def test_stores_that_keep_different_things_do_not_fit(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = SqliteTarget.tables
    monkeypatch.setattr(SqliteTarget, "tables", lambda self: tables(self)[1:])
    with pytest.raises(TransferError, match=r"keep different things: asked$"):
        db.move_store(str(origin), str(tmp_path / "there.db"))


def test_killed_at_any_moment_it_is_finished_by_the_next(tmp_path: Path, now: datetime) -> None:
    path, there = tmp_path / "a.db", tmp_path / "b.db"
    store = db.open_store(str(path))
    fill(store, seen=now)
    with store.together():
        for number in range(3000):
            data = entry_data(key=f"{number}", title=f"Sak {number}", attachments=())
            store.entries.put(data, seen=now, first_crawl=False)
    store.close()
    code = "import db, sys; db.move_store(sys.argv[1], sys.argv[2])"
    dice = random.Random(5)
    kills = 0
    while kills < 4 and not there.exists():
        process = subprocess.Popen([sys.executable, "-c", code, str(path), str(there)])
        time.sleep(dice.uniform(0.3, 1.2))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    if not there.exists():
        db.move_store(str(path), str(there))
    assert sums(there) == sums(path)
    assert db.inspect_store(there).faults == ()


rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()),
        st.integers(),
    )
)


@given(rows, rows)
def test_a_checksum_is_of_the_rows_whatever_their_order(first: list[Row], then: list[Row]) -> None:
    together = Checksum().plus(first).plus(then)
    assert together == Checksum().plus([*then, *first][::-1])
    assert together.rows == len(first) + len(then)
    assert (Checksum().plus(first) == Checksum().plus(then)) == (
        sorted(map(repr, first)) == sorted(map(repr, then))
    )


def test_a_checksum_tells_numbers_from_words() -> None:
    values: Iterator[Row] = iter([(1,), ("1",), (1.5,), (b"1",), (None,), ("None",)])
    assert len({Checksum().plus([row]).total for row in values}) == 6
