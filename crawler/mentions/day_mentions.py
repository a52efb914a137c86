"""Days as running text names them: "fredag 15. mars 2027 kl. 12.00", "1/11-26", "by March 15".

Pure. `crawler/dates.py` reads a date that stands alone; here dates stand within sentences, and the
year may be left out.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from crawler.dates import EARLIEST_YEAR, MONTHS
from db.models import Language

_LATEST_YEAR = 2100
_LEAP_YEAR = 2024
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mandag måndag monday",
            "tirsdag tysdag tuesday",
            "onsdag wednesday",
            "torsdag thursday",
            "fredag friday",
            "lørdag laurdag saturday",
            "søndag sundag sunday",
        )
    )
    for name in names.split()
}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLOCK = r"(?:kl\.?|klokken|klokka|klokkeslett|at)\s?"
# "12.00", "12:00", "1200"
_MINUTES = r"(?:[.:]|(?<=[0-9]{2}))"
_BEFORE = (
    rf"(?:\b{_CLOCK}(?P<hour0>[0-9]{{1,2}})(?:{_MINUTES}(?P<minute0>[0-9]{{2}}))?,?\s"
    r"(?:den\s|på\s|on\s)?)?"
    rf"(?:\b(?P<weekday>{'|'.join(_WEEKDAYS)}),?\s)?(?:\b(?:den|the)\s)?"
)
_AFTER = (
    rf"(?:,?\s\(?(?:(?:innen|innan|by)\s)?{_CLOCK}(?P<hour>[0-9]{{1,2}})"
    rf"(?:{_MINUTES}(?P<minute>[0-9]{{2}}))?(?![0-9])(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"|,?\s(?P<bare_hour>[0-9]{1,2}):(?P<bare_minute>[0-9]{2})(?![0-9]))?"
)
_START = r"(?<![0-9.,:/§–-])"
_FOUR = r"[0-9]{4})(?![0-9])"
_YEAR = rf"(?P<year>{_FOUR}"
_SHORT = r"(?P<year>[0-9]{4}|[0-9]{2})(?![0-9]|[.:][0-9])"
_MONTH_BEGINS = "|".join(sorted({name[:3] for name in MONTHS}))
#: each form in which days are written, after what is quickly found wherever it stands
FORMS = tuple(
    (re.compile(core, re.I), re.compile(_BEFORE + form + _AFTER, re.I))
    for core, form in (
        # 15. mars 2027, 15 March, 15. sept. 2027
        (
            rf"[0-9](?:\.|st|nd|rd|th)?\s?(?:of\s)?(?:{_MONTH_BEGINS})",
            rf"(?<![0-9.,:/§])(?P<day>[0-9]{{1,2}})(?:\.|st|nd|rd|th)?\s?(?:of\s)?"
            rf"(?P<name>{_NAME})\b(?:,?\s{_YEAR}|\.\s(?P<year2>{_FOUR}|\.(?=\s[a-zæøå]))?",
        ),
        # 15.3.2027, 15.03.27, 15.3.
        (
            r"[0-9]\.\s?[0-9]",
            rf"{_START}(?P<day>[0-9]{{1,2}})\.(?:\s?(?P<month>[0-9]{{1,2}})\.\s?{_YEAR}"
            r"|(?P<month2>[0-9]{1,2})\.(?:(?P<year2>[0-9]{2})(?![0-9]|[.:][0-9])|(?![0-9])))",
        ),
        (
            r"[0-9]-[0-9]",
            r"(?<![0-9-])(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9-])",
        ),
        # March 15, 2027
        (
            r"[^\W\d_]\s[0-9]",
            rf"\b(?P<name>{_NAME})\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:]|\.[0-9])"
            rf"(?:,?\s{_YEAR})?",
        ),
        (
            r"utgangen\sav|end\sof",
            r"\b(?:(?:ved\s)?utgangen\sav|(?:the\s)?end\sof)"
            rf"\s(?P<name>{_NAME})\b(?:\s{_YEAR})?",
        ),
    )
)
# day before month: English texts are not to be trusted with it
SLASHED = (
    re.compile("[0-9]/[0-9]"),
    re.compile(
        rf"{_BEFORE}{_START}(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})"
        rf"(?:(?:\s?[-–/]\s?|\s){_SHORT})?(?![0-9/]){_AFTER}",
        re.I,
    ),
)
_DIGIT = re.compile("[0-9]")
_WITHOUT_DIGITS = re.compile(r"utgangen\sav|end\sof")


@dataclass(frozen=True, slots=True)
class DayMention:
    """A day that a text names, and where."""

    start: int
    end: int
    day: int
    month: int
    #: None where the text leaves it out
    year: int | None
    #: by the clock; None where no time, or the end of the day, is named
    time: time | None
    #: from Monday, 0; None where it is not named
    weekday: int | None

    def in_year(self, year: int) -> date | None:
        """Give the day in a year; None where that year has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def may_name_days(text: str) -> bool:
    """Tell, in next to no time, whether it is worth while to look for days in a text."""
    if _DIGIT.search(text):
        return True
    return bool(_WITHOUT_DIGITS.search(text.lower()))


def day_mentions(text: str, language: Language = Language.UNDETERMINED) -> list[DayMention]:
    """Find the days a line of text names, in order; what is no day of the calendar is none."""
    if not may_name_days(text):
        return []
    forms = FORMS if language is Language.ENGLISH else (*FORMS, SLASHED)
    found = sorted(
        (mention for core, form in forms if core.search(text) for mention in _mentions(form, text)),
        key=lambda one: (one.start, -one.end),
    )
    apart: list[DayMention] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return apart


def _mentions(form: re.Pattern[str], text: str) -> Iterator[DayMention]:
    for found in form.finditer(text):
        parts = found.groupdict()
        weekday = parts.get("weekday")
        try:
            year, month, day = _date(parts)
            clock = _time(parts)
        except ValueError:
            continue
        yield DayMention(
            start=found.start(),
            end=found.end(),
            day=day,
            month=month,
            year=year,
            time=clock,
            weekday=_WEEKDAYS[weekday.lower()] if weekday else None,
        )


def _date(parts: dict[str, str | None]) -> tuple[int | None, int, int]:
    """Give year, month and day. Raises `ValueError` for what no calendar has."""
    written = parts.get("year") or parts.get("year2")
    year = int(written) + (2000 if len(written) == 2 else 0) if written else None
    if year is not None and not EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise ValueError("no year of ours")
    name = parts.get("name")
    month = MONTHS[name.lower()] if name else int(parts.get("month") or parts["month2"] or 0)
    # 29 February waits for its year
    last = calendar.monthrange(year or _LEAP_YEAR, month)[1] if 1 <= month <= 12 else 0
    day = int(parts.get("day") or last)
    if not 1 <= day <= last:
        raise ValueError("no such day")
    return year, month, day


def _time(parts: dict[str, str | None]) -> time | None:
    """Give the time, None for none or for the end of the day. Raises `ValueError`."""
    hour = parts.get("hour") or parts.get("bare_hour") or parts.get("hour0")
    if not hour:
        return None
    minute = parts.get("minute") or parts.get("bare_minute") or parts.get("minute0") or "0"
    hours, minutes = int(hour), int(minute)
    if half := parts.get("half"):
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + 12 * (half.lower() == "p")
    return None if (hours % 24, minutes) == (0, 0) else time(hours, minutes)
