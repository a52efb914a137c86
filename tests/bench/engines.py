"""The same work on PostgreSQL and on SQLite, side by side; there is no aim but to know."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import psycopg

import db
from bench import crawlers, digests
from bench.archive import MOST_MADE, NEWEST, entries, put, short
from bench.copying import multiply_on_server
from bench.pairs import alternate, percentile, seconds
from bench.results import Better, Figure
from bench.search import _in_turns, _queries
from bench.serving import fetch, imdifeed, needs, rate
from builders import SOURCES, TAGS
from db.query import EntryQuery, Paging
from postgres_server import Server, why_not

#: entries stored in one turn; sizes of archives that are searched
AMOUNT, FULL_AMOUNT = 500, 10_000
SIZES, FULL_SIZES = (10_000,), (100_000, 1_000_000)
#: subscriptions that are planned for, mails that are handed over, and by how many processes at once
READERS, FULL_READERS = 2_000, 100_000
MAILS, FULL_MAILS = 300, 3_000
SENDERS = (1, 2, 4)
#: as a server of one's own is set up: what is committed is on the disk
_DURABLE = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on",
    "shared_buffers": "512MB",
}  # fmt: skip
_REFERENCE = "the same on SQLite"


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give what storing, searching, feeds, planning, sending and crawls cost on both engines."""
    if reason := why_not():
        click.echo(f"PostgreSQL is passed over: {reason}", err=True)
        return
    needs("nginx", "wrk")
    with _server() as server:
        yield _storing(server, folder, FULL_AMOUNT if full else AMOUNT)
        yield _planning(server, folder, READERS)
        if full:
            yield _planning(server, folder, FULL_READERS, once=True)
        yield from _sending(server, folder, FULL_MAILS if full else MAILS)
        yield from crawlers.measure(server, folder, full=full)
        for size in FULL_SIZES if full else SIZES:
            path = short(folder, size)
            # index tokens of a million entries are an hour's work, and rows of copies minutes'
            moved = _moved(server, short(folder, min(size, MOST_MADE)))
            if size > MOST_MADE:
                multiply_on_server(moved, size // MOST_MADE)
            yield from _searching(moved, path, size)
            if size == (FULL_SIZES if full else SIZES)[0]:
                yield _feeding(moved, path, folder, size)


@contextlib.contextmanager
def _server() -> Iterator[Server]:
    server = Server(Path(tempfile.mkdtemp(prefix="imdifeed-bench-postgres-")), **_DURABLE)
    server.set_up()
    server.start()
    try:
        yield server
    finally:
        server.end()


def _moved(server: Server, path: Path, name: str = "moved") -> str:
    """Give the address of a database with what a file holds, and the planner's statistics of it."""
    server.drop(name)
    address = server.make(name)
    db.move_store(str(path), address)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return address


def _storing(server: Server, folder: Path, amount: int) -> Figure:
    given = list(entries(amount))

    def rate_of(url: str) -> float:
        store = db.open_store(url)
        store.vocabulary.declare(SOURCES, TAGS, now=NEWEST)
        spent = seconds(lambda: put(store, given))
        store.close()
        return len(given) / spent

    def on_file() -> float:
        path = folder / "engines.db"
        path.unlink(missing_ok=True)
        return rate_of(str(path))

    mine, other = alternate(lambda: rate_of(server.fresh("stored")), on_file)
    return _figure(f"storing {amount:,} entries", "entries/s", mine, other, Better.HIGHER)


def _searching(address: str, path: Path, size: int) -> Iterator[Figure]:
    with contextlib.ExitStack() as stack:
        stores = [stack.enter_context(contextlib.closing(db.open_store(url)))
                  for url in (address, str(path))]  # fmt: skip

        def search(number: int, q: str) -> None:
            stores[number].entries.search(EntryQuery(q=q), Paging())

        mine, other = _in_turns(
            lambda q: search(0, q), lambda q: search(1, q), _queries(path, size),
            lambda: _alter(address, path),
        )  # fmt: skip
    for share in (0.5, 0.99):
        yield _figure(
            f"search, {size:,} entries, p{share * 100:.0f}", "ms",
            [percentile(turn, share) for turn in mine],
            [percentile(turn, share) for turn in other], Better.LOWER,
        )  # fmt: skip


def _alter(address: str, path: Path) -> None:
    """Make everything that is kept by the state of the data of no use, on both."""
    change = "UPDATE state SET change = change + 1"
    with psycopg.connect(address) as connection:
        connection.execute(change)
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute(change)


def _feeding(address: str, path: Path, folder: Path, size: int) -> Figure:
    taken = {"Accept-Encoding": "gzip"}
    with imdifeed(folder, address) as ours, imdifeed(folder, path) as theirs:
        for server in (ours, theirs):
            fetch(server.address("/feed.atom"))
        mine, other = alternate(
            lambda: rate(ours.address("/feed.atom"), taken),
            lambda: rate(theirs.address("/feed.atom"), taken),
        )
    return _figure(f"feed, unchanged, {size:,} entries", "requests/s", mine, other, Better.HIGHER)


def _planning(server: Server, folder: Path, readers: int, *, once: bool = False) -> Figure:
    """Plan for so many; once for very many, which takes minutes."""
    followed = digests._followed(folder, readers)

    def on_server() -> float:
        return _planned(_moved(server, followed), folder)

    def on_file() -> float:
        copy = followed.with_suffix(".planned")
        shutil.copy(followed, copy)
        return _planned(str(copy), folder)

    mine, other = ([on_server()], [on_file()]) if once else alternate(on_server, on_file)
    name = f"digests of {readers:,} subscriptions planned, rendered and stored"
    return _figure(name, "mails/s", mine, other, Better.HIGHER)


def _planned(url: str, folder: Path) -> float:
    run = digests.plan(url, folder)
    return run["mails"] / run["all"]


def _sending(server: Server, folder: Path, mails: int) -> Iterator[Figure]:
    outbox, _ = digests.ready(folder, mails)

    def on_server(senders: int) -> float:
        return _sent(_moved(server, outbox), folder, port, senders)

    def on_file(senders: int) -> float:
        copy = outbox.with_suffix(".copy")
        shutil.copy(outbox, copy)
        return _sent(str(copy), folder, port, senders)

    with digests.sink() as port:
        for count in SENDERS:
            mine, other = alternate(
                lambda count=count: on_server(count),  # type: ignore[misc]
                lambda count=count: on_file(count),  # type: ignore[misc]
            )
            name = f"hand-over by {count} process{'es' if count > 1 else ''}"
            yield _figure(name, "mails/s", mine, other, Better.HIGHER)


def _sent(url: str, folder: Path, port: int, senders: int) -> float:
    """Give the mails a second that some processes hand over, all beginning at once."""
    config = str(digests.config(folder))
    command = [sys.executable, "-m", "bench.sender", url, str(port), config]
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(senders)
        ]
        for process in processes:
            assert process.stdout
            process.stdout.readline()
        sent: list[int] = []

        def begin() -> None:
            for process in processes:
                assert process.stdin
                process.stdin.write("go\n")
                process.stdin.flush()
            for process in processes:
                assert process.stdout
                sent.append(int(process.stdout.readline()))

        spent = seconds(begin)
    return sum(sent) / spent


def _figure(
    path: str, unit: str, mine: Sequence[float], other: Sequence[float], better: Better
) -> Figure:
    return Figure(f"PostgreSQL: {path}", unit, mine, _REFERENCE, other, better, None)
