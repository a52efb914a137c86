"""`imdifeed.toml` and `IMDIFEED_…` into typed values; the first thing wrong is named."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from db import is_address
from db.models import Republish, Source
from imdifeed import checks
from imdifeed.running.environment import FILE_VARIABLE
from imdifeed.settings import (
    DigestSettings,
    LogSettings,
    MailSettings,
    ScheduleSettings,
    ServerSettings,
    Settings,
)
from imdifeed.tables import PREFIX, Setting, read_tables, table_of, values_of
from imdifeed.tables import ConfigError as ConfigError

if TYPE_CHECKING:
    pass

#: who mail is from as long as it only goes to a folder
TRIAL_SENDER = "IMDi-nytt <nytt@imdifeed.example>"
#: families of sources; a test holds them against `crawler/spiders`
SPIDERS = ("prs", "imdi", "imdi_reports", "regjeringen", "documents")


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
