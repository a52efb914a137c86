"""A PostgreSQL server for the tests: one for all workers of a run, in a folder of its own.

PostgreSQL refuses to run as root, who hands it to the user that Debian's package makes. What it
keeps may be lost with the machine, so nothing waits for a disk. A server whose run was killed ends
by itself when pytest removes old folders: it looks for its own files every minute.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

import db

_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "48MB",
    "autovacuum": "off",
}
#: empties every table but for the single rows that the migrations put there, which it resets
_EMPTY = """
DO $$ DECLARE one text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind = 'r'
    AND relname NOT IN ('schema_step', 'state', 'search_index', 'entry_change_gone')
  LOOP EXECUTE 'DELETE FROM ' || quote_ident(one); END LOOP;
  FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind = 'S'
  LOOP PERFORM setval(one::regclass, 1, false); END LOOP;
  UPDATE state SET change = 0, moment = NULL, sweeping = NULL;
  UPDATE entry_change_gone SET number = 0;
END $$
"""
#: ends what earlier tests left open
_ALONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def programs() -> Path | None:
    """Give the folder of PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in folders if (one / "initdb").exists()), None)


def why_not() -> str:
    """Say why no server can be had; empty where one can."""
    if programs() is None:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if os.getuid() == 0 and subprocess.run(["id", "postgres"], capture_output=True).returncode:
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


class Server:
    """A server that runs; `address` is for a database of it."""

    def __init__(self, folder: Path, **options: str) -> None:
        self.folder = folder
        self.options = _OPTIONS | options
        self._kept: dict[str, psycopg.Connection[Any]] = {}

    def address(self, database: str) -> str:
        return f"postgresql://imdifeed@/{database}?host={self.folder}"

    def make(self, database: str) -> str:
        """Make a database where it is not there; give its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT datname FROM pg_database").fetchall()
            if (database,) not in known:
                connection.execute(f"CREATE DATABASE {database} STRATEGY file_copy")
        return self.address(database)

    def fresh(self, database: str) -> str:
        """Give the address of a database with empty tables."""
        address = self.address(database)
        try:
            self._empty(database)
        except psycopg.OperationalError:
            # there is no such database yet, or the server was started anew
            self.let_go(database)
            self.make(database)
            self._empty(database)
        return address

    def _empty(self, database: str) -> None:
        address = self.address(database)
        if database not in self._kept:
            # to connect takes ten times what emptying does
            self._kept[database] = psycopg.connect(address, autocommit=True, prepare_threshold=None)
            self._kept[database].execute("SET client_min_messages = warning")
        connection = self._kept[database]
        connection.execute(_ALONE)
        made = connection.execute("SELECT to_regclass('schema_step')").fetchall()
        if made != [(None,)]:
            connection.execute(_EMPTY)
        else:
            db.open_store(address).close()

    def let_go(self, *databases: str) -> None:
        """Close what is kept open to databases, or to all."""
        for database in databases or tuple(self._kept):
            if connection := self._kept.pop(database, None):
                connection.close()

    def drop(self, database: str) -> None:
        self.let_go(database)
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def start(self) -> None:
        options = [f"-c {name}={value or repr('')}" for name, value in self.options.items()]
        options.append(f"-c unix_socket_directories={self.folder}")
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", log, "-o", " ".join(options))

    def stop(self, how: str = "immediate") -> None:
        self.let_go()
        self._run("pg_ctl", "stop", "-w", "-m", how, "-D", self._data)

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def set_up(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(
            *("initdb", "-D", self._data, "-U", "imdifeed", "-A", "trust", "-E", "UTF8"),
            # not C: what sorts as in SQLite must do so in every database
            *("--locale=C.UTF-8", "--no-sync"),
        )

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, name: str, *given: str) -> None:
        folder = programs()
        assert folder is not None
        who: dict[str, Any] = {}
        if os.getuid() == 0:
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        done = subprocess.run(
            [str(folder / name), *given],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # the server inherits them, and a pipe would wait for it
            stdout=(output := (self.folder / f"{name}.txt").open("ab")),
            stderr=output,
            **who,
        )
        output.close()
        said = (self.folder / f"{name}.txt").read_text()
        assert done.returncode == 0, f"{name} failed:\n{said}"


def new() -> Server:
    """Start a server of one's own, to `end`."""
    server = Server(Path(tempfile.mkdtemp(prefix="imdifeed-postgres-")))
    server.set_up()
    server.start()
    return server


@contextmanager
def running(shared: Path) -> Iterator[Server]:
    """Give the server of a run, whose workers share a folder: the last one ends it."""
    with _users(shared) as known:
        server = Server(Path(known["folder"])) if known["users"] else new()
        known["folder"] = str(server.folder)
        known["users"] += 1
    try:
        yield server
    finally:
        server.let_go()
        with _users(shared) as known:
            known["users"] -= 1
            if not known["users"]:
                server.end()


@contextmanager
def _users(shared: Path) -> Iterator[dict[str, Any]]:
    with closing((shared / "postgres.json").open("a+")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or '{"users": 0, "folder": ""}')
        yield known
        file.truncate(0)
        json.dump(known, file)
