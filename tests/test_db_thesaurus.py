"""The thesaurus: every line of it works, and one that cannot is named."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

import db.lists_version
import db.search.thesaurus
import db.sql.index_version
from db.errors import ThesaurusError
from db.search.synonym import Line, sought_by, token_of
from db.search.thesaurus import Packed, read_thesaurus, thesaurus
from db.search.written import NARROWER, RELATED, SYNONYMS
from db.text import tokens
from db.words.lexicon import lexicon


def read(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    read_thesaurus(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"tolk" = ["tolken"]', "“tolken” is to a search the same as “tolk”"),
        ('"tolk" = ["x"]\n"lov" = ["tolker"]', "line of “lov”: “tolker” is to a search"),
        ('"bosetting" = ["busetjing"]', "“busetjing” is to a search the same as “bosetting”"),
        ('"tolk" = ["!?"]', "“!?” has no letters or digits"),
        ('"tolk" = ["som"]', "“som” is a small word"),
        ('"tolk" = ["en to tre fire fem seks sju åtte"]', "more than 5 words"),
        ('"tolk" = []', "“tolk” names nothing else than itself"),
        ('"tolk" = "tolking"', "“tolk” must be given a list of words"),
        ('[a]\n"tolk" = ["interpreter"]', "“a” must be given a list of words"),
        ('"tolk" = ["x"', "subject.toml: "),
        ('"tolk" = ["x"]\n"tolk" = [\n"y",\n]', "subject.toml: “tolk” begins two lines"),
    ],
)
def test_a_line_that_cannot_work_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ThesaurusError) as caught:
        read(tmp_path, subject=text)
    assert told in str(caught.value)
    assert "subject.toml" in str(caught.value)


def test_a_term_of_another_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ThesaurusError, match=r"two.toml: .* “tolker” is .* as “tolk” in that of “tolk” in one.toml"
    ):
        read(tmp_path, one='"tolk" = ["interpreter"]', two='"tolker" = ["linguist"]')


def test_a_term_may_stand_with_other_small_words_beside_it_in_its_line_alone(
    tmp_path: Path,
) -> None:
    read(tmp_path, one='"studere tolking" = ["studere til tolk", "studere for tolk"]')
    with pytest.raises(ThesaurusError, match="“studere som tolk” is to a search the same"):
        read(tmp_path, two='"bli språkarbeider" = ["studere som tolk"]')


def test_an_invisible_first_letter_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('"tolk" = ["interpreter"]', "utf-8-sig")
    assert read_thesaurus(tmp_path).line(tokens("interpreter"))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThesaurusError, match=r"none: there are no files"):
        read_thesaurus(tmp_path / "none")


def test_every_term_of_ours_finds_its_line_and_the_others_of_it() -> None:
    ours = read_thesaurus(SYNONYMS)
    checked = 0
    for term in _terms():
        for sought in sought_by(tuple(tokens(term))):
            line = ours.line(sought)
            assert term in {synonym.term for synonym in line}
            assert len(line) > 1
            checked += 1
    assert checked > 2500


def test_whatever_file_of_ours_changes_another_index_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def noted(*names: str) -> str:
        asked.extend(names)
        return ""

    monkeypatch.setattr(db.sql.index_version, "checksum_of", noted)
    db.sql.index_version.index_version.__wrapped__()
    lines = {f"search/synonyms/{path.name}" for path in SYNONYMS.glob("*.toml")}
    assert lines | {"search/written.py", "search/synonym.py"} <= set(asked)


def test_what_is_kept_is_named_by_all_that_it_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(*names: str) -> str:
        asked.extend(names)
        return ""

    monkeypatch.setattr(db.search.thesaurus, "checksum_of", noted)
    monkeypatch.setattr(db.search.thesaurus, "kept", lambda *_: Packed([], 0, [], []))
    thesaurus.__wrapped__()
    made_of = {f"search/{name}.py" for name in ("written", "synonym", "thesaurus")}
    assert made_of | {f"search/synonyms/{path.name}" for path in SYNONYMS.glob("*.toml")} <= set(
        asked
    )


def test_a_line_that_moves_from_one_file_to_the_next_makes_another_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.lists_version, "__file__", str(tmp_path / "lists_version.py"))
    found = set()
    for first, second in (("ab", "c"), ("a", "bc")):
        (tmp_path / "one").write_text(first)
        (tmp_path / "two").write_text(second)
        found.add(db.lists_version.checksum_of("one", "two"))
    assert len(found) == 2


def _terms() -> set[str]:
    files = [path for path in SYNONYMS.glob("*.toml") if path.name not in (NARROWER, RELATED)]
    lines = [line for path in files for line in tomllib.loads(path.read_text("utf-8")).items()]
    return {term for first, others in lines for term in (first, *others)}


def test_no_term_of_ours_is_found_by_a_word_that_says_nothing() -> None:
    # `hjelper` of a question is a form of `hjelp`, and nynorsk writes `gjeld` for two things
    said = (lexicon().small | lexicon().asking) - {"hjelper", "gjeld"}
    keys = {tuple(tokens(word)): word for word in said}
    alike = {term: keys[key] for term in _terms() if (key := tuple(tokens(term))) in keys}
    assert not alike, "these only look alike: part them by an [alias] of norwegian.toml"


def test_a_term_of_several_words_is_no_single_one_of_them() -> None:
    ours = thesaurus()
    assert ours.line(tokens("legge ned"))
    assert not ours.line(tokens("legge"))
    assert ours.line(tokens("opplæring norsk")) == ours.line(tokens("opplæring i norsk"))


def test_a_broad_word_takes_in_narrower_ones_with_their_lines_and_not_the_reverse() -> None:
    ours = thesaurus()
    taken_in = ours.taken_in(tokens("helsepersonell"))
    assert {"lege", "doctor"} <= {one.term for one in ours.terms(taken_in)}
    assert ours.taken_in(tokens("health personnel")) == taken_in
    assert taken_in in {one for _, one in ours.named(tokens("doctor"))}
    assert not ours.taken_in(tokens("lege"))


def test_a_text_names_the_lines_of_its_words_and_of_words_in_a_row(tmp_path: Path) -> None:
    text = '"norskkurs" = ["kurs i norsk", "kurs i norsk for voksne", "language course"]'
    (tmp_path / "one.toml").write_text(text, "utf-8")
    read = read_thesaurus(tmp_path)
    (line,) = {token_of(read.line(tokens(term))) for term in ("norskkurs", "kurs i norsk")}
    assert read.terms(line) == read.line(tokens("language course"))
    rows = list(read.rows(tokens("Kurset i norsk for voksne: kurs i engelsk, i norsk")))
    assert len(rows) == 2
    assert [line for _, line in read.named([*rows, *tokens("norskkurset engelsk")])] == [line] * 3


def test_related_words_find_each_other_and_wide_ones_are_found_by_narrow_ones(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.toml").write_text('"rasisme" = ["racism"]\n"fordom" = ["prejudice"]', "utf-8")
    (tmp_path / RELATED).write_text('"rasisme" = ["fordom", "hatprat"]', "utf-8")
    (tmp_path / NARROWER).write_text('"holdning" = ["fordom"]', "utf-8")
    ours = read_thesaurus(tmp_path)

    def said(lines: Sequence[Line]) -> list[str]:
        return [line[0].term for line in lines]

    assert said(ours.related(tokens("racism"))) == ["fordom", "hatprat"]
    assert said(ours.related(tokens("prejudice"))) == ["rasisme"]
    assert said(ours.related(tokens("hatprat"))) == ["rasisme"]
    assert said(ours.broader(tokens("prejudice"))) == ["holdning"]
    assert {one.term for one in ours.terms(ours.taken_in(tokens("holdning")))} == {
        *("fordom", "prejudice")
    }
    assert not ours.line(tokens("hatprat"))
    assert list(ours.named(tokens("hatprat"))), "an index holds it all the same"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"idrett" = ["idretten"]', "“idretten” is the same word to a search"),
        ('"idrett" = ["!?"]', "“!?” cannot be found"),
        ('"idrett" = "fotball"', "“idrett” must be given a list of words"),
        ('"idrett" = []', "“idrett” names nothing else than itself"),
        ('"idrett" = ["tre fire fem seks sju åtte"]', "more than 5 words"),
    ],
)
def test_a_broad_word_that_takes_in_nothing_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ThesaurusError) as caught:
        read(tmp_path, narrower=text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("narrower", "related", "told"),
    [
        ('"idrett" = ["sport"]', "", "“sport” stands in the same line"),
        ("", '"sports" = ["idretten"]', "“idretten” stands in the same line"),
        ('"idrett" = ["dans", "ballett"]', "", "“ballett” is said already by “dans” in that of"),
        ('"idrett" = ["ski", "skiene"]', "", "“skiene” is said already by “ski” in that of"),
        ('"idrett" = ["ski"]\n"sport" = ["ski"]', "", "“ski” is said already by “ski” in that of"),
        (
            '"idrett" = ["ski"]\n"ski" = ["sport"]',
            "",
            "“sport” is said already by “ski” in that of",
        ),
        (
            '"idrett" = ["dans"]',
            '"sport" = ["ballett"]',
            "by “dans” in that of “idrett” in narrower",
        ),
        ('"idrett" = ["dans"]', '"dans" = ["idrett"]', "by “dans” in that of “idrett” in narrower"),
        ("", '"ski" = ["dans"]\n"dans" = ["ski"]', "by “dans” in that of “ski” in related.toml"),
    ],
)
def test_a_relation_that_says_nothing_is_named(
    tmp_path: Path, narrower: str, related: str, told: str
) -> None:
    lines = '"idrett" = ["sport"]\n"dans" = ["ballett"]'
    with pytest.raises(ThesaurusError) as caught:
        read(tmp_path, one=lines, narrower=narrower, related=related)
    (named,) = str(caught.value).splitlines()
    assert told in named
    assert named.startswith(RELATED if related else NARROWER)


def test_all_relations_that_say_nothing_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ThesaurusError) as caught:
        read(tmp_path, narrower='"idrett" = ["ski", "dans", "ski", "dans"]\n"ski" = ["idrett"]')
    assert len(str(caught.value).splitlines()) == 3


def test_a_kept_thesaurus_is_the_one_that_its_files_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    read = read_thesaurus(SYNONYMS)
    for _ in range(2):
        thesaurus.cache_clear()
        assert vars(thesaurus()) == vars(read)
    (path,) = tmp_path.rglob("thesaurus-*.words")
    for other in (b"null", b"[[],[],[]]", path.read_bytes()[:-1], b""):
        path.write_bytes(other)
        thesaurus.cache_clear()
        assert vars(thesaurus()) == vars(read), "it is made anew"
