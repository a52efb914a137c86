"""When things are due, whatever the clock does."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from imdifeed.running.schedule import FIRST_PAUSE, LONGEST_PAUSE, is_due, last_of, pause_after

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_what_was_never_done_is_due_and_what_was_just_done_is_not() -> None:
    assert is_due(None, HOUR, now=AT)
    assert not is_due(AT, HOUR, now=AT)
    assert not is_due(AT - timedelta(minutes=59), HOUR, now=AT)
    assert is_due(AT - HOUR, HOUR, now=AT)


def test_what_is_never_to_be_done_is_never_due() -> None:
    assert not is_due(None, timedelta(0), now=AT)
    assert not is_due(AT - 10 * HOUR, timedelta(0), now=AT)


def test_many_missed_times_are_made_up_for_once() -> None:
    last, now, begun = AT - timedelta(days=30), AT, 0
    for _ in range(120):
        if is_due(last, HOUR, now=now):
            begun, last = begun + 1, now
        now += timedelta(seconds=30)
    assert begun == 1


def test_a_clock_set_back_makes_nobody_wait_for_it() -> None:
    assert is_due(AT + timedelta(days=3), HOUR, now=AT)


@given(moments, moments)
def test_due_again_an_interval_after_any_beginning_at_the_latest(
    last: datetime, now: datetime
) -> None:
    assert is_due(last, HOUR, now=now) or is_due(last, HOUR, now=now + HOUR)


def test_what_takes_longer_than_its_interval_gets_a_whole_pause() -> None:
    assert last_of(AT, AT + timedelta(minutes=5), HOUR) == AT
    assert last_of(AT, AT + 2 * HOUR, HOUR) == AT + 2 * HOUR
    assert last_of(AT, AT - 2 * HOUR, HOUR) == AT - 2 * HOUR, "the clock was set back"


def test_pauses_grow_and_stay_bounded() -> None:
    pauses = [pause_after(failures) for failures in range(1, 2000)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
