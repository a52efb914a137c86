from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import OSLO, is_published_label, is_updated_label, parse_date, sharper
from crawler.errors import UnreadableDateError
from db.models import Precision

MONTHS = {
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "en": "January February March April May June July August September October November December",
}


def oslo(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0):
    return datetime(year, month, day, hour, minute, second, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        # list and detail API: UTC
        (
            "2026-10-01T07:21:34.266Z",
            datetime(2026, 10, 1, 7, 21, 34, tzinfo=UTC),
            Precision.MINUTE,
        ),
        ("2026-10-01T23:30:00.000Z", oslo(2026, 10, 2, 1, 30), Precision.MINUTE),
        ("2026-10-01T07:21:34Z", datetime(2026, 10, 1, 7, 21, 34, tzinfo=UTC), Precision.MINUTE),
        # json/v2: an offset
        ("2019-05-13T14:56:06+02:00", oslo(2019, 5, 13, 14, 56, 6), Precision.MINUTE),
        ("2019-05-13T14:56:06+0200", oslo(2019, 5, 13, 14, 56, 6), Precision.MINUTE),
        (
            "2019-05-13T14:56:06-05:30",
            datetime(2019, 5, 13, 20, 26, 6, tzinfo=UTC),
            Precision.MINUTE,
        ),
        # no zone: the publisher's own clock
        ("2019-05-13T14:56", oslo(2019, 5, 13, 14, 56), Precision.MINUTE),
        ("2019-01-13 14:56:06", oslo(2019, 1, 13, 14, 56, 6), Precision.MINUTE),
        ("2025-02-19", oslo(2025, 2, 19), Precision.DAY),
        # RSS: RFC 822
        (
            "Sat, 20 Jun 2026 11:55:07 GMT",
            datetime(2026, 6, 20, 11, 55, 7, tzinfo=UTC),
            Precision.MINUTE,
        ),
        ("Thu, 17 Sep 2026 11:00:00 +0200", oslo(2026, 9, 17, 11), Precision.MINUTE),
        # the press room's page
        ("28.4.2025 10:47:32 CEST", oslo(2025, 4, 28, 10, 47, 32), Precision.MINUTE),
        (
            "28.4.2025 10:47:32 CEST | Pressemelding",
            oslo(2025, 4, 28, 10, 47, 32),
            Precision.MINUTE,
        ),
        ("24.3.2025 08:00:00 CET | Pressemelding", oslo(2025, 3, 24, 8), Precision.MINUTE),
        ("1.10.2026 09:00:00 EEST | Tiedote", oslo(2026, 10, 1, 8), Precision.MINUTE),
        # ntbinfo.no
        ("23.3.2018 13:43", oslo(2018, 3, 23, 13, 43), Precision.MINUTE),
        ("23.3.2018 13:43 | IMDi", oslo(2018, 3, 23, 13, 43), Precision.MINUTE),
        # imdi.no
        ("Utgitt: 19. oktober 2020", oslo(2020, 10, 19), Precision.DAY),
        ("Utgitt 19. oktober 2020", oslo(2020, 10, 19), Precision.DAY),
        ("UTGITT: 19. OKTOBER 2020", oslo(2020, 10, 19), Precision.DAY),
        ("Sist oppdatert: 16. juli 2026", oslo(2026, 7, 16), Precision.DAY),
        ("Last updated: 3 March 2021", oslo(2021, 3, 3), Precision.DAY),
        ("Utgitt: September 2021", oslo(2021, 9, 1), Precision.MONTH),
        ("Mai 2020", oslo(2020, 5, 1), Precision.MONTH),
        ("Utgitt: Mai 2020.", oslo(2020, 5, 1), Precision.MONTH),
        ("Utgitt: 2008", oslo(2008, 1, 1), Precision.YEAR),
        ("2008", oslo(2008, 1, 1), Precision.YEAR),
        ("Published: 18. February 2026", oslo(2026, 2, 18), Precision.DAY),
        ("18. February 2026", oslo(2026, 2, 18), Precision.DAY),
        # sloppy forms of running text
        ("31.oktober 2025", oslo(2025, 10, 31), Precision.DAY),
        ("24. juli. 2020", oslo(2020, 7, 24), Precision.DAY),
        ("3. juni 2020 kl. 09.30", oslo(2020, 6, 3, 9, 30), Precision.MINUTE),
        ("mandag 3. juni 2019", oslo(2019, 6, 3), Precision.DAY),
        ("tysdag 4. juni 2019", oslo(2019, 6, 4), Precision.DAY),
        ("den 4. juni 2019", oslo(2019, 6, 4), Precision.DAY),
        ("4 des. 2019", oslo(2019, 12, 4), Precision.DAY),
        ("4. sept. 2019", oslo(2019, 9, 4), Precision.DAY),
        ("February 18, 2026", oslo(2026, 2, 18), Precision.DAY),
        ("1st May 2020", oslo(2020, 5, 1), Precision.DAY),
        # day.month.year, also of regjeringen.no
        ("17.11.2022", oslo(2022, 11, 17), Precision.DAY),
        ("Dato: 03.07.2026", oslo(2026, 7, 3), Precision.DAY),
        ("Utgitt:\u00a03.\u00a0juli\u00a02026", oslo(2026, 7, 3), Precision.DAY),
        # other labels, and words between label and date
        ("Publisert: 3. juni 2024 kl. 10.00", oslo(2024, 6, 3, 10), Precision.MINUTE),
        ("Publisert den 3. juni 2024", oslo(2024, 6, 3), Precision.DAY),
        ("Først publisert: 03.06.2024", oslo(2024, 6, 3), Precision.DAY),
        ("Published on Monday 3 June 2024", oslo(2024, 6, 3), Precision.DAY),
        ("Utgivelsesdato: 3. juni 2024", oslo(2024, 6, 3), Precision.DAY),
        ("Utgjevingsdato: 3. juni 2024", oslo(2024, 6, 3), Precision.DAY),
        ("Utgivelsesår: 2020", oslo(2020, 1, 1), Precision.YEAR),
        ("Utgjeve i mai 2020", oslo(2020, 5, 1), Precision.MONTH),
        ("Utgitt i 2008", oslo(2008, 1, 1), Precision.YEAR),
        ("oktober, 2020", oslo(2020, 10, 1), Precision.MONTH),
        ("Sist endret 3. juni 2024, kl. 10.47", oslo(2024, 6, 3, 10, 47), Precision.MINUTE),
        ("Revidert mai 2020", oslo(2020, 5, 1), Precision.MONTH),
        # weekdays and clocks
        ("måndag 3. juni 2024 kl. 10.47", oslo(2024, 6, 3, 10, 47), Precision.MINUTE),
        ("Mandag, 3. juni 2024", oslo(2024, 6, 3), Precision.DAY),
        ("laurdag 1. juni 2024 klokka 09:05", oslo(2024, 6, 1, 9, 5), Precision.MINUTE),
        ("3. juni 2024 – 10:47", oslo(2024, 6, 3, 10, 47), Precision.MINUTE),
        ("June 3, 2024 at 10:47 PM", oslo(2024, 6, 3, 22, 47), Precision.MINUTE),
        ("3 June 2024 12:05 a.m.", oslo(2024, 6, 3, 0, 5), Precision.MINUTE),
        ("1.1.2026 00:30:00 CET", oslo(2026, 1, 1, 0, 30), Precision.MINUTE),
        ("31.12.2025 23:30:00 UTC", oslo(2026, 1, 1, 0, 30), Precision.MINUTE),
    ],
)
def test_every_form_is_read_with_its_precision(
    text: str, expected: datetime, precision: Precision
) -> None:
    date = parse_date(text)
    assert date.moment == expected
    assert date.moment.tzinfo is UTC
    assert date.precision is precision


