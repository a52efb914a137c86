"""Delivery reports from a file, a mailbox or a Maildir into the store."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from mailbox import mbox
from pathlib import Path
from typing import BinaryIO

from db.store import Store
from feed.bounces import MOST_REPORT_BYTES, outbox_id_in, read_report

#: outcomes, in the order they are told; the first four are the store's words
OUTCOMES = {
    "suppressed": "suppressed",
    "paused": "left alone for some hours",
    "ignored": "say nothing about their address or were counted already",
    "unknown": "about messages or readers that are gone",
    "unsigned": "without a return path signed by us",
    "no report": "no delivery reports",
}


def take_in(
    store: Store, reports: Iterator[bytes], *, return_path: str, secret: str, now: datetime
) -> Counter[str]:
    """Record what came back; count the outcomes."""
    counts: Counter[str] = Counter()
    for data in reports:
        counts[_take_in_one(store, data, return_path=return_path, secret=secret, now=now)] += 1
    return counts


def reports_in(path: Path) -> Iterator[bytes]:
    """Give the messages of a Maildir, an mbox or a file with one message, cut to a bound.

    What is new in a Maildir is marked as seen once the next one is asked for, so a message that
    could not be recorded is met again.
    """
    if path.is_dir():
        yield from _reports_in_maildir(path)
        return
    with path.open("rb") as file:
        beginning = file.read(5)
        if beginning != b"From ":
            yield beginning + file.read(MOST_REPORT_BYTES)
            return
    box = mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as message:
                yield message.read(MOST_REPORT_BYTES)
    finally:
        box.close()


def report_from(stream: BinaryIO) -> Iterator[bytes]:
    """Give the one message of a stream, cut to a bound; the rest is read and dropped."""
    yield stream.read(MOST_REPORT_BYTES)
    # a mail server that pipes to us takes a closed pipe for a failure
    while stream.read(MOST_REPORT_BYTES):
        pass


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir."""
    return (path / "new").is_dir() and (path / "cur").is_dir()


def tally_in_words(counts: Counter[str]) -> str:
    """Say how many reports there were and what came of them."""
    parts = [f"{counts[word]} {words}" for word, words in OUTCOMES.items() if counts[word]]
    total = counts.total()
    messages = f"{total} message{'' if total == 1 else 's'}"
    return f"{messages} read: {', '.join(parts)}" if parts else f"{messages} read"


def _take_in_one(store: Store, data: bytes, *, return_path: str, secret: str, now: datetime) -> str:
    report = read_report(data)
    if report is None:
        return "no report"
    outbox_id = outbox_id_in(data, return_path, secret)
    if outbox_id is None:
        return "unsigned"
    return store.readers.bounced(outbox_id, report.bounce, reason=report.reason, now=now)


def _reports_in_maildir(path: Path) -> Iterator[bytes]:
    for message in sorted((path / "new").iterdir()):
        if not message.is_file():
            continue
        with message.open("rb") as file:
            yield file.read(MOST_REPORT_BYTES)
        # another process may have moved it meanwhile
        with suppress(FileNotFoundError):
            message.rename(path / "cur" / f"{message.name.partition(':')[0]}:2,S")
