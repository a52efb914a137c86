"""Commands that write entries: crawl, import, retag, reindex."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from db.models import CrawlRun, Source, Verdict
from imdifeed.commands.opening import Failure, announced, now, opened
from imdifeed.config import ConfigError, require_contact

if TYPE_CHECKING:
    from db.store import Store
    from imdifeed.settings import Settings


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--full", is_flag=True, help="fetch every entry again, known or not")
@click.option("--due", is_flag=True, help="leave out what was crawled within crawl_minutes")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object per source")
@click.pass_obj
def crawl(
    config_file: Path, sources: tuple[str, ...], *, full: bool, due: bool, as_json: bool
) -> None:
    """Crawl all sources, or the named ones.

    Any number of crawls may be at work, on any machines: they share the sources.
    """
    from crawler.run import crawlable
    from imdifeed.report import run_as_json, run_as_line
    from imdifeed.running.schedule import due_sources

    with opened(config_file) as (settings, store):
        named = [settings.source(slug) for slug in dict.fromkeys(sources)]
        for source in named:
            if not crawlable(source):
                raise click.UsageError(
                    f"{source.slug} is only imported: imdifeed import FILE --source {source.slug}"
                )
        chosen = named or [source for source in settings.sources if crawlable(source)]
        if not chosen:
            raise ConfigError("no source to crawl: name one under [sources.*]")
        require_contact(settings, chosen)
        if due:
            every = timedelta(minutes=settings.schedule.crawl_minutes)
            chosen = due_sources(chosen, store.crawls.latest(), every, now=now())
        runs, left = _share(chosen, store, settings, must_have=bool(named), full=full)
    if left:
        click.echo(f"left to another crawl, at work on it: {', '.join(left)}", err=True)
    for run in runs:
        click.echo(
            json.dumps(run_as_json(run), ensure_ascii=False) if as_json else run_as_line(run)
        )
    _fail_if_broken(runs)


def _share(
    sources: Sequence[Source], store: "Store", settings: "Settings", *, must_have: bool, full: bool
) -> tuple[list[CrawlRun], list[str]]:
    """Crawl what others are not at work on; give the runs, theirs of meanwhile too, and the rest.

    Raises `Failure` where others are at work on what this one must have.
    """
    from crawler.run import crawl as run_crawl
    from crawler.runs.turns import at_work
    from imdifeed.report import CrawlBar

    busy = at_work(store, now=now())
    left: dict[str, CrawlRun | None] = {one.slug: None for one in sources if one.slug in busy}
    free = [source for source in sources if source.slug not in busy]
    if left and must_have:
        raise Failure(f"another crawl is at work on {', '.join(left)}; nothing was begun")
    ours: list[CrawlRun] = []
    if free:
        with announced(store, settings), CrawlBar(visible=sys.stderr.isatty()) as bar:
            ours = run_crawl(
                free, store, contact=settings.contact, full=full, on_progress=bar.update,
                on_left=lambda source, run: left.__setitem__(source.slug, run), clock=now,
            )  # fmt: skip
    runs = {run.source: run for run in [*ours, *filter(None, left.values())]}
    return [runs[one.slug] for one in sources if one.slug in runs], sorted(left.keys() - runs)


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--source", "slug", required=True, help="the source these documents belong to")
@click.option("--json", "as_json", is_flag=True, help="print the counts as a JSON object")
@click.pass_obj
def import_documents(config_file: Path, files: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Read saved pages and documents into the store.

    A collection of report summaries gives one entry per summary. A file that cannot be read is
    named and stops the import before anything is stored.
    """
    from crawler.documents import read_document
    from crawler.run import import_items
    from imdifeed.report import run_as_json, run_as_line

    with opened(config_file) as (settings, store):
        source = settings.source(slug)
        items = [item for file in files for item in read_document(file, source=source)]
        with announced(store, settings):
            run = import_items(items, source, store, now=now())
    click.echo(json.dumps(run_as_json(run), ensure_ascii=False) if as_json else run_as_line(run))
    _fail_if_broken([run])


@click.command()
@click.option("--dry-run", is_flag=True, help="say what would move, and change nothing")
@click.pass_obj
def retag(config_file: Path, dry_run: bool) -> None:
    """Apply the rules for tags and deadlines as they are now to every entry; announce nothing."""
    from crawler.retag import moves
    from imdifeed.report import StepBar

    moved = 0
    ways: Counter[str] = Counter()
    with opened(config_file) as (_, store), StepBar("Tagging", visible=sys.stderr.isatty()) as bar:
        total = store.upkeep.figures().entries
        for move in moves(bar.over(store.entries.walk(), total)):
            moved += 1
            ways.update(move.words.split())
            click.echo(f"{move.entry.id:>6}  {move.words}  {move.entry.title}")
            if not dry_run:
                store.entries.retag(move.entry.id, move.tags, now=now())
                store.deadlines.replace(move.entry.id, move.deadlines, now=now())
    for way, times in sorted(ways.items()):
        click.echo(f"{times:>6}  {way}")
    click.echo(f"{moved} entries {'would move' if dry_run else 'moved'}")


@click.command()
@click.option("--dry-run", is_flag=True, help="say what would move, and change nothing")
@click.pass_obj
def reparse(config_file: Path, dry_run: bool) -> None:
    """Apply the parsers as they are now to the pages that were kept; announce nothing.

    It is no revision: nobody is told, and the earlier reading is gone. Make a backup before.
    """
    from crawler.reparse import reread
    from imdifeed.report import StepBar

    moved = unreadable = 0
    with opened(config_file) as (settings, store):
        total = store.upkeep.figures().entries
        sources = {source.slug: source for source in settings.sources}
        with StepBar("Reading", visible=sys.stderr.isatty()) as bar:
            for found in reread(store, sources, on_progress=lambda done: bar.update(done, total)):
                click.echo(f"{found.entry.id:>6}  {found.words}  {found.entry.title}")
                if found.data is None:
                    unreadable += 1
                    continue
                moved += 1
                if not dry_run:
                    store.entries.reread(found.entry.id, found.data, now=now())
    click.echo(f"{moved} entries {'would move' if dry_run else 'moved'}")
    if unreadable:
        raise Failure(
            f"{unreadable} entries cannot be read from their pages any more and were left as they"
            " are; see the lines above"
        )


@click.command()
@click.pass_obj
def reindex(config_file: Path) -> None:
    """Build the search index anew from what is stored."""
    from imdifeed.report import StepBar

    with opened(config_file) as (_, store), StepBar("Indexing", visible=sys.stderr.isatty()) as bar:
        count = store.entries.reindex(on_progress=bar.update)
    click.echo(f"{count} entries indexed")


def _fail_if_broken(runs: Sequence[CrawlRun]) -> None:
    broken = [run for run in runs if run.verdict is Verdict.BROKEN]
    if broken:
        raise Failure("; ".join(f"{run.source} is broken: {run.reason}" for run in broken))
