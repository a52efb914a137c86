from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import TaxonomyError
from crawler.tagging import THRESHOLD, load_taxonomy
from crawler.terms import Matcher, words_of
from db.models import EntryTag, Tag

TAXONOMY = load_taxonomy()


def tags(title: str, lead: str = "", body: str = "", **more) -> dict[str, EntryTag]:
    given = TAXONOMY.tag(title=title, lead=lead, body_text=body, **more)
    return {tag.slug: tag for tag in given}


def test_the_three_tags_that_always_exist() -> None:
    assert TAXONOMY.tags[:3] == (
        Tag("settlement", "Bosetting", "Busetjing", "Settlement"),
        Tag("interpreting", "Tolking", "Tolking", "Interpreting"),
        Tag("work", "Arbeid", "Arbeid", "Work"),
    )


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("For mye bruk av ukvalifiserte tolker i det offentlige", "interpreting"),
        ("Tolkeloven trer i kraft", "interpreting"),
        ("Skjermtolking i helsetjenesten", "interpreting"),
        ("Fleire brukar tolk", "interpreting"),
        ("Ny tolketeneste i kommunane", "interpreting"),
        ("The Interpreting Act enters into force", "interpreting"),
        ("Kommunene har vedtatt å bosette 34.000 flyktninger hittil i år", "settlement"),
        ("Ber kommunane busetja 13 000 flyktningar i 2026", "settlement"),
        ("Rapport om bosettingskommuner", "settlement"),
        ("Bosatte flyktninger i 2024", "settlement"),
        ("Resettlement of refugees 2024", "settlement"),
        ("Skal få flere innvandrerkvinner ut i jobb", "work"),
        ("Vant pris for mangfold på arbeidsplassen", "work"),
        ("Fleire flyktningar i arbeid", "work"),
        ("Hvorfor faller flyktninger ut av arbeidslivet?", "work"),
        ("Employment among refugees", "work"),
        ("Tvangsekteskap og negativ sosial kontroll", "social-control"),
        ("Introduksjonsprogrammet i kommunene", "qualification"),
        ("Tilskot til integreringstiltak", "grants"),
        ("Fordrevne fra Ukraina", "ukraine"),
        ("Nøkkeltall for introduksjonsprogrammet 2022", "figures"),
        ("Enslige mindreårige flyktninger", "children-youth"),
    ],
)
def test_titles_give_their_tag(title: str, slug: str) -> None:
    assert slug in tags(title)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Slik kan tallene tolkes", "interpreting"),
        ("Hvordan tolke tallene?", "interpreting"),
        ("Reglene tolkes som et påbud", "interpreting"),
        ("Domstolen har tolket loven", "interpreting"),
        ("Tolkning av regelverket", "interpreting"),
        ("Arbeidet med integrering fortsetter", "work"),
        ("Vi arbeider med en ny strategi", "work"),
        ("Arbeidet mot negativ sosial kontroll", "work"),
        ("En spesielt god jobb for integrering", "work"),
        ("Our work on integration", "work"),
        ("I samarbeid med kommunene", "work"),
        ("Bruk av kvalifisert tolk", "qualification"),
        ("Ukvalifiserte tolker", "qualification"),
        ("Innvandrere bosatt i Norge", "settlement"),
        ("Flere innvandrere i distriktene", "settlement"),
    ],
)
def test_the_same_words_in_another_sense_do_not(title: str, slug: str) -> None:
    assert slug not in tags(title)


def test_a_word_in_passing_in_a_long_text_is_no_tag() -> None:
    body = "Kommunen skriver mye om hverdagen. " * 60 + "Noen trenger tolk. De bosettes her."
    assert tags("Hverdagen", "En vanlig dag", body) == {}


def test_a_word_again_and_again_in_a_text_is() -> None:
    body = "Kommunen skriver om hverdagen. " * 20 + "Tolk er viktig. " * 8
    assert tags("Hverdagen", "En vanlig dag", body).keys() == {"interpreting"}


def test_reasons_name_words_and_where_they_stood() -> None:
    given = tags(
        "Tolkeloven trer i kraft",
        "Loven gir rett til tolk. En tolk skal være kvalifisert.",
        "Tolketjenesten er klar.",
        keywords=["tolking"],
        chapter="Bruk av tolk",
    )
    assert given["interpreting"].reason == (
        "tittel: «Tolkeloven»; ingress: «tolk» (2); nøkkelord: «tolking»; kapittel: «tolk»; "
        "tekst: «Tolketjenesten»"
    )


def test_the_surest_tag_comes_first() -> None:
    given = TAXONOMY.tag(title="Tolk", lead="Flere i arbeid.", body_text="")
    assert [tag.slug for tag in given] == ["interpreting", "work"]
    assert [tag.score for tag in given] == sorted((tag.score for tag in given), reverse=True)


