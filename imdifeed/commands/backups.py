"""Commands that make copies of everything, and put one back."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imdifeed.commands.opening import Failure, now, opened, settings_from

if TYPE_CHECKING:
    from db.models import Inspection


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--keep",
    type=click.IntRange(1, 10_000),
    help="put the moment into the name, and keep so many of them",
)
@click.pass_obj
def backup(config_file: Path, file: Path, keep: int | None) -> None:
    """Copy the database to FILE, consistent while everything runs, and read the copy through.

    FILE is never overwritten. It holds readers' addresses: keep it closed to others.
    """
    from imdifeed.backups import dated, outdated
    from imdifeed.report import StepBar

    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.absolute().parent}", param_hint="FILE")
    target = dated(file, now=now()) if keep else file
    with opened(config_file) as (_, store), StepBar("Copying", visible=sys.stderr.isatty()) as bar:
        try:
            found = store.upkeep.copy(target, on_progress=bar.update)
        except FileExistsError:
            raise click.BadParameter(
                f"{target} is there already and was left as it is; name another, or let --keep"
                " put the moment into the name",
                param_hint="FILE",
            ) from None
    click.echo(f"{target}: {_content(found)}")
    for old in outdated(file, keep=keep) if keep else ():
        old.unlink()
        click.echo(f"removed {old}")


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option(
    "--replace", is_flag=True, help="take the place of the database there is, which is kept aside"
)
@click.pass_obj
def restore(config_file: Path, file: Path, replace: bool) -> None:
    """Put the backup FILE in the place of the database, while nothing runs.

    A backup made by a newer imdifeed is refused, an older one is brought up to date.
    """
    import db
    from imdifeed.report import StepBar
    from imdifeed.running.locks import USED, InUseError, alone, hand_to_owner

    settings = settings_from(config_file)
    if db.is_address(settings.database):
        raise Failure(
            f"{settings.database_name} is no file: `imdifeed migrate-store {file} ADDRESS` puts a"
            " copy into an empty database, and pg_restore one that pg_dump has made"
        )
    database = Path(settings.database)
    aside = database.with_name(f"{database.name}.before-{now():%Y-%m-%dT%H%M%SZ}")
    try:
        with alone(settings.database, USED), StepBar("Copying", visible=sys.stderr.isatty()) as bar:
            if database.exists() and os.path.samefile(file, database):
                raise click.BadParameter(f"{file} is the database itself", param_hint="FILE")
            there = database.exists()
            if there and not replace:
                raise Failure(
                    f"{database} is there already and was left as it is; with --replace it is kept"
                    f" as {aside.name}"
                )
            found = db.restore_store(file, settings.database, aside=aside, on_progress=bar.update)
            hand_to_owner(settings.database, aside if there else database.parent)
    except InUseError:
        raise Failure(
            f"{database} is in use; stop `imdifeed run`, or the site and the timers, and try again"
        ) from None
    except OSError as error:
        raise Failure(f"cannot write beside {database}: {error}") from None
    with opened(config_file):  # brings an older one up to date
        click.echo(f"{database}: {_content(found)}")
    if there:
        click.echo(f"what was there is kept as {aside}")
    click.echo("digests sent after the backup was made may be sent again; see docs/operations.md")


def _content(found: "Inspection") -> str:
    told = ", ".join(
        f"{found.rows.get(table, 0)} {words}"
        for table, words in (
            ("entry", "entries"), ("subscription", "subscriptions"), ("outbox", "messages"),
        )
    )  # fmt: skip
    return f"sound, {told}, {found.total} rows in all, schema {found.schema}"
