"""Tables of `imdifeed.toml`, each setting overridden by its environment variable."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

PREFIX = "IMDIFEED_"
# ends of lines, controls, and what no text can be written with
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class ConfigError(Exception):
    """A setting is missing, unknown or wrong; the message names it."""


class Setting(NamedTuple):
    """What a setting may be."""

    kind: type
    default: Any = None
    required: bool = False
    #: gives None, or what is wrong in words that end a sentence
    check: Callable[[Any], str | None] = lambda _value: None


_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list of texts",
}


def read_tables(path: Path) -> dict[str, Any]:
    """Read a file. Raises `ConfigError`."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {path}; `imdifeed init` writes one, --config names another"
        ) from None
    except (OSError, ValueError, RecursionError) as error:  # a number may be too long to read
        raise ConfigError(f"cannot read {path}: {error}") from None


def table_of(tables: Mapping[str, Any], name: str, prefix: str) -> dict[str, Any]:
    """Give a table within a table, empty where there is none. Raises `ConfigError`."""
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"setting {prefix}{name} must be a table: [{prefix}{name}]")
    return table


def values_of(
    table: Mapping[str, Any],
    known: Mapping[str, Setting],
    prefix: str,
    variables: dict[str, str],
    also: Collection[str] = (),
) -> dict[str, Any]:
    """Give the values of a table's settings; `variables` loses those that are used.

    Raises `ConfigError`.
    """
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
        if value == "" and setting.default:
            raise ConfigError(f"setting {dotted}{name} is empty; leave it out for the default")
        if isinstance(value, str) and _ODD.search(value):
            raise ConfigError(f"setting {dotted}{name} must be one line, without odd characters")
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
