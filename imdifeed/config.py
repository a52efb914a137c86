"""`imdifeed.toml` and `IMDIFEED_…` into typed values; the first thing wrong is named."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from db.models import Republish, Source
from imdifeed import checks

if TYPE_CHECKING:
    from feed.site import Site

PREFIX = "IMDIFEED_"
#: names the file itself, not a setting in it
FILE_VARIABLE = "IMDIFEED_CONFIG"
DEFAULT_FILE = Path("imdifeed.toml")
#: who mail is from as long as it only goes to a folder
TRIAL_SENDER = "IMDi-nytt <nytt@imdifeed.example>"
#: families of sources; a test holds them against `crawler/spiders`
SPIDERS = ("prs", "imdi", "imdi_reports", "regjeringen", "documents")


class ConfigError(Exception):
    """A setting is missing, unknown or wrong; the message names it."""


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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator decides."""

    #: public address, without a final slash
    site_url: str
    #: `domain,date` of RFC 4151, in every id; never changes
    authority: str
    #: file path, relative to the folder of the configuration file
    database: str
    secret_key: str
    #: address for publishers and readers to write to
    contact: str
    mail: MailSettings
    sources: tuple[Source, ...]

    @property
    def site(self) -> "Site":
        """Give the public face of this installation."""
        # imported here: feed brings feedgen and lxml, which most commands do without
        from feed.site import Site

        return Site(site_url=self.site_url, authority=self.authority, contact=self.contact)

    def source(self, slug: str) -> Source:
        """Give one source. Raises `ConfigError` that names it."""
        for source in self.sources:
            if source.slug == slug:
                return source
        known = ", ".join(source.slug for source in self.sources) or "none"
        raise ConfigError(f"there is no source “{slug}”; configured: {known}")


@dataclass(frozen=True, slots=True)
class _Setting:
    kind: type
    default: Any = None
    required: bool = False
    check: Callable[[Any], str | None] = lambda _value: None


_SITE = {
    "site_url": _Setting(str, "http://127.0.0.1:8000", check=checks.web_address),
    "authority": _Setting(str, "imdifeed.example,2026", check=checks.authority),
    "database": _Setting(str, "imdifeed.db"),
    "secret_key": _Setting(str, required=True, check=checks.not_the_placeholder),
    "contact": _Setting(str, "", check=checks.mailbox),
}
_MAIL = {
    "transport": _Setting(str, "folder", check=checks.one_of("folder", "smtp")),
    "outbox_folder": _Setting(str, "outbox"),
    "host": _Setting(str, "127.0.0.1"),
    "port": _Setting(int, 25, check=checks.port),
    "username": _Setting(str, ""),
    "password": _Setting(str, ""),
    "starttls": _Setting(bool, False),
    "sender": _Setting(str, "", check=checks.mailbox),
}
_SOURCE = {
    "spider": _Setting(str, required=True, check=checks.one_of(*SPIDERS)),
    "base_url": _Setting(str, "", check=checks.web_address),
    "publisher_id": _Setting(int),
    "name": _Setting(str, ""),
    "publisher": _Setting(str, "IMDi"),
    "delay": _Setting(float, 2.0, check=checks.delay),
    "republish": _Setting(str, "full", check=checks.one_of(*Republish)),
    "words": _Setting(list, [], check=checks.terms),
}
#: every setting by its name in the file, for the documentation test
SETTINGS = (
    *_SITE,
    *(f"mail.{name}" for name in _MAIL),
    *(f"sources.<slug>.{name}" for name in _SOURCE),
)


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings of a file, each overridden by its environment variable.

    Raises:
        ConfigError: the file cannot be read, or a setting is missing, unknown or wrong.
    """
    tables = _read(path)
    sources = _table(tables, "sources", "")
    variables = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    variables.pop(FILE_VARIABLE, None)
    mail = _values(_table(tables, "mail", ""), _MAIL, "mail", variables)
    parsed = tuple(
        _source(
            slug, _values(_table(sources, slug, "sources."), _SOURCE, f"sources.{slug}", variables)
        )
        for slug in sources
    )
    site = _values(tables, _SITE, "", variables, also={"mail", "sources"})
    if variables:
        raise ConfigError(f"unknown setting {min(variables)} in the environment")
    if not mail["sender"]:
        if mail["transport"] == "smtp":
            raise ConfigError("setting mail.sender is missing: who the mail is from")
        mail["sender"] = TRIAL_SENDER
    folder = path.absolute().parent
    mail["outbox_folder"] = folder / mail["outbox_folder"]
    site["site_url"] = site["site_url"].rstrip("/")
    site["database"] = str(folder / site["database"])
    return Settings(**site, mail=MailSettings(**mail), sources=parsed)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {path}; `imdifeed init` writes one, --config names another"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from None


def _table(tables: Mapping[str, Any], name: str, prefix: str) -> dict[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"setting {prefix}{name} must be a table: [{prefix}{name}]")
    return table


def _values(
    table: Mapping[str, Any],
    known: Mapping[str, _Setting],
    prefix: str,
    variables: dict[str, str],
    also: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    dotted = f"{prefix}." if prefix else ""
    for name in table:
        if name not in known and name not in also:
            raise ConfigError(f"unknown setting {dotted}{name}; known: {', '.join(known)}")
    values = {}
    for name, setting in known.items():
        variable = PREFIX + re.sub(r"\W", "_", f"{dotted}{name}").upper()
        if variable in variables:
            value = _from_text(variables.pop(variable), setting.kind, variable)
        else:
            value = _typed(table.get(name), setting.kind, f"{dotted}{name}")
        if value is None or (value == "" and setting.required):
            if setting.required:
                raise ConfigError(f"setting {dotted}{name} is missing")
            value = setting.default
        if value not in (None, "") and (complaint := setting.check(value)):
            raise ConfigError(f"setting {dotted}{name} {complaint}")
        values[name] = value
    return values


def _typed(value: object, kind: type, name: str) -> object:
    if kind is float and type(value) is int:
        return float(value)
    if value is not None and type(value) is not kind:
        raise ConfigError(f"setting {name} must be {_KINDS[kind]}")
    return value


def _from_text(text: str, kind: type, variable: str) -> object:
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        if kind is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        return kind(text)
    except (KeyError, ValueError):
        raise ConfigError(f"setting {variable} must be {_KINDS[kind]}") from None


def require_contact(settings: Settings, sources: Iterable[Source]) -> None:
    """Insist that publishers can reach whoever crawls them. Raises `ConfigError`."""
    for source in sources:
        if not settings.contact and not _is_loopback(source.base_url):
            raise ConfigError(
                f"setting contact is missing: whoever runs {source.base_url} must be able to"
                " reach you"
            )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list of texts",
}


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
