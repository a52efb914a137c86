"""How an installation is: for people, for programs, and what of it needs a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from db.models import Verdict
from imdifeed.report import moment_as_text, run_as_json, run_as_line

if TYPE_CHECKING:
    from db.models import CrawlRun, DigestRun, Source
    from db.store import Store

#: a message that is due for longer waits in vain: no sender runs, or something stops it
LONGEST_WAIT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Status:
    """How an installation is."""

    entries: int
    #: sources with their newest finished run, if any
    sources: "tuple[tuple[Source, CrawlRun | None], ...]"
    subscriptions: int
    #: outbox messages by state
    outbox: Mapping[str, int]
    #: runs of digests that wait for a person
    held: "tuple[DigestRun, ...]"
    #: since when the message that is due longest has been due
    waiting_since: datetime | None
    #: how often each job of `imdifeed run` has crashed; None while that does not run
    crashes: Mapping[str, int] | None
    now: datetime

    @property
    def needs_a_person(self) -> list[str]:
        """What somebody must look at, a sentence each."""
        found = [
            f"{source.slug} is broken: {run.reason}"
            for source, run in self.sources
            if run and run.verdict is Verdict.BROKEN
        ]
        if self.waiting_since and self.now - self.waiting_since > LONGEST_WAIT:
            found.append(
                f"messages wait to be handed over since {moment_as_text(self.waiting_since)}; see"
                " what `imdifeed digest send` says"
            )
        if failed := self.outbox.get("failed"):
            found.append(f"{failed} messages were refused by the mail server")
        if uncertain := self.outbox.get("uncertain"):
            found.append(f"of {uncertain} messages nobody knows whether they arrived")
        found += [
            f"the {run.rhythm} digests of {run.window} are held: {run.held}; see what is new,"
            " then `imdifeed digest send --let-go`"
            for run in self.held
        ]
        return found


def status_of(store: "Store", *, crashes: Mapping[str, int] | None, now: datetime) -> Status:
    """Ask the store how things are; `crashes` are those `imdifeed run` tells of, if it runs."""
    runs, figures = store.crawls.latest(), store.upkeep.figures()
    return Status(
        entries=figures.stories,
        sources=tuple((source, runs.get(source.slug)) for source in store.vocabulary.sources()),
        subscriptions=sum(figures.subscriptions.values()),
        outbox=figures.outbox,
        held=tuple(store.digests.held()) if figures.held else (),
        waiting_since=figures.waiting_since,
        crashes=crashes,
        now=now,
    )


def status_as_json(status: Status) -> dict[str, Any]:
    """Give a status as `status --json` prints it."""
    return {
        "entries": status.entries,
        "subscriptions": status.subscriptions,
        "outbox": dict(status.outbox),
        "run": None if status.crashes is None else {"crashes": dict(status.crashes)},
        "sources": [
            {"source": source.slug, "name": source.name, "run": run and run_as_json(run)}
            for source, run in status.sources
        ],
        "needs_a_person": status.needs_a_person,
    }


def status_as_lines(status: Status) -> list[str]:
    """Give a status as lines."""
    lines = [f"{status.entries} entries, {status.subscriptions} subscriptions"]
    waiting = ", ".join(f"{count} {state}" for state, count in status.outbox.items())
    lines.append(f"outbox: {waiting or 'empty'}")
    if status.crashes is not None:
        crashed = ", ".join(f"{name} {times}" for name, times in status.crashes.items() if times)
        lines.append(f"imdifeed run: at work; crashes since it began: {crashed or 'none'}")
    for source, run in status.sources:
        if run is None or run.finished is None:
            lines.append(f"{source.slug}: never crawled")
            continue
        hours = (status.now - run.finished) / timedelta(hours=1)
        lines.append(f"{run_as_line(run)}, {hours:.1f} hours ago")
    return lines
