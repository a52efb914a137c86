"""Digests for many readers of few queries: planning, rendering, and handing over."""

import contextlib
import itertools
import os
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import db
from bench.archive import NEWEST, entries, stored
from bench.machine import peak
from bench.pairs import alternate, seconds
from bench.results import Better, Figure
from bench.serving import free_port
from builders import SOURCES, TAGS
from db.models import Category, Precision, PublisherDate
from db.sql.moments import to_text
from db.store import Store
from feed.smtp import SmtpTransport
from imdifeed.config import Settings, load_settings
from imdifeed.sending import composing
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.handover import Manner, hand_over

QUERIES = 200
#: subscriptions, each of another reader
READERS = 2_000
#: entries that appeared since the digests of the day before
FRESH = 30
#: after seven in Oslo
NOW = NEWEST.replace(hour=7)
#: mails of one turn of handing over
MAILS = 300
_SENDER = "IMDi-nytt <nytt@imdifeed.example>"
_WORDS = ("tolk", "bosetting", "arbeid", "kommune", "rapport", "norsk", "kvinner", "tilskudd")
_KINDS = ("", "&kind=news", "&kind=report")
_SINK = """
import sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
time.sleep(3600)
"""


def measure(folder: Path, *, full: bool) -> Iterator[Figure]:
    """Give planning against rendering, memory, and the rate of handing over."""
    readers = 100_000 if full else READERS
    settings = _settings(folder)
    planning, rendering = [], []
    memory: list[float] = []
    for count in (readers // 10, readers):
        with _followed(folder, count) as store:
            spent = _plan(store, settings)
            memory.append(peak(os.getpid()))
            if sum(store.digests.counts().values()) < count // 2:
                raise AssertionError(f"few readers have a digest: {store.digests.counts()}")
        planning.append(spent["all"] - spent["rendering"] - spent["storing"])
        rendering.append(spent["rendering"])
    yield Figure(
        f"digests of {readers:,} subscriptions, {QUERIES} queries: planning", "s",
        planning[1:], "rendering", rendering[1:], Better.LOWER, 0.1,
    )  # fmt: skip
    yield Figure(
        f"digests of {readers:,} subscriptions: memory", "MB",
        memory[1:], f"of {readers // 10:,}", memory[:1], Better.LOWER, 1.1,
    )  # fmt: skip
    outbox, mails = _ready(folder)
    with _sink() as port:
        mine, other = alternate(
            lambda: len(mails) / _hand_over(outbox, port),
            lambda: len(mails) / _smtplib(mails, port),
        )
    yield Figure(
        "hand-over, each delivery committed", "mails/s", mine, "smtplib, nothing recorded",
        other, Better.HIGHER, 0.5,
    )  # fmt: skip


def _plan(store: Store, settings: Settings) -> Counter[str]:
    """Plan and queue what is due; give the seconds of it all, of rendering and of storing."""
    spent: Counter[str] = Counter()

    def timed(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def run(*given: object, **named: object) -> object:
            start = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                spent[name] += time.perf_counter() - start

        return run

    with (
        patch.object(composing, "compose_digest", timed("rendering", composing.compose_digest)),
        patch.object(store.digests, "enqueue", timed("storing", store.digests.enqueue)),
    ):
        timed("all", plan_and_queue)(store, settings, now=NOW, let_go=True)
    return spent


@contextlib.contextmanager
def _followed(folder: Path, readers: int) -> Iterator[Store]:
    """Give an archive with readers who are to be told of what appeared this night."""
    path = folder / "followed.db"
    shutil.copy(stored(folder, 1_000), path)
    store = db.open_store(str(path))
    chosen = itertools.product(_WORDS, _KINDS, ("", *(f"&tag={tag.slug}" for tag in TAGS)), SOURCES)
    queries = [f"{kind[1:] + '&' if kind else ''}q={word}&source={source.slug}{tag}"
               for word, kind, tag, source in chosen][:QUERIES]  # fmt: skip
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        (last,) = connection.execute("SELECT max(id) FROM entry").fetchone()
        connection.executemany(
            "INSERT INTO subscriber (id, email) VALUES (?, ?)",
            ((number, f"leser{number:06}@example.no") for number in range(1, readers + 1)),
        )
        connection.executemany(
            "INSERT INTO subscription (subscriber_id, query, rhythm, language, confirmed, position)"
            " VALUES (?, ?, 'daily', 'nb', ?, ?)",
            (
                (number, queries[number % QUERIES], to_text(NOW - timedelta(days=2)), last)
                for number in range(1, readers + 1)
            ),
        )
    for number, data in enumerate(entries(FRESH * len(SOURCES), seed=2)):
        published = PublisherDate(NOW - timedelta(hours=6), Precision.MINUTE)
        source = SOURCES[number % len(SOURCES)].slug
        fresh = replace(data, source=source, published=published, key=f"fresh/{number}")
        store.entries.put(fresh, seen=NOW - timedelta(hours=5), first_crawl=False)
    try:
        yield store
    finally:
        store.close()


def _settings(folder: Path) -> Settings:
    path = folder / "digests.toml"
    path.write_text('secret_key = "measured-on-this-machine-only"\n', "utf-8")
    return load_settings(path, {})


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """Run a mail server that takes everything and keeps nothing."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", _SINK, str(port)]) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", port):
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.kill()


def _ready(folder: Path) -> tuple[Path, list[tuple[str, bytes]]]:
    """Give an outbox of mails, and the mails."""
    path = folder / "outbox.db"
    with _followed(folder, MAILS) as store:
        _plan(store, _settings(folder))
    (folder / "followed.db").replace(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return path, connection.execute(
            "SELECT recipient, data FROM outbox JOIN mail ON outbox_id = id"
        ).fetchall()


def _hand_over(outbox: Path, port: int) -> float:
    """Give the seconds that handing over an outbox takes."""
    path = outbox.with_suffix(".copy")
    shutil.copy(outbox, path)
    store = db.open_store(str(path))
    with SmtpTransport("127.0.0.1", port) as transport:
        taken = seconds(
            lambda: hand_over(
                store, transport, Manner(_SENDER), clock=lambda: NOW, category=Category.DIGEST
            )
        )
    if store.digests.counts().keys() != {"sent"}:
        raise AssertionError(f"not all were sent: {store.digests.counts()}")
    store.close()
    return taken


def _smtplib(mails: Sequence[tuple[str, bytes]], port: int) -> float:
    """Give the seconds that the same mails take over one connection, nothing recorded."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for recipient, data in mails:
                connection.sendmail("nytt@imdifeed.example", [recipient], data)

    return seconds(send)
