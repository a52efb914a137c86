"""Commands for readers: serve, search, and the digests they are sent."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import click

from db.errors import QueryError
from imdifeed.commands.opening import Failure, now, opened, settings_from

if TYPE_CHECKING:
    from db.query import EntryQuery, Paging, Vocabulary


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def serve(config_file: Path, host: str, port: int) -> None:
    """Serve the site."""
    from imdifeed.serve import serve as serve_site

    serve_site(config_file, settings_from(config_file), host=host, port=port)


@click.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="print the answer as the API gives it")
@click.pass_obj
def search(config_file: Path, query: str, as_json: bool) -> None:
    """Search as the site does: words, or parameters such as 'q=tolk&tag=work'."""
    from imdifeed.report import entry_as_line

    with opened(config_file) as (settings, store):
        entry_query, paging = _query(query, store.vocabulary.known())
        page = store.entries.search(entry_query, paging)
        sources = {source.slug: source for source in store.vocabulary.sources()}
        if as_json:
            from web.api import page_as_json

            answer = page_as_json(page, paging, settings.site, store.entries)
            click.echo(json.dumps(answer, ensure_ascii=False))
            return
    for entry in page.entries:
        click.echo(entry_as_line(entry, sources))
    click.echo(f"{page.total} entries")


@click.group()
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
    from imdifeed.digests import forget, plan_and_queue, write_dry_run
    from imdifeed.handover import hand_over, transport_for

    given = _moment(now_text) if now_text else None
    offset = given - now() if given else None
    with opened(config_file) as (settings, store):
        if folder:
            written = write_dry_run(store, settings, folder, now=given or now())
            click.echo(f"{written} digests written to {folder}; nothing was changed")
            return
        forget(store, now=given or now())
        queued = plan_and_queue(store, settings, now=given or now())
        try:
            with transport_for(settings.mail) as transport:
                tally = hand_over(
                    store, transport, settings.mail.sender,
                    clock=lambda: now() + offset if offset else now(),
                )  # fmt: skip
        except TransportError as error:
            raise Failure(f"{error}; every message is kept and will be tried again") from error
    click.echo(
        f"{queued} digests planned; {tally.sent} messages handed over,"
        f" {tally.later} to be tried again, {tally.failed} refused"
    )
    if tally.failed:
        raise Failure(f"{tally.failed} messages were refused: {tally.last_refusal}")


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

    names = "q|tag|kind|source|lang|from|to|sort|exact|page|per_page"
    is_parameters = re.match(rf"({names})=", text)
    pairs = parse_qsl(text, keep_blank_values=True) if is_parameters else [("q", text)]
    try:
        return EntryQuery.parse(pairs, vocabulary), Paging.parse(pairs)
    except QueryError as error:
        raise click.UsageError(str(error)) from error
