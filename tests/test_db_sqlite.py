import sqlite3
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
import sqlite_utils.utils

import db
from db.errors import SchemaNewerError, StoreUnavailableError
from db.models import EntryData, Kind
from db.sqlite.connection import Connections
from db.store import Store

SCHEMA = Path(db.__file__).parent / "sqlite" / "schema.sql"
HEADER = (
    "-- Generated from migrations/ by the tests (--update-golden); read it, do not edit it.\n\n"
)


def schema_of(path: str) -> str:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND tbl_name NOT GLOB '_sqlite*'
              AND name NOT GLOB 'entry_fts_*'
            ORDER BY tbl_name, type DESC, name
            """
        ).fetchall()
    connection.close()
    return HEADER + "".join(f"{sql};\n\n" for (sql,) in rows)


def test_the_written_schema_is_what_the_migrations_make(
    store: Store, store_url: str, request: pytest.FixtureRequest
) -> None:
    made = schema_of(store_url)
    if SCHEMA.exists() and SCHEMA.read_text("utf-8") == made:
        return
    if request.config.getoption("--update-golden"):
        SCHEMA.write_text(made, "utf-8")
        pytest.fail("schema.sql was written: read its diff")
    pytest.fail("schema.sql is outdated: run pytest with --update-golden and read the diff")


def test_one_sqlite_library_in_the_process() -> None:
    # POSIX locks are per process: two libraries drop each other's and lose committed rows.
    assert sqlite_utils.utils.sqlite3 is sqlite3


def test_a_store_opens_again_with_what_it_held(store_url: str, now: datetime) -> None:
    first = db.open_store(store_url)
    data = EntryData(source="s", key="k", url="", kind=Kind.NEWS, title="Tittel")
    number = first.entries.put(data, seen=now, first_crawl=True).entry_id
    first.close()
    second = db.open_store(store_url)
    assert second.entries.get(number).title == "Tittel"
    second.close()
    with sqlite3.connect(store_url) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_database_from_a_newer_version_is_left_alone(store: Store, store_url: str) -> None:
    with sqlite3.connect(store_url) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('imdifeed', 'm9999_from_the_future', '2030-01-01')"
        )
    connection.close()
    with pytest.raises(SchemaNewerError, match="m9999_from_the_future"):
        db.open_store(store_url)


def test_what_is_no_store_is_named_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("dette er ingen database, men en tekst som er lang nok" * 50)
    with pytest.raises(StoreUnavailableError, match=r"notes\.txt"):
        db.open_store(str(text))
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipe (id)")
    connection.close()
    with pytest.raises(StoreUnavailableError, match="another program"):
        db.open_store(str(other))
    with pytest.raises(StoreUnavailableError, match="does not exist"):
        db.open_store(str(tmp_path / "missing" / "imdifeed.db"))
    with pytest.raises(StoreUnavailableError):
        db.open_store(str(tmp_path))
    assert not (tmp_path / "missing").exists()


def test_a_database_that_gives_way_is_an_error_of_the_store(
    store: Store, store_url: str, now: datetime
) -> None:
    with sqlite3.connect(store_url) as connection:
        connection.execute("DROP TABLE entry_fts")
    connection.close()
    data = EntryData(source="s", key="k", url="", kind=Kind.NEWS, title="Tittel")
    with pytest.raises(StoreUnavailableError, match="gave way"):
        store.entries.put(data, seen=now, first_crawl=False)
    assert list(store.entries.walk()) == [], "nothing is stored by half"


def test_threads_write_side_by_side_and_lose_nothing(store: Store, now: datetime) -> None:
    failures: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for n in range(20):
                data = EntryData(
                    source="s", key=f"{worker}/{n}", url="", kind=Kind.NEWS, title=f"{n}"
                )
                store.entries.put(data, seen=now, first_crawl=False)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(store.entries.walk())) == 80
    assert store.entries.state().change == 80


def test_processes_that_begin_at_once_make_the_database_together(store_url: str) -> None:
    code = (
        "import db, sys; sys.stdin.readline(); store = db.open_store(sys.argv[1]);"
        " store.upkeep.require_current(); store.close()"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, store_url], stdin=subprocess.PIPE)
        for _ in range(4)
    ]
    time.sleep(0.5)
    for process in processes:
        process.communicate(b"\n", timeout=60)
    assert [process.returncode for process in processes] == [0] * 4
    assert db.inspect_store(Path(store_url)).faults == ()


@pytest.mark.usefixtures("store")
def test_who_only_reads_keeps_few_pages_and_who_writes_many(store_url: str) -> None:
    connections = Connections(store_url)

    def kept() -> int:
        (pages,) = connections.connection.execute("PRAGMA cache_size").fetchone()
        return -int(pages)

    connections.connection.execute("SELECT count(*) FROM entry")
    reading = kept()
    with connections.writing():
        pass
    assert kept() >= 4 * reading, "what is changed has room"
    connections.close()


def test_what_is_committed_is_on_the_disk(store_url: str) -> None:
    # asked of a process that is no test: they wait for no disk
    code = (
        "import sys; from db.sqlite.connection import Connections;"
        "print(*Connections(sys.argv[1]).connection.execute('PRAGMA synchronous').fetchone())"
    )
    words = [sys.executable, "-c", code, store_url]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "2\n", "2 is FULL"
