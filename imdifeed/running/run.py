"""Everything in one process tree: the site, crawls, digests, and backups where they are wanted."""

import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.store import Store
from imdifeed.running.copies import CrawlTurn, LeaseTurn
from imdifeed.running.locks import RUNNING, InUseError, alone
from imdifeed.running.serve import free_address
from imdifeed.running.supervisor import Job, Supervisor
from imdifeed.settings import Settings

logger = logging.getLogger(__name__)

#: how often a backup is made, where a folder is named for them
BACKUP_EVERY = timedelta(days=1)
#: how often reports of mail that came back are read, where a Maildir is named for them
BOUNCES_EVERY = timedelta(minutes=10)


class RunningAlreadyError(Exception):
    """Another `imdifeed run` works on this database."""


def run_everything(
    config_file: Path,
    settings: Settings,
    store: Store,
    *,
    host: str,
    port: int,
    clock: Callable[[], datetime],
) -> None:
    """Run everything until a signal ends it.

    Raises:
        RunningAlreadyError: it runs already; says as which process.
        ConfigError: the address cannot be listened at.
    """
    jobs = jobs_for(config_file, settings, store, host=host, port=port)
    try:
        with alone(settings.locks, RUNNING) as handle:
            free_address(host, port)
            logger.info("serving at http://%s:%d; a signal ends everything", host, port)

            def tell(state: str) -> None:
                os.ftruncate(handle, 0)
                os.pwrite(handle, state.encode(), 0)

            Supervisor(jobs, clock=clock, on_change=tell).run()
            tell("")
    except InUseError as error:
        raise RunningAlreadyError(
            f"`imdifeed run` works on {settings.database_name} already{_as_process(str(error))}"
        ) from None


def jobs_for(
    config_file: Path, settings: Settings, store: Store, *, host: str, port: int
) -> list[Job]:
    """Give the jobs that the settings ask for.

    Every copy serves and looks what is to be sent: planning is for one of them at a time, and all
    hand over what is planned. Crawls share the sources that are due. A backup is one copy's.
    """
    schedule = settings.schedule

    def command(*words: str) -> list[str]:
        # -P: a folder called web/ where this is started must not pass for ours
        return [sys.executable, "-P", "-m", "imdifeed", "--config", str(config_file), *words]

    jobs = [
        Job(name="site", command=command("serve", "--host", host, "--port", str(port))),
        Job(
            name="digest",
            command=command("digest", "send"),
            every=timedelta(minutes=schedule.digest_minutes),
        ),
    ]
    if crawled := [source for source in settings.sources if source.spider != "documents"]:
        every = timedelta(minutes=schedule.crawl_minutes)
        jobs.append(
            Job(
                name="crawl",
                command=command("crawl", "--due"),
                every=every,
                turn=CrawlTurn(store, crawled, every),
                # what is new is told at once to whoever wants it so
                then="digest" if schedule.digest_minutes else "",
            )
        )
    if settings.mail.bounces:
        words = ("bounces", str(settings.mail.bounces))
        jobs.append(Job(name="bounces", command=command(*words), every=BOUNCES_EVERY))
    if schedule.backup_folder:
        file = schedule.backup_folder / Path(settings.database).name
        jobs.append(
            Job(
                name="backup",
                command=command("backup", str(file), "--keep", str(schedule.backup_keep)),
                every=BACKUP_EVERY,
                turn=LeaseTurn(store, "backup", BACKUP_EVERY),
            )
        )
    return jobs


def _as_process(state: str) -> str:
    try:
        told = json.loads(state)
        started = datetime.fromisoformat(told["started"]).astimezone(UTC)
        return f", as process {told['process']}, since {started:%Y-%m-%d %H:%M} UTC"
    except (ValueError, KeyError, TypeError):
        return ""
