"""Languages told from words: short texts, mixed ones, and those that tell nothing."""

import tomllib
from pathlib import Path

import pytest

from crawler import language
from crawler.language import detect_language
from db.models import Language

NB, NN, EN = Language.BOKMAL, Language.NYNORSK, Language.ENGLISH


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kommunene klare til å bosette 15 400 flyktninger", NB),
        ("Kven fortener busetjings- og integreringsprisen i år?", NN),
        ("KOMMUNANE FÅR IKKJE NOK BUSTADER", NN),
        ("Slik finner offentlige organer kvalifiserte tolker", NB),
        ("Employers invited to join the introduction programme", EN),
        ("Shipyard Wins Diversity Award", EN),
        ("Sámegiella lea min giella", Language.SAMI),
        ("Ođđa dieđut dulkkaid birra", Language.SAMI),
    ],
)
def test_a_title_is_enough(title: str, expected: Language) -> None:
    found, sure = detect_language(title, "", "")
    assert found is expected
    assert sure > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "IMDi 2024",
        "Narvik – Oslo – Bergen",
        "www.imdi.no",
        "Tolk",
        "Le gouvernement veut aider les réfugiés dans les communes",
        "Regeringen vill stärka integrationen av flyktingar i svenska kommuner",
        "Regeringen vil styrke integrationen af flygtninge og deres arbejde",
        "Ustawa o tłumaczach przysięgłych w Norwegii",
        "Дякуємо за увагу",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert detect_language(text, "", "") == (Language.UNDETERMINED, 0.0)


def test_what_both_norwegians_write_is_bokmal_and_unsure() -> None:
    assert detect_language("Ny rapport om integrering", "", "") == (NB, 0.5)


def test_names_tell_nothing_about_the_form() -> None:
    assert detect_language("Kommunane Ås, Sandnes og Strand vil busetje fleire", "", "")[0] is NN
    assert detect_language("Rapporten er skrevet av Proba og Nova", "", "")[0] is NB


def test_more_words_make_it_surer() -> None:
    title = "Kommunane treng fleire tolkar"
    body = "Dei tilsette veit ikkje kven som skal bestille. Kvart år aukar talet på oppdrag."
    assert detect_language(title, "", body)[1] > detect_language(title, "", "")[1]


def test_the_text_outweighs_its_title() -> None:
    title = "Kommunene fikk dekket utgiftene"
    body = "Rapporten viser at kommunane i stor grad fekk dekt meirutgiftene til busetjing."
    assert detect_language(title, "", body)[0] is NN


def test_every_mark_of_one_form_is_used_and_stands_once() -> None:
    table = tomllib.loads(Path(language.__file__).with_name("language.toml").read_text("utf-8"))
    pairs = [pair for group in table.values() for pair in group]
    assert {len(pair) for pair in pairs} == {2}
    for side in (0, 1):
        words = [word for pair in pairs for word in pair[side]]
        assert sorted(set(words)) == sorted(words)
        assert all(word.strip("*").isalpha() and word == word.lower() for word in words)
