"""Digests for many readers of few queries: planning, rendering, and handing over."""

import contextlib
import itertools
import json
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import db
from bench import pairs
from bench.archive import entries, stored
from bench.machine import run_and_peak
from bench.pairs import alternate, seconds
from bench.planning import NOW
from bench.results import Better, Figure
from bench.serving import free_port
from builders import SOURCES, TAGS
from db.models import Precision, PublisherDate, put_together
from db.sql.moments import to_text
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.handover import Manner, hand_over_by
from imdifeed.sending.tally import Tally
from imdifeed.settings import Settings

QUERIES = 200
#: subscriptions, each of another reader
READERS = 2_000
#: entries that appeared since the digests of the day before
FRESH = 30
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
    """Give planning against rendering, memory, growth, and the rate of handing over."""
    yield from _planning(folder, 100_000 if full else READERS)
    yield from _handing_over(folder)


def _planning(folder: Path, readers: int) -> Iterator[Figure]:
    followed, fewer = _followed(folder, readers), _followed(folder, readers // 10)
    # as many mails as fewer readers are written, and as many subscriptions as the others have
    silent = _followed(folder, readers // 10, silent=readers - readers // 10)
    runs: dict[Path, list[dict[str, float]]] = {followed: [], fewer: [], silent: []}
    for turn in range(-pairs.UNCOUNTED, pairs.PAIRS):
        for path in runs if turn % 2 else reversed(runs):
            run = _plan(path)
            if run["mails"] < (readers if path is followed else readers // 10) // 2:
                raise AssertionError(f"few readers have a digest: {run}")
            if turn >= 0:
                runs[path].append(run)

    def all_of(path: Path, name: str) -> list[float]:
        return [run[name] for run in runs[path]]

    def planning(path: Path) -> list[float]:
        return [run["all"] - run["rendering"] - run["storing"] for run in runs[path]]

    name = f"digests of {readers:,} subscriptions, {QUERIES} queries"
    yield Figure(
        f"{name}: planning", "s", planning(followed), "rendering each of the mails by itself",
        all_of(followed, "alone"), Better.LOWER, 0.1,
    )  # fmt: skip
    yield Figure(
        f"{name}: planning", "s", planning(followed), "all of planning, rendering and storing",
        all_of(followed, "all"), Better.LOWER, 0.1,
    )  # fmt: skip
    yield Figure(
        f"{name}: planned, rendered and stored", "mails/s",
        [run["mails"] / run["all"] for run in runs[followed]], "rendering each by itself",
        # with ten readers a query, what can be shared is shared by ten
        [run["mails"] / run["alone"] for run in runs[followed]], Better.HIGHER,
        8 if readers >= 100_000 else None,
    )  # fmt: skip
    yield Figure(
        f"{name}: memory", "MB", all_of(followed, "memory"), f"of {readers // 10:,}",
        all_of(fewer, "memory"), Better.LOWER, 1.1,
    )  # fmt: skip
    yield Figure(
        f"{name}: all of it, with news for one in ten", "s", all_of(silent, "all"),
        f"{readers // 10:,} subscriptions, the same mails", all_of(fewer, "all"),
        Better.LOWER, 1.5,
    )  # fmt: skip


def _handing_over(folder: Path) -> Iterator[Figure]:
    outbox, mails = ready(folder, MAILS)
    with sink() as port:
        # as many as `imdifeed digest send` opens unless it is told otherwise, and one alone
        for count in (_settings(folder).digest.workers, 1):
            mine, other = alternate(
                lambda count=count: len(mails) / _hand_over(outbox, port, count),  # type: ignore[misc]
                lambda: len(mails) / _smtplib(mails, port),
            )
            name = f"{count} connections" if count > 1 else "1 connection"
            yield Figure(
                f"hand-over by {name}, each delivery committed", "mails/s", mine,
                "smtplib, 1 connection, nothing recorded", other, Better.HIGHER, 0.5,
            )  # fmt: skip


def _plan(followed: Path) -> dict[str, float]:
    path = followed.with_suffix(".planned")
    shutil.copy(followed, path)
    return plan(str(path), followed.parent)


def plan(url: str, folder: Path) -> dict[str, float]:
    """Plan and queue what is due in a process of its own; give seconds, mails and its memory."""
    command = [sys.executable, "-m", "bench.planning", url, str(config(folder))]
    said, memory = run_and_peak(command)
    return {**json.loads(said), "memory": memory}


def _followed(folder: Path, readers: int, *, silent: int = 0) -> Path:
    """Give an archive with readers who are to be told of what appeared this night.

    `silent` more follow queries that nothing new matches.
    """
    path = folder / f"followed-{readers}-{silent}.db"
    shutil.copy(stored(folder, 1_000), path)
    store = db.open_store(str(path))
    for number, data in enumerate(entries(FRESH * len(SOURCES), seed=2)):
        published = PublisherDate(NOW - timedelta(hours=6), Precision.MINUTE)
        source = SOURCES[number % len(SOURCES)].slug
        fresh = replace(data, source=source, published=published, key=f"fresh/{number}")
        store.entries.put(fresh, seen=NOW - timedelta(hours=5), first_crawl=False)
    store.close()
    chosen = itertools.product(_WORDS, _KINDS, ("", *(f"&tag={tag.slug}" for tag in TAGS)), SOURCES)
    queries = [f"{kind[1:] + '&' if kind else ''}q={word}&source={source.slug}{tag}"
               for word, kind, tag, source in chosen][:QUERIES]  # fmt: skip
    quiet = [f"q=ord{number}+som+ingen+skriver" for number in range(QUERIES)]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        (last,) = connection.execute(
            "SELECT max(id) FROM entry WHERE key NOT LIKE 'fresh/%'"
        ).fetchone()
        numbers = range(1, readers + silent + 1)
        connection.executemany(
            "INSERT INTO subscriber (id, email) VALUES (?, ?)",
            ((number, f"leser{number:06}@example.no") for number in numbers),
        )
        connection.executemany(
            "INSERT INTO subscription (subscriber_id, query, rhythm, language, confirmed, position)"
            " VALUES (?, ?, 'daily', 'nb', ?, ?)",
            (
                (
                    number, (queries if number <= readers else quiet)[number % QUERIES],
                    to_text(NOW - timedelta(days=2)), last,
                )
                for number in numbers
            ),
        )  # fmt: skip
    return path


def config(folder: Path) -> Path:
    """Give the configuration of it all."""
    path = folder / "digests.toml"
    path.write_text('secret_key = "measured-on-this-machine-only"\n', "utf-8")
    return path


def _settings(folder: Path) -> Settings:
    return load_settings(config(folder), {})


@contextlib.contextmanager
def sink() -> Iterator[int]:
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


def ready(folder: Path, mails: int) -> tuple[Path, list[tuple[str, bytes]]]:
    """Give an outbox of mails, and the mails."""
    path = _followed(folder, mails)
    store = db.open_store(str(path))
    plan_and_queue(store, _settings(folder), now=NOW, let_go=True)
    store.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT recipient, mail.data, letter.data FROM outbox"
            " JOIN mail ON outbox_id = outbox.id"
            " JOIN letter ON letter.id = letter_id"
        )
        return path, [(recipient, put_together(own, letter)) for recipient, own, letter in rows]


def _hand_over(outbox: Path, port: int, count: int) -> float:
    """Give the seconds that handing over an outbox takes."""
    path = outbox.with_suffix(".copy")
    shutil.copy(outbox, path)
    store, tally = db.open_store(str(path)), Tally()
    mail = _settings(outbox.parent).mail._replace(transport="smtp", host="127.0.0.1", port=port)
    taken = seconds(
        lambda: hand_over_by(count, store, mail, Manner(_SENDER), tally, clock=lambda: NOW)
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
