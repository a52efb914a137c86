from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import BadValueError, UnknownValueError
from db.models import Kind, Language
from db.query import EntryQuery, Paging, Sort, Vocabulary

VOCABULARY = Vocabulary(
    tags=frozenset({"settlement", "interpreting", "work"}),
    sources=frozenset({"imdi-news", "imdi-press-releases"}),
)


def parse(text: str) -> EntryQuery:
    return EntryQuery.parse(parse_qsl(text, keep_blank_values=True), VOCABULARY)


def test_every_parameter_is_read() -> None:
    query = parse(
        "q=+tolk++i+retten+&tag=work&tag=interpreting&kind=news&source=imdi-news&lang=nn"
        "&from=2020-01-31&to=2020-02-29&sort=oldest&page=3&utm_source=x"
    )
    assert query == EntryQuery(
        q="tolk  i retten",
        tags=("interpreting", "work"),
        kinds=(Kind.NEWS,),
        sources=("imdi-news",),
        languages=(Language.NYNORSK,),
        from_date=date(2020, 1, 31),
        to_date=date(2020, 2, 29),
        sort=Sort.OLDEST,
    )


def test_canonical_form_is_sorted_and_without_defaults() -> None:
    query = parse("tag=work&q=b%C3%A5t&tag=settlement&kind=&sort=relevance&tag=work&page=2")
    assert query.canonical() == "q=b%C3%A5t&tag=settlement&tag=work"
    assert parse("sort=newest").canonical() == ""
    assert parse("q=x&sort=newest").canonical() == "q=x&sort=newest"


@pytest.mark.parametrize(
    ("text", "parameter", "value"),
    [
        ("tag=nope", "tag", "nope"),
        ("tag=work&tag=Work", "tag", "Work"),
        ("kind=blog", "kind", "blog"),
        ("source=x", "source", "x"),
        ("lang=no", "lang", "no"),
    ],
)
def test_an_unknown_value_is_named(text: str, parameter: str, value: str) -> None:
    with pytest.raises(UnknownValueError, match=value) as caught:
        parse(text)
    assert (caught.value.parameter, caught.value.value) == (parameter, value)


@pytest.mark.parametrize(
    "text",
    ["from=2020-99-99", "from=x", "to=20200131", "to=2020-W05-1", "from=2020-1-1", "sort=best",
     "from=١٢٣٤-٠١-٠١"],
)  # fmt: skip
def test_a_value_that_cannot_be_read_says_what_it_should_be(text: str) -> None:
    with pytest.raises(BadValueError, match=r"“.+”"):
        parse(text)


def test_a_stored_query_outlives_its_tags() -> None:
    assert EntryQuery.from_canonical("tag=gone").tags == ("gone",)


def test_default_order_depends_on_words() -> None:
    assert parse("").order is Sort.NEWEST
    assert parse("q=tolk").order is Sort.RELEVANCE
    assert parse("q=tolk&sort=oldest").selection() == parse("q=tolk")


queries = st.builds(
    EntryQuery,
    q=st.text(st.characters(codec="utf-8"), max_size=30).map(str.strip),
    tags=st.sets(st.sampled_from(sorted(VOCABULARY.tags))).map(lambda s: tuple(sorted(s))),
    kinds=st.sets(st.sampled_from(Kind)).map(lambda s: tuple(sorted(s))),
    sources=st.sets(st.sampled_from(sorted(VOCABULARY.sources))).map(lambda s: tuple(sorted(s))),
    languages=st.sets(st.sampled_from(Language)).map(lambda s: tuple(sorted(s))),
    from_date=st.none() | st.dates(),
    to_date=st.none() | st.dates(),
)


@given(queries)
def test_the_canonical_string_holds_the_whole_query(query: EntryQuery) -> None:
    again = EntryQuery.from_canonical(query.canonical())
    assert again == query
    assert again.canonical() == query.canonical()


@pytest.mark.parametrize("value", ["abc", "0", "-1", "1.5", "", " ", "²", "9" * 40, "1000001"])
def test_page_takes_whole_numbers_from_one(value: str) -> None:
    if not value.strip():
        assert Paging.parse([("page", value)]).page == 1
        return
    with pytest.raises(BadValueError):
        Paging.parse([("page", value)])


def test_per_page_has_a_limit() -> None:
    assert Paging.parse([("page", "3"), ("per_page", "50")]).offset == 100
    assert Paging.parse([("per_page", "1000")], most=1000).per_page == 1000
    with pytest.raises(BadValueError, match="from 1 to 100"):
        Paging.parse([("per_page", "101")])
