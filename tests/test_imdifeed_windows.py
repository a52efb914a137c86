"""Which digests are due: every day of 2026, whatever the clocks and the calendar do."""

from datetime import UTC, date, datetime, timedelta

import pytest

from db.models import Rhythm
from imdifeed.sending.windows import OSLO, due_date, due_monday, due_windows, is_norwegian_holiday

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T05:59Z", date(2026, 11, 22)),
        ("2026-11-23T06:00Z", date(2026, 11, 23)),
        ("2026-07-01T04:59Z", date(2026, 6, 30)),
        ("2026-07-01T05:00Z", date(2026, 7, 1)),
        # both clock changes of 2026: the day of the change has its digest at seven all the same
        ("2026-03-29T04:59Z", date(2026, 3, 28)),
        ("2026-03-29T05:00Z", date(2026, 3, 29)),
        ("2026-10-25T05:59Z", date(2026, 10, 24)),
        ("2026-10-25T06:00Z", date(2026, 10, 25)),
    ],
)
def test_a_day_s_digest_is_due_at_seven_in_oslo(moment: str, expected: date) -> None:
    assert due_date(datetime.fromisoformat(moment)) == expected


def test_every_day_and_every_monday_has_one_window() -> None:
    """Look every ten minutes of a year, as a timer does."""
    days, mondays = [], []
    moment = datetime(2025, 12, 31, 23, tzinfo=UTC)
    while moment < datetime(2026, 12, 31, 23, tzinfo=UTC):
        _, daily, weekly = due_windows(moment)
        for windows, window in ((days, daily), (mondays, weekly)):
            if window.name not in [name for name, _ in windows[-1:]]:
                windows.append((window.name, moment.astimezone(OSLO)))
        moment += 10 * MINUTE
    names = [name for name, _ in days]
    assert names == sorted(set(names))
    assert len(names) == 366  # the last one of the year before was due still
    assert all(f"{local:%Y-%m-%d %H:%M}" == f"{name} 07:00" for name, local in days[1:])
    assert len(mondays) == 53
    assert all(f"{local:%Y-%m-%d %H:%M %a}" == f"{name} 07:00 Mon" for name, local in mondays[1:])


def test_immediate_windows_are_minutes_and_never_the_same_in_autumn() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    names = {due_windows(first + hours * 60 * MINUTE)[0].name for hours in range(3)}
    assert names == {"2026-10-25T02:30+0200", "2026-10-25T02:30+0100", "2026-10-25T03:30+0100"}


def test_a_week_ends_on_monday_at_seven_however_late_it_is_sent() -> None:
    weekly = due_windows(oslo("2026-11-25T15:00"))[2]
    assert (weekly.rhythm, weekly.name) == (Rhythm.WEEKLY, "2026-11-23")
    assert weekly.cutoff == oslo("2026-11-23T07:00")


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        ("2026-04-01T07:00", "2026-04-01", "2026-03-30"),
        # Thursday and Friday before Easter; Saturday is a day like any other; Easter Sunday
        ("2026-04-02T07:00", None, None),
        ("2026-04-03T07:00", None, None),
        ("2026-04-04T06:59", "2026-04-01", "2026-03-30"),
        ("2026-04-04T07:00", "2026-04-04", "2026-03-30"),
        ("2026-04-05T07:00", None, None),
        # Easter Monday: the weekly one waits for Tuesday
        ("2026-04-06T07:00", None, None),
        ("2026-04-07T06:59", "2026-04-04", "2026-03-30"),
        ("2026-04-07T07:00", "2026-04-07", "2026-04-06"),
    ],
)
def test_on_holidays_digests_rest_and_the_next_day_makes_up_for_it(
    moment: str, daily: str | None, weekly: str | None
) -> None:
    windows = due_windows(oslo(moment), is_norwegian_holiday)
    names = {window.rhythm: window.name for window in windows}
    assert (names.get(Rhythm.DAILY), names.get(Rhythm.WEEKLY)) == (daily, weekly)
    assert (Rhythm.IMMEDIATE in names) is (daily is not None)


def test_a_weekly_digest_that_waited_reaches_to_when_it_was_due() -> None:
    weekly = due_windows(oslo("2026-04-08T12:00"), is_norwegian_holiday)[2]
    assert weekly.cutoff == oslo("2026-04-07T07:00")
    assert due_monday(oslo("2026-04-07T06:59"), is_norwegian_holiday) == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("day", "rests"),
    [
        (date(2026, 1, 1), True),
        (date(2026, 5, 1), True),
        (date(2026, 5, 17), True),
        (date(2026, 5, 25), True),
        (date(2026, 12, 24), False),
        (date(2026, 12, 25), True),
        (date(2026, 12, 26), True),
        # a Sunday like any other
        (date(2026, 11, 22), False),
    ],
)
def test_the_public_holidays_of_norway(day: date, rests: bool) -> None:
    assert is_norwegian_holiday(day) is rests
