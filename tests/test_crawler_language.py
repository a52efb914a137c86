"""Languages told from words: documents, short texts, mixed ones, and what tells nothing."""

import tomllib
from pathlib import Path

import pytest

from crawler import language as module
from crawler.language import detect_language
from db.models import Language

DOCUMENTS = Path(__file__).parents[1] / "imdifeed" / "demo" / "documents"
SEEDS = Path(__file__).parent / "seeds"
NB, NN, EN, SE, UND = (
    *(Language.BOKMAL, Language.NYNORSK, Language.ENGLISH, Language.SAMI, Language.UNDETERMINED),
)


@pytest.mark.parametrize(
    "path",
    [*sorted(DOCUMENTS.glob("*.*")), SEEDS / "pressemelding-flere-innvandrere.txt"],
    ids=lambda path: path.name,
)
def test_the_documents_are_bokmal(path: Path) -> None:
    assert detect_language("", "", path.read_text(encoding="utf-8"))[0] is NB


def teasers() -> dict[str, str]:
    text = (SEEDS / "forside-nyheter.txt").read_text(encoding="utf-8")
    blocks = [block.strip() for block in text.split("\n\n")]
    shown = [block for block in blocks if not block.endswith(":") and "oppdateringer" not in block]
    return dict(zip(shown[1::2], shown[2::2], strict=False))


@pytest.mark.parametrize(("title", "lead"), teasers().items(), ids=lambda text: text[:40])
def test_of_the_nine_teasers_one_is_nynorsk(title: str, lead: str) -> None:
    # its title is bokmål with a nynorsk verb, its text nynorsk
    nynorsk = title == "Kommunene fekk dekt utgifter til flyktninger"
    assert detect_language(title, lead, "")[0] is (NN if nynorsk else NB)
    assert detect_language("", lead, "")[0] is (NN if nynorsk else NB)


def test_all_nine_teasers_are_looked_at() -> None:
    assert len(teasers()) == 9


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Ber kommunane busetja 13 000 flyktningar i 2026", NN),
        ("Fleire flyktningar i arbeid", NN),
        ("Tilskot til norskopplæring", NN),
        ("Ikkje nok tolkar i kommunane", NN),
        ("Flere flyktninger i arbeid", NB),
        ("For mye bruk av ukvalifiserte tolker i det offentlige", NB),
        ("Vant pris for mangfold på arbeidsplassen", NB),
        ("Føler seg godt mottatt, men er usikre på framtida", NB),
        ("Settlement of refugees in Norwegian municipalities", EN),
        ("The Directorate of Integration and Diversity", EN),
        ("Annual report 2020", EN),
        ("Sámediggi ja IMDi leat ovttas ráhkadan raportta", SE),
        ("Integrerema ja girjáivuođa direktoráhtta", SE),
        # names from elsewhere do not make a text Sami
        ("Ibrahimović og Šimić møtte kommunene i går og snakket om bosetting", NB),
        # too little to tell, or nothing we know
        ("Tolk", UND),
        ("", UND),
        ("2020 34 000", UND),
        ("Новий звіт про інтеграцію в Норвегії", UND),
        ("Kotouttaminen etenee kunnissa hyvin tänä vuonna", UND),
    ],
)
def test_titles_alone(title: str, language: Language) -> None:
    assert detect_language(title, "", "")[0] is language


def test_the_body_outweighs_a_title_in_the_other_written_norwegian() -> None:
    body = (
        "Kommunane seier at dei ikkje har fått svar frå staten, men at fleire vil busetje seg no."
    )
    assert detect_language("Kommunene venter på svar fra staten", "", body)[0] is NN


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kommunene klare til å bosette 15 400 flyktninger", NB),
        ("Kven fortener busetjings- og integreringsprisen i år?", NN),
        ("KOMMUNANE FÅR IKKJE NOK BUSTADER", NN),
        ("Slik finner offentlige organer kvalifiserte tolker", NB),
        ("Employers invited to join the introduction programme", EN),
        ("Shipyard Wins Diversity Award", EN),
        ("Sámegiella lea min giella", SE),
        ("Ođđa dieđut dulkkaid birra", SE),
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
    assert detect_language(text, "", "") == (UND, 0.0)


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
    table = tomllib.loads(Path(module.__file__).with_name("language.toml").read_text("utf-8"))
    pairs = [pair for group in table.values() for pair in group]
    assert {len(pair) for pair in pairs} == {2}
    for side in (0, 1):
        words = [word for pair in pairs for word in pair[side]]
        assert sorted(set(words)) == sorted(words)
        assert all(word.strip("*").isalpha() and word == word.lower() for word in words)
