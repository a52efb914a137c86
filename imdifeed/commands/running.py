"""The commands that go on until they are stopped: serve, run."""

from pathlib import Path

import click

from imdifeed.commands.opening import Failure, in_use, now, opened, settings_from

_HOST = click.option("--host", default="127.0.0.1", show_default=True)
_PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@click.command()
@_HOST
@_PORT
@click.pass_obj
def serve(config_file: Path, host: str, port: int) -> None:
    """Serve the site."""
    from imdifeed.running.serve import serve as serve_site

    settings = settings_from(config_file)
    with in_use(settings):
        serve_site(config_file, settings, host=host, port=port)


@click.command()
@_HOST
@_PORT
@click.pass_obj
def run(config_file: Path, host: str, port: int) -> None:
    """Do all of it: serve the site, crawl and send digests on schedule, go on after any crash.

    A signal (Ctrl-C, SIGTERM) ends everything in order, within ten seconds.
    """
    from imdifeed.config import require_contact
    from imdifeed.running.run import RunningAlreadyError, run_everything

    with opened(config_file) as (settings, store):
        require_contact(settings, settings.sources)
        if settings.schedule.backup_folder:
            _make(settings.schedule.backup_folder)
        try:
            run_everything(config_file, settings, store, host=host, port=port, clock=now)
        except RunningAlreadyError as error:
            raise Failure(f"{error}; nothing was started") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make the folder for backups {folder}: {error}") from None
