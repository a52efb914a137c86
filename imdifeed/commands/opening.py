"""What every command begins with: the configuration, the store, the clock."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imdifeed.config import load_settings
from imdifeed.running import logs
from imdifeed.settings import Settings

if TYPE_CHECKING:
    from db.store import Store


class Failure(click.ClickException):
    """Something needs a person: one line, exit status 1."""

    def show(self, file: Any = None) -> None:
        """Write the line to standard error."""
        click.echo(f"imdifeed: {self.message}", err=True)


def now() -> datetime:
    """Read the clock: aware, in UTC."""
    return datetime.now(UTC)


def settings_from(config_file: Path) -> Settings:
    """Read the configuration, and log as it says. Raises `ConfigError`."""
    settings = load_settings(config_file, os.environ)
    level = settings.log.level
    if level == "info" and sys.stderr.isatty():
        # whoever looks on has the progress bar and the command's own words
        level = "warning"
    logs.install(level, settings.log.format, secrets=settings.secrets)
    return settings


@contextmanager
def opened(config_file: Path, *, tags: bool = True) -> Iterator[tuple[Settings, "Store"]]:
    """Open the configured store, sources and tags declared; close it at the end.

    Without `tags`, those that were declared last will do.
    """
    import db
    from imdifeed.vocabulary import declare_sources, declare_vocabulary

    settings = settings_from(config_file)
    with in_use(settings):
        store = db.open_store(settings.database)
        try:
            declare = declare_vocabulary if tags else declare_sources
            declare(store, settings, now=now())
            yield settings, store
        finally:
            store.close()


@contextmanager
def in_use(settings: Settings) -> Iterator[None]:
    """Keep `imdifeed restore` away from the database meanwhile. Raises `Failure` while it works."""
    from imdifeed.running.locks import InUseError, using

    with ExitStack() as stack:
        try:
            stack.enter_context(using(settings.locks))
        except InUseError:
            raise Failure(
                f"{settings.database_name} is being replaced by `imdifeed restore`; try again in a"
                " minute"
            ) from None
        yield


@contextmanager
def announced(store: "Store", settings: Settings) -> Iterator[None]:
    """Tell the hub, where one is configured, of the feeds that change meanwhile."""
    if not settings.hub:
        yield
        return
    # imported here: it brings all of feed, which a crawl does without
    from imdifeed.websub import Announcement

    news = Announcement(store, settings.site)
    yield
    news.make()
