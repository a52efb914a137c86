"""Verdicts, manners and addresses: the pure parts of a polite crawl."""

from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.web.client import ResponseNeverReceived

from crawler.fetching.addresses import canonical_path, is_loopback, same_site, web_address
from crawler.fetching.failures import describe_failure
from crawler.health import judge
from crawler.politeness import retry_after
from crawler.runs.session import settings_for
from crawler.runs.tally import Tally
from db.models import Outcome, Source, Verdict


@pytest.mark.parametrize(
    ("tally", "verdict", "reason"),
    [
        (Tally(listed=3, new=3), Verdict.OK, ""),
        (Tally(listed=3, unchanged=3), Verdict.OK, ""),
        (Tally(), Verdict.BROKEN, "the source lists no entries at all"),
        (Tally(obstacle="X refused"), Verdict.BROKEN, "X refused"),
        (Tally(listed=9, new=2, obstacle="come back later"), Verdict.DEGRADED, "come back later"),
        (
            Tally(listed=2, rejected=2, first_rejection="a: no title"),
            Verdict.BROKEN,
            "none of the 2 entries could be read: a: no title",
        ),
        (
            Tally(listed=2, new=1, rejected=1, first_rejection="a: no title"),
            Verdict.DEGRADED,
            "1 entry was rejected: a: no title",
        ),
        (Tally(listed=2, new=2, troubles=["page 2 failed"]), Verdict.DEGRADED, "page 2 failed"),
    ],
)
def test_the_verdict_of_a_run(tally: Tally, verdict: Verdict, reason: str) -> None:
    judgement = judge(tally)
    assert (judgement.verdict, judgement.reason) == (verdict, reason)


def test_the_tally_counts_outcomes() -> None:
    tally = Tally(rejected=1)
    for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.UNCHANGED):
        tally.count(outcome)
    assert (tally.new, tally.changed, tally.unchanged, tally.stored, tally.done) == (1, 1, 2, 4, 5)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 06:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 05:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 06:00:30", 30.0),
        ("soon", None),
        ("-5", None),
        ("۱۲", None),
        ("9" * 400, 999_999_999.0),
        ("", None),
    ],
)
def test_retry_after_in_both_forms(now: datetime, header: str, seconds: float | None) -> None:
    assert now == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert retry_after(header, now=now) == seconds


@pytest.mark.parametrize(
    ("url", "base_url", "same"),
    [
        ("https://www.imdi.no/a", "https://www.imdi.no", True),
        ("https://imdi.no/a", "https://www.imdi.no", True),
        ("http://www.imdi.no/a", "https://www.imdi.no", True),
        ("https://arkiv.imdi.no/a", "https://www.imdi.no", False),
        ("https://imdi.no.example.org/", "https://imdi.no", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8001", True),
        ("https://www.imdi.no:8443/", "https://www.imdi.no", False),
        ("file:///etc/passwd", "https://www.imdi.no", False),
        ("http://[feil", "https://www.imdi.no", False),
        ("http://www.imdi.no:99999/", "https://www.imdi.no", False),
    ],
)
def test_what_is_the_same_site(url: str, base_url: str, same: bool) -> None:
    assert same_site(url, base_url) is same


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://www.imdi.no/a/b", "/a/b/"),
        ("http://imdi.no/a/b/?fbclid=1&utm_source=x#d", "/a/b/"),
        ("https://www.imdi.no/a?b=2&a=1", "/a/?a=1&b=2"),
        ("https://www.imdi.no", "/"),
        ("https://www.imdi.no/f/rapport.pdf", "/f/rapport.pdf"),
        ("https://www.imdi.no/bosetting/p%C3%A5-nytt", "/bosetting/p%C3%A5-nytt/"),
        ("https://www.imdi.no/bosetting/på-nytt/", "/bosetting/p%C3%A5-nytt/"),
    ],
)
def test_one_page_has_one_path(url: str, path: str) -> None:
    assert canonical_path(url) == path
    assert canonical_path(path) == path


def test_addresses_are_made_absolute_or_nothing() -> None:
    assert web_address("../b", "https://www.imdi.no/a/c/") == "https://www.imdi.no/a/b"
    assert web_address("data:text/html,x", "https://www.imdi.no/") == ""
    assert web_address("https://", "https://www.imdi.no/") == "https://www.imdi.no/"
    assert web_address("http://x:0/", "") == ""
    assert is_loopback("http://127.0.0.1:8000/a")
    assert is_loopback("http://[::1]/a")
    assert is_loopback("http://localhost:1")
    assert not is_loopback("https://www.imdi.no")


URL = "https://www.imdi.no/aktuelt/"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (HttpError(Response(URL, status=503)), f"{URL} answered 503 Service Unavailable"),
        (HttpError(Response(URL, status=999)), f"{URL} answered 999"),
        (DownloadConnectionRefusedError("x"), "https://www.imdi.no refused the connection"),
        (
            CannotResolveHostError("x"),
            "https://www.imdi.no has a host name that cannot be found",
        ),
        (DownloadTimeoutError("x"), f"{URL} gave no answer in time"),
        (DownloadCancelledError("x"), f"{URL} is larger than we take"),
        (ResponseDataLossError(), f"{URL} broke off in the middle of its answer"),
        (ResponseNeverReceived([]), f"{URL} closed the connection without an answer"),
        (DownloadFailedError("[<Failure>]"), f"{URL} closed the connection without an answer"),
        (IgnoreRequest("Not allowed"), f"{URL} was not fetched: Not allowed"),
        (OSError("a\nb"), f"{URL} could not be fetched: a b"),
        (RuntimeError(), f"{URL} could not be fetched: RuntimeError"),
    ],
)  # fmt: skip
def test_failures_are_told_in_words(error: Exception, sentence: str) -> None:
    assert " ".join(describe_failure(error, Request(URL))) == sentence


def test_no_setting_is_left_to_scrapys_taste() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings["USER_AGENT"].startswith("imdifeed/")
    for door in ("COOKIES", "TELNETCONSOLE", "REMOTE_CONTROL", "METAREFRESH", "HTTPCACHE"):
        assert not settings.getbool(f"{door}_ENABLED"), door
    assert settings.getint("CONCURRENT_REQUESTS") == 1
    assert settings.getfloat("DOWNLOAD_DELAY") >= 1
    assert settings.getint("DOWNLOAD_MAXSIZE") == 5 * 1024 * 1024


@pytest.mark.parametrize(("delay", "most"), [(0.0, 0.0), (0.5, 60.0), (2.0, 60.0)])
def test_a_source_without_delay_is_asked_without_pause(delay: float, most: float) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    source = Source(slug="s", spider="prs", name="S", publisher="IMDi", delay=delay)
    ours = settings_for(source, settings)
    assert ours.getfloat("DOWNLOAD_DELAY") == delay
    assert ours.getfloat("AUTOTHROTTLE_MAX_DELAY") == most
    assert settings.getfloat("AUTOTHROTTLE_MAX_DELAY") == 60.0
