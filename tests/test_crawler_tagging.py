"""Terms found in texts, tags given by them, and lines of the taxonomy that cannot work."""

import tomllib
from pathlib import Path

import pytest

from crawler.errors import TaxonomyError
from crawler.tagging import THRESHOLD, Taxonomy, load_taxonomy
from crawler.taxonomy import DEFAULT_PATH
from crawler.terms import Matcher, unreachable, words_of

LABELS = 'label_nb = "A"\nlabel_nn = "A"\nlabel_en = "A"\n'
FILLING = "Her står noe annet som ikke sier stort om saken. " * 10


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def given(
    taxonomy: Taxonomy, title: str = "", lead: str = "", body_text: str = FILLING
) -> set[str]:
    return {tag.slug for tag in taxonomy.tag(title=title, lead=lead, body_text=body_text)}


def found(terms: list[str], text: str, *, literal: bool = False) -> list[str]:
    words = words_of(text)
    spans = Matcher(terms, literal=literal).find(words)
    return [" ".join(word.surface for word in words[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("tolk", "Tolken og tolkene kom", ["Tolken", "tolkene"]),
        ("bosett*", "Bosettingskommunene bosetter", ["Bosettingskommunene", "bosetter"]),
        ("*tolking", "skjermtolking og tolkinger", ["skjermtolking"]),
        ("*tilskot*", "Småtilskotet er eit tilskot", ["Småtilskotet", "tilskot"]),
        ("=tolker", "tolker, Tolker og tolkene", ["tolker", "Tolker"]),
        ("=i arbeid", "kom i arbeid, men ikke i annet arbeid", ["i arbeid"]),
        ("ta imot … flyktning*", "å ta imot flyktninger", ["ta imot flyktninger"]),
        ("ta imot … flyktning*", "tar imot 34 000 flyktninger", ["tar imot 34 000 flyktninger"]),
        ("ta imot … flyktning*", "ta imot en to tre fire flyktninger", []),
    ],
)
def test_a_term_stands_for_words(term: str, text: str, expected: list[str]) -> None:
    assert found([term], text) == expected


def test_the_longer_of_two_terms_counts() -> None:
    assert found(["sosial", "sosial kontroll"], "negativ sosial kontroll") == ["sosial kontroll"]


def test_literal_words_are_not_inflected() -> None:
    assert found(["kan tolke"], "de kan tolkes, vi kan tolke", literal=True) == ["kan tolke"]


@pytest.mark.parametrize("name", ["Integrerings- og mangfoldsdirektoratet", "IMDi"])
@pytest.mark.parametrize("genitive", ["", "s"])
def test_the_directorates_own_name_gives_no_tag(
    taxonomy: Taxonomy, name: str, genitive: str
) -> None:
    title = f"{name}{genitive} nye adresse"
    assert given(taxonomy, title, f"{name} flytter ikke.", f"{name} har kontorer. " * 5) == set()
    english = "Directorate of Integration and Diversity"
    assert given(taxonomy, f"The {english}", f"The {english} answers.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Ansatte i kommunen er med i arbeidet med en veileder i samarbeid med arbeidsgruppen.",
        "IMDis arbeid og kommunenes arbeid er viktig arbeid.",
        "Tilsette i kommunane har godt samarbeid med direktoratet.",
        "Our employees work with partners on the work of the agency.",
    ],
)
def test_work_is_not_what_offices_do(taxonomy: Taxonomy, text: str) -> None:
    assert "work" not in given(taxonomy, "Ny veileder", text, f"{text} {FILLING}")


@pytest.mark.parametrize(
    "text",
    [
        "Forskerne tolker funnene som et tegn på endring.",
        "Reglene kan tolkes ulikt, og kommunene tolker loven forskjellig.",
        "Hvordan tolke tallene? Tolkningen er usikker.",
    ],
)
def test_interpreting_a_text_is_not_interpreting(taxonomy: Taxonomy, text: str) -> None:
    assert "interpreting" not in given(taxonomy, "Ny rapport om levekår", text, f"{text} {FILLING}")


def test_a_word_in_passing_gives_no_tag(taxonomy: Taxonomy) -> None:
    body = f"Bestill tolk på forhånd. {FILLING} Arbeidsgivere kan delta. {FILLING}"
    assert given(taxonomy, "Huskeliste for helseundersøkelsen", "Alle får tilbud.", body) == set()


