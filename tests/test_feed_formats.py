"""Atom, RSS and JSON Feed: valid whatever is in them, equal bytes for equal feeds, nothing lost."""

import json
import locale
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from db.models import Attachment, Entry, EntryTag, Language, Precision, PublisherDate
from db.query import EntryQuery
from feed import FORMATS, Format
from feed.channel import Chain, Channel
from feed.links import entry_uri, feed_url
from feed.query_channel import build_channel
from feed_reading import NAMES, read
from feed_samples import DISTRICTS, ENTRIES, EXPENSES, INTERPRETERS, SITE, SOURCES, TAGS
from feed_samples import check_golden as check

QUERY = EntryQuery(q="tolk & «råd»", tags=("settlement",))

xml_formats = pytest.mark.parametrize(
    "form", [FORMATS["atom"], FORMATS["rss"]], ids=["atom", "rss"]
)
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())


def channel(entries: Sequence[Entry], form: Format) -> Channel:
    return build_channel(
        entries,
        query=QUERY,
        site=SITE,
        tags=TAGS,
        sources=SOURCES,
        self_url=feed_url(SITE, QUERY, form.name),
    )


def written(form: Format, *entries: Entry) -> etree._Element:
    return etree.fromstring(form.render(channel(entries, form)).data)


ATOM, RSS = FORMATS["atom"], FORMATS["rss"]


@every_format
def test_golden(form: Format, request: pytest.FixtureRequest) -> None:
    rendered = form.render(channel(ENTRIES, form))
    assert rendered.left_out == ()
    check(request.config, f"feed.{form.name}", rendered.data)


@xml_formats
def test_feedparser_reads_it(form: Format) -> None:
    feed = feedparser.parse(form.render(channel(ENTRIES, form)).data)
    assert not feed.bozo
    assert feed.feed.title == "IMDi-nytt: Bosetting, søk «tolk & «råd»»"
    assert (
        feed.feed.link == "https://imdifeed.example/?q=tolk+%26+%C2%ABr%C3%A5d%C2%BB&tag=settlement"
    )
    assert feed.feed.language == "nb"
    assert [entry.id for entry in feed.entries] == [entry_uri(SITE, n) for n in (3, 2, 1)]
    first, second, third = feed.entries
    assert first.link == DISTRICTS.url
    assert first.title == DISTRICTS.title
    assert first.summary == DISTRICTS.lead
    assert "Andre funn i rapporten:" in first.content[0].value
    assert first.published_parsed[:5] == (2023, 10, 3, 4, 0)
    assert first.enclosures[0].href == "https://press.example/f/rapport.pdf"
    assert first.enclosures[0].type == "application/pdf"
    assert first.enclosures[0].length == "2097152"
    assert first.author == "IMDi"
    assert second.content[0].language == "nn" or second.language == "nn"
    assert "content" not in third


@every_format
def test_every_format_says_the_same(form: Format) -> None:
    made = channel(ENTRIES, form)
    feed = read(form.name, form.render(made).data)
    assert feed.title == made.title
    assert (feed.home, feed.own) == (made.alternate_url, made.self_url)
    assert [
        (item.id, item.link, item.title, item.published, item.language, item.summary, item.content)
        for item in feed.items
    ] == [
        (one.id, one.url, one.title, one.published, one.language, one.summary, one.content_html)
        for one in made.entries
    ]
    most = 1 if form is RSS else None
    for item, one in zip(feed.items, made.entries, strict=True):
        assert item.updated in {None, one.updated}
        assert item.labels == tuple(label for _, label in one.categories)
        assert item.enclosures == tuple(
            (file.url, file.media_type, file.length) for file in one.enclosures[:most]
        )


@every_format
def test_an_empty_feed_is_valid(form: Format) -> None:
    assert read(form.name, form.render(channel((), form)).data).items == ()


@xml_formats
def test_an_empty_feed_has_a_date(form: Format) -> None:
    feed = feedparser.parse(form.render(channel((), form)).data)
    assert not feed.bozo
    assert feed.feed.updated_parsed[:3] == (2026, 1, 1)


@every_format
def test_a_feed_leads_to_its_archive_and_its_hub(form: Format) -> None:
    whole = replace(
        channel(ENTRIES, form),
        chain=Chain(previous="https://imdifeed.example/p?a=1&b=2"),
        hub="https://hub.example/",
    )
    feed = read(form.name, form.render(whole).data)
    assert (feed.previous, feed.hub) == (whole.chain.previous, whole.hub)
    without = read(form.name, form.render(channel(ENTRIES, form)).data)
    assert (without.previous, without.hub) == ("", "")


