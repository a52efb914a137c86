"""Commands about readers: their data out and away, and mail that came back."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imdifeed.commands.opening import Failure, now, opened

if TYPE_CHECKING:
    from db.models import Reader


@click.group()
def subscriptions() -> None:
    """See, hand out and erase what is kept about readers."""


@subscriptions.command("list")
@click.option("--json", "as_json", is_flag=True, help="print one object per address")
@click.pass_obj
def subscriptions_list(config_file: Path, as_json: bool) -> None:
    """List the addresses that are kept, with what they follow."""
    with opened(config_file) as (_settings, store):
        readers = store.readers.all()
    for reader in readers:
        click.echo(_as_json(reader) if as_json else _as_lines(reader))
    if not as_json:
        active = sum(one.ended is None for reader in readers for one in reader.subscriptions)
        click.echo(f"{len(readers)} addresses, {active} subscriptions")


@subscriptions.command("export")
@click.argument("email")
@click.pass_obj
def subscriptions_export(config_file: Path, email: str) -> None:
    """Print all that is stored about an address, as JSON."""
    with opened(config_file) as (_settings, store):
        reader = store.readers.by_email(email)
        if reader is None:
            raise Failure(f"nothing is stored about {email}")
        data = store.readers.personal_data(reader)
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


@subscriptions.command("erase")
@click.argument("email")
@click.pass_obj
def subscriptions_erase(config_file: Path, email: str) -> None:
    """End an address' subscriptions and delete it wherever it stands."""
    with opened(config_file) as (_settings, store):
        reader = store.readers.by_email(email)
        if reader is None:
            raise Failure(f"nothing is stored about {email}")
        store.readers.erase(reader, now=now())
    click.echo(f"{email} is erased; backups made before today still hold it")


@click.command()
@click.argument("source", metavar="FILE|-|MAILDIR")
@click.pass_obj
def bounces(config_file: Path, source: str) -> None:
    """Read reports of mail that came back, from a file, from standard input (-) or a Maildir.

    An address that does not exist is written to no more; one that cannot be reached now is left
    alone for some hours, longer each time. New messages of a Maildir are marked as seen.
    """
    from imdifeed.bounces import is_maildir, report_from, reports_in, take_in, tally_in_words

    path = Path(source)
    if source != "-" and not path.exists():
        raise click.UsageError(f"there is no file or folder {source}")
    if path.is_dir() and not is_maildir(path):
        raise click.UsageError(f"the folder {source} is no Maildir: it needs new/ and cur/")
    with opened(config_file) as (settings, store):
        if not settings.mail.return_path:
            raise click.UsageError(
                "setting mail.return_path is missing: without it no report can be told from"
                " a forged one"
            )
        reports = report_from(sys.stdin.buffer) if source == "-" else reports_in(path)
        try:
            counts = take_in(
                store,
                reports,
                return_path=settings.mail.return_path,
                secret=settings.secret_key,
                now=now(),
            )
        except OSError as error:
            raise Failure(f"cannot read {source}: {error}") from error
    click.echo(tally_in_words(counts))


def _as_lines(reader: "Reader") -> str:
    state = f" (suppressed: {reader.suppressed_reason})" if reader.suppressed else ""
    lines = [f"{reader.email}{state}"]
    for one in reader.subscriptions:
        since = f"since {one.confirmed:%Y-%m-%d}"
        if one.ended:
            since += f", ended {one.ended:%Y-%m-%d}: {one.ended_reason}"
        elif one.paused:
            since += f", paused {one.paused:%Y-%m-%d}"
        lines.append(f"  {one.rhythm}  {one.query or '(everything)'}  {since}")
    return "\n".join(lines)


def _as_json(reader: "Reader") -> str:
    content = {
        "email": reader.email,
        "suppressed": reader.suppressed and reader.suppressed.isoformat(),
        "suppressed_reason": reader.suppressed_reason,
        "subscriptions": [
            {
                "id": one.id,
                "query": one.query,
                "rhythm": one.rhythm,
                "language": one.language,
                "confirmed": one.confirmed.isoformat(),
                "paused": one.paused and one.paused.isoformat(),
                "ended": one.ended and one.ended.isoformat(),
                "ended_reason": one.ended_reason,
            }
            for one in reader.subscriptions
        ],
    }
    return json.dumps(content, ensure_ascii=False)
