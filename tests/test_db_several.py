"""Terms of several words in a search: with small words, hyphens, or written apart."""

import pytest

from db.search.several import longest, run_from, written_apart
from db.search.syntax import parse_search


@pytest.mark.parametrize(
    ("typed", "taken", "found"),
    [
        ("opplæring i norsk for voksne", 3, "norskopplæring"),
        ("opplæring norsk", 2, "norskopplæring"),
        ("honour-based violence in families", 2, "æresvold"),
        ("mot sin vilje", 3, "ufrivillig"),
        ("legge ned skolen", 2, "avvikle"),
        ("public sector", 2, "offentlig sektor"),
    ],
)
def test_the_most_words_that_are_a_term_are_taken_together(
    typed: str, taken: int, found: str
) -> None:
    terms, line = longest(run_from(parse_search(typed).clauses, 0))
    assert len(terms) == taken
    assert found in {synonym.term for synonym in line}


@pytest.mark.parametrize(
    "typed", ["tolk", "legge", "e-post", "kommune skole", '"opplæring i norsk"', "i og"]
)
def test_other_words_are_no_term_of_several(typed: str) -> None:
    assert longest(run_from(parse_search(typed).clauses, 0)) == ((), ())


def test_a_run_ends_at_what_is_no_plain_word() -> None:
    clauses = parse_search("norsk opplæring title:tolk voksne").clauses
    assert [term.words for term in run_from(clauses, 0)] == [("norsk",), ("opplæring",)]


def test_two_words_that_are_one_are_known() -> None:
    terms, line = written_apart(run_from(parse_search("tolke utdanning").clauses, 0))
    assert len(terms) == 2
    assert "tolkestudium" in {synonym.term for synonym in line}
    assert not written_apart(run_from(parse_search("tolk kommune").clauses, 0))[1]