@pytest.mark.parametrize(
    ("text", "day"),
    [("1/16/2018", (2018, 1, 16)), ("4/8/2022", (2022, 4, 8)), ("11/16/2022", (2022, 11, 16))],
)
def test_old_english_pages_put_the_month_first(text: str, day: tuple[int, int, int]) -> None:
    assert parse_date(f"Last updated: {text}", month_first=True).moment == oslo(*day)


def test_dots_mean_day_first_even_on_english_pages() -> None:
    assert parse_date("4.8.2022", month_first=True).moment == oslo(2022, 8, 4)


def test_slashes_are_refused_where_nothing_tells_the_month() -> None:
    with pytest.raises(UnreadableDateError, match="which of the numbers is the month"):
        parse_date("4/8/2022")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1. oktober", "the year is missing"),
        ("Utgitt: 24. juli.", "the year is missing"),
        ("", "empty"),
        ("Utgitt:", "empty"),
        ("31. februar 2020", "exists"),
        ("2020-13-01", "exists"),
        ("2020-01-01T25:00:00Z", "exists"),
        ("2020-01-01T10:61:00Z", "exists"),
        ("2020-01-01T10:00+99:99", "exists"),
        ("9999-12-31T23:59:59-14:00", "exists"),
        ("2020-01-01 10:00 XYZ", "time zone"),
        ("1. januar 1969", "before 1970"),
        ("Utgitt: 0000", "before 1970"),
        ("Publisert under: Regjeringen Solberg", "no date"),
        ("Ny innsats blant gutter 28.4.2025", "no date"),
        ("12 oktober 20", "no date"),
        ("19. okotber 2020", "no date"),
        # U+06F0 counts as a digit to str.isdigit and to \d
        ("\u06f01.10.2020", "no date"),
        ("1\u06f0.10.2020", "no date"),
        ("\uff11. mai 2020", "look like digits"),
        ("1. mai \u0662\u0660\u0662\u0660", "look like digits"),
        # no year can be told from two digits, and a span is no date
        ("03.06.24", "four digits"),
        ("Utgitt: 3. juni 24", "four digits"),
        ("Sat, 20 Jun 26 11:55:07 GMT", "four digits"),
        ("1.–3. juni 2024", "span of time"),
        ("1. - 3. juni 2024", "span of time"),
        ("1. mai til 3. juni 2024", "span of time"),
        ("1.6.2024-3.6.2024", "span of time"),
        ("10.12.2024 - 12.01", "span of time"),
        ("mai–juni 2020", "span of time"),
        ("2019-2020", "span of time"),
        ("31.02.2024", "exists"),
        ("29.02.2023", "exists"),
        ("3. juni 2024 kl. 25.00", "exists"),
        ("3 June 2024 13:00 PM", "exists"),
        ("Søknadsfrist: 3. juni 2024", "no date"),
        ("Publisert 3. juni 2024, oppdatert 4. juni 2024", "no date"),
        ("x" * 300, "300 characters"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDateError, match=reason):
        parse_date(text)


