"""Dates and queries in words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Kind, Language, Pace, Precision, PublisherDate
from db.query import EntryQuery
from feed import wording
from feed.frequency import pace_in_words
from feed_samples import SOURCES, TAGS, at


@pytest.mark.parametrize(
    ("moment", "precision", "words", "with_time"),
    [
        ("2020-10-19T10:00:00", "day", "19. oktober 2020", "19. oktober 2020"),
        ("2020-05-01T10:00:00", "month", "mai 2020", "mai 2020"),
        ("2008-01-01T11:00:00", "year", "2008", "2008"),
        # 10.47 in Oslo in summer, and an evening that is another day there
        ("2025-04-28T08:47:32", "minute", "28. april 2025", "28. april 2025 kl. 10.47"),
        ("2025-12-31T23:30:00", "minute", "1. januar 2026", "1. januar 2026 kl. 00.30"),
        ("9999-12-31T23:30:00", "minute", "31. desember 9999", "31. desember 9999 kl. 23.30"),
        ("1970-01-01T00:00:00", "minute", "1. januar 1970", "1. januar 1970 kl. 01.00"),
    ],
)
def test_date_keeps_its_precision(moment: str, precision: str, words: str, with_time: str) -> None:
    given_date = PublisherDate(at(moment), Precision(precision))
    assert wording.date_in_words(given_date) == words
    assert wording.date_in_words(given_date, with_time=True) == with_time


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(Precision))
def test_every_date_has_words(moment: datetime, precision: Precision) -> None:
    assert str(wording.in_oslo(moment).year) in wording.date_in_words(
        PublisherDate(moment, precision)
    )


def test_query_in_words() -> None:
    query = EntryQuery(
        q='tolk "i retten"',
        tags=("interpreting", "retired"),
        kinds=(Kind.NEWS, Kind.REPORT),
        sources=("imdi-news",),
        languages=(Language.NYNORSK,),
        from_date=date(2020, 1, 31),
        to_date=date(2021, 5, 1),
    )
    assert wording.query_in_words(query, TAGS, SOURCES) == (
        "tema Tolking eller retired, type Nyhet eller Rapport, kilde IMDi: nyheter, språk nynorsk,"
        ' ord «tolk "i retten"», fra 31. januar 2020, til 1. mai 2021'
    )
    assert wording.query_title(query, TAGS, SOURCES).startswith(
        "Tolking eller retired, Nyhet eller"
    )
    assert wording.query_title(EntryQuery(q="tolk"), TAGS, SOURCES) == "søk «tolk»"


def test_a_whole_year_is_named_as_one() -> None:
    year = EntryQuery(q="tolk", from_date=date(2023, 1, 1), to_date=date(2023, 12, 31))
    assert wording.query_title(year, TAGS, SOURCES) == "søk «tolk», 2023"
    assert wording.query_in_words(year, TAGS, SOURCES) == "ord «tolk», år 2023"
    longer = replace(year, to_date=date(2024, 12, 31))
    assert wording.query_title(longer, TAGS, SOURCES).endswith("til 31. desember 2024")


def test_words_and_dates_follow_the_language() -> None:
    query = EntryQuery(
        q="tolk",
        tags=("settlement", "interpreting"),
        kinds=(Kind.NEWS,),
        languages=(Language.NYNORSK,),
        from_date=date(2020, 5, 1),
    )
    assert wording.query_in_words(query, TAGS, SOURCES, Language.ENGLISH) == (
        "topic Settlement or Interpreting, type News, language Norwegian Nynorsk, words “tolk”,"
        " from 1 May 2020"
    )
    assert wording.query_in_words(query, TAGS, SOURCES, Language.NYNORSK) == (
        "tema Busetjing eller Tolking, type Nyheit, språk nynorsk, ord «tolk», frå 1. mai 2020"
    )
    given_date = PublisherDate(at("2025-04-28T08:47:32"), Precision.MINUTE)
    words = [wording.date_in_words(given_date, one, with_time=True) for one in Language]
    assert words == [
        "28. april 2025 kl. 10.47",
        "28. april 2025 kl. 10.47",
        "28 April 2025 at 10:47",
        "28. april 2025 kl. 10.47",
        "28. april 2025 kl. 10.47",
    ]


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(0, 0), "Ingen det siste året."),
        (Pace(6, 2.2), "Omtrent 2 i uken. De siste 30 dagene: 6."),
        (Pace(4, 1.0), "Omtrent én i uken. De siste 30 dagene: 4."),
        (Pace(1, 0.5), "Omtrent 2 i måneden. De siste 30 dagene: 1."),
        (Pace(1, 0.23), "Omtrent én i måneden. De siste 30 dagene: 1."),
        (Pace(0, 0.02), "Sjeldnere enn én i måneden. De siste 30 dagene: 0."),
    ],
)
def test_pace_in_words(pace: Pace, words: str) -> None:
    assert pace_in_words(pace) == words


def test_query_without_choices() -> None:
    assert wording.query_in_words(EntryQuery(), TAGS, SOURCES) == "alle saker"
    assert wording.query_title(EntryQuery(), TAGS, SOURCES) == "Alle saker"


def test_every_value_has_a_label() -> None:
    assert set(wording.KIND_LABELS) == set(Kind)
    assert set(wording.LANGUAGE_LABELS) == set(Language)


def test_tag_label_follows_the_language_of_the_text() -> None:
    labels = [wording.tag_label(TAGS["settlement"], language) for language in Language]
    assert dict(zip(Language, labels, strict=True)) == {
        Language.BOKMAL: "Bosetting",
        Language.NYNORSK: "Busetjing",
        Language.ENGLISH: "Settlement",
        Language.SAMI: "Bosetting",
        Language.UNDETERMINED: "Bosetting",
    }


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Flere innvandrere", 17, "Flere innvandrere"),
        ("Flere innvandrere, og", 20, "Flere innvandrere…"),
        ("to\n  linjer\x00", 20, "to linjer"),
        ("x" * 30, 10, "x" * 9 + "…"),
        ("", 10, ""),
    ],
)
def test_cut(text: str, limit: int, cut: str) -> None:
    assert wording.cut(text, limit) == cut


@given(st.text(), st.integers(2, 200))
def test_cut_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(wording.cut(text, limit)) <= limit
