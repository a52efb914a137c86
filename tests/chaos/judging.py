"""What must be true when many copies come to rest; each function gives the faults it finds."""

import email
import email.policy
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from chaos.harness import by_address
from chaos.postoffice import FOR_GOOD, Taken, fate_of
from chaos.rooms import Asked
from db.models import CrawlRun, Entry

#: seconds that another crawler leaves a host in peace at least: its delay, as it is measured here
PEACE = 0.04
#: of a line of the log, and of one that ends a traceback
_BEGINNING = re.compile(r"^(?=\d{4}-\d\d-\d\dT)", re.MULTILINE)
_RAISED = re.compile(r"^ *([a-zA-Z_.]+(?:Error|Exception|Interrupt)\b)", re.MULTILINE)


def stored(entries: Sequence[Entry], published: Sequence[int]) -> Iterator[str]:
    """See that every release is stored once, by itself."""
    numbers = sorted(int(entry.key.partition("/")[0]) for entry in entries)
    if numbers != sorted(published):
        yield f"{len(published)} were published, {len(numbers)} are stored"
    if len({entry.story for entry in entries}) < len(entries):
        yield "what has nothing to do with each other became one story"


def crawled(runs: Mapping[str, Sequence[CrawlRun]]) -> Iterator[str]:
    """See that no source was crawled twice at once, by the runs that came to their end."""
    for slug, found in runs.items():
        for before, after in pairwise(sorted(found, key=lambda run: run.started)):
            if before.finished is None or after.started < before.finished:
                yield f"{slug} was crawled twice at once: {before}, {after}"


def asked(requests: Iterable[Asked], cut_off: Iterable[str]) -> Iterator[str]:
    """See that no host met two crawlers at once, but for those that were cut off."""
    by_host = defaultdict(list)
    for one in requests:
        if not any(f"+{name}@" in one.by for name in cut_off):
            by_host[one.host].append(one)
    for host, found in by_host.items():
        for before, after in pairwise(sorted(found, key=lambda one: one.begun)):
            pause = after.begun - before.ended
            if after.by != before.by and pause < PEACE:
                yield f"{host} was asked by another crawler after {pause:.3f} s"


def told(taken: Sequence[Taken], addresses: Iterable[str], fresh: set[int]) -> Iterator[str]:
    """See that everybody was told everything in one message each, repeated only in doubt."""
    mails = by_address(list(taken))
    for address in addresses:
        if fate_of(address) in FOR_GOOD:
            if mails[address]:
                yield f"{address} was refused and got a mail"
            continue
        where: dict[int, set[str]] = defaultdict(set)
        known: dict[str, bool] = {}
        for mail in mails[address]:
            if known.get(mail.message_id):
                yield f"{address} got a second mail though the first was known to have arrived"
            known[mail.message_id] = mail.known
            for number in _releases_of(mail.data):
                where[number].add(mail.message_id)
        if lost := fresh - where.keys():
            yield f"{address} was not told of {sorted(lost)[:5]}"
        if twice := [number for number, messages in where.items() if len(messages) > 1]:
            yield f"{address} was told twice of {twice[:5]}"


def repeated(taken: Sequence[Taken]) -> int:
    """Count the mails that were the same once more."""
    return len(taken) - len({(mail.address, mail.message_id) for mail in taken})


def logged(folder: Path) -> Iterator[str]:
    """See that nobody stumbled over anything but a store that gave way."""
    for log in folder.glob("*.log"):
        for line in _BEGINNING.split(log.read_text("utf-8", "replace")):
            raised = _RAISED.findall(line) if "Traceback" in line else ()
            if raised and not raised[-1].startswith("db.errors.Store"):
                yield f"{log.name} has a fault:\n{line[-3000:]}"


def _releases_of(data: bytes) -> set[int]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    text = message.get_body(("plain",))
    assert text is not None
    return {int(number) for number in re.findall(r"/pressemelding/([0-9]+)", text.get_content())}
