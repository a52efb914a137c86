"""Figures for Prometheus, and the two questions of whoever looks after the machine."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from builders import NEWS, fill
from db.models import Verdict
from db.store import Store
from web_site import Running, run_site


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    run = store.crawls.begin(NEWS.slug, now=now - timedelta(hours=2))
    finished = {"finished": now - timedelta(hours=1), "verdict": Verdict.BROKEN, "rejected": 3}
    store.crawls.finish(type(run)(**{**_fields(run), **finished}))
    return run_site(store, lambda: now)


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]


def figures(site: Running) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = site.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data(as_text=True)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parse(text)
        for sample in family.samples
    }


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_figures_tell_of_store_crawls_and_answers(site: Running) -> None:
    for path in ("/", "/?q=tolk", "/?q=tolk", "/feed.atom", "/entries/999999"):
        site.client.get(path)
    tag = site.client.get("/feed.atom").headers["ETag"]
    assert site.client.get("/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    found = figures(site)
    assert found[of("imdifeed_entries")] == 5
    assert found[of("imdifeed_crawl_verdict", source=NEWS.slug, verdict="broken")] == 1
    assert found[of("imdifeed_crawl_verdict", source=NEWS.slug, verdict="ok")] == 0
    assert found[of("imdifeed_crawl_age_seconds", source=NEWS.slug)] == 3600
    assert found[of("imdifeed_crawl_rejected", source=NEWS.slug)] == 3
    assert found[of("imdifeed_feed_requests_total", status="200")] == 2
    assert found[of("imdifeed_feed_requests_total", status="304")] == 1
    assert found[of("imdifeed_search_seconds_count")] == 2
    assert found[of("imdifeed_oldest_unsent_seconds")] == 0
    assert found[of("imdifeed_database_bytes")] > 4096
    assert (
        sum(
            value
            for (name, labels), value in found.items()
            if name == "imdifeed_requests_total" and ("status", "404") in labels
        )
        == 1
    )


def test_what_waits_to_be_sent_is_counted(site: Running, now: datetime) -> None:
    site.client.post("/subscribe", data={"email": "kari@example.no"})
    found = figures(site)
    assert found[of("imdifeed_outbox", state="queued")] == 1
    assert found[of("imdifeed_sign_ups_unconfirmed")] == 1
    assert "kari" not in site.client.get("/metrics").get_data(as_text=True)


def test_figures_are_not_for_a_proxy_s_clients(site: Running) -> None:
    for name in ("X-Forwarded-For", "Forwarded", "Via"):
        assert site.client.get("/metrics", headers={name: "192.0.2.1"}).status_code == 404


def test_ready_means_that_the_schema_is_the_one_we_know(site: Running, store_url: str) -> None:
    assert site.client.get("/readyz").status_code == 200
    with sqlite3.connect(store_url) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('imdifeed', 'm9999_from_the_future', '2030-01-01')"
        )
    connection.close()
    answer = site.client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert site.client.get("/healthz").status_code == 200


def test_a_request_that_goes_wrong_has_a_number_in_answer_and_log(
    site: Running, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(store_url) as connection:
        connection.execute("ALTER TABLE entry RENAME TO gone")
    connection.close()
    answer = site.client.get("/entries/1")
    assert answer.status_code == 503
    assert len(answer.headers["X-Request-Id"]) == 12
    assert Path(store_url).name in caplog.text
    assert Path(store_url).name not in answer.get_data(as_text=True)
    assert "X-Request-Id" not in site.client.get("/healthz").headers
