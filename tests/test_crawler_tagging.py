"""Terms found in texts, tags given by them, and faults of the taxonomy named."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import TaxonomyError
from crawler.tagging import THRESHOLD, Taxonomy, load_taxonomy
from crawler.tags.taxonomy import DEFAULT_PATH, read_tags
from crawler.tags.terms import Matcher, examples, unreachable
from crawler.tags.tree import TermTree
from crawler.tags.words import Span, Text
from db.models import EntryTag, Tag

# whoever collects reads it; that no term of it is idle is told by what reads it whole
TAXONOMY = load_taxonomy(known_good=True)


def tags(title: str, lead: str = "", body: str = "", **more: Any) -> dict[str, EntryTag]:
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
        "tittel: «Tolkeloven»; ingress: «tolk» (2); nøkkelord: «tolking»; "
        "kapittel: «Bruk av tolk»; tekst: «Tolketjenesten»"
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
    words = Text.of(text)
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
        ("[a]\n" + GOOD + 'share = "half"', ["'a'", "share", "number"]),
        ("[a]\n" + GOOD + "share = 1.5", ["'a'", "share", "below 1.0"]),
        ("[a]\n" + GOOD + "beside = 1", ["'a'", "beside", "true or false"]),
        ('[a]\nlabel_nb = "x"\nlabel_nn = "y"\nstrong = ["ord"]', ["'a'", "label_en"]),
        ("[a]\n" + GOOD.replace('"Æ"', '" "'), ["'a'", "label_nb"]),
        ("[a]\n" + GOOD.replace('["ord"]', "[]"), ["'a'", "no strong term"]),
        ("[a]\n" + GOOD.replace('["ord"]', '"ord"'), ["'a'", "strong", "list"]),
        ("[a]\n" + GOOD.replace('"ord"', '"123"'), ["'a'", "'123'", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', '"*"'), ["'a'", "'*'", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', "3"), ["'a'", "3", "no letters"]),
        ("[a]\n" + GOOD.replace('"ord"', '"o*d"'), ["'a'", "'o*d'", "beginning or end"]),
        ("[a]\n" + GOOD.replace('"ord"', '"tolke-tolk"'), ["'a'", "'tolke-tolk'"]),
        ("[a]\n" + GOOD.replace('"ord"', '"ord", "Ord"'), ["'a'", "'Ord'", "twice"]),
        ("[a]\n" + GOOD + 'weak = ["ord"]', ["'a'", "'ord'", "stronger term"]),
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


def test_an_invisible_first_letter_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text("[a]\n" + GOOD, "utf-8-sig")
    assert [tag.slug for tag in load_taxonomy(path).tags] == ["a"]


def test_ours_is_made_ready_once_for_all_sources() -> None:
    assert load_taxonomy(known_good=True) is TAXONOMY


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


LABELS = 'label_nb = "A"\nlabel_nn = "A"\nlabel_en = "A"\n'
FILLING = "Her står noe annet som ikke sier stort om saken. " * 10


def given_to(title: str = "", lead: str = "", body: str = FILLING) -> set[str]:
    return set(tags(title, lead, body))


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
    assert positions([term], text) == expected


def test_the_longer_of_two_terms_counts() -> None:
    assert positions(["sosial", "sosial kontroll"], "negativ sosial kontroll") == [
        "sosial kontroll"
    ]


def test_literal_words_are_not_inflected() -> None:
    assert positions(["kan tolke"], "de kan tolkes, vi kan tolke", literal=True) == ["kan tolke"]


@pytest.mark.parametrize("name", ["Integrerings- og mangfoldsdirektoratet", "IMDi"])
@pytest.mark.parametrize("genitive", ["", "s"])
def test_the_directorates_own_name_gives_no_tag(name: str, genitive: str) -> None:
    title = f"{name}{genitive} nye adresse"
    assert given_to(title, f"{name} flytter ikke.", f"{name} har kontorer. " * 5) == set()
    english = "Directorate of Integration and Diversity"
    assert given_to(f"The {english}", f"The {english} answers.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Ansatte i kommunen er med i arbeidet med en veileder i samarbeid med arbeidsgruppen.",
        "IMDis arbeid og kommunenes arbeid er viktig arbeid.",
        "Tilsette i kommunane har godt samarbeid med direktoratet.",
        "Our employees work with partners on the work of the agency.",
    ],
)
def test_work_is_not_what_offices_do(text: str) -> None:
    assert "work" not in given_to("Ny veileder", text, f"{text} {FILLING}")


@pytest.mark.parametrize(
    "text",
    [
        "Forskerne tolker funnene som et tegn på endring.",
        "Reglene kan tolkes ulikt, og kommunene tolker loven forskjellig.",
        "Hvordan tolke tallene? Tolkningen er usikker.",
    ],
)
def test_interpreting_a_text_is_not_interpreting(text: str) -> None:
    assert "interpreting" not in given_to("Ny rapport om levekår", text, f"{text} {FILLING}")


def test_a_word_in_passing_gives_no_tag() -> None:
    body = f"Bestill tolk på forhånd. {FILLING} Arbeidsgivere kan delta. {FILLING}"
    assert given_to("Huskeliste for helseundersøkelsen", "Alle får tilbud.", body) == set()


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
def test_a_title_says_what_a_text_is_about(title: str, lead: str, slug: str) -> None:
    assert slug in given_to(title, lead)


def test_where_people_live_is_settlement_once_the_text_says_that_they_stay_or_move() -> None:
    """The title alone says where immigrants live, as `bosatt i Norge` does: that is no settling."""
    title = "Flere innvandrere i distriktene"
    assert "settlement" not in given_to(title, "", "")
    assert "settlement" not in given_to(title, "Flere stemte også ved lokalvalget.")
    assert "settlement" in given_to(title, "Færre søker seg til sentrale strøk.")
    assert "settlement" in given_to(title, "Flere blir værende i sin første bostedskommune.")


def test_a_publishers_keyword_gives_its_tag() -> None:
    tags = TAXONOMY.tag(title="Ny side", lead="", body_text=FILLING, keywords=["bosetting"])
    assert [tag.slug for tag in tags] == ["settlement"]
    assert tags[0].reason == "nøkkelord: «bosetting»"


def test_what_falls_short_is_explained_too() -> None:
    explained = TAXONOMY.explain(
        title="Kommunene søker tolker", lead="", body_text=f"Nyankomne. En bolig. {FILLING}"
    )
    by_slug = {one.tag.slug: one for one in explained}
    assert by_slug["interpreting"].given
    assert not by_slug["settlement"].given
    assert by_slug["settlement"].score < THRESHOLD
    assert "tekst: «bolig»" in by_slug["settlement"].reason
    assert [one.score for one in explained] == sorted(
        (one.score for one in explained), reverse=True
    )


def test_hints_count_only_with_what_the_tag_needs() -> None:
    """Homes and moving are no settling of refugees where the text knows no newcomers."""
    title, lead = "Flytter til nye boliger", "Kommunestyret vil ha flere leiligheter."
    assert "settlement" not in given_to(title, lead)
    assert "settlement" in given_to(title, f"{lead} Nyankomne får hjelp.")
    assert "settlement" in given_to("Bosetting i 2024", "", "")


@pytest.mark.parametrize(
    "lead",
    [
        "Alle over 67 år som er bosatt i kommunen, kan hente kortet.",
        "Alle over 67 år som er busette i kommunen, kan hente kortet.",
        "Bosettingsmønsteret i landet har endret seg.",
        "The settlement pattern is changing.",
    ],
)
def test_to_live_somewhere_is_not_to_be_settled(lead: str) -> None:
    assert "settlement" not in given_to("Nytt kort", lead)
    assert "settlement" in given_to("Nytt kort", "I fjor ble 40 flyktninger bosatt i kommunen.")


def test_the_tags_that_always_exist_exist() -> None:
    slugs = [tag.slug for tag in TAXONOMY.tags]
    assert {"settlement", "interpreting", "work"} <= set(slugs)
    assert len(slugs) >= 9


def test_no_line_of_the_taxonomy_is_idle() -> None:
    """Name a term that another one of its list makes needless: every text with it has both."""
    tables = tomllib.loads(DEFAULT_PATH.read_text("utf-8"))
    del tables["masked"], tables["words"]
    lists = {
        f"{slug}: {kind}": [term for term in table.get(kind, ()) if not set("@+") & set(term)]
        for slug, table in tables.items()
        for kind in ("strong", "title", "weak", "weak_with", "needs", "unless")
    }
    idle = [
        f"{name} term {term!r} is taken in by {other!r}"
        for name, terms in lists.items()
        for term, other in _taken_in(terms)
    ]
    assert idle == []
    assert list(_taken_in(["tolk", "tolkene", "tolken ring", "tolk*"])) == [
        ("tolk", "tolkene"),
        ("tolk", "tolk*"),
        ("tolkene", "tolk"),
        ("tolkene", "tolk*"),
    ]


def _taken_in(terms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give terms that another one covers, with that one; all are looked for in one go."""
    matchers = {term: Matcher([term]) for term in terms}
    tree = TermTree(matchers.values())
    for term in terms:
        words = tree.mark(Text.of(examples(term)[0]))
        for other, matcher in matchers.items():
            if term == other or len(term.split()) != len(other.split()):
                continue
            if any(span == Span(0, len(words)) for span in matcher.find(words)):
                yield term, other


