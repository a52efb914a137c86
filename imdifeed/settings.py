"""Everything an operator decides, as typed values.

Named tuples, which are made five times as fast as dataclasses: every command needs all of them.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from db import name_of, passwords_of
from db.models import Source
from imdifeed.tables import ConfigError

if TYPE_CHECKING:
    from feed.site import Site


class MailSettings(NamedTuple):
    """How mail leaves."""

    #: "folder" or "smtp"
    transport: str
    outbox_folder: Path
    host: str
    port: int
    username: str
    password: str
    starttls: bool
    sender: str
    #: address that reports of undelivered mail come back to, each message's own made of it
    return_path: str
    #: Maildir in which those reports end, for `imdifeed run` to read; None for none
    bounces: Path | None


class ServerSettings(NamedTuple):
    """Who may ask the site, and how much."""

    #: proxies before the site, each of which adds to X-Forwarded-For; 0 believes no such header
    proxies: int
    #: names besides that of `site_url` and this machine's own under which the site answers
    hosts: tuple[str, ...]
    #: requests a minute from one network; 0 for no limit
    requests_per_minute: int


class ScheduleSettings(NamedTuple):
    """When `imdifeed run` does what."""

    #: minutes from one crawl's start to the next's; 0 for never
    crawl_minutes: int
    #: minutes between two looks at what is due to be sent; 0 for never
    digest_minutes: int
    #: folder for a backup a day; None for none
    backup_folder: Path | None
    #: how many backups are kept
    backup_keep: int


class DigestSettings(NamedTuple):
    """When digests rest, and when too many of them wait for a person."""

    #: whether none is planned on Norwegian public holidays; the next day's carries all
    rest_on_holidays: bool
    #: how many times the usual number of mails or stories stops a run; 0 for never
    surge: int
    #: the most handed over in an hour and in a day; 0 for no limit
    most_per_hour: int
    most_per_day: int
    #: connections to the mail server at once
    workers: int


class LogSettings(NamedTuple):
    """What is written to the log, and how."""

    #: name of the lowest level written, as `logging` has it
    level: str
    #: "text", or "json" for an object a line
    format: str


class Settings(NamedTuple):
    """Everything an operator decides."""

    #: public address, without a final slash
    site_url: str
    #: `domain,date` of RFC 4151, in every id; never changes
    authority: str
    #: file path, relative to the folder of the configuration file, or postgresql://…
    database: str
    #: what the names of lock files begin with: a database that is a file, or else `imdifeed` in the
    #: folder of the configuration file
    locks: str
    secret_key: str
    #: address for publishers and readers to write to
    contact: str
    #: WebSub hub that is told when feeds have news; empty for none
    hub: str
    mail: MailSettings
    server: ServerSettings
    schedule: ScheduleSettings
    digest: DigestSettings
    log: LogSettings
    sources: tuple[Source, ...]

    @property
    def site(self) -> "Site":
        """Give the public face of this installation."""
        # imported here: feed brings feedgen and lxml, which most commands do without
        from feed.site import Site

        return Site(
            site_url=self.site_url, authority=self.authority, contact=self.contact, hub=self.hub
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Give what must never be written anywhere."""
        passwords = self.mail.password, *passwords_of(self.database)
        return tuple(secret for secret in (self.secret_key, *passwords) if secret)

    @property
    def database_name(self) -> str:
        """Give what people may read of where the database is: an address without its password."""
        return name_of(self.database)

    def source(self, slug: str) -> Source:
        """Give one source. Raises `ConfigError` that names it."""
        for source in self.sources:
            if source.slug == slug:
                return source
        known = ", ".join(source.slug for source in self.sources) or "none"
        raise ConfigError(f"there is no source “{slug}”; configured: {known}")
