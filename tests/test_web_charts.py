from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pages.charts import BAR, HEIGHT, STEP, bars, chart_of


def test_a_chart_ends_with_its_last_month_and_fills_the_empty_ones() -> None:
    chart = chart_of({"2025-12": 2, "2026-02": 4, "2020-01": 9}, last=date(2026, 2, 28), number=4)
    assert chart.months == (
        (date(2025, 11, 1), 0),
        (date(2025, 12, 1), 2),
        (date(2026, 1, 1), 0),
        (date(2026, 2, 1), 4),
    )
    assert chart.total == 6
    assert chart.most == (date(2026, 2, 1), 4)
    assert chart.path == f"M{STEP} {HEIGHT}v-30h{BAR}v30zM{3 * STEP} {HEIGHT}v-60h{BAR}v60z"


def test_the_newest_of_equal_months_has_most() -> None:
    chart = chart_of({"2026-01": 3, "2026-02": 3}, last=date(2026, 2, 1), number=3)
    assert chart.most[0] == date(2026, 2, 1)


def test_nothing_is_drawn_as_nothing() -> None:
    assert bars([0, 0]) == bars([]) == ""
    assert chart_of({}, last=date(2026, 2, 1), number=2).total == 0


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_every_bar_shows_and_none_is_too_high(values: list[int]) -> None:
    heights = [int(part.split("v-")[1].split("h")[0]) for part in bars(values).split("M")[1:]]
    assert len(heights) == sum(value > 0 for value in values)
    assert all(1 <= height <= HEIGHT for height in heights)
    assert not heights or max(heights) == HEIGHT


@pytest.mark.parametrize("last", [date(1, 12, 31), date(9999, 12, 1)])
def test_the_ends_of_the_calendar_can_be_drawn(last: date) -> None:
    assert chart_of({}, last=last, number=12).months[-1][0] == last.replace(day=1)