@pytest.mark.parametrize(
    ("terms", "complaint"),
    [
        ('strong = ["tolk", "tolk"]', "'tolk' stands twice"),
        ('strong = ["tolk*"]\nweak = ["tolkeloven"]', "'tolkeloven' never counts: a stronger term"),
        ('strong = ["tolk*"]\ntitle = ["tolken"]', "'tolken' never counts: a stronger term"),
        ('strong = ["tolke"]\nmasked = ["tolke*"]', "'tolke' is masked"),
        ('strong = ["34"]', "has no letters"),
        ('strong = ["… tolk"]', "must be words"),
        ('strong = ["q&a"]', "must be words"),
        ('strong = ["to=lk"]', "must be words"),
        ("strong = []", "has no strong term"),
        ('strong = ["a"]\nweak_with = ["b"]', "'b' is of no use: the tag has no weak terms"),
        ('strong = ["a"]\nwrong = ["b"]', "'wrong' is none of"),
        ('strong = ["a*"]\nunless = ["ab"]', "unless term 'ab' takes the tag from what a strong"),
        ('strong = ["a"]\nshare = 1', "share must be a number with a point"),
        ('strong = ["a"]\nshare = 1.0', "from 0.0 to below 1.0"),
    ],
)
def test_a_line_that_cannot_work_is_named(tmp_path: Path, terms: str, complaint: str) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(f"[some]\n{LABELS}{terms}\n", "utf-8")
    with pytest.raises(TaxonomyError, match="tag 'some': ") as error:
        load_taxonomy(path)
    assert complaint in str(error.value)


