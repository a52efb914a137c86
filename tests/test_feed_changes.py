"""The feed of corrections and withdrawals, the outline of all feeds, the search description."""

from dataclasses import replace

import feedparser
import pytest
from lxml import etree

from db.models import Alteration, Entry, Kind, Revision
from db.query import EntryQuery
from feed import FORMATS, atom, opensearch, opml
from feed.changes import changes_channel
from feed_reading import Document, read
from feed_samples import DISTRICTS, EXPENSES, INTERPRETERS, SITE, SOURCES, TAGS, at

SEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def revision(entry: Entry, **changes: str) -> Revision:
    return replace(
        Revision(
            entry_id=entry.id,
            title=entry.title,
            lead=entry.lead,
            body=entry.body,
            body_text=entry.body_text,
            published=entry.published,
            since=entry.first_seen,
            until=at("2023-10-04T08:30:00"),
        ),
        **changes,
    )


def corrected(entry: Entry, number: int = 1, **changes: str) -> Alteration:
    before = revision(entry, **changes)
    return Alteration(entry=entry, moment=before.until, number=number, before=before)


def document(*alterations: Alteration, query: EntryQuery | None = None) -> Document:
    channel = changes_channel(
        alterations, query=query or EntryQuery(), site=SITE, tags=TAGS, sources=SOURCES
    )
    rendered = atom.render(channel)
    assert rendered.left_out == ()
    assert not feedparser.parse(rendered.data).bozo
    return read("atom", rendered.data)


def test_a_correction_says_what_changed_word_by_word() -> None:
    old = corrected(DISTRICTS, title="Ny rapport: Flere innvandrere i distriktene")
    (item,) = document(old).items
    assert item.id == "tag:imdifeed.example,2026:entry/3/correction/1"
    assert item.title == f"Rettet: {DISTRICTS.title}"
    assert item.link == "https://imdifeed.example/entries/3/history"
    assert item.published == item.updated == at("2023-10-04T08:30:00")
    assert item.summary == "IMDi har endret tittel."
    assert "<del>" in item.content
    assert "<ins>IMDi-rapport: </ins>" in item.content
    assert f'<a href="{DISTRICTS.url.replace("&", "&amp;")}">Originalen</a>' in item.content
    both = corrected(DISTRICTS, lead="x", body_text="y")
    assert document(both).items[0].summary == "IMDi har endret ingress og tekst."


def test_a_correction_followed_by_another_shows_what_itself_did() -> None:
    first = corrected(DISTRICTS, title="Første")
    first = replace(first, after=revision(DISTRICTS, title="Andre"))
    (item,) = document(first).items
    assert "<ins>Andre</ins>" in item.content
    assert "IMDi-rapport" not in item.content


def test_texts_that_may_not_be_repeated_are_not() -> None:
    hidden = corrected(INTERPRETERS, body_text="En hemmelig setning.")
    (item,) = document(hidden).items
    assert item.summary == "Arbeids- og inkluderingsdepartementet har endret tekst."
    assert "hemmelig" not in item.content
    assert "ikke kan gjengis" not in item.content


def test_a_withdrawal_tells_nothing_but_itself() -> None:
    gone = replace(DISTRICTS, withdrawn=at("2023-10-05T08:00:00"))
    taken = Alteration(entry=gone, moment=at("2023-10-05T08:00:00"))
    before = corrected(gone, title="Gammel tittel", body_text="Gammel tekst")
    feed = document(taken, before)
    assert feed.ids == [
        "tag:imdifeed.example,2026:entry/3/withdrawal/2023-10-05T080000Z",
        "tag:imdifeed.example,2026:entry/3/correction/1",
    ]
    assert feed.items[0].summary == "Trukket tilbake av IMDi."
    for item in feed.items:
        assert "Gammel" not in item.content
        assert "Andre funn" not in item.content


@pytest.mark.parametrize("text", ["\x00\ufffe\ud800]]>", "<script>x</script>", "🇳🇴" * 50_000, ""])
def test_hostile_wordings_never_break_the_feed(text: str) -> None:
    entry = replace(DISTRICTS, title=text, publisher=text[:80])
    item = document(corrected(entry, title="Før", lead=text, body_text=text[::-1])).items[0]
    assert "<script" not in item.content
    assert len(item.content) < 100_000


def test_one_that_cannot_be_told_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    naive = replace(corrected(EXPENSES, title="x"), moment=None)  # type: ignore[arg-type]
    channel = changes_channel(
        [naive, corrected(DISTRICTS, title="y")],
        query=EntryQuery(), site=SITE, tags=TAGS, sources=SOURCES,
    )  # fmt: skip
    assert channel.left_out == (EXPENSES.id,)
    assert [entry.number for entry in channel.entries] == [DISTRICTS.id]
    assert "entry 2 is left out of https://imdifeed.example/changes.atom" in caplog.text


def test_an_empty_feed_and_one_of_a_query() -> None:
    feed = document(query=EntryQuery(tags=("settlement",)))
    assert feed.title == "IMDi-nytt, rettelser: Bosetting"
    assert feed.own == "https://imdifeed.example/changes.atom?tag=settlement"


def test_the_outline_has_every_feed() -> None:
    groups = opml.every_feed(list(TAGS.values()), list(SOURCES.values()))
    root = etree.fromstring(opml.render(SITE, groups))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    assert root.findtext("head/title") == "IMDi-nytt"
    feeds = root.findall(".//outline[@type]")
    addresses = [feed.get("xmlUrl").removeprefix("https://imdifeed.example") for feed in feeds]
    assert addresses == [
        "/feed.atom",
        *(f"/feed.atom?tag={slug}" for slug in TAGS),
        *(f"/feed.atom?kind={kind}" for kind in Kind),
        *(f"/feed.atom?source={slug}" for slug in SOURCES),
    ]
    for outline in root.iter("outline"):
        assert outline.get("text") == outline.get("title") != ""
    for feed in feeds:
        assert feed.get("type") == "rss"
        assert feed.get("htmlUrl").startswith("https://imdifeed.example/")


def test_the_search_description_follows_opensearch() -> None:
    site = replace(SITE, name="Et langt navn på & tjenesten")
    root = etree.fromstring(opensearch.render(site))
    assert root.tag == f"{{{SEARCH['o']}}}OpenSearchDescription"
    for name, most in (("ShortName", 16), ("LongName", 48), ("Description", 1024)):
        (element,) = root.findall(f"o:{name}", SEARCH)
        assert 0 < len(element.text) <= most
    urls = {url.get("type"): url for url in root.findall("o:Url", SEARCH)}
    page = urls["text/html"].get("template")
    assert page == "https://imdifeed.example/?q={searchTerms}&page={startPage?}"
    for form in FORMATS.values():
        template = urls[form.media_type.partition(";")[0]].get("template")
        assert template == f"https://imdifeed.example/feed.{form.name}?q={{searchTerms}}"
    own = urls["application/opensearchdescription+xml"]
    assert (own.get("rel"), own.get("template")) == (
        "self",
        "https://imdifeed.example/opensearch.xml",
    )
