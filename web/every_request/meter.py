"""Counts what one application answers, for Prometheus.

Answers are noted as they are given, which costs next to nothing, and added up when somebody asks
or many have come together.
"""

import threading
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

#: upper bounds, in seconds
_BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_NAMES = [*map(str, _BOUNDS), "+Inf"]
#: answers that are added up together
_MANY = 1_000


class Meter(Collector):
    """The answers of one application."""

    def __init__(self) -> None:
        self._noted: deque[tuple[str, str, float, bool]] = deque()
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._times: defaultdict[str, _Times] = defaultdict(_Times)
        self._searches = _Times()

    def count(self, view: str, status: str, seconds: float, searched: bool) -> None:
        """Count one answer; with words to search for it was `searched`."""
        # the deque takes one from several threads at once
        self._noted.append((view, status, seconds, searched))
        if len(self._noted) >= _MANY:
            self._add_up()

    def collect(self) -> Iterator[Metric]:
        """Give what was counted."""
        self._add_up()
        with self._lock:
            answers, feeds = dict(self._answers), Counter[str]()
            times = {view: one.buckets() for view, one in self._times.items()}
            searches = self._searches.buckets()
        requests = CounterMetricFamily("imdifeed_requests", "Answers", labels=["view", "status"])
        for (view, status), number in answers.items():
            requests.add_metric([view, status], number)
            if view.startswith("feeds."):
                feeds[status] += number
        yield requests
        asked = CounterMetricFamily(
            "imdifeed_feed_requests", "Answers to who asks for a feed", labels=["status"]
        )
        for status, number in feeds.items():
            asked.add_metric([status], number)
        yield asked
        seconds = HistogramMetricFamily(
            "imdifeed_request_seconds", "Time to answer", labels=["view"]
        )
        for view, found in times.items():
            seconds.add_metric([view], *found)
        yield seconds
        yield HistogramMetricFamily(
            "imdifeed_search_seconds", "Time to answer with words to search for", *searches
        )

    def _add_up(self) -> None:
        with self._lock:
            for _ in range(len(self._noted)):
                view, status, seconds, searched = self._noted.popleft()
                self._answers[view, status] += 1
                self._times[view].add(seconds)
                if searched and status == "200":
                    self._searches.add(seconds)


class _Times:
    """How many answers took how long."""

    def __init__(self) -> None:
        self._counts = [0] * len(_NAMES)
        self._seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def buckets(self) -> tuple[list[tuple[str, float]], float]:
        """Give how many took so long at most, for each bound, and the seconds of all."""
        return list(zip(_NAMES, map(float, accumulate(self._counts)), strict=True)), self._seconds
