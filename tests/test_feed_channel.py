"""Entries to a neutral feed."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.models import Attachment, Entry, EntryTag, Republish
from db.query import EntryQuery
from feed.channel import Channel, Enclosure, FeedEntry
from feed.content import MOST_CONTENT_CHARACTERS
from feed.query_channel import build_channel
from feed.site import Site
from feed_samples import DISTRICTS, ENTRIES, EXPENSES, INTERPRETERS, SITE, SOURCES, TAGS, at


def channel(
    *entries: Entry,
    query: EntryQuery | None = None,
    site: Site = SITE,
) -> Channel:
    return build_channel(
        entries,
        query=query or EntryQuery(),
        site=site,
        tags=TAGS,
        sources=SOURCES,
        self_url="https://imdifeed.example/feed.atom",
    )


def made(entry: Entry) -> FeedEntry:
    (only,) = channel(entry).entries
    return only


def test_readers_open_the_publishers_page_or_ours() -> None:
    assert made(DISTRICTS).url == DISTRICTS.url
    assert made(INTERPRETERS).url == made(INTERPRETERS).permalink
    hostile = replace(DISTRICTS, url="javascript:alert(1)")
    assert made(hostile).url == made(hostile).permalink


def test_updated_is_when_followers_could_see_this_wording() -> None:
    assert made(DISTRICTS).updated == DISTRICTS.revised
    assert made(EXPENSES).updated == EXPENSES.appeared
    assert channel(*ENTRIES).updated == DISTRICTS.revised


def test_published_is_the_publishers_date_or_first_sight() -> None:
    assert made(DISTRICTS).published == at("2023-10-03T04:00:00")
    assert made(INTERPRETERS).published == INTERPRETERS.appeared


def test_order_is_kept() -> None:
    assert [entry.number for entry in channel(*ENTRIES).entries] == [3, 2, 1]


def test_summary_sources_give_no_text() -> None:
    entry = made(INTERPRETERS)
    assert entry.content_html == ""
    assert entry.summary == INTERPRETERS.lead


def test_unknown_sources_give_no_text() -> None:
    entry = made(replace(DISTRICTS, source="removed"))
    assert entry.content_html == ""
    assert entry.author == SITE.name


def test_content_is_lead_text_files_and_where_it_comes_from() -> None:
    html = made(DISTRICTS).content_html
    assert html.startswith("<p><strong>Stadig færre")
    assert '<a href="https://press.example/rapport"' in html
    assert "<img" not in html
    assert "alert" not in html
    assert "Tabeller (40 kB)" in html
    assert "<li>Vedlegg uten adresse (PDF, 1 MB)</li>" in html
    assert "Kilde: IMDi." in html
    assert made(DISTRICTS).permalink in html


def test_a_lead_that_begins_the_text_is_not_repeated() -> None:
    body = f"<p>{DISTRICTS.lead}</p><p>Mer.</p>"
    entry = replace(DISTRICTS, body=body, body_text=f"{DISTRICTS.lead}\nMer.")
    assert made(entry).content_html.count("Stadig færre") == 1


def test_a_huge_text_is_left_to_its_page() -> None:
    html = made(replace(DISTRICTS, body="<p>x</p>" * MOST_CONTENT_CHARACTERS)).content_html
    assert len(html) < 2000
    assert "Stadig færre" in html


def test_author_is_the_publisher_named_in_the_document_first() -> None:
    assert made(DISTRICTS).author == "IMDi"
    assert made(replace(DISTRICTS, publisher="ideas2evidence")).author == "ideas2evidence"


def test_categories_speak_the_language_of_the_entry() -> None:
    assert made(DISTRICTS).categories == (("settlement", "Bosetting"), ("work", "Arbeid"))
    assert made(EXPENSES).categories == (("settlement", "Busetjing"),)
    unknown = replace(EXPENSES, tags=(EntryTag("never-heard-of", "", 1.0),))
    assert made(unknown).categories == ()


def test_enclosures_are_the_files_with_an_address() -> None:
    files = (
        Attachment("https://x.example/a.PDF?v=1", "A"),
        Attachment("https://x.example/b", "B", "text/csv", 0),
        Attachment("javascript:alert(1)", "C", "application/pdf"),
        Attachment("", "D", "application/pdf"),
        Attachment("https://x.example/e.pdf", "E", "pdf <b>"),
    )
    assert made(replace(DISTRICTS, attachments=files)).enclosures == (
        Enclosure("https://x.example/a.PDF?v=1", "application/pdf", None, "A"),
        Enclosure("https://x.example/b", "text/csv", 0, "B"),
        Enclosure("https://x.example/e.pdf", "application/pdf", None, "E"),
    )


def test_titles_name_the_query() -> None:
    tolk = channel(query=EntryQuery(tags=("interpreting",)))
    assert tolk.title == "IMDi-nytt: Tolking"
    assert tolk.subtitle.startswith("Det IMDi publiserer: tema Tolking. ")
    assert tolk.id == "tag:imdifeed.example,2026:feed?tag=interpreting"
    assert tolk.alternate_url == "https://imdifeed.example/?tag=interpreting"
    assert channel().title == "IMDi-nytt: Alle saker"
    assert made(replace(DISTRICTS, title=" \x00")).title == "Uten tittel"


def test_an_empty_feed_has_a_fixed_date() -> None:
    assert channel().updated == datetime(2026, 1, 1, tzinfo=UTC)
    dateless = replace(SITE, authority="imdifeed.example")
    assert channel(site=dateless).updated == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_broken_entry_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(EXPENSES, appeared=datetime(2023, 1, 1))  # noqa: DTZ001
    with caplog.at_level(logging.ERROR):
        feed = channel(DISTRICTS, broken, INTERPRETERS)
    assert [entry.number for entry in feed.entries] == [3, 1]
    assert feed.left_out == (2,)
    assert "entry 2 is left out" in caplog.text


def test_permission_is_the_sources() -> None:
    assert SOURCES["regjeringen"].republish is Republish.SUMMARY
    allowed = replace(INTERPRETERS, source="imdi-news")
    assert "som ikke kan gjengis" in made(allowed).content_html