def test_a_chapter_alone_gives_no_tag_but_tips_the_scale() -> None:
    body = "Bosetting er nevnt her. " + "Og ellers litt annet innhold i teksten. " * 12
    assert "settlement" not in tags("Hverdagen", chapter="Bosetting og tidlig innsats")
    assert "settlement" not in tags("Hverdagen", body=body)
    assert "settlement" in tags("Hverdagen", body=body, chapter="Bosetting og tidlig innsats")


def test_keywords_of_the_publisher_count() -> None:
    assert "interpreting" in tags("Ny rapport", keywords=["integrering", "tolk"])


@given(st.text(max_size=60), st.text(max_size=200), st.text(max_size=400))
def test_any_text_can_be_tagged(title: str, lead: str, body: str) -> None:
    for tag in TAXONOMY.tag(title=title, lead=lead, body_text=body):
        assert tag.score >= THRESHOLD
        assert "«" in tag.reason


def positions(terms: list[str], text: str, *, literal: bool = False) -> list[str]:
    words = words_of(text)
    return [
        " ".join(word.surface for word in words[span.start : span.end])
        for span in Matcher(terms, literal=literal).find(words)
    ]


@pytest.mark.parametrize(
    ("terms", "text", "found"),
    [
        (["tolk"], "Tolken og tolker, ikke tolkebruk", ["Tolken", "tolker"]),
        (["tolk*"], "Tolken og tolkelov", ["Tolken", "tolkelov"]),
        (["*tolking"], "Skjermtolking og tolkingen", ["Skjermtolking"]),
        (["sosial kontroll"], "Negativ sosial kontroll er sosialt", ["sosial kontroll"]),
        (["i arbeid", "arbeid"], "ut i arbeid, arbeidet", ["i arbeid", "arbeidet"]),
        (["i arbeid"], "i arbeids- og samfunnsliv", ["i arbeids"]),
        (["enslige mindreårig*"], "enslige mindreåriges rett", ["enslige mindreåriges"]),
    ],
)
def test_terms_stand_for_inflections_and_stars_for_compounds(
    terms: list[str], text: str, found: list[str]
) -> None:
    assert positions(terms, text) == found


def test_masks_mean_exactly_their_letters() -> None:
    assert positions(["tolkes"], "tolk tolkes tolker", literal=True) == ["tolkes"]


GOOD = 'label_nb = "Æ"\nlabel_nn = "Ø"\nlabel_en = "A"\nstrong = ["ord"]\n'


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("", ["no tags"]),
        ("[x", ["tags.toml"]),
        ("[En_tag]\n" + GOOD, ["En_tag", "lower-case"]),
        ("tall = 3", ["tall", "table"]),
        ("[a]\n" + GOOD + 'svake = ["x"]', ["'a'", "svake"]),
        ('[a]\nlabel_nb = "x"\nlabel_nn = "y"\nstrong = ["ord"]', ["'a'", "label_en"]),
        ("[a]\n" + GOOD.replace('"Æ"', '" "'), ["'a'", "label_nb"]),
        ("[a]\n" + GOOD.replace('["ord"]', "[]"), ["'a'", "no strong term"]),
        ("[a]\n" + GOOD.replace('["ord"]', '"ord"'), ["'a'", "strong", "list"]),
        ("[a]\n" + GOOD.replace('"ord"', '"123"'), ["'a'", "'123'", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', '"*"'), ["'a'", "'*'", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', "3"), ["'a'", "3", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', '"o*d"'), ["'a'", "'o*d'", "beginning or end"]),
        ("[a]\n" + GOOD.replace('"ord"', '"bosettings-"'), ["'a'", "'bosettings-'"]),
        ("[a]\n" + GOOD.replace('"ord"', '"ord", "Ord"'), ["'a'", "'Ord'", "twice"]),
        ("[a]\n" + GOOD + 'weak = ["ord"]', ["'a'", "'ord'", "strong and weak"]),
        ("[a]\n" + GOOD + "[b]\n" + GOOD, ["'b'", "label_nb", "'Æ'", "'a'"]),
    ],
)
def test_a_fault_in_the_taxonomy_is_named(tmp_path: Path, toml: str, named: list[str]) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(TaxonomyError) as raised:
        load_taxonomy(path)
    for words in named:
        assert words in str(raised.value)


def test_a_missing_taxonomy_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"mine\.toml"):
        load_taxonomy(tmp_path / "mine.toml")


def test_a_taxonomy_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text("[a]\n" + GOOD + 'masked = ["ord for ord"]', encoding="utf-8")
    taxonomy = load_taxonomy(path)
    assert taxonomy.tags == (Tag("a", "Æ", "Ø", "A"),)
    assert taxonomy.tag(title="Ordene teller", lead="", body_text="")[0].slug == "a"
    assert taxonomy.tag(title="Ord for ord", lead="", body_text="") == ()