@pytest.mark.parametrize(
    ("title", "lead", "slug"),
    [
        ("Flere innvandrere i distriktene", "Færre søker seg til sentrale strøk.", "settlement"),
        ("Kommunane er oppmoda om å busetje fleire", "Svara kjem no.", "settlement"),
        ("Klare til å ta imot over 15 000 flyktninger", "Kommunene har svart.", "settlement"),
        ("For mye bruk av ukvalifiserte tolker", "Loven blir ikke fulgt.", "interpreting"),
        ("How to use a qualified interpreter", "Guidance for public bodies.", "interpreting"),
        ("Flere innvandrerkvinner ut i jobb", "Midlene økes.", "work"),
        ("Employers wanted", "Refugees look for work.", "work"),
    ],
)
def test_a_title_says_what_a_text_is_about(
    taxonomy: Taxonomy, title: str, lead: str, slug: str
) -> None:
    assert slug in given(taxonomy, title, lead)


def test_a_publishers_keyword_gives_its_tag(taxonomy: Taxonomy) -> None:
    tags = taxonomy.tag(title="Ny side", lead="", body_text=FILLING, keywords=["bosetting"])
    assert [tag.slug for tag in tags] == ["settlement"]
    assert tags[0].reason == "nøkkelord: «bosetting»"


def test_what_falls_short_is_explained_too(taxonomy: Taxonomy) -> None:
    explained = taxonomy.explain(
        title="Kommunene søker tolker", lead="", body_text=f"En bosatt bedrift. {FILLING}"
    )
    by_slug = {one.tag.slug: one for one in explained}
    assert by_slug["interpreting"].given
    assert not by_slug["settlement"].given
    assert by_slug["settlement"].score < THRESHOLD
    assert "tekst: «bosatt»" in by_slug["settlement"].reason
    assert [one.score for one in explained] == sorted(
        (one.score for one in explained), reverse=True
    )


def test_the_tags_that_always_exist_exist(taxonomy: Taxonomy) -> None:
    slugs = [tag.slug for tag in taxonomy.tags]
    assert {"settlement", "interpreting", "work"} <= set(slugs)
    assert len(slugs) >= 9


def test_no_line_of_the_taxonomy_is_idle() -> None:
    """Name a term that another one of its list makes needless: every text with it has both."""
    tables = tomllib.loads(DEFAULT_PATH.read_text("utf-8"))
    del tables["masked"]
    idle = [
        f"{slug}: {kind} term {term!r} is taken in by {other!r}"
        for slug, table in tables.items()
        for kind in ("strong", "title", "weak")
        for other, matcher in [(term, Matcher([term])) for term in table.get(kind, ())]
        for term in table[kind]
        if term != other and len(term.split()) == len(other.split()) and matcher.covers(term)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("terms", "complaint"),
    [
        ('strong = ["tolk", "tolk"]', "'tolk' stands twice"),
        ('strong = ["tolk*"]\nweak = ["tolkeloven"]', "'tolkeloven': a stronger term takes it"),
        ('strong = ["tolk*"]\ntitle = ["tolken"]', "'tolken': a stronger term takes it"),
        ('strong = ["tolke"]\nmasked = ["tolke*"]', "'tolke' is masked"),
        ('strong = ["34"]', "has no letters"),
        ('strong = ["… tolk"]', "must be words"),
        ('strong = ["q&a"]', "must be words"),
        ('strong = ["to=lk"]', "must be words"),
        ("strong = []", "has no strong term"),
        ('strong = ["a"]\nwrong = ["b"]', "'wrong' is none of"),
    ],
)
def test_a_line_that_cannot_work_is_named(tmp_path: Path, terms: str, complaint: str) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(f"[some]\n{LABELS}{terms}\n", "utf-8")
    with pytest.raises(TaxonomyError, match="tag 'some': ") as error:
        load_taxonomy(path)
    assert complaint in str(error.value)


def test_a_term_that_is_masked_everywhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(f'masked = ["tolke*"]\n[some]\n{LABELS}strong = ["tolkelov*"]\n', "utf-8")
    with pytest.raises(TaxonomyError, match="tag 'some': strong term 'tolkelov\\*' is masked"):
        load_taxonomy(path)


def test_a_label_used_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text("".join(f'[{slug}]\n{LABELS}strong = ["x"]\n' for slug in "ab"), "utf-8")
    with pytest.raises(TaxonomyError, match="tag 'b': label_nb 'A' is also that of 'a'"):
        load_taxonomy(path)


@pytest.mark.parametrize("term", ["tolk", "bosett*", "*tolking", "=i arbeid", "ta … flyktning*"])
def test_terms_that_texts_can_hold_are_reachable(term: str) -> None:
    assert not unreachable(term)


def test_a_term_with_a_letter_that_texts_lose_is_unreachable() -> None:
    assert unreachable("=tol\u00adk")
