"""Where else a story is and what was withdrawn, in feeds and digests."""

from dataclasses import replace

import feedparser
import pytest

from db.models import AlsoAt, Entry, Language
from db.query import EntryQuery
from feed import FORMATS
from feed.digest import Section, compose_digest
from feed.links import feed_url
from feed.query_channel import build_channel
from feed.standing import host_name, places_in_words, places_of
from feed_reading import Item, read
from feed_samples import DISTRICTS, EXPENSES, SITE, SOURCES, TAGS, at, subscription

ELSEWHERE = AlsoAt(9, "imdi-news", "https://www.imdi.example/flere/", "Flere & flere <i>")
JOINED = replace(DISTRICTS, also_at=(ELSEWHERE,))
GONE = replace(DISTRICTS, withdrawn=at("2023-10-05T08:00:00"))


def rendered(name: str, entry: Entry) -> bytes:
    query = EntryQuery()
    channel = build_channel(
        [entry],
        query=query,
        site=SITE,
        tags=TAGS,
        sources=SOURCES,
        self_url=feed_url(SITE, query, name),
    )
    return FORMATS[name].render(channel).data


def feed(name: str, entry: Entry) -> Item:
    return read(name, rendered(name, entry)).items[0]


def digest(*sections: Section) -> str:
    composed = compose_digest(
        sections,
        site=SITE,
        tags=TAGS,
        sources=SOURCES,
        sender="IMDi-nytt <nytt@imdifeed.example>",
        now=at("2023-10-05T05:00:00"),
        unsubscribe_url="https://imdifeed.example/unsubscribe/all",
    )
    assert composed is not None
    return composed.data.decode("ascii")


def section(number: int, words: str, *entries: Entry) -> Section:
    query = EntryQuery(q=words)
    return Section(
        subscription(number, query.canonical()), query, entries, f"https://x.no/{number}"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_feeds_tell_where_else_a_story_is(name: str) -> None:
    content = feed(name, JOINED).content
    assert 'Også hos <a href="https://www.imdi.example/flere/"' in content
    assert ">imdi.example</a>." in content
    assert "Også hos" not in feed(name, DISTRICTS).content


def test_atom_links_to_the_other_places() -> None:
    (entry,) = feedparser.parse(rendered("atom", JOINED)).entries
    related = [link for link in entry.links if link.rel == "related"]
    assert [link.href for link in related][1:] == [ELSEWHERE.url]
    assert related[1].title == ELSEWHERE.title


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "http://[x", "ftp://x.no/"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_place_without_a_web_address_is_named_by_its_source(name: str, url: str) -> None:
    entry = replace(DISTRICTS, also_at=(replace(ELSEWHERE, url=url, source="<gone>"),))
    assert "Også hos &lt;gone&gt;." in feed(name, entry).content
    if url:
        assert url not in rendered(name, entry).decode()


@pytest.mark.parametrize("name", FORMATS)
def test_a_withdrawn_entry_keeps_its_id_and_loses_its_text(name: str) -> None:
    before, after = feed(name, DISTRICTS), feed(name, GONE)
    assert (after.id, after.title, after.link) == (before.id, before.title, before.link)
    assert after.summary == "Trukket tilbake av IMDi."
    assert "Trukket tilbake av IMDi." in after.content
    assert "Andre funn" not in after.content
    assert not after.enclosures
    assert after.updated in {None, GONE.withdrawn}


def test_a_digest_tells_where_else_a_story_is() -> None:
    assert digest(section(1, "tolk", JOINED)).count("hos imdi.example") == 2


def test_two_members_of_a_story_are_told_once_with_both_reasons() -> None:
    member = replace(EXPENSES, story=JOINED.story, title="Flere flytter")
    mail = digest(section(1, "innvandrere", JOINED), section(2, "flytter", member))
    assert "Flere flytter" not in mail
    assert "Subject: 1 ny sak: Ny IMDi-rapport" in mail
    assert mail.count("Passer ogs") == 2


def test_what_is_said_of_a_withdrawn_entry_is_in_its_language() -> None:
    english = feedparser.parse(rendered("atom", replace(GONE, language=Language.ENGLISH)))
    (item,) = english.entries
    assert (item.summary_detail.language, item.summary) == ("en", "Withdrawn by IMDi.")


def test_a_digest_says_what_was_withdrawn() -> None:
    mail = digest(section(1, "innvandrere", GONE))
    assert "trukket tilbake" in mail
    assert "sentrale str" not in mail


def test_places_in_words() -> None:
    many = tuple(
        replace(ELSEWHERE, url=f"https://www.{host}/x") for host in ("a.no", "b.no", "a.no")
    )
    three = (*many, replace(ELSEWHERE, url="https://c.no:8080/x"))
    for also, words in (((), ""), (many[:1], "a.no"), (many, "a.no og b.no"),
                        (three, "a.no, b.no og c.no")):  # fmt: skip
        assert places_in_words(places_of(replace(DISTRICTS, also_at=also), SITE, SOURCES)) == words
    assert host_name("http://[x") == ""
