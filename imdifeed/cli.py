"""The `imdifeed` command.

Each command imports what it needs and no more, so that `--help` answers at once. Exit status: 0
done, 1 something needs a person, 2 wrong use or configuration.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import click

from db.errors import QueryError, StoreError
from imdifeed.config import (
    DEFAULT_FILE,
    FILE_VARIABLE,
    ConfigError,
    Settings,
    load_settings,
    require_contact,
)

if TYPE_CHECKING:
    from db.query import EntryQuery, Paging, Vocabulary
    from db.store import Store


class Failure(click.ClickException):
    """Something needs a person: one line, exit status 1."""

    def show(self, file: Any = None) -> None:
        """Write the line to standard error."""
        click.echo(f"imdifeed: {self.message}", err=True)


class Commands(click.Group):
    """Turns the errors people can mend into one line each."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        from crawler.errors import CrawlerError

        try:
            return super().invoke(context)
        except ConfigError as error:
            raise click.UsageError(str(error)) from error
        except (StoreError, CrawlerError) as error:
            raise Failure(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imdifeed")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEFAULT_FILE,
    envvar=FILE_VARIABLE,
    show_default=True,
    help="the configuration file",
)
@click.pass_context
def main(context: click.Context, config_file: Path) -> None:
    """Gather what IMDi publishes, and serve it as pages, feeds and emails."""
    context.obj = config_file


@main.command()
@click.pass_obj
def init(config_file: Path) -> None:
    """Write a commented configuration with a fresh secret, and create the database.

    Nothing that exists is overwritten.
    """
    from imdifeed.initial import write_configuration

    if config_file.exists():
        click.echo(f"{config_file} is there already and was left as it is")
    else:
        write_configuration(config_file)
        click.echo(f"wrote {config_file}: set site_url, authority, contact and the mail sender")
    with _opened(config_file) as (settings, _store):
        click.echo(f"the database {settings.database} is ready; next: imdifeed crawl")


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--full", is_flag=True, help="fetch every entry again, known or not")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object per source")
@click.pass_obj
def crawl(config_file: Path, sources: tuple[str, ...], full: bool, as_json: bool) -> None:
    """Crawl all sources, or the named ones."""
    from crawler.run import crawl as run_crawl
    from crawler.run import crawlable
    from imdifeed.report import CrawlBar, run_as_json, run_as_line

    with _opened(config_file) as (settings, store):
        named = [settings.source(slug) for slug in sources]
        chosen = named or [source for source in settings.sources if crawlable(source)]
        if not chosen:
            raise ConfigError("no source to crawl: name one under [sources.*]")
        require_contact(settings, chosen)
        with CrawlBar(visible=sys.stderr.isatty()) as bar:
            runs = run_crawl(
                chosen, store, contact=settings.contact, full=full, on_progress=bar.update,
                clock=_now,
            )  # fmt: skip
    for run in runs:
        click.echo(
            json.dumps(run_as_json(run), ensure_ascii=False) if as_json else run_as_line(run)
        )
    _fail_if_broken(runs)


@main.command("import")
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

    with _opened(config_file) as (settings, store):
        source = settings.source(slug)
        items = [item for file in files for item in read_document(file, source=source)]
        run = import_items(items, source, store, now=_now())
    click.echo(json.dumps(run_as_json(run), ensure_ascii=False) if as_json else run_as_line(run))
    _fail_if_broken([run])


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def serve(config_file: Path, host: str, port: int) -> None:
    """Serve the site."""
    from imdifeed.serve import serve as serve_site

    serve_site(config_file, _settings(config_file), host=host, port=port)


@main.group()
def digest() -> None:
    """Write to subscribers."""


