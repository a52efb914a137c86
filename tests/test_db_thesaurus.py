"""The thesaurus: every line of it works, and one that cannot is named."""

from pathlib import Path

import pytest

from db.errors import ThesaurusError
from db.search.thesaurus import THESAURUS_PATH, read_thesaurus, telling, thesaurus
from db.text import tokens


def read(folder: Path, text: str) -> None:
    path = folder / "thesaurus.toml"
    path.write_text(text, "utf-8")
    read_thesaurus(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[a]\n"tolk" = ["tolken"]', "“tolken” is to a search the same as “tolk”"),
        ('[a]\n"tolk" = ["x"]\n[b]\n"lov" = ["tolker"]', "line of “lov”: “tolker” is to a search"),
        ('[a]\n"bosetting" = ["busetjing"]', "“busetjing” is to a search the same as “bosetting”"),
        ('[a]\n"tolk" = ["!?"]', "“!?” has no letters or digits"),
        ('[a]\n"tolk" = ["som er det"]', "“som er det” is only small words"),
        ('[a]\n"tolk" = ["en to tre fire fem seks sju åtte"]', "more than 5 words"),
        ('[a]\n"tolk" = []', "“tolk” names nothing else than itself"),
        ('[a]\n"tolk" = "tolking"', "“tolk” must be given a list of words"),
        ('"tolk" = ["interpreter"]', "“tolk” must stand under a heading"),
        ('[a]\n"tolk" = ["x"', "thesaurus.toml: "),
        ('[a]\n"tolk" = ["x"]\n"tolk" = ["y"]', "thesaurus.toml: "),
    ],
)
def test_a_line_that_cannot_work_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ThesaurusError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert "thesaurus.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThesaurusError, match=r"none\.toml"):
        read_thesaurus(tmp_path / "none.toml")


def test_every_term_of_ours_finds_its_line_and_the_others_of_it() -> None:
    ours = read_thesaurus(THESAURUS_PATH)
    checked = 0
    for term in _terms():
        sought = telling(tokens(term))
        found = ours.at(sought, 0)
        assert found is not None, term
        assert found.length == len(sought), term
        assert term in {synonym.term for synonym in found.synonyms}
        assert len(found.synonyms) > 1
        checked += 1
    assert checked > 800


def _terms() -> set[str]:
    return {
        term
        for line in THESAURUS_PATH.read_text("utf-8").split("\n[")
        for term in line.split('"')[1::2]
        if "\n" not in term and line.startswith(tuple("abcdefghijklmnopqrstuvwxyz"))
    }


def test_the_longest_term_wins() -> None:
    keys = tokens("enslige mindreårige asylsøkere")
    found = thesaurus().at(keys, 0)
    assert found is not None
    assert found.length == 2