@xml_formats
def test_a_document_of_the_archive_says_so(form: Format) -> None:
    chain = Chain(current="https://x.example/", next="https://x.example/n")
    root = etree.fromstring(form.render(replace(channel(ENTRIES, form), chain=chain)).data)
    top = root if form is ATOM else root.find("channel")
    links = {link.get("rel"): link.get("href") for link in top.findall("atom:link", NAMES)}
    assert (links["current"], links["next-archive"]) == (chain.current, chain.next)
    assert "prev-archive" not in links
    assert len(top.findall("fh:archive", NAMES)) == 1
    feed = etree.fromstring(form.render(channel(ENTRIES, form)).data)
    assert not feed.xpath("//fh:archive", namespaces=NAMES)


def test_a_feed_that_has_ended_says_so_in_json() -> None:
    form = FORMATS["json"]
    assert "expired" not in json.loads(form.render(channel(ENTRIES, form)).data)
    ended = replace(channel(ENTRIES, form), ended=True)
    assert json.loads(form.render(ended).data)["expired"] is True


def test_titles_in_rss_are_text_to_every_reader() -> None:
    entry = replace(DISTRICTS, title="Tolk & <b>råd</b>")
    data = RSS.render(channel((entry,), RSS)).data
    assert "<title>Tolk &#x26; &#x3C;b&gt;råd&#x3C;/b&gt;</title>".encode() in data
    assert read("rss", data).items[0].title == entry.title


def test_atom_links_keep_every_attribute() -> None:
    entry = written(ATOM, DISTRICTS).find("atom:entry", NAMES)
    links = [dict(link.attrib) for link in entry.findall("atom:link", NAMES)]
    assert links == [
        {
            "href": DISTRICTS.url,
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "nb",
            "title": DISTRICTS.title,
        },
        {
            "href": "https://imdifeed.example/entries/3/ny-imdi-rapport-flere-innvandrere-i-distriktene",
            "rel": "related",
            "type": "text/html",
        },
        {
            "href": "https://press.example/f/rapport.pdf",
            "rel": "enclosure",
            "type": "application/pdf",
            "title": "Rapporten",
            "length": "2097152",
        },
        {
            "href": "https://press.example/f/tabeller.xlsx",
            "rel": "enclosure",
            "type": "application/octet-stream",
            "title": "Tabeller",
        },
    ]


def test_atom_tells_the_language_of_every_entry() -> None:
    undetermined = replace(INTERPRETERS, language=Language.UNDETERMINED)
    feed = written(ATOM, DISTRICTS, EXPENSES, undetermined)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert feed.get(lang) == "nb"
    assert [entry.get(lang) for entry in feed.findall("atom:entry", NAMES)] == ["nb", "nn", "und"]
    assert "hreflang" not in feed.findall("atom:entry", NAMES)[2].find("atom:link", NAMES).attrib


def test_rss_channel_links_to_the_listing_and_to_itself() -> None:
    feed = written(RSS, DISTRICTS).find("channel")
    assert feed.findtext("link").startswith("https://imdifeed.example/?q=")
    (own,) = feed.findall("atom:link", NAMES)
    assert own.get("rel") == "self"
    assert own.get("href").startswith("https://imdifeed.example/feed.rss?q=")
    assert own.get("type") == "application/rss+xml"


def test_rss_items() -> None:
    item = written(RSS, DISTRICTS).find("channel/item")
    tags = [element.tag for element in item]
    assert tags.index("description") < tags.index(f"{{{NAMES['content']}}}encoded")
    assert len(item.findall("enclosure")) == 1
    assert item.find("enclosure").get("length") == "2097152"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("guid") == "tag:imdifeed.example,2026:entry/3"
    assert item.findtext("pubDate") == "Tue, 03 Oct 2023 04:00:00 +0000"
    assert item.findtext("dc:language", namespaces=NAMES) == "nb"
    assert item.findtext("dc:creator", namespaces=NAMES) == "IMDi"


def test_rss_length_is_zero_where_it_is_unknown() -> None:
    unmeasured = replace(DISTRICTS, attachments=(Attachment("https://x.example/a.pdf", "A"),))
    enclosure = written(RSS, unmeasured).find("channel/item/enclosure")
    assert (enclosure.get("length"), enclosure.get("type")) == ("0", "application/pdf")


