"""`imdifeed migrate-store` as an operator runs it."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import fill
from imdifeed.cli import main
from imdifeed.running.locks import using


@pytest.fixture
def database(tmp_path: Path, now: datetime) -> Path:
    path = tmp_path / "imdifeed.db"
    store = db.open_store(str(path))
    fill(store, seen=now)
    store.close()
    return path


def migrate(*words: object) -> Result:
    return CliRunner().invoke(main, ["migrate-store", *map(str, words)])


def test_it_tells_what_was_moved_and_what_to_do_next(database: Path) -> None:
    there = database.with_name("there.db")
    done = migrate(database, there)
    assert done.exit_code == 0, done.output
    assert "           5  entry\n" in done.output
    assert "in every table, as many and the same arrived as were sent" in done.output
    assert done.output.endswith("next: name it as `database` in imdifeed.toml\n")
    store = db.open_store(str(there))
    assert len(list(store.entries.walk())) == 5
    store.close()


def test_nothing_is_written_over_and_nothing_in_use_is_moved(database: Path) -> None:
    there = database.with_name("there.db")
    assert migrate(database, there).exit_code == 0
    before = there.read_bytes()
    again = migrate(database, there)
    assert again.exit_code == 1
    assert "there.db is there already and was left as it is" in again.stderr
    assert there.read_bytes() == before
    with using(str(database)):
        used = migrate(database, database.with_name("other.db"))
    assert used.exit_code == 1
    assert "imdifeed.db is in use; stop `imdifeed run`" in used.stderr
    assert not database.with_name("other.db").exists()


@pytest.mark.parametrize(
    ("origin", "target", "status", "named"),
    [
        ("imdifeed.db", "imdifeed.db", 2, "FROM and TO are the same"),
        ("none.db", "there.db", 1, "there is no file"),
        ("imdifeed.db", "none/there.db", 1, "there is no folder"),
        ("other.db", "there.db", 1, "is no database of imdifeed"),
    ],
)
def test_what_cannot_be_moved_is_named(
    database: Path, origin: str, target: str, status: int, named: str
) -> None:
    with sqlite3.connect(database.with_name("other.db")) as other:
        other.execute("CREATE TABLE x (y)")
    other.close()
    folder = database.parent
    done = migrate(folder / origin, folder / target)
    assert (done.exit_code, named in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not database.with_name("there.db").exists()
