"""Entries as a table (CSV, RFC 4180), to be opened in a spreadsheet or read by a script."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from db.models import Entry, Precision, PublisherDate, Source
from db.text import one_line
from feed.isolation import made_of
from feed.links import entry_url
from feed.sanitise import safe_url
from feed.site import Site
from feed.standing import as_shown
from feed.wording import in_oslo

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
COLUMNS: Final = (
    *("id", "title", "kind", "source", "publisher", "language", "published", "updated"),
    *("appeared", "withdrawn", "tags", "deadlines", "url", "permalink", "also_at"),
    *("attachments", "lead"),
)
#: between several values in one cell
JOINT: Final = " | "
#: without it Excel takes UTF-8 for an old code page, and æøå for noise
BYTE_ORDER_MARK: Final = "\ufeff"
_MOST_CHARACTERS: Final = 32_000
_PATTERNS: Final = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d"}
# What spreadsheets take for the beginning of a formula; a cell must not compute (OWASP).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Separator(StrEnum):
    """What stands between two cells; Excel in Norwegian expects semicolons."""

    COMMA = "comma"
    SEMICOLON = "semicolon"

    @property
    def sign(self) -> str:
        """Give the sign itself."""
        return "," if self is Separator.COMMA else ";"


def csv_lines(
    entries: Iterable[Entry],
    site: Site,
    sources: Mapping[str, Source],
    separator: Separator = Separator.COMMA,
) -> Iterator[str]:
    """Write entries as CSV, a line at a time, the columns' names first.

    An entry that cannot be written is logged and left out. Dates are Oslo's, as precise as given.
    """
    yield BYTE_ORDER_MARK + _line(COLUMNS, separator)
    for _, line in made_of(
        entries,
        lambda entry: _line([_cell(one) for one in _values(entry, site, sources)], separator),
        name=lambda entry: f"entry {entry.id}",
        where="a table",
    ):
        yield line


def _values(stored: Entry, site: Site, sources: Mapping[str, Source]) -> Iterator[str]:
    entry = as_shown(stored)
    source = sources.get(entry.source)
    yield str(entry.id)
    yield entry.title
    yield entry.kind
    yield entry.source
    yield entry.publisher or (source.publisher if source else "")
    yield entry.language
    yield _date(entry.published)
    yield _date(entry.updated)
    yield in_oslo(entry.appeared).strftime("%Y-%m-%d %H:%M")
    yield in_oslo(entry.withdrawn).strftime("%Y-%m-%d %H:%M") if entry.withdrawn else ""
    yield JOINT.join(tag.slug for tag in entry.tags)
    yield JOINT.join(
        one.day.isoformat() + (f" {one.time:%H:%M}" if one.time else "") for one in entry.deadlines
    )
    yield safe_url(entry.url)
    yield entry_url(site, entry)
    yield JOINT.join(url for also in entry.also_at if (url := safe_url(also.url)))
    yield JOINT.join(safe_url(file.url) or file.label for file in entry.attachments)
    yield entry.lead


def _date(given: PublisherDate | None) -> str:
    if given is None:
        return ""
    return in_oslo(given.moment).strftime(_PATTERNS.get(given.precision, "%Y-%m-%d %H:%M"))


def _cell(value: str) -> str:
    text = one_line(value)[:_MOST_CHARACTERS]
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str], separator: Separator) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator.sign, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
