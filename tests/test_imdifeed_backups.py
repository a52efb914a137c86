"""`imdifeed backup` and `restore`, as an operator types them."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import fill
from imdifeed.backups import dated, outdated
from imdifeed.cli import main
from imdifeed.running.locks import RUNNING, USED, InUseError, alone, is_held, using

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Path:
    for name in os.environ:
        if name.startswith("IMDIFEED_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "srv"
    folder.mkdir()
    path = folder / "imdifeed.toml"
    path.write_text('secret_key = "0123456789abcdef"', "utf-8")
    store = db.open_store(str(folder / "imdifeed.db"))
    fill(store, seen=now)
    store.close()
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def test_there_and_back(config: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    made = run(config, "backup", str(copy))
    assert made.exit_code == 0, made.output
    assert "sound, 5 entries" in made.output
    refused = run(config, "restore", str(copy))
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    before = (config.parent / "imdifeed.db").read_bytes()
    done = run(config, "restore", str(copy), "--replace")
    assert done.exit_code == 0, done.output
    (aside,) = config.parent.glob("imdifeed.db.before-*")
    assert aside.read_bytes() == before
    assert "5 entries" in run(config, "status").output
    (config.parent / "imdifeed.db").unlink()
    fresh = run(config, "restore", str(copy))
    assert fresh.exit_code == 0, fresh.output
    assert "kept as" not in fresh.output
    assert "5 entries" in run(config, "status").output


def test_a_backup_overwrites_nothing(config: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("noe annet")
    refused = run(config, "backup", str(copy))
    assert (refused.exit_code, "is there already" in refused.output) == (2, True)
    assert copy.read_text() == "noe annet"
    nowhere = run(config, "backup", str(tmp_path / "missing" / "copy.db"))
    assert (nowhere.exit_code, "no folder" in nowhere.output) == (2, True)


def test_dated_backups_are_kept_by_number_and_others_left_alone(
    config: Path, tmp_path: Path
) -> None:
    file = tmp_path / "imdifeed.db"
    old = [dated(file, now=AT - timedelta(days=n)) for n in range(1, 5)]
    others = [tmp_path / "imdifeed-2026.db", tmp_path / "other-2026-11-23T060000Z.db"]
    for one in (*old, *others):
        one.touch()
    done = run(config, "backup", str(file), "--keep", "3")
    assert done.exit_code == 0, done.output
    left = set(tmp_path.glob("*.db"))
    assert left >= {*others, *old[:2]}
    assert not left & set(old[2:])
    assert len(left - set(old) - set(others)) == 1
    assert outdated(file, keep=99) == []


def test_nothing_is_replaced_while_somebody_uses_it(config: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    run(config, "backup", str(copy))
    database = str(config.parent / "imdifeed.db")
    with using(database), using(database):
        refused = run(config, "restore", str(copy), "--replace")
    assert (refused.exit_code, "is in use" in refused.output) == (1, True)
    with alone(database, USED):
        assert is_held(database, USED)
        waiting = run(config, "status")
        assert (waiting.exit_code, "being replaced" in waiting.output) == (1, True)
        with pytest.raises(InUseError), alone(database, USED):
            pass
    assert not is_held(database, USED)


def test_what_cannot_be_restored_changes_nothing(config: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    run(config, "backup", str(copy))
    with sqlite3.connect(copy) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('imdifeed', 'm9999_from_the_future', '2030-01-01')"
        )
    connection.close()
    database = config.parent / "imdifeed.db"
    before = database.read_bytes()
    for file, words in (
        (copy, "m9999_from_the_future"),
        (config, "no database"),
        (database, "the database itself"),
    ):
        refused = run(config, "restore", str(file), "--replace")
        assert refused.exit_code in {1, 2}
        assert words in refused.output
        assert "Traceback" not in refused.output
    assert database.read_bytes() == before
    assert not list(config.parent.glob("*before*"))


@pytest.mark.of_this_system
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_does_stays_usable_for_the_database_s_owner(config: Path, tmp_path: Path) -> None:
    folder, owner = config.parent, 12345
    database = folder / "imdifeed.db"
    for file in (folder, *folder.iterdir()):
        os.chown(file, owner, owner)
    copy = tmp_path / "copy.db"
    assert run(config, "backup", str(copy)).exit_code == 0
    with alone(str(database), RUNNING):
        assert run(config, "restore", str(copy), "--replace").exit_code == 0
    assert {file.stat().st_uid for file in folder.iterdir()} == {owner}
    database.unlink()
    assert run(config, "restore", str(copy)).exit_code == 0
    assert database.stat().st_uid == owner
