"""What is too much to be sent without a person."""

from datetime import UTC, datetime

import pytest

from db.models import DigestRun, Rhythm
from imdifeed.sending.floods import HARMLESS, LEAST_RUNS, too_much


def runs(*counts: tuple[int, int]) -> list[DigestRun]:
    return [
        DigestRun(
            id=number, rhythm=Rhythm.DAILY, window=f"{number}", messages=messages,
            stories=stories, cutoff=datetime(2026, 11, 23, tzinfo=UTC),
        )
        for number, (messages, stories) in enumerate(counts)
    ]  # fmt: skip


USUAL = runs((40, 4), (60, 6), (50, 5))


@pytest.mark.parametrize(
    ("messages", "stories", "reason"),
    [
        (50, 5, ""),
        (500, HARMLESS, ""),
        (501, 5, "501 mails where 50 are usual"),
        (50, HARMLESS + 1, f"{HARMLESS + 1} new stories where 5 are usual"),
    ],
)
def test_ten_times_the_median_is_too_much(messages: int, stories: int, reason: str) -> None:
    assert too_much(messages, stories, USUAL, surge=10) == reason


def test_what_is_rare_is_harmless_in_small_numbers() -> None:
    assert too_much(HARMLESS, HARMLESS, runs(*[(1, 1)] * 5), surge=10) == ""


def test_nobody_knows_what_is_usual_at_first() -> None:
    assert too_much(9000, 9000, USUAL[: LEAST_RUNS - 1], surge=10) == ""


def test_surge_0_never_stops() -> None:
    assert too_much(9000, 9000, USUAL, surge=0) == ""
