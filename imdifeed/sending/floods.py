"""When a run of digests is too much to be sent without a person: pure functions over counts."""

from collections.abc import Sequence
from statistics import median

from db.models import DigestRun

#: as many earlier runs as it takes to say what is usual, and as many as are asked
LEAST_RUNS = 3
MOST_RUNS = 20
#: so few mails or stories stop no run, however rare they are
HARMLESS = 50


def too_much(messages: int, stories: int, earlier: Sequence[DigestRun], *, surge: int) -> str:
    """Say what is out of proportion to earlier runs; empty where nothing is.

    `surge` is how many times the median is too much; 0 for never.
    """
    if not surge or len(earlier) < LEAST_RUNS:
        return ""
    for count, usual, what in (
        (stories, median(run.stories for run in earlier), "new stories"),
        (messages, median(run.messages for run in earlier), "mails"),
    ):
        if count > HARMLESS and count > surge * usual:
            return f"{count} {what} where {usual:g} are usual"
    return ""
