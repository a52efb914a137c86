"""What a search finds in a store, why, and that everybody is told the same."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import db
import db.sql.index
from builders import declare, entry_data, put
from conftest import NOW
from db.models import EntryData, EntryTag, Language, SearchPage
from db.query import EntryQuery, Paging, Sort
from db.sql.few import FEW
from db.sql.index_version import is_outdated
from db.sql.store import SqlStore
from db.store import Store

pytestmark = pytest.mark.every_engine

#: by a name of ours: title, lead, text, language
TEXTS = {
    "rekord": ("Rekordmange bosatte flyktninger", "Kommunene bosatte 15 400 i fjor.", "", "nb"),
    "busetjing": ("Kommunane seier ja til busetjing", "Dei fleste busetjingskommunane er små.",
                  "Bygda fann hus til ukrainarar.", "nn"),
    "settlement": ("Where refugees are settled", "Municipalities decide on settlement.", "", "en"),
    "skjermtolk": ("Skjermtolking gir bedre dekning", "", "Kvalifiserte tolker er få.", "nb"),
    "tolkelov": ("Tolkeloven gjelder fra nyttår", "Offentlige organer skal bruke kvalifisert tolk.",
                 "", "nb"),
    "ungdom": ("Kriminalitet blant ungdom", "Arbeidet forebygger kriminalitet.", "", "nb"),
    "norsk": ("Flere får norskopplæring", "Opplæring i norsk på jobb.", "", "nb"),
    "intro": ("Introprogrammet i tall", "Halvparten er i arbeid etter programmet.", "", "nb"),
    "person": ("Ny direktør", "Libe Rieber-Mohn tiltrer i Tromsø.", "", "nb"),
    "kafe": ("Språkkafé på Ås", "Frivillige møter naboer.", "", "nb"),
}  # fmt: skip


def with_texts(store: Store) -> Store:
    declare(store, now=NOW)
    for key, (title, lead, text, language) in TEXTS.items():
        put(store, data(key, title, lead, text, language), seen=NOW, first_crawl=True)
    return store


@pytest.fixture
def filled(store: Store) -> Store:
    return with_texts(store)


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, Store]]:
    opened: dict[str, Store] = {}
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture
def to_read(
    engine: str,
    stores: dict[str, Store],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Store:
    """Give what `filled` is to tests that only read, one store for all of them."""
    if engine not in stores:
        if engine == "sqlite":
            url = str(tmp_path_factory.mktemp("search") / "imdifeed.db")
        else:
            worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
            url = request.getfixturevalue("server").fresh(f"search_{worker}")
        stores[engine] = with_texts(db.open_store(url))
    return stores[engine]


def data(key: str, title: str, lead: str, text: str, language: str = "nb") -> EntryData:
    tags = (EntryTag("settlement", "«busetjing»", 4.0),) if "busetj" in key else ()
    return entry_data(
        key=key, url=f"https://www.imdi.no/{key}/", title=title, lead=lead, body=f"<p>{text}</p>",
        body_text=text, language=Language(language), attachments=(), tags=tags,
    )  # fmt: skip


def search(store: Store, q: str, **changes: object) -> SearchPage:
    return store.entries.search(EntryQuery(q=q, **changes), Paging(per_page=100))  # type: ignore[arg-type]


def keys(store: Store, q: str, **changes: object) -> set[str]:
    return {entry.key for entry in search(store, q, **changes).entries}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("bosetting", "rekord busetjing settlement"),
        ("busetjingane", "rekord busetjing settlement"),
        ("settlement", "rekord busetjing settlement"),
        # its parts stand near each other
        ("bosettingskommune", "busetjing rekord"),
        ("tolk", "skjermtolk tolkelov"),
        ("tolkelova", "tolkelov"),
        ("interpreter", "skjermtolk tolkelov"),
        ("ungdomskriminalitet", "ungdom"),
        ("opplæring", "norsk"),
        ("norskkurs", "norsk"),
        ("introduksjonsprogram", "intro"),
        ("introprogram", "intro"),
        ("program", "intro"),
        ("15400", "rekord"),
        ("15.400 flyktninger", "rekord"),
        ("Rieber-Mohn", "person"),
        ("tromsø OR ås", "person kafe"),
        ("tolk -tolkeloven", "skjermtolk"),
        ("kommun*", "rekord busetjing"),
        ("title:tolk", "skjermtolk tolkelov"),
        # who names a field or leaves a word out means that word
        ("tittel:flyktning", "rekord"),
        ('"kvalifisert tolk"', "tolkelov"),
        ('"kvalifiserte tolker"', "skjermtolk"),
        ('"tolk kvalifisert"', ""),
        ("-flyktninger -tolk -kommune -norsk -intro*", "ungdom person kafe settlement"),
    ],
)
def test_words_find_what_they_mean(to_read: Store, q: str, expected: str) -> None:
    found = search(to_read, q)
    whole = found.entries if found.partial_from is None else found.entries[: found.partial_from]
    assert {entry.key for entry in whole} == set(expected.split())


def test_words_for_the_parts_of_a_compound_stand_for_them_where_hits_are_few(
    to_read: Store,
) -> None:
    found = search(to_read, "bosettingskommune")
    others = [entry.key for entry in found.entries[found.partial_from :]]
    assert others == ["settlement"]


@pytest.mark.parametrize(
    ("q", "used", "best"),
    [
        ("flyktnigner", "flyktninger", "rekord"),
        ("skjermtolkin", "skjermtolking", "skjermtolk"),
        ("tolkelovenn", "tolkeloven", "tolkelov"),
        ("kriminallitet", "kriminalitet", "ungdom"),
        ("norskopplaering", None, "norsk"),
        ("norskopplaring", None, "norsk"),
        ("sprakkafe", None, "kafe"),
        ("spraakkafe", None, "kafe"),
        ("Tromso", None, "person"),
        ("Aas", None, "kafe"),
    ],
)
def test_a_misspelt_word_is_found_and_the_reader_told(
    to_read: Store, q: str, used: str | None, best: str
) -> None:
    found = search(to_read, q)
    assert found.entries[0].key == best
    (correction,) = found.corrections
    assert correction.typed == q.lower()
    assert used in (None, correction.used)
    assert not search(to_read, q, exact=True).corrections


@pytest.mark.parametrize("q", ["tolk", "bosatte", "Rieber-Mohn", "program"])
def test_a_word_that_somebody_wrote_is_never_corrected(to_read: Store, q: str) -> None:
    assert not search(to_read, q).corrections


@pytest.mark.parametrize("q", ["citizenship", "statsborgerskap"])
def test_a_word_that_nobody_wrote_finds_those_of_its_origin(
    filled: Store, now: datetime, q: str
) -> None:
    assert keys(filled, q) == set()
    put(filled, data("prøve", "Strengere krav", "For å bli statsborger.", ""), seen=now)
    found = search(filled, q)
    assert [entry.key for entry in found.entries] == ["prøve"]
    assert "statsborger" in found.also_searched
    assert not found.corrections


def test_a_beginning_is_found_without_its_foreign_letters(to_read: Store) -> None:
    assert keys(to_read, "språkk*") == keys(to_read, "sprakk*") == {"kafe"}
    assert keys(to_read, "title:sprakk*") == {"kafe"}
    assert keys(to_read, "finnesikke*") == set()


def test_exact_takes_words_as_they_are_written(to_read: Store) -> None:
    assert keys(to_read, "tolk", exact=True) == {"tolkelov"}
    assert keys(to_read, "bosetting", exact=True) == set()
    assert keys(to_read, "kvalifiserte tolker", exact=True) == {"skjermtolk"}
    assert search(to_read, "kvalifisert tolker", exact=True).partial_from is None


def test_what_else_was_searched_for_is_told(to_read: Store) -> None:
    assert "settlement" in search(to_read, "bosetting").also_searched
    assert "busetjing" in search(to_read, "bosetting").also_searched
    assert search(to_read, "kriminalitet").also_searched == ()


@pytest.mark.parametrize(
    "q",
    [
        "hvordan kan bygda finne hus til ukrainere",
        "korleis planlegg kommunen for norskopplæring i jobben",
        "who finances refugees",
        "children asylum refugees",
        "Mohn sa noe helt annet til Dagsnytt om tolk",
    ],
)
def test_a_question_with_an_answer_is_never_left_empty(to_read: Store, q: str) -> None:
    assert search(to_read, q).entries


def test_a_question_of_which_each_says_little_shows_who_says_most(to_read: Store) -> None:
    q = "kriminalitet direktør nyttår frivillige"
    assert keys(to_read, q) == {"ungdom", "person", "tolkelov", "kafe"}
    assert keys(to_read, q, exact=True) == set()


def test_hits_with_some_of_the_words_stand_below(to_read: Store) -> None:
    found = search(to_read, "kriminalitet ungdom tolk")
    assert found.partial_from == 0
    found = search(to_read, "kvalifisert tolk dekning")
    assert found.partial_from == 1
    assert [entry.key for entry in found.entries] == ["skjermtolk", "tolkelov"]
    assert search(to_read, '"kvalifisert tolk" ungdom').total <= 1


def test_hits_of_a_question_by_other_words_are_left_where_they_are_hardly_about_it(
    store: Store, now: datetime
) -> None:
    passing = "Hytta ble solgt. Været var fint, og alle gikk på ski hele dagen. " * 20
    put(store, data("om", "Busetjing av flyktningar i kommunen", "", ""), seen=now)
    put(store, data("annet", "Ski", "", f"{passing} Settlement, municipality, refugee."), seen=now)
    put(store, data("selv", "Ski", "", f"{passing} Bosetting, kommune, flyktning."), seen=now)
    assert keys(store, "bosetting kommune flyktninger") == {"om", "selv"}
    assert keys(store, "bosetting flyktninger") == {"om", "annet", "selv"}


def test_a_question_is_not_opened_by_a_term_of_small_words(store: Store, now: datetime) -> None:
    put(store, data("kalender", "Kalender for tolker", "", ""), seen=now)
    put(store, data("tolk", "Tolken mangler", "", ""), seen=now)
    assert "kalender" in keys(store, "hva skjer")
    assert search(store, "hva skjer når tolken mangler").entries[0].key == "tolk"


def test_with_many_hits_there_are_none_with_some_of_the_words(store: Store, now: datetime) -> None:
    for number in range(FEW):
        put(store, data(str(number), f"Tolk i kommunen {number} i by", "", ""), seen=now)
    put(store, data("andre", "Bare en tolk i en by", "", ""), seen=now)
    assert search(store, "tolk kommune by").partial_from is None
    assert search(store, "tolk kommune by").total == FEW


def test_hits_with_some_of_the_words_are_the_best_of_them(store: Store, now: datetime) -> None:
    for number in range(2 * FEW):
        put(store, data(str(number), "Tolk", "", "Noe om en kommune til slutt."), seen=now)
    put(store, data("best", "Kommune med tolk", "Tolk i kommunen.", ""), seen=now)
    found = search(store, "tolk kommune beredskap")
    assert found.total == FEW
    assert found.partial_from == 0
    assert found.entries[0].key == "best"


def test_a_beginning_counts_among_what_is_relevant(store: Store, now: datetime) -> None:
    put(store, data("annet", "Noe annet", "", "Om en kommune og en til: kommunen."), seen=now)
    put(store, data("best", "Kommunen om kommuner", "Kommunene.", ""), seen=now)
    found = search(store, "kommun* finnesikke* heller*")
    assert [entry.key for entry in found.entries] == ["best", "annet"]
    assert found.partial_from == 0


def test_a_pair_finds_only_what_has_both_where_anything_has(filled: Store, now: datetime) -> None:
    assert keys(filled, "kvalifisert tolk") == {"skjermtolk", "tolkelov"}
    put(filled, data("begge", "Skjermtolking for ungdom", "", ""), seen=now)
    assert keys(filled, "skjermtolking ungdom") == {"begge"}


def test_a_term_within_a_term_is_found_by_all_its_names(store: Store, now: datetime) -> None:
    put(store, data("begge", "Arbeidsmarkedet", "", "Mange møter diskriminering."), seen=now)
    put(store, data("en", "Diskriminering", "Diskriminering i skolen.", ""), seen=now)
    found = search(store, "labour market discrimination")
    assert [entry.key for entry in found.entries][: found.partial_from] == ["begge"]


def test_a_broad_word_alone_finds_narrower_ones_where_nobody_wrote_it(
    store: Store, now: datetime
) -> None:
    put(store, data("ambassade", "Råd ved ambassaden", "", ""), seen=now)
    assert search(store, "utenriksstasjonene").partial_from is None
    assert keys(store, "utenriksstasjonene") == {"ambassade"}
    put(store, data("stasjon", "Noe annet", "", "En utenriksstasjon blant mye annet."), seen=now)
    assert search(store, "utenriksstasjonene").partial_from == 1


@pytest.mark.parametrize(
    ("q", "title"),
    [
        # fotball is a part of it, and fot and ball are not
        ("fotballjenter", "More girls play football"),
        # words for a part may be several
        ("fattigdomsbarn", "Children in families of low income"),
    ],
)
def test_a_compound_is_found_in_other_words_for_its_parts(
    store: Store, now: datetime, q: str, title: str
) -> None:
    put(store, data("found", title, "", ""), seen=now)
    put(store, data("other", "Low attendance at play", "", ""), seen=now)
    assert keys(store, q) == {"found"}
    assert not keys(store, f"title:{q}")
    assert not keys(store, q, exact=True)


def test_parts_of_a_compound_that_say_little_find_nothing(store: Store, now: datetime) -> None:
    put(store, data("own", "Friluftsliv", "", ""), seen=now)
    put(store, data("other", "Frisk luft i klasserommet", "Livet på skolen.", ""), seen=now)
    assert keys(store, "friluftslivet") == {"own"}


#: what a word takes in, what it is related to, and what takes it in, each in an entry of its own:
#: title and text
CLOSE = {
    "idrett": ("Kommunen i fjor", "Til slutt noe om idrett."),
    "fotball": ("Fotball for alle", ""),
    "ambassade": ("Reisen hjem", "Til slutt noe om en ambassade."),
    "nødpass": ("Nødpass", ""),
    "annet": ("Noe annet", ""),
}


@pytest.fixture
def close(store: Store, now: datetime) -> Store:
    others = {f"sak {number}": (f"Sak {number}", "") for number in range(20)}
    for key, (title, text) in (CLOSE | others).items():
        put(store, data(key, title, "", text), seen=now)
    return store


@pytest.mark.parametrize(
    ("q", "whole", "others"),
    [
        ("idrett", "idrett", "fotball"),
        ("ambassade", "ambassade", "nødpass"),
        # what is much less about it than a hit stays away
        ("nødpass", "nødpass", ""),
        # what is wider is found where nothing comes closer
        ("volleyball", "", "idrett"),
        ("idrett -alle", "idrett", ""),
        ('"idrett"', "idrett", ""),
        ("title:idrett", "", ""),
        ("ambassade idretten", "", "ambassade idrett fotball"),
        ("annet", "annet", ""),
    ],
)
def test_what_comes_close_to_a_word_that_few_have_stands_below(
    close: Store, q: str, whole: str, others: str
) -> None:
    found = search(close, q)
    end = len(found.entries) if found.partial_from is None else found.partial_from
    assert {entry.key for entry in found.entries[:end]} == set(whole.split())
    assert {entry.key for entry in found.entries[end:]} == set(others.split())
    if len(q.split()) == 1:
        assert keys(close, q, exact=True) == set(whole.split())


def test_what_comes_close_is_marked_in_its_own_entries_alone(close: Store) -> None:
    found = search(close, "idrett")
    assert "fotball" not in found.sought.keys
    assert {"idrett", "fotball"} <= found.sought_close.keys
    alone = search(close, "annet")
    assert alone.sought == alone.sought_close


def test_of_what_comes_close_equally_the_newest_is_shown(store: Store, now: datetime) -> None:
    with store.together():
        for number in range(110):
            put(store, data(str(number), f"Idrett {number}", "", ""), seen=now)
    assert keys(store, "volleyball") == {str(number) for number in range(110 - FEW, 110)}


def test_a_compound_that_its_first_part_says_has_no_parts(store: Store, now: datetime) -> None:
    put(store, data("friluft", "Noe annet", "", "Litt friluftsliv blant mye annet."), seen=now)
    put(store, data("liv", "Et annet liv", "", ""), seen=now)
    assert keys(store, "friluftsliv") == {"friluft"}


def test_what_another_version_writes_makes_the_index_anew(
    store: Store, store_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(db.sql.index, "index_version", lambda: "older")
        put(store, data("one", "Busetjing", "", ""), seen=now)
    assert isinstance(store, SqlStore)
    assert is_outdated(store._connections.connection)
    db.open_store(store_url).close()
    assert not is_outdated(store._connections.connection)
    assert keys(store, "settlement") == {"one"}


def test_what_comes_close_is_left_where_many_have_the_word(close: Store, now: datetime) -> None:
    for number in range(FEW):
        put(close, data(str(number), f"Ambassade {number}", "", ""), seen=now)
    assert "nødpass" not in keys(close, "ambassade")


def test_the_words_of_a_file_find_its_entry(store: Store, now: datetime) -> None:
    number = put(store, entry_data(title="Rapport", lead="", body_text=""), seen=now)
    assert not search(store, "sekundærflytting").entries
    (file,) = store.entries.get(number).attachments
    assert file.label == "Tolkemonitor LOV"
    assert keys(store, "tolkemonitor") == {entry_data().key}


def test_a_changed_word_list_is_seen_at_once(filled: Store, now: datetime) -> None:
    assert search(filled, "barnhage").total == 0
    put(filled, data("ny", "Plass i barnehage", "", ""), seen=now)
    assert search(filled, "barnhage").corrections
    assert keys(filled, "barnhage") == {"ny"}


words = st.sampled_from(
    ["bosetting", "tolk", "kommune", "norskopplæring", "ungdomskriminalitet", "flyktnigner",
     "arbeid", "settlement", "i", "15400", "finnesikke", "-tolk", "-kommune", "kommun*",
     "title:tolk", "OR", '"kvalifisert tolk"']
)  # fmt: skip
queries = st.builds(
    EntryQuery,
    q=st.lists(words, max_size=5).map(" ".join),
    tags=st.sampled_from([(), ("settlement",)]),
    languages=st.sampled_from([(), (Language.BOKMAL,), (Language.NYNORSK, Language.ENGLISH)]),
    exact=st.booleans(),
)


@given(queries, st.integers(1, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_everybody_is_told_of_the_same_entries(
    to_read: Store, query: EntryQuery, per_page: int
) -> None:
    listed = list(_paged(to_read, query, per_page))
    assert len(listed) == len(set(listed)) == to_read.entries.search(query, Paging()).total
    newest = [entry.id for entry in to_read.entries.newest(query, 100)]
    assert set(newest) == set(listed)
    assert {entry.id for entry in to_read.feeds.read(query, 100)} == set(listed)
    assert {state.entry_id for state in to_read.feeds.states(query, 100)} == set(listed)
    facets = to_read.entries.facets(query)
    assert sum(facets.languages.values()) == sum(facets.kinds.values()) == len(listed)
    by_date = EntryQuery(query.q, query.tags, languages=query.languages, sort=Sort.OLDEST,
                         exact=query.exact)  # fmt: skip
    assert set(_paged(to_read, by_date, per_page)) == set(listed)
    # another filter takes away and adds nothing
    free = EntryQuery(query.q, exact=query.exact)
    assert set(listed) <= {entry.id for entry in to_read.entries.newest(free, 100)}


def _paged(store: Store, query: EntryQuery, per_page: int) -> Iterator[int]:
    for page in count(1):
        found = store.entries.search(query, Paging(page, per_page)).entries
        if not found:
            return
        yield from (entry.id for entry in found)


signs = st.lists(st.sampled_from([*'"*-():^{}+ ,\x00aå', "OR", "NEAR", "tolk"]))


@given(st.text(max_size=60) | signs.map("".join), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_no_characters_make_a_search_fail(to_read: Store, q: str, exact: bool) -> None:
    found = search(to_read, q.strip(), exact=exact and bool(q.strip()))
    assert found.total == len(found.entries)


@pytest.mark.parametrize(
    "q",
    [
        '"' * 3000, "NEAR(" * 2000, "(" * 10_000, "*" * 10_000, "\x00" * 9_000 + "tolk",
        "😀" * 2500,
        "OR " * 3300, "tolk OR " * 1250, "-tolk " * 1600, "a" * 10_000, "integrering" * 900,
        "-".join(["kommune"] * 1200), " ".join(f"ord{n}" for n in range(1400)),
        " ".join(f'"x{n} y"' for n in range(1200)),
        " ".join(f"{chr(97 + n % 26)}*" for n in range(3000)),
    ],
    ids=range(15),
)  # fmt: skip
def test_ten_kilobytes_of_anything_are_answered(to_read: Store, q: str) -> None:
    found = search(to_read, q)
    assert found.total >= 0
    assert to_read.entries.facets(EntryQuery(q=q)).kinds is not None


def test_today_is_not_asked_of_the_clock(to_read: Store) -> None:
    # the same searches in the same order, whenever: the preference for the recent counts from NOW
    assert to_read.entries.newest(EntryQuery(), 1)[0].appeared <= NOW
    assert [e.key for e in search(to_read, "tolk").entries] == [
        e.key for e in search(to_read, "tolk").entries
    ]


def test_many_threads_search_at_once(store: Store) -> None:
    put(store, entry_data(title="Tolk i helsevesenet"), seen=NOW)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            found = pool.map(
                lambda number: (
                    store.entries.search(EntryQuery(q=f"tolk -ord{number}"), Paging()).total
                ),
                range(600),
            )
            assert set(found) == {1}
    finally:
        sys.setswitchinterval(before)


def test_nothing_is_kept_of_what_came_to_nothing(store: Store, now: datetime) -> None:
    query = EntryQuery(q="skjermlesing")
    put(store, entry_data(key="a", title="Kurs"), seen=now)
    with suppress(ZeroDivisionError), store.together():
        put(store, entry_data(key="b", title="Møte"), seen=now)
        assert store.entries.search(query, Paging()).total == 0
        raise ZeroDivisionError
    number = put(store, entry_data(key="c", title="Skjermlesing"), seen=now)
    assert [one.id for one in store.entries.search(query, Paging()).entries] == [number]
