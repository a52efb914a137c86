"""Figures for Prometheus: what the store holds, asked at each scrape, and what this process did.

There is one process that answers, so its counters are those of the site since it began.
"""

import time
from collections.abc import Iterable, Iterator

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from db.models import CrawlRun, Source, Verdict
from web.every_request.meter import Meter
from web.services import Services

blueprint = Blueprint("metrics", __name__)

_NAME = "imdifeed_metrics"
#: what a proxy adds; who asks directly stands beside the machine
_FORWARDED = ("X-Forwarded-For", "Forwarded", "Via")


def install(app: Flask, served: Services, meter: Meter) -> None:
    """Measure the answers of an application, and have its figures ready to be asked for."""
    registry = CollectorRegistry(auto_describe=False)
    for one in (_StoreCollector(served), meter):
        registry.register(one)
    ProcessCollector(registry=registry)
    app.extensions[_NAME] = registry

    @app.before_request
    def _begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def _count(response: Response) -> Response:
        meter.count(
            request.endpoint or "none",
            str(response.status_code),
            time.perf_counter() - g.get("begun", time.perf_counter()),
            bool(request.args.get("q")),
        )
        return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give the figures to who asks directly; a proxy's clients have no business with them."""
    if any(name in request.headers for name in _FORWARDED):
        abort(404)
    registry: CollectorRegistry = current_app.extensions[_NAME]
    response = Response(generate_latest(registry))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    response.headers["Cache-Control"] = "no-store"
    return response


class _StoreCollector(Collector):
    """Reads the store at each scrape."""

    def __init__(self, served: Services) -> None:
        self._store = served.store
        self._settings = served.settings
        self._shelf = served.shelf

    def collect(self) -> Iterator[Metric]:
        """Give what the store holds. Raises `StoreError`."""
        yield from self._sources()
        yield from self._figures()
        yield _counted(
            GaugeMetricFamily(
                "imdifeed_documents", "Feeds and other documents built and kept", labels=["what"]
            ),
            self._shelf.counts().items(),
        )
        yield _counted(
            CounterMetricFamily(
                "imdifeed_crashes", "Crashes of what runs beside the site", labels=["job"]
            ),
            self._settings.crashes().items(),
        )

    def _sources(self) -> Iterator[Metric]:
        runs = self._store.crawls.latest()
        found = [(one, runs.get(one.slug)) for one in self._store.vocabulary.sources()]
        yield _verdicts(found)
        now = self._settings.clock()
        ages = [
            (source.slug, (now - run.finished).total_seconds() if run and run.finished else None)
            for source, run in found
        ]
        yield _counted(_by_source("age_seconds", "Time since the last crawl ended"), ages)
        for name, words in (
            ("new", "New entries in the last crawl"),
            ("changed", "Changed entries in the last crawl"),
            ("rejected", "Entries that the last crawl could not use"),
            ("requests", "Requests of the last crawl"),
        ):
            counts = [(one.slug, getattr(run, name) if run else None) for one, run in found]
            yield _counted(_by_source(name, words), counts)

    def _figures(self) -> Iterator[Metric]:
        figures, now = self._store.upkeep.figures(), self._settings.clock()
        for name, words, number in (
            ("entries", "Entries", figures.entries),
            ("entries_withdrawn", "Entries that their publishers took away", figures.withdrawn),
            ("addresses_suppressed", "Addresses not written to any more", figures.suppressed),
            ("addresses_bouncing", "Addresses from which mail came back lately", figures.bouncing),
            ("sign_ups_unconfirmed", "Sign-ups that wait to be confirmed", figures.unconfirmed),
            ("database_bytes", "Size of the database", figures.size),
        ):
            yield GaugeMetricFamily(f"imdifeed_{name}", words, value=number)
        yield _counted(
            GaugeMetricFamily("imdifeed_subscriptions", "Active ones", labels=["rhythm"]),
            figures.subscriptions.items(),
        )
        yield _counted(
            GaugeMetricFamily("imdifeed_outbox", "Messages by state", labels=["state"]),
            self._store.digests.counts().items(),
        )
        for name, words, moment in (
            ("oldest_unsent_seconds", "Age of the oldest message that waits", figures.unsent_since),
            ("oldest_mail_seconds", "Age of the oldest settled mail kept", figures.mails_since),
        ):
            age = (now - moment).total_seconds() if moment else 0.0
            yield GaugeMetricFamily(f"imdifeed_{name}", words, value=max(0.0, age))


def _verdicts(found: Iterable[tuple[Source, CrawlRun | None]]) -> Metric:
    family = GaugeMetricFamily(
        "imdifeed_crawl_verdict", "1 for the last crawl's verdict", labels=["source", "verdict"]
    )
    for source, run in found:
        for verdict in Verdict:
            is_it = run is not None and run.verdict is verdict
            family.add_metric([source.slug, verdict], float(is_it))
    return family


def _by_source(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"imdifeed_crawl_{name}", words, labels=["source"])


def _counted(family: "_Family", values: Iterable[tuple[str, float | None]]) -> Metric:
    for label, value in values:
        if value is not None:
            family.add_metric([label], value)
    return family


_Family = CounterMetricFamily | GaugeMetricFamily
