"""`imdifeed.toml` and `IMDIFEED_…` into typed values; the first thing wrong is named."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from db import is_address, name_of, passwords_of
from db.models import Republish, Source
from imdifeed import checks
from imdifeed.running.environment import FILE_VARIABLE
from imdifeed.tables import PREFIX, Setting, read_tables, table_of, values_of
from imdifeed.tables import ConfigError as ConfigError

if TYPE_CHECKING:
    from feed.site import Site

#: who mail is from as long as it only goes to a folder
TRIAL_SENDER = "IMDi-nytt <nytt@imdifeed.example>"
#: families of sources; a test holds them against `crawler/spiders`
SPIDERS = ("prs", "imdi", "imdi_reports", "regjeringen", "documents")


@dataclass(frozen=True, slots=True)
class MailSettings:
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


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Who may ask the site, and how much."""

    #: proxies before the site, each of which adds to X-Forwarded-For; 0 believes no such header
    proxies: int
    #: names besides that of `site_url` and this machine's own under which the site answers
    hosts: tuple[str, ...]
    #: requests a minute from one network; 0 for no limit
    requests_per_minute: int


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When `imdifeed run` does what."""

    #: minutes from one crawl's start to the next's; 0 for never
    crawl_minutes: int
    #: minutes between two looks at what is due to be sent; 0 for never
    digest_minutes: int
    #: folder for a backup a day; None for none
    backup_folder: Path | None
    #: how many backups are kept
    backup_keep: int


@dataclass(frozen=True, slots=True)
class DigestSettings:
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


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is written to the log, and how."""

    #: name of the lowest level written, as `logging` has it
    level: str
    #: "text", or "json" for an object a line
    format: str


@dataclass(frozen=True, slots=True)
class Settings:
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


