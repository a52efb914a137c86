"""Did you mean: which of the nearest words is meant."""

from collections.abc import Sequence

import pytest

from db.search.spelling import nearest


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("tolkk", ["tolke", "tolk"], "tolk"),  # has the same letters, one of them doubled
        ("kusr", ["kuer", "kurs"], "kurs"),  # has the same letters in another order
        ("komune", ["komme", "kommune"], "kommune"),  # and one more of them
        ("bolg", ["bolk", "bolig"], "bolig"),  # has all letters, and one more
        ("lrer", ["lever", "lærer"], "lærer"),  # has more of them
        ("leker", ["beker", "lever"], "lever"),  # begins alike
        ("skole", ["stole", "skule"], "stole"),  # comes first
        ("stønnad", ["stønad", "stønnad"], "stønnad"),  # is written so
        ("", ["a", "b"], "a"),  # is never asked, and no fault
        ("integrering", ["tolk"], None),
        ("tolk", [], None),
    ],
)
def test_of_words_equally_near_the_one_with_the_letters_that_were_typed_is_meant(
    word: str, candidates: Sequence[str], meant: str | None
) -> None:
    assert nearest(word, candidates, distance=2) == meant
