import time

import pytest

from builders import entry_data
from db.models import Republish
from web.snippets import LENGTH, Sought, excerpt, mark


@pytest.mark.parametrize(
    ("q", "text", "marked"),
    [
        ("tolk", "En tolk og to tolker", ["tolk", "tolker"]),
        ("TOLK", "tolken", ["tolken"]),
        ('"kvalifisert tolk"', "kvalifiserte tolker", ["kvalifiserte", "tolker"]),
        ("integrer*", "Integreringstilskot til kommunen", ["Integreringstilskot"]),
        ("tittel:rapport", "Rapporten", ["Rapporten"]),
        ("busetting OR bosetting", "bosetting", ["bosetting"]),
        ("-tolk", "tolk", []),
        ("", "tolk", []),
        ("a&b", "a & b <b>", ["a", "b", "b"]),
    ],
)
def test_the_words_sought_are_marked(q: str, text: str, marked: list[str]) -> None:
    made = str(mark(text, Sought.read(q)))
    assert [part.split("</mark>")[0] for part in made.split("<mark>")[1:]] == marked
    assert "<b>" not in made


def test_excerpts_are_short_and_begin_at_a_word() -> None:
    text = "Noen ord om annet. " * 100 + "Her står barnehage. " + "Mer om annet. " * 100
    data = entry_data(lead="", body_text=text)
    made = str(excerpt(data, Sought.read("barnehage"), Republish.FULL))
    assert "<mark>barnehage</mark>" in made
    assert made.startswith("…")
    assert len(made) < LENGTH + 40
    assert made[1:].split()[0] in {"Noen", "ord", "om", "annet."}
    assert str(excerpt(data, Sought.read("barnehage"), Republish.SUMMARY)).startswith("Noen ord")


@pytest.mark.parametrize("text", ["a" * 1_000_000, "a " * 500_000, "å-" * 500_000, "<" * 900_000])
def test_long_texts_cost_little(text: str) -> None:
    data = entry_data(lead=text, body_text=text)
    started = time.perf_counter()
    excerpt(data, Sought.read("finnesikke nei*"), Republish.FULL)
    assert time.perf_counter() - started < 1
