"""Moments as the store keeps them: UTC, milliseconds, sortable as text."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Write an aware moment as the store keeps it."""
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{utc.microsecond // 1000:03d}Z"


def to_moment(text: str) -> datetime:
    """Read a moment as the store keeps it."""
    return datetime.fromisoformat(text)


def optional_text(moment: datetime | None) -> str | None:
    """Write a moment that may be missing."""
    return None if moment is None else to_text(moment)


def optional_moment(text: str | None) -> datetime | None:
    """Read a moment that may be missing."""
    return None if text is None else to_moment(text)
