"""Words that were typed on a keyboard without æ, ø and å."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.text import tokens
from db.words import unfolding
from db.words.unfolding import unfolded


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kjonnsforskjeller", "kjønnsforskjeller"),
        ("smabarnsmodre", "småbarnsmødre"),
        ("norskproeve", "norskprøve"),
        ("fodselspermisjon", "fødselspermisjon"),
        ("minoritetsradgivere", "minoritetsrådgivere"),
    ],
)
def test_the_dictionaries_tell_what_was_meant(typed: str, meant: str) -> None:
    assert next(unfolded(typed)) == meant
    assert tokens(meant) != tokens(typed)


@pytest.mark.parametrize("word", ["integrering", "barnehageplass", "Israel", "poet", "opplæring"])
def test_a_word_that_they_have_stays(word: str) -> None:
    assert list(unfolded(word.lower())) == []


@given(st.text("aeotrsnk", min_size=1, max_size=40))
def test_nothing_but_these_letters_changes(word: str) -> None:
    typed = {"å": "(?:å|aa?)", "æ": "(?:æ|ae?)", "ø": "(?:ø|oe?)"}
    for other in unfolded(word):
        ways = "".join(typed.get(letter, letter) for letter in other)
        assert re.fullmatch(ways, word)


@pytest.mark.parametrize("word", ["xq" + 18 * "oa", "nesprakopplaringskolearbeidnekommunelar"])
def test_only_so_many_ways_are_tried(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def nothing(word: str) -> None:
        tried.append(word)

    monkeypatch.setattr(unfolding, "base_of", nothing)
    monkeypatch.setattr(unfolding, "split", nothing)
    assert list(unfolding.unfolded(word)) == []
    # the word itself is looked at first
    assert len(set(tried)) == 1 + unfolding.MOST_TRIED