WORDS = '[words]\npeople = ["flyktning*", "enslig mindreårig*"]\n'


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        (f'{WORDS}[some]\n{LABELS}strong = ["tolk"]\n', "line 2: tag 'words': no term takes in"),
        (
            f'[some]\n{LABELS}strong = [\n"tolk",\n"ta … @people",\n]\n',
            "line 7: tag 'some': strong",
        ),
        (f'[some]\n{LABELS}weak = ["a + b"]\nstrong = ["c"]\n', "weak term 'a + b' has +, which"),
        (f'[some]\n{LABELS}strong = ["a + "]\n', "strong term 'a +' must be words"),
        (f'[some]\n{LABELS}strong = ["tol\u00adk"]\n', "line 5: tag 'some': strong term"),
        (
            f'[some]\n{LABELS}strong = ["tolk"]\nmasked = ["hus"]\n',
            "line 6: tag 'some': masked term",
        ),
        (f'[some]\n{LABELS}strong = ["tolk"]\nmasked = ["hus"]\n', "'hus' excludes nothing"),
        (
            f'masked = ["hus"]\n[some]\n{LABELS}strong = ["tolk"]\n',
            "tags.toml, line 1: masked term",
        ),
        (
            f'[some]\n{LABELS}strong = ["tolk",\n"hus", "bil",\n"tolk"]\n',
            "line 7: tag 'some': strong",
        ),
        (f'words = 3\n[some]\n{LABELS}strong = ["tolk"]\n', "'words' must be a table of lists"),
        (f'[words]\nA = ["b"]\n[some]\n{LABELS}strong = ["tolk"]\n', "the name 'A' is not"),
        (f'[words]\na = []\n[some]\n{LABELS}strong = ["@a"]\n', "line 2: tag 'words': a holds no"),
    ],
)
def test_the_line_of_a_fault_is_named(tmp_path: Path, toml: str, complaint: str) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(TaxonomyError) as error:
        load_taxonomy(path)
    assert complaint in str(error.value)


