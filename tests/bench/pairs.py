"""Measure two ways of doing the same thing, turn by turn: machines drift, ratios less."""

import subprocess
import time
from collections.abc import Callable, Sequence

#: turns of each pair, whose median drift moves little
PAIRS = 5
#: turns before them that do not count: caches are cold, and what is made once is made
UNCOUNTED = 1


def take_turns(*ways: Callable[[], float]) -> list[list[float]]:
    """Take a figure of each way `PAIRS` times, in turn, after those that do not count."""
    for way in ways * UNCOUNTED:
        way()
    figures: list[list[float]] = [[] for _ in ways]
    for turn in range(PAIRS):
        # who goes first changes, so that none always finds the caches warm
        for place in range(len(ways))[:: -1 if turn % 2 else 1]:
            figures[place].append(ways[place]())
    return figures


def alternate(
    ours: Callable[[], float], reference: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Take both figures in turn."""
    mine, other = take_turns(ours, reference)
    return mine, other


def seconds(work: Callable[[], object]) -> float:
    """Give how long some work takes, in seconds of the wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def command_seconds(command: Sequence[str], **options: object) -> float:
    """Give how long a whole process takes, in seconds.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True, **options))  # type: ignore[call-overload]


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
