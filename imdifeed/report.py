"""What the command says: runs and entries as lines for people and JSON for programs."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from crawler.runs.progress import CrawlProgress
    from db.models import CrawlRun, Entry, Source


def moment_as_text(moment: datetime | None) -> str | None:
    """Write a moment in UTC, to the second."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def run_as_json(run: "CrawlRun") -> dict[str, Any]:
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
        "started": moment_as_text(run.started),
        "finished": moment_as_text(run.finished),
    }


def run_as_line(run: "CrawlRun") -> str:
    """Give a crawl run as one line."""
    line = (
        f"{run.source}: {run.requests} requests, {run.new} new, {run.changed} changed,"
        f" {run.unchanged} unchanged, {run.rejected} rejected: {run.verdict}"
    )
    return f"{line} ({run.reason})" if run.reason else line


def entry_as_line(entry: "Entry", sources: "Mapping[str, Source]") -> str:
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

    def over(self, entries: "Iterable[Entry]", total: int) -> "Iterator[Entry]":
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
