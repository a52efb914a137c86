"""What the command says: runs, entries and status as lines for people and JSON for programs."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from db.models import CrawlRun, DigestRun, Entry, Rhythm, Source, Verdict
from db.query import EntryQuery, Paging
from db.store import Store

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from crawler.runs.progress import CrawlProgress


#: a message that is due for longer waits in vain: no sender runs, or something stops it
LONGEST_WAIT = timedelta(hours=2)


def run_as_json(run: CrawlRun) -> dict[str, Any]:
    """Give a crawl run as `crawl --json` prints it."""
    return {
        "source": run.source,
        "requests": run.requests,
        "new": run.new,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
        "verdict": run.verdict,
        "reason": run.reason,
        "cause": run.cause,
        "coverage": dict(run.coverage),
        "shapes": dict(run.shapes),
        "started": _moment(run.started),
        "finished": _moment(run.finished),
    }


def run_as_line(run: CrawlRun) -> str:
    """Give a crawl run as one line."""
    line = (
        f"{run.source}: {run.requests} requests, {run.new} new, {run.changed} changed,"
        f" {run.unchanged} unchanged, {run.rejected} rejected: {run.verdict}"
    )
    return f"{line} ({run.reason})" if run.reason else line


def entry_as_line(entry: Entry, sources: Mapping[str, Source]) -> str:
    """Give an entry as one line: number, date as precise as known, source, title."""
    day = "????-??-??"
    if entry.published:
        known = {"year": 4, "month": 7}.get(entry.published.precision, 10)
        day = entry.published.moment.date().isoformat()[:known].ljust(10)
    source = sources.get(entry.source)
    return f"{entry.id:>6}  {day}  {source.name if source else entry.source}: {entry.title}"


class _Bar:
    """What every bar does: nothing where it is not visible, and its end when it is left."""

    def __init__(self, *, visible: bool) -> None:
        self._visible = visible
        self._bar: ProgressBar[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.render_finish()


class CrawlBar(_Bar):
    """A progress bar on a terminal; nothing where there is none."""

    def __init__(self, *, visible: bool) -> None:
        super().__init__(visible=visible)
        self._sources: dict[str, CrawlProgress] = {}

    def update(self, progress: "CrawlProgress") -> None:
        """Show how far the crawl has come."""
        self._sources[progress.source] = progress
        if not self._visible:
            return
        done = sum(source.done for source in self._sources.values())
        expected = max(1, sum(source.expected for source in self._sources.values()))
        if self._bar is None:
            self._bar = click.progressbar(
                length=expected,
                label="Crawling",
                show_pos=True,
                item_show_func=lambda _item: progress.source,
                file=sys.stderr,
            )
        self._bar.length = expected
        self._bar.pos = done
        self._bar.render_progress()


class StepBar(_Bar):
    """A progress bar for work of known length on a terminal; nothing where there is none."""

    def __init__(self, label: str, *, visible: bool) -> None:
        super().__init__(visible=visible)
        self._label = label

    def over(self, entries: Iterable[Entry], total: int) -> Iterator[Entry]:
        """Give the entries, and show how many have been given."""
        for done, entry in enumerate(entries, start=1):
            yield entry
            self.update(done, total)

    def update(self, done: int, total: int) -> None:
        """Show that so many of so many steps are done."""
        if not self._visible:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
        self._bar.length = max(1, total)
        self._bar.pos = done
        self._bar.render_progress()


@dataclass(frozen=True, slots=True)
class Status:
    """How an installation is."""

    entries: int
    #: sources with their newest finished run, if any
    sources: tuple[tuple[Source, CrawlRun | None], ...]
    subscriptions: int
    #: outbox messages by state
    outbox: Mapping[str, int]
    #: runs of digests that wait for a person
    held: tuple[DigestRun, ...]
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
                f"messages wait to be handed over since {_moment(self.waiting_since)}; see what"
                " `imdifeed digest send` says"
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


def status_of(store: Store, *, crashes: Mapping[str, int] | None, now: datetime) -> Status:
    """Ask the store how things are; `crashes` are those `imdifeed run` tells of, if it runs."""
    runs = store.crawls.latest()
    return Status(
        entries=store.entries.search(EntryQuery(), Paging(per_page=1)).total,
        sources=tuple((source, runs.get(source.slug)) for source in store.vocabulary.sources()),
        subscriptions=sum(len(store.subscriptions.active(rhythm)) for rhythm in Rhythm),
        outbox=store.digests.counts(),
        held=tuple(store.digests.held()),
        waiting_since=store.digests.waiting_since(),
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


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