@every_format
def test_equal_feeds_are_equal_bytes_in_every_thread(
    form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: list[object] = []
    monkeypatch.setattr(locale, "setlocale", lambda *given: changes.append(given))
    feed = channel(ENTRIES, form)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(form.render, [feed] * 64))
    assert len({result.data for result in results}) == 1
    assert changes == []


@every_format
def test_the_process_keeps_its_locale(form: Format) -> None:
    before = locale.setlocale(locale.LC_ALL)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(form.render, [channel(ENTRIES, form)] * 64))
    assert locale.setlocale(locale.LC_ALL) == before


@every_format
def test_nothing_in_a_feed_is_the_present(form: Format) -> None:
    data = form.render(channel(ENTRIES, form)).data.decode()
    assert set(re.findall(r"\b(?:19|20)[0-9]{2}(?=-[0-9]{2}-| [0-9]{2}:)", data)) <= {"2023"}


@every_format
def test_a_bad_entry_costs_only_itself(form: Format, caplog: pytest.LogCaptureFixture) -> None:
    whole = channel(ENTRIES, form)
    naive = replace(whole.entries[1], published=datetime(2023, 1, 1))  # noqa: DTZ001
    rendered = form.render(replace(whole, entries=(whole.entries[0], naive, whole.entries[2])))
    assert read(form.name, rendered.data).ids == [entry_uri(SITE, n) for n in (3, 1)]
    assert rendered.left_out == (2,)
    assert "entry 2 is left out of https://imdifeed.example/feed." in caplog.text


@every_format
def test_what_could_not_be_made_ready_is_reported_too(form: Format) -> None:
    broken = replace(EXPENSES, appeared=datetime(2023, 1, 1))  # noqa: DTZ001
    rendered = form.render(channel((DISTRICTS, broken), form))
    assert rendered.left_out == (2,)


@every_format
def test_fifty_large_entries(form: Format) -> None:
    body = "<p>]]> &amp; øre</p>" * 4_000
    entries = [replace(DISTRICTS, id=number, story=number, body=body) for number in range(1, 51)]
    rendered = form.render(channel(entries, form))
    assert rendered.left_out == ()
    items = read(form.name, rendered.data).items
    assert [item.content.count("]]&gt; &amp; øre") for item in items] == [4_000] * 50


MEGABYTE = "<p>]]> &amp; øre</p>" * 50_000
hostile_text = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.text(
        st.sampled_from(list("\x00\x0b\x0c\x85\u2028\ufffe\ud800\udfff\u202e<>&]'\" aø")),
        max_size=40,
    ),
    st.sampled_from(
        [
            "]]>",
            "<![CDATA[",
            "🇳🇴👩‍👩‍👧",
            "مرحبا بالعالم",
            "&#0;&nbsp;",
            "<?xml?>",
            "\r\n",
            "x" * 9000,
        ]
    ),
)
moments = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(
        [
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(1, 1, 1, tzinfo=UTC),
        ]
    ),
)
addresses = st.one_of(hostile_text, hostile_text.map(lambda text: f"https://x.example/{text}"))
hostile_entries = st.builds(
    replace,
    st.sampled_from(ENTRIES),
    source=st.sampled_from([*SOURCES, "unknown"]),
    url=addresses,
    title=hostile_text,
    lead=hostile_text,
    body=st.one_of(
        hostile_text.map(lambda text: f'<p><a href="{text}">{text}</a></p>'), st.just(MEGABYTE)
    ),
    body_text=st.one_of(hostile_text, st.just(MEGABYTE)),
    publisher=hostile_text,
    published=st.none() | st.builds(PublisherDate, moments, st.sampled_from(Precision)),
    revised=st.none() | moments,
    appeared=moments,
    language=st.sampled_from(Language),
    tags=st.lists(
        st.builds(EntryTag, st.sampled_from([*TAGS, "unknown"]), hostile_text, st.just(1.0)),
        max_size=3,
    ).map(tuple),
    attachments=st.lists(
        st.builds(
            Attachment,
            addresses,
            hostile_text,
            hostile_text,
            st.none() | st.integers(0, 2**60),
            hostile_text,
        ),
        max_size=3,
    ).map(tuple),
)


@every_format
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries=st.lists(hostile_entries, max_size=4))
def test_hostile_entries_never_break_a_feed(form: Format, entries: list[Entry]) -> None:
    numbered = [replace(entry, id=number) for number, entry in enumerate(entries, 1)]
    rendered = form.render(channel(numbered, form))
    feed = read(form.name, rendered.data)
    assert feed.ids == [entry_uri(SITE, entry.id) for entry in numbered]
    assert rendered.left_out == ()
