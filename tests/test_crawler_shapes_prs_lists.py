"""Lists of press rooms besides the interface's: the JSON feed, RSS, the room's page, addresses."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ShapeError, WrongPublisherError
from crawler.items import EntryItem
from crawler.shapes import prs_json_v2, prs_listing
from crawler.shapes.prs_addresses import language_key, public_url, release_number, room_number

BASE = "https://kommunikasjon.ntb.no"
RECORD = {
    "id": 7,
    "title": "Tittel",
    "url": "/pressemelding/7/tittel?publisherId=89626&lang=no",
    "body": "<p>Brødtekst.</p>",
    "published": "2019-05-13T14:56:06+02:00",
    "publisher": {"id": 89626, "name": "IMDi"},
    "language": "no",
}


def feed(*records: Any, page: int = 0, **answer: Any) -> prs_json_v2.ReleaseFeed:
    body = json.dumps({"releases": records, **answer}).encode()
    return prs_json_v2.parse_feed(body, base_url=BASE, publisher_id=89626, page=page)


def one(**fields: Any) -> EntryItem:
    (item,) = feed({**RECORD, **fields}).items
    return item


def test_a_record_is_a_whole_release() -> None:
    item = one()
    assert (item.key, item.title, item.body) == ("7/no", "Tittel", "<p>Brødtekst.</p>")
    assert item.published is not None
    assert item.published.moment == datetime(2019, 5, 13, 12, 56, 6, tzinfo=UTC)
    assert (item.work, item.shape) == ("", "prs_json_v2")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/pressemelding/7/tittel?lang=no", f"{BASE}/pressemelding/7/tittel?lang=no"),
        (f"{BASE}/pressemelding/7/tittel", f"{BASE}/pressemelding/7/tittel"),
        ("/release/7/tittel", f"{BASE}/pressemelding/7/tittel"),
        (None, f"{BASE}/pressemelding/7"),
    ],
)
def test_addresses_are_absolute_or_relative(url: str | None, expected: str) -> None:
    assert one(url=url).url == expected


@pytest.mark.parametrize(
    ("fields", "lead"),
    [
        ({"leadtext": "<p>Kort&nbsp;sagt</p>"}, "Kort sagt"),
        ({"leadtext": None, "leadTextOrBodyStrip": "Brødtekst..."}, ""),
        ({"leadtext": None, "leadTextOrBodyStrip": "Noe annet."}, "Noe annet."),
        ({"leadtext": None}, ""),
        ({"leadtextHTML": "<b>Kort</b>"}, "Kort"),
    ],
)
def test_what_stands_in_for_a_lead_is_not_the_text_again(fields: Any, lead: str) -> None:
    assert one(**fields).lead == lead


def test_keywords_and_documents() -> None:
    item = one(keywords=["tolk", "bo sted"], documents=[{"url": "/files/89626/7/1/no"}])
    assert item.keywords == ("tolk", "bo sted")
    assert item.attachments[0].url == f"{BASE}/files/89626/7/1/no"
    assert item.attachments[0].media_type == ""
    assert one(keywords="tolk, arbeid").keywords == ("tolk", "arbeid")


def test_every_record_must_say_whose_it_is() -> None:
    found = feed(
        RECORD,
        {**RECORD, "id": 8, "publisher": {"id": 1}},
        {**RECORD, "id": 9, "publisher": None, "url": "/pressemelding/9/x"},
        {**RECORD, "id": 10, "publisher": None},
        {**RECORD, "id": 11, "url": "/pressemelding/11/x?publisherId=1"},
        "rot",
    )
    assert [item.key for item in found.items] == ["7/no", "10/no"]
    assert [why for _, why in found.rejected] == [
        "it belongs to publisher 1, not 89626",
        "it does not say which publisher it belongs to",
        "it belongs to publisher 1, not 89626",
        'expected a release, got "rot"',
    ]
    with pytest.raises(WrongPublisherError, match="holds no release to use: release 7: it belongs"):
        feed({**RECORD, "publisher": {"id": 1}})


def test_language_versions_are_records_or_named() -> None:
    versions = [
        {"id": 7, "language": "no", "title": "Tittel", "url": "/pressemelding/7/a?lang=no"},
        {"id": 7, "language": "en", "title": "Title", "url": "/pressemelding/7/b?lang=en"},
    ]
    found = feed({**RECORD, "versions": versions})
    assert [item.work for item in found.items] == ["7"]
    (other,) = found.others
    assert (other.keys, other.several) == (("7/en",), True)
    assert other.versions[0].url == f"{BASE}/pressemelding/7/b?lang=en"
    both = feed(
        {**RECORD, "versions": versions}, {**RECORD, "versions": versions, "language": "en"}
    )
    assert [(item.key, item.work) for item in both.items] == [("7/no", "7"), ("7/en", "7")]
    assert both.others == ()


@pytest.mark.parametrize(
    ("answer", "page", "following"),
    [
        ({"nextPage": 1, "totalCount": 9}, 0, 1),
        ({"nextPage": "1"}, 0, 1),
        ({"nextPage": "/json/v2/releases?publisher=89626&page=3&size=1"}, 2, 3),
        ({"nextPage": None, "totalCount": 9}, 0, None),
        ({"nextPage": 0}, 0, None),
        ({"nextPage": 1}, 1, None),
        ({"nextPage": True}, 0, None),
        ({"nextPage": "http://[x"}, 0, None),
        ({"totalCount": 2}, 0, 1),
        ({"totalCount": 2}, 1, None),
        ({}, 0, None),
    ],
)
def test_the_next_page_lies_ahead(answer: Any, page: int, following: int | None) -> None:
    assert feed(RECORD, page=page, **answer).next_page == following


@pytest.mark.parametrize("status", [400, 500, "500", {"code": 400}])
def test_an_error_in_a_good_answer_is_one(status: Any) -> None:
    with pytest.raises(ShapeError, match="says status"):
        feed(status=status, message="Bad request")
    assert feed(RECORD, status=200).items


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/pressemelding/tittel?publisherId=89626&releaseId=17918186&lang=no", 17918186),
        ("/pressemelding/17918186/bosettings--og-tittel?lang=no&publisherId=89626", 17918186),
        ("/pressemelding/17918186", 17918186),
        ("/release/17918186/tittel", 17918186),
        ("/tiedote/5/otsikko", 5),
        ("/pressmeddelande/5/rubrik?publisherId=3", 5),
        ("/pressemeddelelse/15/uheld?lang=da#sm-16", 16),
        ("/pressemelding/", None),
        ("/pressemelding/tittel", None),
        ("/presserom/89626/imdi", None),
        ("/pressemelding/۰1/tittel", None),
    ],
)
def test_addresses_name_releases(path: str, number: int | None) -> None:
    assert release_number(BASE + path) == number


def test_addresses_of_the_four_hosts() -> None:
    for base, word, language in (
        (BASE, "pressemelding", "no"),
        ("https://via.ritzau.dk", "pressemeddelelse", "da"),
        ("https://www.sttinfo.fi", "tiedote", "fi"),
        ("https://sttinfo.fi", "tiedote", "fi"),
        ("https://via.tt.se", "pressmeddelande", "sv"),
    ):
        assert public_url("/release/5/x?lang=en", 5, base) == f"{base}/{word}/5/x?lang=en"
        assert language_key("", base) == language
        assert language_key(f"{base}/release/5/x?lang=en", base) == "en"
    assert [language_key(tag, BASE) for tag in ("nb", "nn-NO", "no", "en_GB", "??")] == [
        *("no", "no", "no", "en", "no")
    ]
    assert room_number(f"{BASE}/presserom/89626/imdi/r") == 89626
    assert room_number("http://[x") is None


def test_a_room_gives_each_release_once_with_its_title() -> None:
    body = """<html><body><main>
    <a href="/pressemelding/8/a?lang=no"><img src="x.jpg"></a>
    <a href="/pressemelding/8/a?lang=no"><h2>En tittel</h2></a>
    <a href="/pressemelding/8/a?lang=en">A title</a>
    <a href="/pressemelding/9/b?publisherId=1">En annens</a>
    <a href="/presserom/89626/imdi">Presserom</a></main></body></html>"""
    found = prs_listing.parse_room(
        body.encode(), url=f"{BASE}/presserom/89626", content_type="", publisher_id=89626
    )
    (stub,) = found.releases
    assert (stub.keys, stub.several) == (("8/no", "8/en"), True)
    assert stub.versions[0].title == "En tittel"
    with pytest.raises(ShapeError, match="links to no release"):
        prs_listing.parse_room(b"<p>x", url=BASE, content_type="", publisher_id=None)


def test_a_feed_of_strangers_is_no_list() -> None:
    body = f"<rss><channel><item><link>{BASE}/pressemelding/8/a?publisherId=1</link></item>"
    with pytest.raises(ShapeError, match="no item of the feed can be used"):
        prs_listing.parse_feed(body.encode(), base_url=BASE, publisher_id=89626)
    empty = prs_listing.parse_feed(b"<rss><channel/></rss>", base_url=BASE, publisher_id=89626)
    assert empty.releases == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*RECORD, "versions", "releases", "status", "nextPage", "documents"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON, JSON)
def test_no_answer_upsets_the_feed(answer: Any, record: Any) -> None:
    for body in (answer, {"releases": [RECORD, record]}, {"releases": answer, "nextPage": record}):
        with suppress(ShapeError):
            found = prs_json_v2.parse_feed(
                json.dumps(body).encode(), base_url=BASE, publisher_id=89626, page=0
            )
            assert all(item.key and item.url.startswith("http") for item in found.items)
