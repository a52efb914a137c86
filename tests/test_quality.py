"""The judged set holds together, and what is measured on it does not fall."""

import fcntl
import os
import pickle
from collections import Counter
from itertools import chain

import pytest

from quality.judged import (
    LATER,
    QUERIES,
    LaterSet,
    load_entries,
    load_entries_apart,
    load_queries,
    part_of,
)
from quality.measure import measure, score
from quality.results import (
    LATER_PARTS,
    REPORTED,
    TOGETHER,
    TUNED,
    UNSEEN,
    Measured,
    macro_f1,
    table,
)

#: of a test, in seconds: whichever comes first measures everything, or waits for who does
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Measure once a run: workers take tests of this module from each other."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with (shared / "measured").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (found := file.read()):
            found = pickle.dumps(measure(tmp_path_factory.mktemp("quality")))
            file.write(found)
        measured: Measured = pickle.loads(found)
        return measured


def test_the_set_is_large_and_mixed() -> None:
    entries = load_entries()
    languages = Counter(entry.language for entry in entries)
    assert len(entries) >= 120
    assert languages["nn"] >= 20
    assert languages["en"] >= 12
    queries = load_queries({entry.id for entry in entries})
    assert len(queries) >= 150
    assert sum(query.kind == "question" for query in queries) >= 35
    for names in ([entry.id for entry in entries], [query.q for query in queries]):
        parts = Counter(part_of(name) for name in names)
        assert min(parts.values()) > 0.4 * len(names)


@pytest.mark.parametrize(("later", "parts"), list(zip(LATER, LATER_PARTS, strict=True)))
def test_a_later_set_has_parts_of_its_own(later: LaterSet, parts: tuple[str, str]) -> None:
    assert tuple(later.entries) == parts
    assert set(later.queries.values()) <= set(parts)
    assert TUNED.intersection(parts) == set(parts[:1]) - set(REPORTED)
    found = [load_entries_apart(files) for files in later.entries.values()]
    languages = [Counter(entry.language for entry in part) for part in found]
    assert all(
        abs(one[code] - languages[0][code]) <= 1 for one in languages for code in ("nb", "nn", "en")
    )
    assert sum(languages, Counter())["nb"] >= 35
    assert min(sum(languages, Counter())[code] for code in ("nn", "en")) >= 11


def test_no_entry_or_query_of_a_later_set_repeats_another() -> None:
    entries = load_entries()
    for later in LATER:
        entries += chain(*(load_entries_apart(part) for part in later.entries.values()))
    known = {entry.id for entry in entries}
    assert len(known) == len(entries)
    over_all = [*QUERIES, *chain(*(later.queries for later in LATER if not later.alone))]
    for files in (over_all, *(list(later.queries) for later in LATER if later.alone)):
        asked = Counter(
            query.q.casefold() for query in load_queries(known, dict.fromkeys(files, ""))
        )
        assert not [q for q, times in asked.items() if times > 1]


def test_the_third_sets_queries_are_halved_by_kind() -> None:
    known = load_entries() + load_entries_apart("later/*/*.toml")
    queries = load_queries({entry.id for entry in known}, LATER[0].queries)
    kinds = [
        Counter(query.kind for query in queries if query.part == part) for part in LATER_PARTS[0]
    ]
    assert kinds[0] == kinds[1]
    assert sum(kinds[0].values()) >= 60


@pytest.mark.parametrize(
    ("part", "kinds", "measure_name", "floor"),
    [
        ("report", "short", "nDCG@10", 0.92),
        ("report", "short", "first", 0.97),
        ("report", "short", "F1", 0.84),
        ("report", "longer", "nDCG@10", 0.83),
        ("report", "longer", "F1", 0.63),
        ("report", "question", "F1", 0.60),
        (UNSEEN, "short", "nDCG@10", 0.92),
        (UNSEEN, "short", "first", 0.95),
        ("third report", "short", "nDCG@10", 0.92),
        ("third report", "short", "first", 0.96),
        ("fourth report", "short", "nDCG@10", 0.80),
        ("fourth report", "short", "first", 0.94),
        ("fourth report", "longer", "F1", 0.42),
        ("sixth tune", "short", "nDCG@10", 0.90),
        ("eighth tune", "short", "nDCG@10", 0.92),
        ("eighth tune", "longer", "nDCG@10", 0.91),
        ("tenth tune", "short", "nDCG@10", 0.92),
        ("tenth tune", "longer", "nDCG@10", 0.90),
        ("eleventh tune", "short", "nDCG@10", 0.90),
        ("sixteenth report", "short", "nDCG@10", 0.90),
        ("seventeenth report", "short", "nDCG@10", 0.95),
        ("twentieth report", "short", "nDCG@10", 0.91),
        ("twentyfirst report", "short", "nDCG@10", 0.92),
        ("twentyfirst report", "longer", "nDCG@10", 0.89),
        ("twentyfirst report", "longer", "F1", 0.70),
        (TOGETHER, "short", "nDCG@10", 0.925),
        (TOGETHER, "short", "first", 0.97),
        (TOGETHER, "longer", "nDCG@10", 0.81),
        (TOGETHER, "longer", "F1", 0.60),
    ],
)
def test_search_keeps_what_it_reached(
    measured: Measured, part: str, kinds: str, measure_name: str, floor: float
) -> None:
    assert measured.search["imdifeed"][part, kinds][measure_name] >= floor


