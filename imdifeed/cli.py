"""The `imdifeed` command.

Each command imports what it needs and no more, so that `--help` answers at once. Exit status: 0
done, 1 something needs a person, 2 wrong use or configuration.
"""

from pathlib import Path
from typing import Any

import click

from crawler.errors import CrawlerError
from db.errors import StoreError
from imdifeed.commands import backups, entries, personal, readers, running, stories, tags, upkeep
from imdifeed.commands.opening import Failure
from imdifeed.config import DEFAULT_FILE, FILE_VARIABLE, ConfigError


class Commands(click.Group):
    """Turns the errors people can mend into one line each."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
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


for command in (
    upkeep.init,
    entries.crawl,
    entries.import_documents,
    running.serve,
    running.run,
    readers.digest,
    readers.search,
    upkeep.status,
    entries.retag,
    tags.tag,
    entries.reindex,
    entries.reparse,
    stories.story,
    personal.subscriptions,
    personal.bounces,
    backups.backup,
    backups.restore,
    upkeep.demo,
):
    main.add_command(command)
