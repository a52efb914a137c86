"""The log: one line a record, for people or as JSON, without addresses, tokens and secrets.

Readers' data does not belong in a log, and what our own code leaves out may still come with an
error of a library. So every finished line is gone over once more.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, TextIO

#: what may stand in place of what is left out
ADDRESS, TOKEN, SECRET = "<address>", "<token>", "<secret>"
# bounded repetitions over disjoint characters: linear in the line; compiled by the first record,
# for most commands write none
_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}"
_PRIVATE_LINK = r"(/(?:confirm|unsubscribe|subscriptions)/)[^\s/?#\"'>]+"
#: characters; what is shorter is a part of ordinary words
_SHORTEST_SECRET = 6
#: characters; a line that is longer says too much
_LONGEST = 20_000
#: loggers that repeat what ours say, or say it of every page; shown from this level on
_QUIET = {"scrapy": logging.WARNING, "twisted": logging.WARNING, "_granian": logging.INFO}


def clean(line: str, secrets: Collection[str] = ()) -> str:
    """Leave out addresses, tokens of links and the secrets given."""
    for secret in secrets:
        line = line.replace(secret, SECRET)
    return re.sub(_PRIVATE_LINK, rf"\1{TOKEN}", re.sub(_ADDRESS, ADDRESS, line[:_LONGEST]))


class _Formatter(logging.Formatter):
    def __init__(self, secrets: Collection[str], request_id: Callable[[], str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
        self._request_id = request_id

    def _parts(self, record: logging.LogRecord) -> dict[str, Any]:
        parts = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage(), self._secrets),
        }
        if identity := self._request_id():
            parts["request"] = identity
        if record.exc_info and record.exc_info[0]:
            parts["error"] = clean(self.formatException(record.exc_info), self._secrets)
        return parts


class TextFormatter(_Formatter):
    """`2026-11-23T06:00:00.000Z warning crawler.run: …`, tracebacks indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        parts = self._parts(record)
        identity = f" [{parts['request']}]" if "request" in parts else ""
        lines = f"{parts['time']} {parts['level']} {parts['logger']}{identity}: {parts['message']}"
        if "error" in parts:
            lines += f"\n{parts['error']}"
        return lines.replace("\n", "\n    ")


class JsonFormatter(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return json.dumps(self._parts(record), ensure_ascii=False)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time."""

    @property
    def stream(self) -> TextIO:
        """Give standard error."""
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        pass


def install(
    level: str,
    form: str,
    *,
    secrets: Collection[str] = (),
    request_id: Callable[[], str] = str,
) -> None:
    """Send every record to standard error; a second time replaces the first.

    `level` and `form` are those of `LogSettings`; `request_id` gives what a record was written for,
    or nothing.
    """
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _ToStandardError)]:
        root.removeHandler(handler)
    handler = _ToStandardError()
    handler.setFormatter((JsonFormatter if form == "json" else TextFormatter)(secrets, request_id))
    root.addHandler(handler)
    lowest = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(lowest)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(lowest, quiet))


def for_server() -> dict[str, Any]:
    """Give granian's logging configuration: its records go where all the others go."""
    ours = {"handlers": [], "propagate": True}
    return {"loggers": {"_granian": ours, "granian.access": ours | {"level": "CRITICAL"}}}