def test_dates_far_ahead_are_refused_when_now_is_known() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert parse_date("1. januar 2027", now=now).moment == oslo(2027, 1, 1)
    with pytest.raises(UnreadableDateError, match="400 days ahead"):
        parse_date("1. mars 2027", now=now)
    assert parse_date("1. mars 2027").moment == oslo(2027, 3, 1)


def test_the_label_is_what_the_page_shows() -> None:
    assert parse_date("  Utgitt:\n 19. oktober 2020 ").label == "Utgitt: 19. oktober 2020"


@pytest.mark.parametrize(
    ("text", "updated"),
    [
        ("Sist oppdatert: 16. juli 2026", True),
        ("Sist oppdatert 16. juli 2026", True),
        (" sist endra: 1. mars 2024", True),
        ("Oppdatert mai 2020", True),
        ("Last updated: 1/16/2018", True),
        ("Sist oppdatert", True),
        ("Utgitt: 16. juli 2026", False),
        ("16. juli 2026", False),
        ("Revidert: 2020", True),
        ("Last modified on 3 June 2024", True),
        ("Sist oppdatert mandag 3. juni 2024", True),
        ("Oppdatert statistikk om bosetting", False),
        ("Endret syn på integrering", False),
        ("Oppdatert i dag", False),
        ("Oppdatert marsjordre fra departementet", False),
        ("Oppdatert etter møtet 1. mai 2020", False),
        ("", False),
    ],
)
def test_labels_of_changes_are_told_from_labels_of_publication(text: str, updated: bool) -> None:
    assert is_updated_label(text) is updated


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Utgitt: Mai 2020", True),
        ("Utgjeve: 2008", True),
        ("Utgitt i mai 2020", True),
        ("Publisert den 3. juni 2024", True),
        ("First published Monday 3 June 2024", True),
        ("Utgitt i samarbeid med KS", False),
        ("Publisert 17.10.2022", True),
        ("Publisert under: Regjeringen Solberg", False),
        ("Publisert av IMDi", False),
        ("Sist oppdatert: 1. mai 2020", False),
    ],
)
def test_labels_of_publication(text: str, published: bool) -> None:
    assert is_published_label(text) is published


