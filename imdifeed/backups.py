"""Backups by name: where the next one goes, and which are old enough to go."""

import re
from datetime import UTC, datetime
from pathlib import Path

#: what stands between a dated backup's name and its ending
_STAMP = "%Y-%m-%dT%H%M%SZ"
_STAMPED = r"-\d{4}-\d{2}-\d{2}T\d{6}Z"


def dated(file: Path, *, now: datetime) -> Path:
    """Put the moment, in UTC, into a backup's name: `imdifeed-2026-11-23T060000Z.db`."""
    return file.with_name(f"{file.stem}-{now.astimezone(UTC):{_STAMP}}{file.suffix}")


def outdated(file: Path, *, keep: int) -> list[Path]:
    """Give the dated backups of a name but for the newest ones, oldest first.

    Their age is read from their names, so copying them about changes nothing.
    """
    pattern = re.compile(re.escape(file.stem) + _STAMPED + re.escape(file.suffix))
    found = sorted(one for one in file.parent.iterdir() if pattern.fullmatch(one.name))
    return found[: max(0, len(found) - keep)]
