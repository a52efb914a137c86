"""The `imdifeed` command.

Each command is imported when it is run and imports what it needs, so that `--help` answers at once.
Exit status: 0 done, 1 something needs a person, 2 wrong use or configuration.
"""

import atexit
import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from imdifeed.running.environment import DEFAULT_FILE, FILE_VARIABLE

#: every command: its module and name in `imdifeed.commands`, and the first sentence of its help,
#: which a test holds against the command's own
LISTED = {
    "backup": (
        "backups.backup",
        "Copy the database to FILE, consistent while everything runs, and read the copy through.",
    ),
    "bounces": (
        "personal.bounces",
        "Read reports of mail that came back, from a file, from standard input (-) or a Maildir.",
    ),
    "crawl": ("entries.crawl", "Crawl all sources, or the named ones."),
    "demo": (
        "upkeep.demo",
        "Crawl a bundled press room and imdi.no on this machine, and serve the site.",
    ),
    "digest": ("readers.digest", "Write to subscribers."),
    "import": ("entries.import_documents", "Read saved pages and documents into the store."),
    "init": (
        "upkeep.init",
        "Write a commented configuration with a fresh secret, and create the database.",
    ),
    "migrate-store": (
        "moving.migrate_store",
        "Move everything from the database FROM to an empty one, TO, and see that it has arrived.",
    ),
    "reindex": ("entries.reindex", "Build the search index anew from what is stored."),
    "reparse": (
        "entries.reparse",
        "Apply the parsers as they are now to the pages that were kept; announce nothing.",
    ),
    "restore": (
        "backups.restore",
        "Put the backup FILE in the place of the database, while nothing runs.",
    ),
    "retag": (
        "entries.retag",
        "Apply the rules for tags and deadlines as they are now to every entry; announce nothing.",
    ),
    "run": (
        "running.run",
        "Do all of it: serve the site, crawl and send digests on schedule, go on after any crash.",
    ),
    "search": (
        "readers.search",
        "Search as the site does: words, or parameters such as 'q=tolk&tag=work'.",
    ),
    "serve": ("running.serve", "Serve the site."),
    "status": ("upkeep.status", "Tell how sources, entries, subscriptions and the outbox are."),
    "story": (
        "stories.story",
        "Show, split and join stories: entries of several sources that are the same news.",
    ),
    "subscriptions": (
        "personal.subscriptions",
        "See, hand out and erase what is kept about readers.",
    ),
    "takedown": (
        "takedowns.takedown",
        "Take entries down for good, or list those that were.",
    ),
    "tag": (
        "tags.tag",
        "Tell how a text scores for every tag, by which words, and where they stand.",
    ),
}


# What is there when a command has ended goes with its process. The interpreter would look through
# all of it once more for what nobody refers to: a tenth of the time of a short command.
atexit.register(gc.freeze)


def command_called(name: str) -> click.Command:
    """Import a command that is listed."""
    module, _, attribute = LISTED[name][0].partition(".")
    command: click.Command = getattr(import_module(f"imdifeed.commands.{module}"), attribute)
    return command


class Commands(click.Group):
    """Imports a command when it is asked for, and turns the errors people can mend into a line."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Give the command itself in the place of the line that lists it."""
        name, command, rest = super().resolve_command(context, words)
        return name, command_called(name) if name in LISTED else command, rest

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            told = _told(error)
            if told is None:
                raise
            raise told from error


def _told(error: Exception) -> click.ClickException | None:
    """Give what people are told of an error that they can mend; None for any other."""
    from crawler.errors import CrawlerError
    from db.errors import StoreError
    from imdifeed.commands.opening import Failure
    from imdifeed.tables import ConfigError

    if isinstance(error, ConfigError):
        return click.UsageError(str(error))
    return Failure(str(error)) if isinstance(error, StoreError | CrawlerError) else None


@click.group(
    cls=Commands,
    commands=[click.Command(name, help=sentence) for name, (_, sentence) in LISTED.items()],
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
    # databases, mails and their copies hold readers' addresses
    os.umask(0o077)
    context.obj = config_file
