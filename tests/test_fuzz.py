"""Whatever comes in, what reads it answers in its own words, and in bounded time."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.dates import parse_date
from crawler.errors import CrawlerError
from crawler.html import clean_fragment, text_of
from crawler.shapes import imdi_news, imdi_report, prs_api, prs_page, regjeringen_page
from crawler.shapes.prs_listing import StubVersion
from crawler.shapes.rss import parse_rss
from crawler.shapes.sitemap import parse_sitemap
from db.errors import QueryError
from db.query import EntryQuery, Paging, Vocabulary
from feed.bounces import outbox_id_in, read_report, status_in
from feed.sanitise import sanitise
from imdifeed.config import SETTINGS, ConfigError, load_settings

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
URL = "https://www.imdi.no/aktuelt/a/"
VOCABULARY = Vocabulary(frozenset({"work"}), frozenset({"imdi-news"}))
HTML = "text/html; charset=utf-8"
NAMES = ("q", "tag", "kind", "source", "lang", "from", "to", "sort", "exact", "page", "per_page")

#: text in which what means something to a parser stands often
markup = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class=x>", "<article>", "<h1>", "</h1>", "<script>", "<!--", "-->",
         "<a href='", "'>", "&amp;", "&#0;", "&#x110000;", "<![CDATA[", "]]>", "<title>", "<table>",
         "<time datetime='", "2026-13-99", "\x00", "\ud7ff", "<svg><style>", "<math><mi>", "{", "[",
         '{"id": 1}', "<rss><channel><item>", "<meta charset=utf-7>", "bosetting", " ", "\r\n"]
    )
    | st.text(max_size=20),
    max_size=40,
).map("".join)  # fmt: skip
loads = markup.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=400)
dates = st.lists(
    st.sampled_from(
        ["Publisert", "1.", "32.", "13.", "februar", "mai", "2026", "00", ":", "kl.", "Sist",
         "oppdatert", "-", "T", "Z", "+01:00", "i går", "۱", "9999", "29.02.2026"]
    )
    | st.text(max_size=6),
    max_size=8,
).map(" ".join)  # fmt: skip
unhurried = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def in_words(error: Exception) -> None:
    """Hold an error to saying something, and not too much."""
    assert 0 < len(str(error)) < 1_000


@unhurried
@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=5), st.text()), max_size=6))
def test_queries(pairs: list[tuple[str, str]]) -> None:
    try:
        query = EntryQuery.parse(pairs, VOCABULARY)
        Paging.parse(pairs)
    except QueryError as error:
        in_words(error)
        return
    assert EntryQuery.from_canonical(query.canonical()) == query


@unhurried
@given(dates | markup)
def test_dates(text: str) -> None:
    try:
        found = parse_date(text, now=NOW)
    except CrawlerError as error:
        in_words(error)
        return
    assert found.moment.tzinfo is not None


@unhurried
@given(markup)
def test_markup(html: str) -> None:
    for cleaned in (clean_fragment(html, base_url=URL), sanitise(html, URL)):
        assert not re.search(r"<(script|style|svg|math|iframe|object)\b", cleaned, re.IGNORECASE)
        assert "\x00" not in cleaned
    text_of(html)


PARSERS = {
    "imdi_news": lambda body: imdi_news.parse_article(body, url=URL, content_type=HTML, now=NOW),
    "imdi_report": lambda body: imdi_report.parse_report(body, url=URL, content_type=HTML, now=NOW),
    "regjeringen": lambda body: regjeringen_page.parse_page(
        body, url=URL, content_type=HTML, now=NOW
    ),
    "prs_api": lambda body: prs_api.parse_release(
        body, base_url="https://kommunikasjon.ntb.no", publisher_id=89626, now=NOW
    ),
    "prs_page": lambda body: prs_page.parse_page(
        body, asked=StubVersion("1/no", URL), url=URL, content_type=HTML,
        base_url="https://kommunikasjon.ntb.no", publisher_id=89626, now=NOW,
    ),
    "rss": parse_rss,
    "sitemap": parse_sitemap,
}  # fmt: skip


@pytest.mark.parametrize("name", PARSERS)
@unhurried
@given(loads)
def test_shapes(name: str, body: bytes) -> None:
    try:
        PARSERS[name](body)  # type: ignore[no-untyped-call]
    except CrawlerError as error:
        in_words(error)


@unhurried
@given(loads)
def test_reports_of_bounces(data: bytes) -> None:
    read_report(b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\n" + data)
    read_report(data)
    outbox_id_in(data, "retur@example.no", "secret")
    status_in(data.decode("latin-1"))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    st.text()
    | st.lists(
        st.tuples(st.sampled_from(SETTINGS), st.sampled_from(
            ["1", "-1", '""', '"a"', "[]", "{}", "true", "1e400", "nan", '"http://[::1"', "[1]"]
        )),
        max_size=5,
    ).map(lambda pairs: "\n".join(f"{name.replace('<slug>', 'a')} = {it}" for name, it in pairs)),
    st.dictionaries(
        st.sampled_from(
            ["IMDIFEED_MAIL_PORT", "IMDIFEED_SITE_URL", "IMDIFEED_LOG_LEVEL", "IMDIFEED_X"]
        ),
        st.text(max_size=8),
    ),
)  # fmt: skip
def test_configurations(tmp_path: Path, text: str, environment: dict[str, str]) -> None:
    path = tmp_path / "imdifeed.toml"
    path.write_text(f'secret_key = "s"\n{text}', "utf-8", "replace")
    try:
        load_settings(path, environment)
    except ConfigError as error:
        in_words(error)


def test_a_configuration_too_deep_to_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "imdifeed.toml"
    path.write_text("a = " + "[" * 100_000, "utf-8")
    with pytest.raises(ConfigError, match="cannot read"):
        load_settings(path, {})


#: what makes a pattern that is not linear go on for ever
LONG = {
    "spaces": " " * 200_000,
    "letters": "a" * 200_000,
    "opened": "<a " * 60_000,
    "brackets": "<" * 200_000,
    "quotes": '"' * 200_000,
    "dates": "1. januar " * 20_000,
    "lines": "\n" * 200_000,
    "addresses": "http://" * 30_000,
    "comments": "<!--" * 50_000,
    "minus": "-" * 200_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_input_takes_bounded_time(text: str) -> None:
    begun = time.process_time()
    clean_fragment(text, base_url=URL)
    sanitise(text, URL)
    EntryQuery.parse([("q", text[:10_000])], VOCABULARY)
    for name in ("imdi_news", "prs_api", "regjeringen"):
        try:
            PARSERS[name](text.encode())  # type: ignore[no-untyped-call]
        except CrawlerError:
            continue
    try:
        parse_date(text, now=NOW)
    except CrawlerError as error:
        in_words(error)
    assert time.process_time() - begun < 20