days = st.dates(min_value=oslo(1970, 1, 1).date(), max_value=oslo(2100, 12, 31).date())


@given(days, st.sampled_from(sorted(MONTHS)), st.sampled_from(["", "Utgitt: ", "Published: "]))
def test_named_months_come_back(day, language: str, label: str) -> None:
    name = MONTHS[language].split()[day.month - 1]
    date = parse_date(f"{label}{day.day}. {name} {day.year}")
    assert date.moment.astimezone(OSLO).date() == day
    assert date.moment.astimezone(OSLO).hour == 12
    assert parse_date(f"{name} {day.year}").moment == oslo(day.year, day.month, 1)


@given(days)
def test_numbers_come_back(day) -> None:
    dotted = parse_date(f"{day.day}.{day.month}.{day.year}")
    slashed = parse_date(f"{day.month}/{day.day}/{day.year}", month_first=True)
    assert dotted.moment == slashed.moment == parse_date(day.isoformat()).moment


@given(
    st.datetimes(
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, ZoneInfo("Europe/Oslo"), ZoneInfo("America/Lima")]),
    )
)
def test_moments_come_back_whatever_their_zone(moment: datetime) -> None:
    date = parse_date(moment.isoformat())
    assert abs(date.moment - moment.astimezone(UTC)) < timedelta(seconds=1)


WEEKDAYS = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]


@given(days, st.integers(min_value=1, max_value=27))
def test_a_weekday_before_a_date_changes_nothing(day, other: int) -> None:
    text = f"{day.day}. {MONTHS['nb'].split()[day.month - 1]} {day.year}"
    assert parse_date(f"{WEEKDAYS[day.weekday()]} {text}").moment == parse_date(text).moment
    for dash in "-–—":
        with pytest.raises(UnreadableDateError, match="span of time"):
            parse_date(f"{other}. {dash} {text}")


@given(days)
def test_two_digits_are_never_a_year(day) -> None:
    for text in (
        f"{day.day}.{day.month}.{day.year % 100:02}",
        f"{day.day} May {day.year % 100:02}",
    ):
        with pytest.raises(UnreadableDateError, match="four digits"):
            parse_date(text)


@given(days, st.integers(min_value=0, max_value=23), st.integers(min_value=0, max_value=59))
def test_the_day_is_the_one_in_oslo(day, hour: int, minute: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    read = parse_date(moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")).moment
    assert read.astimezone(OSLO).date() == moment.astimezone(OSLO).date()
    late = moment.astimezone(OSLO)
    zone = {1: "CET", 2: "CEST"}[int(late.utcoffset().total_seconds()) // 3600]
    shown = f"{late.day}.{late.month}.{late.year} {late:%H:%M:%S} {zone} | Pressemelding"
    assert parse_date(shown).moment == read


@pytest.mark.parametrize(
    ("date", "other", "given"),
    [
        ("3. juni 2024", "3.6.2024 09:30", 1),
        ("3. juni 2024", "Sun, 02 Jun 2024 22:30:00 GMT", 1),
        ("3. juni 2024", "4.6.2024 09:30", 0),
        ("3. juni 2024", "Juni 2024", 0),
        ("3.6.2024 10:30", "3.6.2024 09:30", 0),
    ],
)
def test_the_minute_of_the_same_day_is_sharper(date: str, other: str, given: int) -> None:
    both = parse_date(date), parse_date(other)
    assert sharper(*both) == both[given]
    assert sharper(None, both[1]) == both[1]
    assert sharper(both[0], None) == both[0]


@given(st.text(max_size=250))
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    assert is_updated_label(text) in (True, False)
    try:
        date = parse_date(text)
    except UnreadableDateError:
        return
    assert date.moment.year >= 1969
