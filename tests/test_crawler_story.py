"""Which entries are one story: authored pairs, and everything that must stay apart."""

import string
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.story import Judgement, distance, same_story
from db.models import EntryData, Kind, Language, Precision, PublisherDate

HERE = Path(__file__).parent / "stories"
RELEASES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "releases.toml").read_text("utf-8"))
PAIRS: dict[str, list[dict[str, Any]]] = tomllib.loads((HERE / "pairs.toml").read_text("utf-8"))
#: nothing joined wrongly, and hardly anything missed
LEAST_JOINED = 0.95


def published(day: date, precision: str = "day") -> PublisherDate:
    noon = datetime.combine(day, time(10), tzinfo=UTC)
    return PublisherDate(noon, Precision(precision))


def entry(given: dict[str, Any], source: str) -> EntryData:
    """Make one side of a pair."""
    release = RELEASES[given["like"]]
    paragraphs = given.get("text", release["text"])
    if "paragraphs" in given:
        paragraphs = [paragraphs[number - 1] for number in given["paragraphs"]]
    texts = {
        "title": given.get("title", release["title"]),
        "lead": given.get("lead", release["lead"]),
        "body_text": "\n".join([*given.get("extra", []), *paragraphs]),
    }
    for old, new in given.get("swap", {}).items():
        assert any(old in text for text in texts.values()), f"{old!r} is nowhere to be swapped"
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    day = given.get("date", release["date"]) + timedelta(days=given.get("days", 0))
    undated = given.get("undated", False)
    return EntryData(
        source=given.get("source", source),
        key=str(given),
        url="",
        kind=Kind(given.get("kind", release.get("kind", "press_release"))),
        language=Language(given.get("language", release["language"])),
        work=given.get("work", ""),
        series=given.get("series", release.get("series", "")),
        published=None if undated else published(day, given.get("precision", "day")),
        **texts,
    )


def pairs(judgement: str) -> Iterator[tuple[str, EntryData, EntryData]]:
    for pair in PAIRS[judgement]:
        one = entry(pair["one"], "imdi-press-releases")
        yield pair["why"], one, entry(pair["other"], "imdi-news")


def test_true_pairs_are_joined_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    missed = [
        f"{why}: {found.reason}"
        for why, one, other in pairs("same")
        if not (found := same_story(one, other))
    ]
    wrong = [
        f"{why}: {found.reason}"
        for why, one, other in pairs("two")
        if (found := same_story(one, other))
    ]
    same, two = len(PAIRS["same"]), len(PAIRS["two"])
    with capsys.disabled():
        print(f"\nstories: {same - len(missed)} of {same} true pairs joined,", end=" ")
        print(f"{len(wrong)} of {two} other pairs joined wrongly")
    assert same + two >= 60
    assert wrong == []
    assert (same - len(missed)) / same >= LEAST_JOINED, "\n".join(missed)


def test_no_two_releases_are_one_whenever_and_wherever_they_stand() -> None:
    day = published(date(2024, 1, 2))
    releases = [entry({"like": name}, "imdi-press-releases") for name in RELEASES]
    for one, other in combinations(releases, 2):
        for when in (day, None):
            here = replace(one, published=when)
            there = replace(other, source="imdi-news", published=when)
            assert not same_story(here, there), f"{one.title} / {other.title}"


@pytest.mark.parametrize("judgement", PAIRS)
def test_the_order_of_two_does_not_matter(judgement: str) -> None:
    for why, one, other in pairs(judgement):
        there, back = same_story(one, other), same_story(other, one)
        assert (there.judgement, there.score) == (back.judgement, back.score), why


def test_an_entry_is_the_same_as_its_copy_elsewhere() -> None:
    for name in RELEASES:
        here = entry({"like": name}, "imdi-press-releases")
        copy = replace(here, source="imdi-news", series="")
        assert same_story(here, copy), name


def test_the_reason_names_what_differs() -> None:
    reasons = {why: same_story(one, other) for why, one, other in pairs("two")}
    meetings = reasons["two meetings of one forum"]
    assert meetings.judgement is Judgement.DIFFERENT
    assert meetings.reason == "one has mars, the other april"
    towns = reasons["one meeting in two towns"]
    assert towns.reason == "one has oslo where the other has trondheim"
    assert reasons["bokmål and English at two hosts"].reason == "in two languages"


_texts = st.text(string.ascii_letters + "æøå 0123456789.:–-«»\n\u0130\u0661", max_size=200)


@given(_texts, _texts, _texts, _texts)
def test_any_texts_can_be_compared(title: str, lead: str, other_title: str, text: str) -> None:
    one = replace(entry({"like": "county"}, "a"), title=title, lead=lead, body_text=text)
    other = replace(entry({"like": "county"}, "b"), title=other_title, lead=text, body_text=lead)
    assert same_story(one, other).judgement is same_story(other, one).judgement


def test_dates_are_as_far_apart_as_their_precision_says() -> None:
    month, day = published(date(2023, 6, 1), "month"), published(date(2023, 6, 22))
    assert distance(month, day) == distance(day, month) == timedelta()
    assert distance(published(date(2023, 1, 1), "year"), day) == timedelta()
    assert distance(day, published(date(2023, 6, 25))) == timedelta(days=3)
    assert distance(day, None) is None