_SITE = {
    "site_url": Setting(str, "http://127.0.0.1:8000", check=checks.web_address),
    "authority": Setting(str, "imdifeed.example,2026", check=checks.authority),
    "database": Setting(str, "imdifeed.db"),
    "secret_key": Setting(str, required=True, check=checks.not_the_placeholder),
    "hub": Setting(str, "", check=checks.web_address),
    "contact": Setting(str, "", check=checks.mailbox),
}
_MAIL = {
    "transport": Setting(str, "folder", check=checks.one_of("folder", "smtp")),
    "outbox_folder": Setting(str, "outbox"),
    "host": Setting(str, "127.0.0.1"),
    "port": Setting(int, 25, check=checks.port),
    "username": Setting(str, ""),
    "password": Setting(str, ""),
    "starttls": Setting(bool, False),
    "sender": Setting(str, "", check=checks.mailbox),
    "return_path": Setting(str, "", check=checks.bare_address),
    "bounces": Setting(str, ""),
}
_SERVER = {
    "proxies": Setting(int, 0, check=checks.number(0, 10)),
    "hosts": Setting(list, [], check=checks.host_names),
    "requests_per_minute": Setting(int, 600, check=checks.number(0, 1_000_000)),
}
_SCHEDULE = {
    "crawl_minutes": Setting(int, 60, check=checks.number(0, 7 * 24 * 60)),
    "digest_minutes": Setting(int, 5, check=checks.number(0, 24 * 60)),
    "backup_folder": Setting(str, ""),
    "backup_keep": Setting(int, 7, check=checks.number(1, 10_000)),
}
_DIGEST = {
    "rest_on_holidays": Setting(bool, False),
    "surge": Setting(int, 10, check=checks.number(0, 1000)),
    "most_per_hour": Setting(int, 10_000, check=checks.number(0, 10_000_000)),
    "most_per_day": Setting(int, 50_000, check=checks.number(0, 100_000_000)),
    "workers": Setting(int, 2, check=checks.number(1, 20)),
}
_LOG = {
    "level": Setting(str, "info", check=checks.one_of("debug", "info", "warning", "error")),
    "format": Setting(str, "text", check=checks.one_of("text", "json")),
}
_TABLES = {"mail": _MAIL, "server": _SERVER, "schedule": _SCHEDULE, "digest": _DIGEST, "log": _LOG}
_SOURCE = {
    "spider": Setting(str, required=True, check=checks.one_of(*SPIDERS)),
    "base_url": Setting(str, "", check=checks.web_address),
    "publisher_id": Setting(int, check=checks.number(1, 10**12)),
    "name": Setting(str, ""),
    "publisher": Setting(str, "IMDi"),
    "delay": Setting(float, 2.0, check=checks.delay),
    "republish": Setting(str, "full", check=checks.one_of(*Republish)),
    "words": Setting(list, [], check=checks.terms),
}
#: every setting by its name in the file, for the documentation test
SETTINGS = (
    *_SITE,
    *(f"{table}.{name}" for table, known in _TABLES.items() for name in known),
    *(f"sources.<slug>.{name}" for name in _SOURCE),
)


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings of a file, each overridden by its environment variable.

    Raises:
        ConfigError: the file cannot be read, or a setting is missing, unknown or wrong.
    """
    tables = read_tables(path)
    sources = table_of(tables, "sources", "")
    variables = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    variables.pop(FILE_VARIABLE, None)
    given = {
        name: values_of(table_of(tables, name, ""), known, name, variables)
        for name, known in _TABLES.items()
    }
    mail, schedule, server = given["mail"], given["schedule"], given["server"]
    parsed = tuple(
        _source(
            slug,
            values_of(table_of(sources, slug, "sources."), _SOURCE, f"sources.{slug}", variables),
        )
        for slug in sources
    )
    site = values_of(tables, _SITE, "", variables, also={*_TABLES, "sources"})
    if variables:
        raise ConfigError(f"unknown setting {min(variables)} in the environment")
    if not mail["sender"]:
        if mail["transport"] == "smtp":
            raise ConfigError("setting mail.sender is missing: who the mail is from")
        mail["sender"] = TRIAL_SENDER
    folder = path.absolute().parent
    if mail["bounces"] and not mail["return_path"]:
        raise ConfigError("setting mail.return_path is missing: mail.bounces cannot do without it")
    mail["outbox_folder"] = folder / mail["outbox_folder"]
    mail["bounces"] = folder / mail["bounces"] if mail["bounces"] else None
    site["site_url"] = site["site_url"].rstrip("/")
    site["locks"] = str(folder / "imdifeed")
    if not is_address(site["database"]):
        site["database"] = site["locks"] = str(folder / site["database"])
    elif schedule["backup_folder"]:
        raise ConfigError(
            "setting schedule.backup_folder is for a database that is a file: PostgreSQL's is"
            " copied with pg_dump (docs/operations.md, On PostgreSQL)"
        )
    schedule["backup_folder"] = (
        folder / schedule["backup_folder"] if schedule["backup_folder"] else None
    )
    server["hosts"] = tuple(host.lower() for host in server["hosts"])
    return Settings(
        **site,
        mail=MailSettings(**mail),
        server=ServerSettings(**server),
        schedule=ScheduleSettings(**schedule),
        digest=DigestSettings(**given["digest"]),
        log=LogSettings(**given["log"]),
        sources=parsed,
    )


def require_contact(settings: Settings, sources: Iterable[Source]) -> None:
    """Insist that publishers can reach whoever crawls them. Raises `ConfigError`."""
    for source in sources:
        asked = source.base_url and not _is_loopback(source.base_url)
        if asked and not settings.contact:
            raise ConfigError(
                f"setting contact is missing: whoever runs {source.base_url} must be able to"
                " reach you"
            )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _source(slug: str, values: dict[str, Any]) -> Source:
    name = f"sources.{slug}"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug, re.ASCII):
        raise ConfigError(f"setting {name}: a slug has small letters, digits and single hyphens")
    if values["spider"] != "documents" and not values["base_url"]:
        raise ConfigError(f"setting {name}.base_url is missing")
    if values["spider"] == "prs" and values["publisher_id"] is None:
        raise ConfigError(f"setting {name}.publisher_id is missing: the number of the press room")
    if values["spider"] != "regjeringen" and values["words"]:
        raise ConfigError(f"setting {name}.words is for the spider regjeringen only")
    values["base_url"] = values["base_url"].rstrip("/")
    values["republish"] = Republish(values["republish"])
    values["words"] = tuple(values["words"])
    return Source(slug=slug, **(values | {"name": values["name"] or slug}))