def test_words_of_a_list_stand_in_any_order_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    strong = 'strong = ["@people + kommune* + bolig*"]\n'
    path.write_text(f"{WORDS}[some]\n{LABELS}{strong}", "utf-8")
    taxonomy = load_taxonomy(path)

    def reasons(title: str) -> list[str]:
        return [tag.reason for tag in taxonomy.tag(title=title, lead="", body_text="")]

    together = "Kommunen har boliger til en enslig mindreårig"
    assert reasons(together) == ["tittel: «Kommunen … boliger … enslig mindreårig»"]
    assert reasons("Kommunen har boliger. Flyktninger venter") == []
    assert reasons("Boligkommunen har flyktninger") == []


def test_a_tag_that_needs_words_is_given_only_with_one_of_them(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(f'[some]\n{LABELS}strong = ["tilskudd"]\nneeds = ["flyktning*"]\n', "utf-8")
    taxonomy = load_taxonomy(path)

    def explained(body: str) -> list[tuple[bool, bool]]:
        found = taxonomy.explain(title="Tilskudd til vei", lead="", body_text=body)
        return [(one.belongs, one.given) for one in found]

    assert explained("Fylket bygger tunnel.") == [(False, False)]
    assert explained("Flyktningene får kurs.") == [(True, True)]


def of_two(folder: Path, second: str) -> Taxonomy:
    """Give a taxonomy of one tag that is given for a tunnel, and another by its lines."""
    path = folder / "tags.toml"
    labels = LABELS.replace('"A"', '"B"')
    path.write_text(f'[one]\n{LABELS}strong = ["tunnel"]\n[two]\n{labels}{second}', "utf-8")
    return load_taxonomy(path)


def test_a_tag_named_in_passing_is_given_by_its_share_of_the_strongest(tmp_path: Path) -> None:
    taxonomy = of_two(tmp_path, 'share = 0.5\nstrong = ["jobb"]\n')

    def given(title: str) -> dict[str, bool]:
        found = taxonomy.explain(title=title, lead="Jobb i fylket.", body_text="")
        return {one.tag.slug: one.given for one in found}

    assert given("Tunnel") == {"one": True, "two": True}
    assert given("Tunnel blir tunnel") == {"one": True, "two": False}
    assert given("Nytt fra fylket") == {"two": True}


def test_a_share_is_greater_where_no_title_names_the_tag_and_none_where_all_speaks_of_it(
    tmp_path: Path,
) -> None:
    taxonomy = of_two(tmp_path, 'share = 0.5\nstrong = ["jobb", "lønn"]\n')

    def share(title: str, body: str) -> float:
        found = taxonomy.explain(title=title, lead="Tunnel, jobb.", body_text=body)
        return next(one.share for one in found if one.tag.slug == "two")

    assert share("Jobb", "") == 0.5
    assert share("Tunnel", "") == pytest.approx(0.6)
    assert share("Tunnel", "Jobb og lønn.") == pytest.approx(0.6), "that is no body"
    assert share("Tunnel", "Jobb og lønn for alle. " * 5) == 0.0


def test_a_text_that_says_it_is_something_else_does_not_get_the_tag(tmp_path: Path) -> None:
    taxonomy = of_two(tmp_path, 'strong = ["jobb"]\nunless = ["ledig stilling"]\n')

    def given(title: str, lead: str, body: str) -> list[str]:
        found = taxonomy.tag(title=title, lead=lead, body_text=body)
        return [tag.slug for tag in found]

    assert given("Jobb i fylket", "", f"{FILLING} Ledig stilling.") == ["two"]
    assert given("Ledig stilling", "En jobb i fylket. Jobb her.", "") == []
    # it takes its place all the same: what is named beside it is not what the text is about
    assert given("Jobb hos oss", "Ledig stilling i tunnel.", FILLING) == []
    assert given("Nytt", "Stilling i tunnel.", FILLING) == ["one"]
    # what a lead says on the way takes nothing back that title and body speak of
    assert given("Jobb til alle", "Ledig stilling.", "Jobb er jobb for de fleste. " * 5) == ["two"]


def test_an_announcement_of_a_post_is_not_about_working_life() -> None:
    lead = "Vil du jobbe med bosetting? IMDi har ledige stillinger i Narvik."
    body = "Stillingen lønnes etter avtale. Send søknad og CV. Arbeidsgiver er staten."
    assert "work" not in given_to("Vi søker to rådgivere", lead, body)
    lead = "Bedriften har ansatt fire flyktninger i faste stillinger."
    assert "work" in given_to("Flere i jobb", lead, body)


def test_a_director_who_is_quoted_takes_nothing_away() -> None:
    lead = "Stadig flere arbeidsgivere vil ansette flyktninger, sier IMDi-direktør Rieber-Mohn."
    assert "work" in given_to("Flere flyktninger i jobb", lead, FILLING)
    assert "work" in given_to("Gode tall", lead, FILLING)


def test_who_counts_to_eleven_speaks_of_no_pupil() -> None:
    assert "children-youth" not in given_to("Eleven organisations receive grants", "", "")
    assert "children-youth" not in given_to("Figures", "Half of them were born abroad.", "")
    assert "children-youth" in given_to("Eleven fikk hjelp", "Flyktninger på skolen.", "")
    assert "children-youth" in given_to("Eleven undervises", "Eleven trenes i norsk.", "")
    assert "children-youth" in given_to("Born på flukt", "", "")


@pytest.mark.parametrize(("key", "given"), [("", False), ("beside = true\n", True)])
def test_what_no_title_names_needs_more_beside_a_far_stronger_tag(
    tmp_path: Path, key: str, given: bool
) -> None:
    taxonomy = of_two(tmp_path, f'{key}strong = ["jobb"]\nweak = ["lønn"]\n')
    body = "Noe annet står her. " * 20 + "Lønn. Lønn."

    def tags(title: str, lead: str) -> set[str]:
        found = taxonomy.tag(title=title, lead=lead, body_text=body)
        return {tag.slug for tag in found}

    assert tags("Tunnel blir tunnel", "Jobb i fylket.") == ({"one", "two"} if given else {"one"})
    assert tags("Tunnel blir tunnel", "Jobb er jobb i fylket.") == {"one", "two"}
    assert tags("Lønn i tunnel: tunnel", "Jobb i fylket.") == {"one", "two"}
    assert "two" in tags("Nytt fra fylket", "Tunnel. Jobb i fylket.")


def test_what_a_title_names_and_a_long_text_does_not_take_up_is_not_given(tmp_path: Path) -> None:
    taxonomy = of_two(tmp_path, 'strong = ["jobb"]\n')

    def tags(title: str, lead: str, body: str) -> set[str]:
        found = taxonomy.tag(title=title, lead=lead, body_text=body)
        return {tag.slug for tag in found}

    assert tags("Jobb og tunnel", "Tunnel i fylket.", FILLING) == {"one"}
    assert tags("Jobb og tunnel", "Tunnel i fylket, jobb i byen.", FILLING) == {"one", "two"}
    assert tags("Jobb og tunnel", "Tunnel i fylket.", "Noe annet står her. " * 10) == {"one", "two"}
    assert tags("Jobb til alle", "Nytt fra fylket.", FILLING) == {"two"}, "it is about nothing else"


def test_what_a_text_holds_besides_is_not_in_its_lead_alone(tmp_path: Path) -> None:
    taxonomy = of_two(tmp_path, 'beside = true\nstrong = ["prosent"]\n')

    def tags(title: str, body: str) -> set[str]:
        lead = "Ti prosent av tunnelen, en prosent mer."
        return {tag.slug for tag in taxonomy.tag(title=title, lead=lead, body_text=body)}

    assert tags("Tunnel i fylket", FILLING) == {"one"}
    assert tags("Tunnel i fylket", f"{FILLING} Ti prosent.") == {"one", "two"}
    assert tags("Tunnel i prosent", FILLING) == {"one", "two"}


@pytest.mark.parametrize(
    ("title", "lead", "body"),
    [
        (
            "Vi søker to nye kolleger",
            "IMDi lyser ut stillinger i Oslo.",
            "Du får søknader om tilskudd.",
        ),
        ("Ledig stilling: dataanalytiker", "IMDi søker en rådgiver til statistikk.", "Tall, tall."),
        ("Join our team", "Would you like to work with interpreting and settlement?", "Refugees."),
    ],
)
def test_a_vacancy_has_no_tag(title: str, lead: str, body: str) -> None:
    assert given_to(title, lead, f"{body} {FILLING}") == set()


def test_posts_that_refugees_fill_are_about_work() -> None:
    lead = "Siden nyttår har 42 flyktninger fått fast jobb."
    assert "work" in given_to("Bedrift fyller ledige stillinger med flyktninger", lead)


def test_rates_of_the_integration_grant_are_settlement_where_the_text_speaks_of_settling() -> None:
    title = "Nye satser for integreringstilskuddet"
    lead = "Kommunene får 863 000 kroner over fem år for hver flyktning som blir bosatt."
    body = "Stortinget har vedtatt satsene. Pengene betales ut fire ganger i året."
    assert given_to(title, lead, f"{body} {FILLING}") == {"grants"}
    body = "Bosetting av flyktninger koster. Kommunene som bosetter flyktninger, får mer. "
    assert given_to(title, lead, body * 6) == {"grants", "settlement"}


def test_female_genital_mutilation_and_plans_of_action_are_not_about_children() -> None:
    lead = "Helsestasjonen skal snakke med ungdom og foreldre."
    assert "children-youth" not in given_to("Råd om kjønnslemlestelse", lead)
    lead = "Planen retter seg mot arbeidsliv og ungdom."
    assert "children-youth" not in given_to("Ny handlingsplan mot rasisme", lead)


def test_one_word_in_a_lead_gives_a_tag_unless_others_are_named_as_well() -> None:
    def given(lead: str) -> list[str]:
        found = TAXONOMY.tag(title="Nytt fra fylket", lead=lead, body_text=FILLING)
        return [tag.slug for tag in found]

    assert given("Kommunene er i gang med bosetting.") == ["settlement"]
    assert given("Hun skal lede arbeidet med bosetting og norskopplæring.") == []


def test_a_tag_that_does_not_belong_takes_no_place_from_another(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    one = f'[one]\n{LABELS}strong = ["tilskudd"]\nneeds = ["flyktning*"]\n'
    labels = LABELS.replace('"A"', '"B"')
    path.write_text(f'{one}[two]\n{labels}strong = ["tunnel"]\n', "utf-8")
    explained = load_taxonomy(path).explain(
        title="Tilskudd", lead="Fylket bygger tunnel.", body_text=FILLING
    )
    assert [(found.tag.slug, found.given) for found in explained] == [("two", True), ("one", False)]


def test_words_in_company_are_found_whichever_side_is_rare(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    strong = 'strong = ["@people + bolig*", "bolig* + @people + kommune*", "hus + by"]\n'
    path.write_text(f"{WORDS}[some]\n{LABELS}{strong}", "utf-8")
    taxonomy = load_taxonomy(path)
    for title in ("Boliger til flyktninger", "Flyktninger i boliger", "En by av hus"):
        assert [tag.slug for tag in taxonomy.tag(title=title, lead="", body_text="")] == ["some"]
    assert taxonomy.tag(title="Flyktninger i hus", lead="", body_text="") == ()


def test_words_mean_something_else_beside_others() -> None:
    assert "interpreting" not in tags("Interpreting the statistics")
    assert "interpreting" in tags("Interpreting in hospitals")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tolkevakta fikk en frilanstolk", ["Tolkevakta", "frilanstolk"]),
        ("tolker, tolken og tolkene, tolket", []),
    ],
)
def test_a_hyphen_stands_for_the_rest_of_a_compound(text: str, expected: list[str]) -> None:
    assert positions(["tolke-", "-tolk"], text) == expected


def test_four_different_hints_are_worth_more_than_one_four_times() -> None:
    def score(body: str) -> float:
        text = f"{body} De er innvandrere og ansatte. {FILLING}"
        explained = TAXONOMY.explain(title="", lead="", body_text=text)
        (work,) = (one for one in explained if one.tag.slug == "work")
        return work.score

    assert score("Kokken, sjåføren, sveiseren og ingeniøren kom.") > score(
        "Kokken, kokken, kokken og kokken kom."
    )


@given(
    st.lists(
        st.sampled_from(["tolk", "tolken", "frilanstolk", "ta", "imot", "to", "barn", ".", "og"]),
        max_size=12,
    )
)
def test_a_marked_text_holds_what_an_unmarked_one_holds(words: list[str]) -> None:
    matchers = [Matcher(["tolk", "tolk og"]), Matcher(["ta imot … barn", "*tolk"])]
    text = " ".join(words)
    marked = TermTree(matchers).mark(Text.of(text))
    for matcher in matchers:
        assert list(matcher.find(marked)) == list(matcher.find(Text.of(text)))


def stands_for(part: str, word: str) -> bool:
    letters = part.strip("*-=")
    if part.startswith("="):
        return word == letters
    least = len(letters) + 3 * ("-" in part)
    if part.endswith(("*", "-")):
        return word.startswith(letters) and len(word) >= least
    return word.endswith(letters) and len(word) >= least


@given(
    st.lists(
        st.lists(st.sampled_from(["=a", "=b", "a*", "*b", "a-", "-b"]), min_size=1, max_size=3).map(
            " ".join
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.text("ab", min_size=1, max_size=6), max_size=10),
    st.sets(st.integers(0, 9), max_size=3),
)
def test_terms_are_found_where_each_word_stands_for_its_part(
    terms: list[str], words: list[str], outside: set[int]
) -> None:
    expected: list[tuple[int, int]] = []
    for start in range(len(words)):
        ends = [
            start + len(parts)
            for parts in map(str.split, terms)
            if len(parts) <= len(words) - start
            and all(map(stands_for, parts, words[start:]))
            and outside.isdisjoint(range(start, start + len(parts)))
        ]
        if ends and (not expected or start >= expected[-1][1]):
            expected.append((start, max(ends)))
    found = Matcher(terms).find(Text.of(" ".join(words)), outside=outside)
    assert [(span.start, span.end) for span in found] == expected


def test_a_term_that_is_masked_everywhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(f'masked = ["tolke*"]\n[some]\n{LABELS}strong = ["tolkelov*"]\n', "utf-8")
    with pytest.raises(TaxonomyError, match="tag 'some': strong term 'tolkelov\\*' is masked"):
        load_taxonomy(path)


def test_a_label_has_nothing_that_no_page_or_feed_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    labels = LABELS.replace('"A"', r'"\u0000A\n B\u0000"')
    path.write_text(f'[a]\n{labels}strong = ["x"]\n', "utf-8")
    (tag,) = load_taxonomy(path).tags
    assert tag.label_nb == "A B"
    path.write_text(f'[a]\n{LABELS.replace("A", chr(92) + "u0000")}strong = ["x"]\n', "utf-8")
    with pytest.raises(TaxonomyError, match="needs a text label_nb"):
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


def test_the_tags_can_be_read_without_their_terms() -> None:
    assert tuple(read_tags()) == TAXONOMY.tags
