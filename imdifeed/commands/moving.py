"""The command that moves everything from one database to another."""

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from imdifeed.commands.opening import Failure, now


@click.command("migrate-store")
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
def migrate_store(origin: str, target: str) -> None:
    """Move everything from the database FROM to an empty one, TO, and see that it has arrived.

    Each is a file or an address (postgresql://…). Numbers, tokens, revisions and what was told stay
    as they are; FROM is left as it is. A file must not be in use; of a database at an address, what
    is moved is one moment. Stopped or killed, it goes on when it is started again.
    """
    import db
    from imdifeed.report import StepBar
    from imdifeed.running.locks import USED, InUseError, alone

    if origin == target:
        raise click.BadParameter("FROM and TO are the same", param_hint="TO")
    begun = now()
    with ExitStack() as stack:
        for file in (origin, target):
            if db.is_address(file):
                continue
            if not Path(file).absolute().parent.is_dir():
                raise Failure(f"there is no folder {Path(file).absolute().parent}")
            try:
                stack.enter_context(alone(file, USED))
            except InUseError:
                raise Failure(
                    f"{file} is in use; stop `imdifeed run`, or the site and the timers, and try"
                    " again"
                ) from None
            except OSError as error:
                raise Failure(f"cannot write beside {file}: {error}") from None
        bar = stack.enter_context(StepBar("Moving", visible=sys.stderr.isatty()))
        moved = db.move_store(origin, target, on_progress=bar.update)
    for table, rows in moved.rows.items():
        click.echo(f"{rows:>12}  {table}")
    again = f", {moved.before} of them by an earlier attempt" if moved.before else ""
    click.echo(
        f"{sum(moved.rows.values())} rows{again}; in every table, as many and the same arrived as"
        " were sent"
    )
    if db.is_address(origin):
        click.echo(
            f"it is as it was at {begun:%Y-%m-%d %H:%M:%S} UTC: what was written there since is not"
            " in it"
        )
    click.echo("next: name it as `database` in imdifeed.toml")
