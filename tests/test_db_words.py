"""Words to keys: inflections, both written norms, compounds, and the data a librarian edits."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.words import LONGEST, analyse, fold
from db.words.bases import base_of
from db.words.lemma import lemma
from db.words.lexicon import LEXICON_PATH, lexicon
from db.words.nynorsk import spell

KEYS = Path(__file__).parent / "golden" / "keys.txt"
NORMS = Path(__file__).parent / "quality" / "norms.toml"
TABLES = tomllib.loads(LEXICON_PATH.read_text("utf-8"))


def key(word: str) -> str:
    return analyse(word).key


@pytest.mark.parametrize(
    "family",
    [
        "bosetting bosettingen bosettingene bosettingens bosette bosetter bosatte bosatt",
        "tolk tolken tolker tolkene tolke tolket tolking tolkingen Tolkenes",
        "flyktning flyktningen flyktninger flyktningene flyktningenes flykting flyktinger",
        "kommune kommuner kommunen kommunene kommunes kommunens",
        "integrering integreringen integrere integrerer integrerte",
        "deltakelse deltakelsen delta deltar deltok deltatt",
        "innvandrer innvandrere innvandrerne innvandrernes",
        "lov loven lover lovene lovens",
        "rapport rapporter rapportene rapportens",
        "tilskudd tilskuddet tilskuddene tilskuddets",
        "arbeide arbeid arbeidet arbeider",
        "undersøkelse undersøkelser undersøke undersøkt undersøkte",
        "kvalifisert kvalifiserte",
        "kvinne kvinner kvinnene kvinnenes",
        "webinar webinarer webinaret webinarene",
        "Ullensvang Ullensvangs",
        "Oslo Oslos",
        "kafé kafe",
        "IMDi IMDis",
    ],
)
def test_all_forms_of_a_word_have_one_key(family: str) -> None:
    assert len({key(word) for word in family.split()}) == 1, {w: key(w) for w in family.split()}


@pytest.mark.parametrize(
    "pair",
    """
    bosetting busetjing, bosetting busetting, bosette busetje, bosatt busett,
    flyktninger flyktningar, flyktningene flyktningane, kommuner kommunar, kommunene kommunane,
    innvandrere innvandrarar, innvandrerne innvandrarane, bruker brukar, brukere brukarar,
    lærere lærarar, søkere søkjarar, deltakere deltakarar, arbeidsgiver arbeidsgjevar,
    arbeidsgivere arbeidsgivarar, skole skule, skoler skular, tjeneste teneste,
    tjenester tenester, tilbud tilbod, tilskudd tilskot, oppdrag oppdrag, økning auke, øke auke,
    ikke ikkje, fra frå, hvordan korleis, mer meir, utlysning utlysing, løsning løysing,
    løsninger løysingar, undersøkelse undersøking, veiledning rettleiing, veileder rettleiar,
    behandling handsaming, ledelse leiing, leder leiar, barn born, voksne vaksne, vold vald,
    sykehjem sjukeheim, hjem heim, marked marknad, bolig bustad, opphold opphald,
    tillatelse løyve, utvalg utval, tall tal, lønn løn, vei veg, forskjell skilnad,
    erfaring røynsle, oppmerksomhet merksemd, virksomhet verksemd, mulighet moglegheit,
    mulig mogleg, ensom einsam, ensomme einsame,
    sikkerhet tryggleik, forebygging førebygging, forebyggende førebyggjande,
    videregående vidaregåande, faglig fagleg, enslig einsleg, fremmed framand, sammen saman,
    uten utan, deltakelse deltaking, følge følgje, kreve krevje, bygge byggje, krevende krevjande,
    mangfold mangfald, Norge Noreg, uke veke, måned månad, kjønnslemlestelse kjønnslemlesting,
    tolkeloven tolkelova, regjeringen regjeringa, norskprøven norskprøva,
    integreringsloven integreringslova, kvinnene kvinnene, anmodning oppmoding,
    utenforskap utanforskap, forvaltning forvalting, resultatene resultata
    """.replace("\n", " ").split(","),
)  # fmt: skip
def test_both_written_norms_have_one_key(pair: str) -> None:
    bokmal, nynorsk = pair.split()
    assert key(bokmal) == key(nynorsk)


@pytest.mark.parametrize(("kind", "share"), [("made_with", 0.97), ("made_after", 0.88)])
def test_most_words_of_administration_meet_in_both_norms(kind: str, share: float) -> None:
    pairs = [pair.split() for pair in tomllib.loads(NORMS.read_text("utf-8"))[kind]]
    apart = [pair for pair in pairs if key(pair[0]) != key(pair[1])]
    assert 1 - len(apart) / len(pairs) >= share, apart


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("bosettingskommune", "bosetting kommune"),
        ("busetjingskommunane", "bosetting kommune"),
        ("bosettingstall", "bosetting tall"),
        ("eldreomsorg", "eldre omsorg"),
        ("tolketjenesten", "tolk tjeneste"),
        ("tolkeoppdrag", "tolk oppdrag"),
        ("skjermtolking", "skjerm tolk"),
        ("integreringstilskotet", "integrering tilskudd"),
        ("kommuneundersøkinga", "kommune undersøkelse"),
        ("norskopplæringstilbud", "norsk opplæring tilbud norskopplæring"),
        ("barnevernstjeneste", "barn vern tjeneste barnevern"),
        ("arbeidsledighet", "arbeid"),
        ("arbeidsmarknad", "arbeid marked"),
        ("foreldrerettleiing", "foreldre veiledning"),
        ("overføringsflyktninger", "overføring flyktning"),
        ("ungdomskriminalitet", "ungdom kriminalitet"),
        ("årsrapporten", "år rapport"),
        ("nøkkeltal", "nøkkel tall"),
        ("brukarundersøking", "bruker undersøkelse"),
        ("skuleeigarar", "skole"),
        ("introduksjonsprogrammet", "introduksjon program"),
        ("flyktningstrømmen", "flyktning strøm"),
        ("språkopplæring", "språk opplæring"),
        ("innvandrarbakgrunn", "innvandrer bakgrunn"),
        ("innvandrerkvinner", "innvandrer kvinne"),
        ("kursdeltaker", "kurs deltaker"),
        ("realkompetansevurdering", "kompetanse vurdering"),
        ("norsktilbudet", "norsk tilbud"),
        ("helseinformasjon", "helse informasjon"),
        ("skulearbeidet", "skole arbeid"),
        ("skuletilskotet", "skole tilskudd"),
        ("bydelsarkivet", "bydel arkiv"),
        ("brettspillet", "brett spill"),
    ],
)
def test_the_parts_of_a_compound_are_found_by_their_own_words(compound: str, parts: str) -> None:
    assert {key(part) for part in parts.split()} <= set(analyse(compound).parts)


@pytest.mark.parametrize(
    "word",
    [
        "tolk",
        "bosetting",
        "kommune",
        "integrering",
        "rapport",
        "kontroll",
        "samarbeid",
        "mangfold",
        "ungdom",
        "deltakelse",
        "statistikk",
        "prosjekt",
        "minister",
        "direktør",
        "diskriminering",
        "kompetanse",
        "oversikt",
        "settlement",
        "interpreter",
        "refugees",
        "alltid",
        "fungerer",
        "måltid",
        "ansettelse",
        "utdanning",
    ],
)
def test_what_is_no_compound_has_no_parts(word: str) -> None:
    # måltid is one, and alltid is written like one
    assert analyse(word).parts in ((), ("mål", "tid"))


@pytest.mark.parametrize(
    "words",
    ["tolk tolv", "flyktning flukt", "måling mål", "holdning holde", "stilling stille", "lov love",
     "kommune kommunist", "integrering integritet", "arbeid arbeidsliv"],
)  # fmt: skip
def test_other_words_have_another_key(words: str) -> None:
    one, other = words.split()
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "pair",
    ["refugee refugees", "municipality municipalities", "report reports", "child children",
     "woman women", "interpreter interpreters"],
)  # fmt: skip
def test_english_inflections_have_one_key(pair: str) -> None:
    one, other = pair.split()
    assert key(one) == key(other)


@pytest.mark.parametrize("word", ["innvandrерandel", "tоlk", "integrеring"])
def test_cyrillic_letters_in_a_norwegian_word_are_read_as_what_they_stand_for(word: str) -> None:
    latin = word.replace("е", "e").replace("р", "r").replace("о", "o")
    assert word != latin
    assert key(word) == key(latin)
    assert key("интеграция") == "интеграция"


@pytest.mark.parametrize(
    "words",
    ["norskopplæring norskopplaering norskopplaring", "kjønnslemlestelse kjonnslemlestelse",
     "årsrapport aarsrapport arsrapport", "språkkafé sprakkafe spraakkafe", "Ærlig aerlig"],
)  # fmt: skip
def test_words_typed_without_norwegian_letters_fold_to_the_same(words: str) -> None:
    assert len({fold(word.lower()) for word in words.split()}) == 1


@given(st.text(max_size=40))
def test_any_word_has_a_key_that_is_its_own(word: str) -> None:
    analysed = analyse(word)
    assert len(analysed.key) <= 2 * LONGEST
    assert analyse(word) == analysed
    assert all(analysed.parts)


def test_a_row_of_letters_costs_little_and_keeps_its_beginning() -> None:
    for word in ("a" * 100_000, "integrerings" * 10_000, "tolkeр" * 10_000, "sss" * 10_000):
        assert len(key(word)) <= LONGEST


def test_keys_are_what_they_were(request: pytest.FixtureRequest) -> None:
    # a key that moves is found by other words: read the diff, and expect indexes to be built anew
    known = [line.split()[0] for line in KEYS.read_text("utf-8").splitlines()]
    assert len(known) >= 200
    made = "".join(
        f"{word:<28}{analyse(word).key:<28}{' '.join(analyse(word).parts)}".rstrip() + "\n"
        for word in known
    )
    if KEYS.read_text("utf-8") == made:
        return
    if request.config.getoption("--update-golden"):
        KEYS.write_text(made, "utf-8")
        pytest.fail("keys.txt was written: read its diff")
    assert KEYS.read_text("utf-8") == made


def test_importing_the_words_loads_no_dictionary() -> None:
    code = (
        "import sys, db.text, db.words, db.search.expansion, db.search.thesaurus\n"
        "print('simplemma' in sys.modules, 'rapidfuzz' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("word", ["ca", "CA", "nr", "jf", "popup", "busstopp", "ekspressending"])
def test_keys_are_letters_and_digits_though_the_dictionaries_have_signs(word: str) -> None:
    assert key(word).isalnum()


@pytest.mark.parametrize(("form", "word"), TABLES["alias"].items())
def test_an_alias_says_what_the_dictionaries_do_not(form: str, word: str) -> None:
    assert base_of(form) == word
    if form != word:
        assert lemma(form, "nb") != word, f"alias {form!r}: the dictionary says so already"


@pytest.mark.parametrize(("nynorsk", "bokmal"), TABLES["nynorsk"].items())
def test_a_pair_is_needed_and_leads_to_bokmal(nynorsk: str, bokmal: str) -> None:
    about = f"[nynorsk] {nynorsk!r}"
    assert lemma(bokmal, "nb") or bokmal in lexicon().alias, (
        f"{about}: {bokmal!r} is no word of bokmål"
    )
    assert base_of(nynorsk) == base_of(bokmal), f"{about}: does not lead to {bokmal!r}"
    ruled = spell(nynorsk, lambda word: lemma(word, "nb"))
    assert ruled != bokmal or lemma(nynorsk, "nb") not in (None, bokmal) or lemma(nynorsk, "nn"), (
        f"{about}: the spelling rules lead there already"
    )


def test_every_word_of_the_lists_can_work() -> None:
    words = lexicon()
    for word in words.also:
        needs = len(word) < 4 or word in words.small or base_of(word) != word
        assert needs, f"[compounds] also: {word!r} needs no line"
    for word in words.never | words.whole:
        assert len(word) > 3, f"[compounds]: {word!r} is short, so it is no part as it is"
    assert not words.also & words.never
    for word in words.keep:
        assert key(word) == word, f"[roots] keep: {word!r} is not kept"
    for word in words.verbs:
        assert base_of(f"{word}r") == word, f"[roots] verbs: {word!r} has lost its forms"
        assert lemma(word.removesuffix("e"), "nb"), f"[roots] verbs: {word!r} needs no line"
    for word, first in words.same.items():
        assert key(word) == key(first), f"[roots] same: {word!r} has another key than {first!r}"
    for form in (*words.alias, *words.nynorsk, *words.small):
        assert form == form.lower(), f"{form!r} must be in lower case"
