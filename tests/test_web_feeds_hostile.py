"""Whatever is stored and whatever is asked, every way to look at it is sound and says the same."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import SOURCES, TAGS, declare, entry_data, put
from db.models import (
    Attachment,
    EntryData,
    EntryTag,
    Kind,
    Language,
    Precision,
    PublisherDate,
    Tag,
)
from db.store import Store
from feed import FORMATS
from feed_reading import read
from web_site import Running, run_site

MEGABYTE = "<p>]]> &amp; øre</p>" * 50_000
# fmt: off
WORDS = [
    "tolk", "flyktninger", "æøå", "]]>", "<b>", "&#0;", "-", "\ufffe", "\x00", "\u2028",
    "\U0001f1f3\U0001f1f4\U0001f469\u200d\U0001f467", "\u0645\u0631\u062d\u0628\u0627",
]
# fmt: on
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(
    # what no database can hold is stopped at the door
    st.characters(exclude_categories=["Cs"]),
    max_size=40,
)
moments = st.sampled_from(
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2023, 3, 26, 1, 30, tzinfo=UTC),
    ]
) | st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds have no zone
entries = st.builds(
    entry_data,
    source=st.sampled_from([source.slug for source in SOURCES]),
    url=st.sampled_from(["", "javascript:x", "https://x.example/å?[1]&b", "http://[x"])
    | texts.map(lambda text: f"https://x.example/{text}"),
    kind=st.sampled_from(Kind),
    title=texts,
    lead=texts,
    body=texts.map(lambda text: f"<p><a href='{text}'>{text}</a><img src='{text}'>")
    | st.just(MEGABYTE),
    body_text=texts | st.just(MEGABYTE),
    publisher=texts,
    published=st.none() | st.builds(PublisherDate, moments, st.sampled_from(Precision)),
    language=st.sampled_from(Language),
    attachments=st.lists(
        st.builds(Attachment, texts.map(lambda text: f"https://x.example/{text}"), texts, texts),
        max_size=2,
    ).map(tuple),
)
questions = st.lists(
    st.one_of(
        st.tuples(st.just("q"), texts),
        st.tuples(st.just("kind"), st.sampled_from(Kind)),
        st.tuples(st.just("lang"), st.sampled_from(Language)),
        st.tuples(st.just("source"), st.sampled_from([source.slug for source in SOURCES])),
        st.tuples(st.sampled_from(["from", "to"]), st.dates().map(lambda day: day.isoformat())),
        st.just(("exact", "1")),
    ),
    max_size=3,
)
numbered = itertools.count()


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    return run_site(store, lambda: now + timedelta(days=1))


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(found=st.lists(entries, max_size=4), asked=questions, first=st.booleans())
def test_every_way_to_look_says_the_same(
    store: Store,
    site: Running,
    now: datetime,
    found: list[EntryData],
    asked: list[tuple[str, str]],
    first: bool,
) -> None:
    tag = f"t{next(numbered)}"
    store.vocabulary.declare(SOURCES, [*TAGS, Tag(tag, tag, tag, tag)], now=now)
    for data in found:
        values = {name: getattr(data, name) for name in data.__dataclass_fields__}
        values |= {"key": str(next(numbered)), "tags": (EntryTag(tag, "", 1.0),)}
        store.entries.put(EntryData(**values), seen=now, first_crawl=first)
    query = urlencode([*asked, ("tag", tag), ("sort", "newest"), ("per_page", "100")])
    listed = site.client.get(f"/api/entries?{query}")
    assert listed.status_code == 200
    wanted = [entry["id"] for entry in listed.json["entries"]]
    page = site.client.get(f"/?{query}").text
    shown = [int(number) for number in re.findall(r'<h\d[^>]*><a href="/entries/(\d+)/', page)]
    assert shown == wanted
    for name in FORMATS:
        feed = read(name, site.client.get(f"/feed.{name}?{query}").data)
        assert [int(entry_id.rpartition("/")[2]) for entry_id in feed.ids] == wanted


@pytest.mark.parametrize("year", [1, 1970, 9999])
@pytest.mark.parametrize("first", [True, False])
def test_the_ends_of_the_calendar_break_nothing(
    store: Store, site: Running, now: datetime, year: int, first: bool
) -> None:
    declare(store, now=now)
    published = PublisherDate(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC), Precision.MINUTE)
    number = put(
        store, entry_data(published=published, updated=published), seen=now, first_crawl=first
    )
    for address in (
        *("/", f"/?from={year:04}-01-01", "/?sort=oldest", "/tags", "/sources", "/export.csv"),
        *("/feed.atom", "/feed.rss", "/feed.json", "/changes.atom", "/deadlines.ics"),
        *("/export.bib", "/export.ris", "/export.csl.json", "/api/entries", "/api/sources"),
        *(f"/entries/{number}{name}" for name in ("", "/history", ".json", ".bib", ".ris")),
    ):
        answer = site.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address


def test_no_data_names_an_address_that_may_not_be_followed(
    store: Store, site: Running, now: datetime
) -> None:
    declare(store, now=now)
    files = (
        Attachment("javascript:x", "Fil"),
        Attachment("https://x.example/Rapport 1.pdf", "PDF"),
    )
    number = put(store, entry_data(url="javascript:x", attachments=files), seen=now)
    entry = site.client.get(f"/entries/{number}.json").json
    assert entry["url"] is None
    assert [file["url"] for file in entry["attachments"]] == [
        None,
        "https://x.example/Rapport%201.pdf",
    ]
    for name in FORMATS:
        assert b"https://x.example/Rapport%201.pdf" in site.client.get(f"/feed.{name}").data
    for path in ("/export.csv", "/feed.atom", "/feed.json", "/api/entries", "/export.bib"):
        assert b"javascript:" not in site.client.get(path).data
