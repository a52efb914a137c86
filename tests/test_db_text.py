import unicodedata
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from db.search.syntax import Form, Term, parse_search
from db.text import clean, one_line, tokens

any_text = st.text(st.characters(), max_size=200)


@given(any_text)
def test_cleaned_text_fits_into_xml_and_utf8(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    root = etree.fromstring(f"<a>{escape(cleaned)}</a>".encode())
    assert (root.text or "") == cleaned


@given(any_text)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert unicodedata.is_normalized("NFC", clean(text))
    assert len(one_line(text).splitlines()) <= 1


def test_cleaning_keeps_what_readers_see() -> None:
    kept = "Året 2023 – «tolk» i Øst-Finnmark: 15 400 kr 🙂\tpluss\nny linje"
    assert clean(kept) == kept


def test_cleaning_drops_what_nobody_sees() -> None:
    assert clean("inte\u00adgre\u200bring\x00\ufffe\r\nto\u2028tre\x0bfire") == (
        "integrering\nto\ntre\nfire"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tolk", "tolker"),
        ("tolk", "Tolkene"),
        ("flyktning", "flyktningene"),
        ("kommune", "kommunene"),
        ("15 400", "15.400"),
        ("15 400", "15400"),
        ("15 400", "15,400"),
        ("15\u00a0400", "15400"),
        ("Ærlig", "ærlig"),
        ("cafe\u0301", "café"),
    ],
)
def test_forms_of_one_word_share_a_token(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"), [("å", "a"), ("tolk", "tolv"), ("1.2", "12"), ("0,125", "0125")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_dates_are_not_joined_as_numbers() -> None:
    assert tokens("12.11.2022 og 3.000") == ["12", "11", "2022", "og", "3000"]


@given(any_text)
def test_tokens_are_letters_and_digits(text: str) -> None:
    assert all(token.isalnum() or not token.isascii() for token in tokens(text))


def test_the_search_syntax_is_read() -> None:
    search = parse_search('tolk "ny rapport" -jobb* bosetting OR title:busetjing Mang*')
    assert search.clauses == (
        (Term(Form.WORD, ("tolk",)),),
        (Term(Form.PHRASE, ("ny", "rapport")),),
        (Term(Form.WORD, ("bosetting",)), Term(Form.WORD, ("busetjing",), title=True)),
        (Term(Form.PREFIX, ("mang",)),),
    )
    assert search.excluded == (Term(Form.PREFIX, ("jobb",)),)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("«ny rapport» tolk", '"ny rapport" tolk'),
        ("tittel:“ny rapport”", 'title:"ny rapport"'),
        ("title: tolk", "title:tolk"),
        ("barn/ungdom, (tolk|tolker)", "barn ungdom tolk tolker"),
        ("NEAR(tolk barn,3)", "near tolk barn 3"),
        ("Integrerings- og mangfoldsdirektoratet", "IMDi"),
        ("tolk:", "tolk"),
    ],
)
def test_searches_that_mean_the_same_are_read_alike(typed: str, meant: str) -> None:
    assert parse_search(typed) == parse_search(meant)


def test_what_belongs_together_is_one_term() -> None:
    for q in ("e-post", "2020/21", "imdi.no", "12:30"):
        ((term,),) = parse_search(q).clauses
        assert len(term.words) == 2


@pytest.mark.parametrize("q", ["", "   ", '"', '""', "-", "*", "OR", "- - -", "!?", "\x00", "()"])
def test_what_holds_no_word_searches_for_nothing(q: str) -> None:
    assert not parse_search(q)


@given(any_text)
def test_no_search_fails(q: str) -> None:
    parse_search(q)


def test_grouped_numbers_are_one_word() -> None:
    assert parse_search("15 400 flyktninger") == parse_search("15400 flyktninger")
