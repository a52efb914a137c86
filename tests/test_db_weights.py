"""How much an entry is about each of its words."""

from hypothesis import given
from hypothesis import strategies as st

from db.search.synonym import token_of
from db.search.thesaurus import thesaurus
from db.search.weights import LEVELS, MOST, TYPICAL, Terms, level_of, weigh
from db.text import tokens

_FIELDS = ("title", "title_parts", "lead", "keywords", "body", "body_parts", "pages", "pages_parts")
_WORDS = st.sampled_from(["tolk", "tolke", "tol", "2024", "202", "bosett", "æra", "\ue000", "x"])
_TEXTS = st.lists(_WORDS, max_size=12).map(" ".join)


def fields(**given: str) -> dict[str, str]:
    return dict.fromkeys(_FIELDS, "") | given


def test_a_title_says_more_than_a_text_and_a_text_more_than_a_file() -> None:
    terms = weigh(fields(title="tolk", lead="kommune", body="språk " * 2 + "år", pages="vedlegg"))
    weights = [terms.weight(word) for word in ("tolk", "kommune", "språk", "år", "vedlegg")]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights[:1] + weights[3:])) == 3
    assert terms.weight("vedlegg") > 0 == terms.weight("ved")


def test_the_parts_of_compounds_count_half() -> None:
    whole, part = weigh(fields(body="tolk")), weigh(fields(body_parts="tolk", body="x"))
    assert 0 < part.weight("tolk") < whole.weight("tolk")


def test_what_stands_far_into_a_text_is_there_and_says_little() -> None:
    terms = weigh(fields(body="x " * 4_000 + "tolk"))
    assert 0 < terms.weight("tolk") < 0.01 < terms.weight("x")


def test_beginnings_count_together() -> None:
    terms = weigh(fields(body="tolk tolke annet"))
    assert terms.beginning("tol") > max(terms.weight("tolk"), terms.weight("tolke"))
    assert terms.beginning("bo") == 0


def test_a_term_of_several_words_is_no_word_that_begins_so() -> None:
    row = " ".join(tokens("opplæring i norsk"))
    assert weigh(fields(body=row)).beginning("opplær") == weigh(fields(body=row)).weight("opplær")


def test_other_pages_take_the_place_of_those_there_were() -> None:
    terms = weigh(fields(title="tolk", pages="gammel tolk"))
    changed = terms.with_pages(fields(pages="ny"))
    assert changed.weight("gammel") == 0 < changed.weight("ny")
    assert changed.weight("tolk") == terms.weight("tolk")
    assert changed.with_pages(fields(pages="gammel tolk")) == terms


def test_all_terms_of_a_line_count_together_those_of_several_words_too() -> None:
    line = token_of(thesaurus().line(tokens("norskopplæring")))
    row = " ".join(tokens("opplæring i norsk"))
    one = weigh(fields(body=row)).weight(line)
    assert 0 < one < weigh(fields(body=f"{row} x {row}")).weight(line)
    assert weigh(fields(title=row)).weight(line) > one
    both = " ".join([row, *tokens("norskopplæring")])
    assert weigh(fields(body=both)).weight(line) > one
    assert 0 < weigh(fields(pages=row)).weight(line) < one
    for apart in (row.replace(" ", " \ue000 "), row.rpartition(" ")[0]):
        assert weigh(fields(body=apart)).weight(line) == 0


@given(st.fixed_dictionaries(dict.fromkeys(_FIELDS, _TEXTS)))
def test_every_word_is_there_once_with_its_level(given: dict[str, str]) -> None:
    terms = weigh(given)
    expected = {word for text in given.values() for word in text.split()} - {"\ue000"}
    expected |= {line for _, line in thesaurus().named(expected)}
    listed = terms.line.split()
    assert sorted(word[:-1] for word in listed) == sorted(expected)
    assert len(listed) == len(terms.weights)
    for word, weight in zip(listed, terms.weights, strict=True):
        assert int(word[-1]) == level_of(weight)
        assert terms.weight(word[:-1]) == (weight or 0.5) / MOST
    assert Terms().weight("tolk") == 0


def test_levels_divide_all_weights_and_are_told_by_one_letter() -> None:
    assert [level_of(weight) for weight in (0, *TYPICAL, MOST)] == [0, *range(LEVELS), LEVELS - 1]
    assert LEVELS <= 10
