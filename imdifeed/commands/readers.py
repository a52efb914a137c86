"""Commands for readers: search, and the digests they are sent."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import click

from db.errors import QueryError
from imdifeed.commands.opening import Failure, now, opened
from imdifeed.running.logs import clean

if TYPE_CHECKING:
    from db.query import EntryQuery, Paging, Vocabulary
    from db.store import Store
    from imdifeed.sending.digests import Planned
    from imdifeed.sending.tally import Tally
    from imdifeed.settings import Settings


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
            from web.data.answering import Answers
            from web.data.answers import as_json as written

            answer = Answers(store, settings.site).page(page, paging)
            click.echo(written(answer).decode().rstrip())
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
@click.option("--let-go", is_flag=True, help="send what the brakes hold: more than is usual")
@click.pass_obj
def digest_send(
    config_file: Path, now_text: str | None, folder: Path | None, *, let_go: bool
) -> None:
    """Plan the digests that are due and hand over what waits in the outbox.

    Daily ones are due at 07:00 in Oslo, weekly ones on Mondays at 07:00, others at once.
    Safe to run twice, at once, and after any crash.
    """
    from feed.delivery import TransportError
    from imdifeed.retention import forget
    from imdifeed.running.held import held
    from imdifeed.sending.digests import Planned, plan_and_queue, write_dry_run

    given = None if now_text is None else _moment(now_text)
    offset = given - now() if given else timedelta()
    with opened(config_file) as (settings, store):
        if folder:
            try:
                written = write_dry_run(store, settings, folder, now=given or now())
            except TransportError as error:
                raise Failure(str(error)) from error
            click.echo(f"{_counted(written, 'digest')} written to {folder}; nothing was changed")
            return
        forget(store, now=given or now())
        planned = Planned()
        # to spare others the same work; the ledger itself keeps two from telling the same
        with held(store, "digests", clock=now) as ours:
            if ours:
                planned = plan_and_queue(store, settings, now=given or now(), let_go=let_go)
            else:
                click.echo("another sender is planning; this one hands over what is planned")
        tally, stopped = _hand_over(settings, store, lambda: now() + offset, let_go=let_go)
    click.echo(
        f"{_counted(planned.queued, 'digest')} planned;"
        f" {_counted(tally.sent, 'message')} handed over,"
        f" {tally.later} to be tried again, {tally.failed} refused"
    )
    if tally.bounced == 1:
        click.echo("1 address does not exist and is written to no more")
    elif tally.bounced:
        click.echo(f"{tally.bounced} addresses do not exist and are written to no more")
    if complaints := [*_complaints(planned, tally), *stopped]:
        raise Failure("; ".join(complaints))


def _hand_over(
    settings: "Settings", store: "Store", clock: Callable[[], datetime], *, let_go: bool
) -> tuple["Tally", list[str]]:
    """Hand over what waits; give what was done, and what stopped it."""
    from db.errors import BrakeError
    from feed.delivery import TransportError
    from imdifeed.sending.handover import hand_over_by, manner_of
    from imdifeed.sending.tally import Tally

    tally, stopped = Tally(), []
    manner = manner_of(settings, limited=not let_go)
    try:
        hand_over_by(settings.digest.workers, store, settings.mail, manner, tally, clock=clock)
    except TransportError as error:
        stopped.append(f"{clean(str(error))}; every message is kept and will be tried again")
    except BrakeError as error:
        stopped.append(
            f"{error} (digest.most_per_hour, digest.most_per_day); every message is kept."
            " `imdifeed digest send --let-go` sends all of them now"
        )
    return tally, stopped


def _complaints(planned: "Planned", tally: "Tally") -> list[str]:
    complaints = [
        f"{reason}; see what is new, then `imdifeed digest send --let-go`"
        for reason in planned.held
    ]
    if planned.unwritable:
        numbers = ", ".join(map(str, sorted(planned.unwritable)[:10]))
        complaints.append(f"no digest can be written for subscriptions {numbers}; see the log")
    if planned.left_out:
        numbers = ", ".join(map(str, sorted(planned.left_out)[:10]))
        complaints.append(f"entries {numbers} cannot be shown and were left out; see the log")
    if tally.failed:
        # this line ends in a log, and mail servers like to repeat who they were asked to write to
        refused = "1 message was" if tally.failed == 1 else f"{tally.failed} messages were"
        complaints.append(f"{refused} refused: {clean(tally.last_refusal)}")
    if tally.uncertain:
        uncertain = _counted(tally.uncertain, "message")
        complaints.append(f"of {uncertain} nobody knows whether delivery succeeded")
    return complaints


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _moment(text: str) -> datetime:
    from imdifeed.sending.windows import OSLO

    try:
        moment = datetime.fromisoformat(text)
        if not 2000 <= moment.year < 3000:  # a window before or after must be a moment too
            raise ValueError
    except ValueError:
        raise click.BadParameter(
            f"“{text}” is not a moment; write it as 2026-11-23T07:00+01:00", param_hint="--now"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO)).astimezone(UTC)


def _query(text: str, vocabulary: "Vocabulary") -> tuple["EntryQuery", "Paging"]:
    """Read parameters as in an address, or else plain search words."""
    from db.query import EntryQuery, Paging

    names = "q|tag|kind|source|lang|from|to|sort|exact|page|per_page"
    parameters = re.fullmatch(rf"/?\??((?:{names})=.*)", text, re.DOTALL)
    pairs = parse_qsl(parameters[1], keep_blank_values=True) if parameters else [("q", text)]
    try:
        return EntryQuery.parse(pairs, vocabulary), Paging.parse(pairs)
    except QueryError as error:
        raise click.UsageError(str(error)) from error
