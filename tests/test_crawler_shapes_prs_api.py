"""The PRS interface: every variant seen, and answers that are none."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ShapeError
from crawler.items import EntryItem
from crawler.shapes.prs_api import parse_list, parse_release
from db.models import Kind, Precision

BASE = "https://kommunikasjon.ntb.no"


def as_bytes(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def one(version: dict[str, Any], *, base_url: str = BASE, **release: Any) -> EntryItem:
    answer = {"id": 7, "versions": {"no": {"title": "Tittel", **version}}, **release}
    (item,) = parse_release(as_bytes(answer), base_url=base_url, publisher_id=89626)
    return item


@pytest.mark.parametrize(
    ("base_url", "url", "expected"),
    [
        (BASE, "/release/7/slug?lang=no", f"{BASE}/pressemelding/7/slug?lang=no"),
        (
            "https://via.ritzau.dk",
            "/release/7/slug",
            "https://via.ritzau.dk/pressemeddelelse/7/slug",
        ),
        ("https://www.sttinfo.fi", "/release/7/slug", "https://www.sttinfo.fi/tiedote/7/slug"),
        ("https://via.tt.se", "/release/7/slug", "https://via.tt.se/pressmeddelande/7/slug"),
        ("http://127.0.0.1:8000", "/release/7/slug", "http://127.0.0.1:8000/pressemelding/7/slug"),
        (BASE, f"{BASE}/pressemelding/7/slug", f"{BASE}/pressemelding/7/slug"),
        (BASE, "", f"{BASE}/pressemelding/7"),
        (BASE, "javascript:alert(1)", f"{BASE}/pressemelding/7"),
        (BASE, "http://[feil", f"{BASE}/pressemelding/7"),
    ],
)
def test_the_address_is_the_one_readers_use(base_url: str, url: str, expected: str) -> None:
    assert one({"url": url}, base_url=base_url).url == expected
    assert one({}, base_url=base_url, url=url).url == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"complete": "<p>Hel</p>", "cookieless": {"content": "<p>Uten</p>"}}, "<p>Hel</p>"),
        ({"complete": "", "cookieless": {"content": "<p>Uten</p>"}}, "<p>Uten</p>"),
        ({"cookieless": "<p>feil form</p>"}, ""),
        ("<p>Tekst</p>", "<p>Tekst</p>"),
        (None, ""),
        (["<p>liste</p>"], ""),
    ],
)
def test_the_body_comes_in_several_forms(body: Any, expected: str) -> None:
    assert one({"body": body}).body == expected


def test_the_lead_is_text_and_falls_back_on_the_description() -> None:
    assert one({"leadtext": "<p>Kort&nbsp;<b>sagt</b></p>", "metadescription": "m"}).lead == (
        "Kort sagt"
    )
    assert one({"leadtext": "<p>&nbsp;</p>", "metadescription": "5 < 7 & 8"}).lead == "5 < 7 & 8"
    assert one({}).lead == ""


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ("tolk, bosetting;arbeid", ("tolk", "bosetting", "arbeid")),
        (["tolk", " ", 3, "arbeid "], ("tolk", "arbeid")),
        (None, ()),
        ({"a": 1}, ()),
    ],
)
def test_keywords_are_a_string_or_a_list(keywords: Any, expected: tuple[str, ...]) -> None:
    assert one({"keywords": keywords}).keywords == expected


@pytest.mark.parametrize("field", ["downloadPath", "downloadUrl", "url", "path", "href"])
def test_documents_are_found_under_any_name(field: str) -> None:
    document = {field: "/files/89626/7/1/no", "filename": "Rapport.pdf", "size": 2048}
    (file,) = one({"documents": [document]}).attachments
    assert file.url == f"{BASE}/files/89626/7/1/no"
    assert (file.label, file.media_type, file.length) == ("Rapport.pdf", "application/pdf", 2048)


def test_documents_without_name_or_address() -> None:
    documents = ["/files/89626/7/1/no", {"name": "Bare et navn"}, {}, None, 5]
    first, second = one({"documents": documents}).attachments
    assert (first.url, first.label) == (f"{BASE}/files/89626/7/1/no", "Vedlegg")
    assert (second.url, second.label) == ("", "Bare et navn")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Pressemelding", Kind.PRESS_RELEASE),
        ("Nyhet", Kind.NEWS),
        ("Nyhed", Kind.NEWS),
        ("", Kind.PRESS_RELEASE),
        ("Noe helt annet", Kind.PRESS_RELEASE),
    ],
)
def test_the_kind_follows_the_type(word: str, kind: Kind) -> None:
    assert one({"type": word}).kind is kind


def test_dates_are_utc_to_the_minute_and_may_be_missing() -> None:
    published = one({}, date="2026-10-01T22:21:34.266Z").published
    assert published is not None
    assert published.moment == datetime(2026, 10, 1, 22, 21, 34, tzinfo=UTC)
    assert published.precision is Precision.MINUTE
    assert one({}, date="i går").published is None
    assert one({}, date=None).published is None


def test_each_language_is_an_item_with_its_own_key() -> None:
    versions = {"no": {"title": "Norsk"}, "en": {"title": "English"}, "se": None}
    answer = as_bytes({"id": "7", "versions": versions})
    items = parse_release(answer, base_url=BASE, publisher_id=89626)
    assert [(item.key, item.title) for item in items] == [("7/no", "Norsk"), ("7/en", "English")]


def test_another_publisher_is_refused_wherever_it_is_named() -> None:
    for stranger in (
        {"publisher": {"id": 1}, "versions": {"no": {"title": "x"}}},
        {"url": "/release/7/x?publisherId=1", "versions": {"no": {"title": "x"}}},
        {"versions": {"no": {"title": "x", "url": "/release/7/x?lang=no&publisherId=1"}}},
    ):
        with pytest.raises(ShapeError, match="belongs to publisher 1, not 89626"):
            parse_release(as_bytes({"id": 7, **stranger}), base_url=BASE, publisher_id=89626)
    assert one({}, publisher={"id": "89626"}).key == "7/no"
    assert one({}, publisher="IMDi").key == "7/no"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected the list of releases as JSON, got something else"),
        (b"<html><p>Logg inn", "expected the list of releases as JSON, got HTML: '<html><p>Logg"),
        (b"\xff\xfe\x00", "expected the list of releases as JSON"),
        (b"[" * 100_000, "expected the list of releases as JSON"),
        (b"[]", "as a JSON object, got \\[\\]"),
        (b"{}", "lacks the field 'releases'; it is empty"),
        (b'{"error": "no", "releases": {}}', "lacks the field 'releases'; it has 'error'"),
    ],
)
def test_what_is_no_list_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        parse_list(body, base_url=BASE, publisher_id=89626, page=0, size=50)


@pytest.mark.parametrize(
    ("paging", "page", "is_last"),
    [
        ({"count": 100, "itemsPerPage": 50, "page": 0}, 0, False),
        ({"count": 100, "itemsPerPage": 50, "page": 1}, 1, True),
        ({"count": 100}, 0, False),
        ({"count": 1}, 0, True),
        ({"count": 0}, 0, False),
        ({}, 3, False),
        ("rot", 3, False),
    ],
)
def test_the_list_says_where_it_ends(paging: Any, page: int, is_last: bool) -> None:
    body = as_bytes({"paging": paging, "releases": [{"id": 1}]})
    assert parse_list(body, base_url=BASE, publisher_id=None, page=page, size=50).is_last is is_last


def test_an_empty_page_ends_the_list() -> None:
    body = as_bytes({"paging": {"count": 100, "itemsPerPage": 20}, "releases": []})
    assert parse_list(body, base_url=BASE, publisher_id=None, page=0, size=50).is_last


FIELDS = [
    *("id", "date", "url", "publisher", "versions", "no", "title", "type", "leadtext", "body"),
    *("complete", "cookieless", "documents", "path", "keywords", "releases", "paging", "count"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(JSON)
def test_no_answer_upsets_the_shapes(answer: Any) -> None:
    with suppress(ShapeError):
        items = parse_release(as_bytes(answer), base_url=BASE, publisher_id=89626)
        assert all(item.key and item.url.startswith("http") for item in items)
    with suppress(ShapeError):
        found = parse_list(as_bytes(answer), base_url=BASE, publisher_id=89626, page=0, size=50)
        assert all(what and why for what, why in found.rejected)
