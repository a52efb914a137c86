from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert detect_language("", "", path.read_text(encoding="utf-8")) is NB


def teasers() -> dict[str, str]:
    text = (SEEDS / "forside-nyheter.txt").read_text(encoding="utf-8")
    blocks = [block.strip() for block in text.split("\n\n")]
    shown = [block for block in blocks if not block.endswith(":") and "oppdateringer" not in block]
    return dict(zip(shown[1::2], shown[2::2], strict=False))


@pytest.mark.parametrize(("title", "lead"), teasers().items(), ids=lambda text: text[:40])
def test_of_the_nine_teasers_one_is_nynorsk(title: str, lead: str) -> None:
    # its title is bokmål with a nynorsk verb, its text nynorsk
    nynorsk = title == "Kommunene fekk dekt utgifter til flyktninger"
    assert detect_language(title, lead, "") is (NN if nynorsk else NB)
    assert detect_language("", lead, "") is (NN if nynorsk else NB)


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
    assert detect_language(title, "", "") is language


def test_the_body_outweighs_a_title_in_the_other_written_norwegian() -> None:
    body = (
        "Kommunane seier at dei ikkje har fått svar frå staten, men at fleire vil busetje seg no."
    )
    assert detect_language("Kommunene venter på svar fra staten", "", body) is NN


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    assert detect_language(text, "", text) in Language
