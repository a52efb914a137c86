"""Commands for whoever runs it: init, status, demo."""

import json
from pathlib import Path

import click

from imdifeed.commands.opening import Failure, now, opened


@click.command()
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
    with opened(config_file) as (settings, _store):
        click.echo(f"the database {settings.database_name} is ready; next: imdifeed crawl")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print a JSON object")
@click.pass_obj
def status(config_file: Path, as_json: bool) -> None:
    """Tell how sources, entries, subscriptions and the outbox are."""
    from imdifeed.running.state import crashes, state_of
    from imdifeed.status import status_as_json, status_as_lines, status_of

    with opened(config_file, tags=False) as (settings, store):
        runs = state_of(settings.locks) is not None
        crashed = crashes(settings.locks) if runs else None
        found = status_of(store, crashes=crashed, now=now())
    if as_json:
        click.echo(json.dumps(status_as_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(status_as_lines(found)))
    if found.needs_a_person:
        raise Failure("; ".join(found.needs_a_person))


@click.command()
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
