"""Publishers' dates: one strict parser for every form the sources use, Norwegian and English.

Pure. What is shown is kept as the label; what is not shown is not invented.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from crawler.errors import UnreadableDateError
from db.models import Precision, PublisherDate
from db.text import one_line

#: the zone of dates printed without one
OSLO = ZoneInfo("Europe/Oslo")
#: nothing these publishers have online is older
EARLIEST_YEAR = 1970
#: how far ahead of now a date may lie: releases are scheduled, and deadlines named, months ahead
MOST_AHEAD = timedelta(days=400)
#: a line longer than this is running text, not a date
LONGEST = 200

#: number of each month by its names and short forms, in lower case
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan",
            "februar february feb",
            "mars march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
#: minutes from UTC of the zone names seen (PRS hosts in four countries) and of RFC 822, section 5
_ZONES = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "cet": 60,
    "cest": 120,
    "eet": 120,
    "eest": 180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}

_UPDATED = (
    r"(?:sist\s+)?(?:oppdatert|endret|endra|revidert)|(?:last\s+)?(?:updated|modified|revised)"
)
_PUBLISHED = (
    r"(?:først\s+|first\s+)?(?:utgitt|utgjeve|utgjeven|utgjevne|publisert|published)"
    r"|publiseringsdato|utgitt dato|utgivelsesdato|utgivelsesår|utgjevingsdato|utgjevingsår"
    r"|publication date|date of publication|publication year|issued"
)
_PUBLISHED_LABEL = re.compile(rf"\s*(?:{_PUBLISHED})\s*(?P<colon>:?)\s*(?P<rest>.*)", re.I | re.S)
_LABEL = re.compile(
    rf"(?:{_PUBLISHED}|dato|date|{_UPDATED})(?:\s*:\s*|\s+|$)(?:(?:i|on|in)\s+)?",
    re.I,
)
_UPDATED_LABEL = re.compile(rf"\s*(?:{_UPDATED})\s*(?P<colon>:?)\s*(?P<rest>.*)", re.I | re.S)
_WEEKDAY = (
    r"(?:(?:mandag|måndag|tirsdag|tysdag|onsdag|torsdag|fredag|lørdag|laurdag|søndag|sundag"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|man|mån|tir|tys|ons|tor|fre|lør|lau|søn|sun|mon|tue|wed|thu|fri|sat)\.?,?\s+)?(?:den\s+)?"
)
_NAME = r"(?P<name>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_ZONE = r"(?P<zone>[a-z]{1,4}|[+-][0-9]{2}:?[0-9]{2})"
_TIME = (
    r"(?:,?\s*(?:[–-]\s+(?=[0-9]{1,2}:))?(?:(?:kl\.?|klokken|klokka|klo|at)\s*)?"
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?"
    rf"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*{_ZONE})?)?"
)
_YEAR = r"(?P<year>[0-9]{4})"
_DAY = r"(?P<day>[0-9]{1,2})"
_ISO = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[t ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    rf"(?::(?P<second>[0-9]{{2}})(?:[.,][0-9]{{1,9}})?)?\s*{_ZONE}?)?"
)
_SLASHES = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})" + _TIME)
_FORMS = (
    _ISO,
    re.compile(_WEEKDAY + _DAY + r"\.\s?(?P<month>[0-9]{1,2})\.\s?" + _YEAR + _TIME),
    re.compile(_WEEKDAY + _DAY + rf"(?:st|nd|rd|th)?\.?\s*{_NAME},?\s*" + _YEAR + _TIME),
    re.compile(_WEEKDAY + rf"{_NAME}\s*" + _DAY + r"(?:st|nd|rd|th)?\s*,?\s+" + _YEAR + _TIME),
    re.compile(rf"{_NAME},?\s*" + _YEAR),
    re.compile(_YEAR),
)
_BEGINNING = re.compile(rf"(?:(?:i|on|in)\s+)?{_WEEKDAY}(?:[0-9]|{_NAME}(?:\W|$))")
_WITHOUT_YEAR = re.compile(_WEEKDAY + _DAY + rf"\.?\s*{_NAME}")
_SHORT_YEAR = re.compile(
    _WEEKDAY + rf"[0-9]{{1,2}}(?:\.\s?[0-9]{{1,2}}\.|\.?\s*{_NAME})\s?'?[0-9]{{2}}" + _TIME
)
#: two days, months or years with a line between them
_RANGE = re.compile(r"[a-z0-9./ ]{1,30}[0-9a-z.]\s?(?:[–—-]|\btil\b|\bto\b)\s?[a-z0-9./ ]{1,40}")


def parse_date(
    text: str, *, now: datetime | None = None, month_first: bool = False
) -> PublisherDate:
    """Read a publisher's date, with the precision it was given in.

    The whole text must be a date, with at most a label before it ("Utgitt:") and " | …" after it.
    A date without a time stands at 12:00 Europe/Oslo; a time without a zone is Europe/Oslo. `now`
    is aware. `month_first` reads 1/16/2018 as the old English pages of imdi.no write it; without
    it a date with slashes is refused, since nothing tells its day from its month.

    Raises:
        UnreadableDateError: no date, no such date, no year, before 1970, or more than 400 days
            after `now`.
    """
    label = one_line(text)
    if len(label) > LONGEST:
        raise UnreadableDateError(f"a date was expected, not {len(label)} characters of text")
    shown = label.split("|", 1)[0]
    words = _LABEL.sub("", shown.strip(), count=1).strip().rstrip(".,;").lower()
    found = _match(words, month_first=month_first)
    if found is None:
        raise UnreadableDateError(f"{label!r} holds no date we can read{_why(words)}")
    moment, precision = _moment(found.groupdict(), label)
    if now is not None and moment > now + MOST_AHEAD:
        raise UnreadableDateError(f"{label!r} lies more than {MOST_AHEAD.days} days ahead")
    return PublisherDate(moment=moment, precision=precision, label=label)


def sharper(date: PublisherDate | None, other: PublisherDate | None) -> PublisherDate | None:
    """Give the second of two dates where it says the minute of the first one's day, else the first.

    Days are Oslo's.
    """
    if date is None or other is None:
        return date or other
    same = date.moment.astimezone(OSLO).date() == other.moment.astimezone(OSLO).date()
    more = other.precision is Precision.MINUTE and date.precision is Precision.DAY
    return other if same and more else date


def is_updated_label(text: str) -> bool:
    """Tell whether a line says when a page was last changed, which is never when it was published.

    True for "Sist oppdatert: 16. juli 2026", "Last updated: 1/16/2018" and the labels alone.
    """
    return _is_label(_UPDATED_LABEL, text)


def is_published_label(text: str) -> bool:
    """Tell whether a line says when something was published: "Utgitt: Mai 2020"."""
    return _is_label(_PUBLISHED_LABEL, text)


def _is_label(label: re.Pattern[str], text: str) -> bool:
    found = label.fullmatch(text)
    if found is None:
        return False
    rest = found["rest"].lower()
    return bool(found["colon"]) or not rest or _begins_as_date(rest)


def _begins_as_date(words: str) -> bool:
    return bool(_BEGINNING.match(words))


def _match(words: str, *, month_first: bool) -> re.Match[str] | None:
    forms = (*_FORMS, _SLASHES) if month_first else _FORMS
    return next((found for form in forms if (found := form.fullmatch(words))), None)


def _why(words: str) -> str:
    if not words:
        return ": it is empty"
    if _WITHOUT_YEAR.fullmatch(words):
        return ": the year is missing"
    if _SLASHES.fullmatch(words):
        return ": nothing tells which of the numbers is the month"
    if _SHORT_YEAR.fullmatch(words):
        return ": a year has four digits"
    if _RANGE.fullmatch(words):
        return ": it is a span of time, not one date"
    if any(sign.isdigit() and sign not in "0123456789" for sign in words):
        return ": it holds signs that only look like digits"
    return ""


def _moment(parts: dict[str, str | None], label: str) -> tuple[datetime, Precision]:
    year = int(parts["year"] or 0)
    if year < EARLIEST_YEAR:
        raise UnreadableDateError(f"{label!r} lies before {EARLIEST_YEAR}")
    name, number = parts.get("name"), parts.get("month")
    month = MONTHS[name] if name else int(number or 1)
    day, hour = parts.get("day"), _hour(parts)
    try:
        moment = datetime(
            year,
            month,
            int(day or 1),
            12 if hour is None else hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_zone(parts.get("zone"), label),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableDateError(f"{label!r} is no date or time that exists") from None
    if hour is not None:
        return moment, Precision.MINUTE
    if day:
        return moment, Precision.DAY
    return moment, Precision.MONTH if name else Precision.YEAR


def _hour(parts: dict[str, str | None]) -> int | None:
    """Give the hour on a clock of 24, None where no time was given; 99 for one there is not."""
    hour, half = parts.get("hour"), parts.get("half")
    if not hour or not half:
        return int(hour) if hour else None
    return int(hour) % 12 + 12 * (half == "p") if 1 <= int(hour) <= 12 else 99


def _zone(zone: str | None, label: str) -> timezone | ZoneInfo:
    if not zone:
        return OSLO
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    if zone not in _ZONES:
        raise UnreadableDateError(f"{label!r} is in a time zone we do not know")
    return timezone(timedelta(minutes=_ZONES[zone]))