def test_search_is_far_better_than_what_comes_with_sqlite(measured: Measured) -> None:
    ours, *others = (rows["report", "all"]["nDCG@10"] for rows in measured.search.values())
    assert all(ours > other + 0.3 for other in others)


@pytest.mark.parametrize(
    ("part", "macro", "floors"),
    [
        ("tune", 0.94, {"settlement": 0.96, "interpreting": 0.96, "work": 0.93}),
        ("report", 0.93, {"settlement": 0.95, "interpreting": 0.95, "work": 0.94}),
        (UNSEEN, 0.96, {"settlement": 0.95, "interpreting": 0.95, "work": 0.94}),
        ("third report", 0.95, {"settlement": 0.95, "interpreting": 0.95, "work": 0.90}),
        ("fourth report", 0.90, {"settlement": 0.80, "interpreting": 0.95, "work": 0.90}),
        ("fifth tune", 0.945, {"settlement": 0.95, "interpreting": 0.95, "work": 0.93}),
        ("sixth tune", 0.92, {"settlement": 0.95, "interpreting": 0.95, "work": 0.95}),
        ("eighth tune", 0.955, {"settlement": 0.95, "interpreting": 0.95, "work": 0.91}),
        ("tenth tune", 0.93, {"settlement": 0.93, "interpreting": 0.95, "work": 0.92}),
        ("eleventh tune", 0.945, {"settlement": 0.95, "interpreting": 0.95, "work": 0.95}),
        ("sixteenth report", 0.915, {"settlement": 0.90, "interpreting": 0.95, "work": 0.85}),
        ("seventeenth report", 0.925, {"settlement": 0.93, "interpreting": 0.95, "work": 0.92}),
        ("twelfth tune", 0.95, {"settlement": 0.95, "interpreting": 0.95, "work": 0.90}),
        ("thirteenth tune", 0.915, {"settlement": 0.95, "interpreting": 0.95, "work": 0.93}),
        ("fourteenth tune", 0.925, {"settlement": 0.95, "interpreting": 0.95, "work": 0.92}),
        ("fifteenth tune", 0.965, {"settlement": 0.93, "interpreting": 0.95, "work": 0.95}),
        ("twentieth report", 0.94, {"settlement": 0.95, "interpreting": 0.95, "work": 0.95}),
        ("twentyfirst report", 0.90, {"settlement": 0.93, "interpreting": 0.95, "work": 0.92}),
        ("twentysecond tune", 0.92, {"settlement": 0.93, "interpreting": 0.95, "work": 0.92}),
        ("twentythird tune", 0.925, {"settlement": 0.95, "interpreting": 0.95, "work": 0.95}),
        ("twentyfourth tune", 0.90, {"settlement": 0.95, "interpreting": 0.95, "work": 0.95}),
        ("twentyfifth tune", 0.93, {"settlement": 0.95, "interpreting": 0.95, "work": 0.92}),
        ("twentysixth report", 0.905, {"settlement": 0.93, "interpreting": 0.95}),
        ("twentyseventh report", 0.885, {"settlement": 0.91, "interpreting": 0.95, "work": 0.92}),
        ("twentyeighth report", 0.925, {"settlement": 0.93, "interpreting": 0.95}),
        ("twentyninth report", 0.88, {"settlement": 0.92, "interpreting": 0.95}),
        (TOGETHER, 0.922, {"settlement": 0.945, "interpreting": 0.98, "work": 0.92}),
    ],
)
def test_tags_keep_what_they_reached(
    measured: Measured, part: str, macro: float, floors: dict[str, float]
) -> None:
    assert macro_f1(measured, part) >= macro
    for slug, floor in floors.items():
        assert measured.tags[part, slug].scores[2] >= floor, slug


@pytest.mark.parametrize("part", ["tune", "report", UNSEEN])
@pytest.mark.parametrize(
    ("what", "floor"), [("full text", 0.99), ("title alone", 0.97), ("further titles", 0.96)]
)
def test_languages_are_told(measured: Measured, part: str, what: str, floor: float) -> None:
    right = measured.language[part, what]
    assert sum(right) >= floor * len(right)


def test_the_table_names_every_part(measured: Measured) -> None:
    text = table(measured)
    for name in (
        "imdifeed",
        "FTS5 unicode61",
        "LIKE",
        "settlement",
        "title alone",
        UNSEEN,
        *chain(*LATER_PARTS),
    ):
        assert name in text


def test_measures_are_those_of_the_books() -> None:
    grades = {"a": 2, "b": 1}
    assert score(["a", "b"], grades) == (1.0, 1.0, 1.0, 1.0, 1.0)
    recall, ndcg, mrr, first, f1 = score(["x", "b"], grades)
    assert (recall, mrr, first, f1) == (0.5, 0.5, 0.0, 0.5)
    assert ndcg == pytest.approx(0.631 / (3 + 0.631), abs=0.001)
    assert score([], grades) == (0.0, 0.0, 0.0, 0.0, 0.0)