@digest.command("send")
@click.option("--now", "now_text", metavar="ISO", help="act as if it were this moment")
@click.option(
    "--dry-run",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="write the mails as .eml files here and change nothing",
)
@click.pass_obj
def digest_send(config_file: Path, now_text: str | None, folder: Path | None) -> None:
    """Plan the digests that are due and hand over what waits in the outbox.

    Safe to run twice, at once, and after any crash.
    """
    from feed.delivery import TransportError
    from imdifeed.digests import plan_and_queue, write_dry_run
    from imdifeed.handover import hand_over, transport_for

    given = _moment(now_text) if now_text else None
    offset = given - _now() if given else None
    with _opened(config_file) as (settings, store):
        if folder:
            written = write_dry_run(store, settings, folder, now=given or _now())
            click.echo(f"{written} digests written to {folder}; nothing was changed")
            return
        queued = plan_and_queue(store, settings, now=given or _now())
        try:
            with transport_for(settings.mail) as transport:
                tally = hand_over(
                    store, transport, settings.mail.sender,
                    clock=lambda: _now() + offset if offset else _now(),
                )  # fmt: skip
        except TransportError as error:
            raise Failure(f"{error}; every message is kept and will be tried again") from error
    click.echo(
        f"{queued} digests planned; {tally.sent} messages handed over,"
        f" {tally.later} to be tried again, {tally.failed} refused"
    )
    if tally.failed:
        raise Failure(f"{tally.failed} messages were refused: {tally.last_refusal}")


@main.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="print the answer as the API gives it")
@click.pass_obj
def search(config_file: Path, query: str, as_json: bool) -> None:
    """Search as the site does: words, or parameters such as 'q=tolk&tag=work'."""
    from imdifeed.report import entry_as_line

    with _opened(config_file) as (settings, store):
        entry_query, paging = _query(query, store.vocabulary.known())
        page = store.entries.search(entry_query, paging)
        sources = {source.slug: source for source in store.vocabulary.sources()}
    if as_json:
        from web.api import page_as_json

        click.echo(json.dumps(page_as_json(page, paging, settings.site), ensure_ascii=False))
        return
    for entry in page.entries:
        click.echo(entry_as_line(entry, sources))
    click.echo(f"{page.total} entries")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="print a JSON object")
@click.pass_obj
def status(config_file: Path, as_json: bool) -> None:
    """Tell how sources, entries, subscriptions and the outbox are."""
    from imdifeed.report import status_as_json, status_as_lines, status_of

    with _opened(config_file) as (_, store):
        found = status_of(store, now=_now())
    if as_json:
        click.echo(json.dumps(status_as_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(status_as_lines(found)))
    if found.needs_a_person:
        raise Failure("; ".join(found.needs_a_person))


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65533))
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="where the demonstration keeps its configuration, database and mails",
)
def demo(port: int, folder: Path) -> None:
    """Crawl a bundled press room and imdi.no on this machine, and serve the site."""
    from imdifeed.demo.run import run_demo

    try:
        run_demo(port=port, folder=folder, say=click.echo)
    except KeyboardInterrupt:
        click.echo("stopped")


def _now() -> datetime:
    return datetime.now(UTC)


def _settings(config_file: Path) -> Settings:
    return load_settings(config_file, os.environ)


@contextmanager
def _opened(config_file: Path) -> Iterator[tuple[Settings, "Store"]]:
    """Open the configured store, its vocabulary declared; close it at the end."""
    import db
    from imdifeed.vocabulary import declare_vocabulary

    settings = _settings(config_file)
    store = db.open_store(settings.database)
    try:
        declare_vocabulary(store, settings, now=_now())
        yield settings, store
    finally:
        store.close()


def _moment(text: str) -> datetime:
    from imdifeed.digests import OSLO

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"“{text}” is not a moment; write it as 2026-11-23T07:00+01:00", param_hint="--now"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO)).astimezone(UTC)


def _query(text: str, vocabulary: "Vocabulary") -> tuple["EntryQuery", "Paging"]:
    """Read parameters as in an address, or else plain search words."""
    from db.query import EntryQuery, Paging

    names = "q|tag|kind|source|lang|from|to|sort|page|per_page"
    is_parameters = re.match(rf"({names})=", text)
    pairs = parse_qsl(text, keep_blank_values=True) if is_parameters else [("q", text)]
    try:
        return EntryQuery.parse(pairs, vocabulary), Paging.parse(pairs)
    except QueryError as error:
        raise click.UsageError(str(error)) from error


def _fail_if_broken(runs: list[Any]) -> None:
    broken = [run for run in runs if run.verdict == "broken"]
    if broken:
        raise Failure("; ".join(f"{run.source} is broken: {run.reason}" for run in broken))
