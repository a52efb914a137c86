"""`imdifeed tag --explain`: why a text has its tags, without a configuration."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imdifeed.cli import main

SEEDS = Path(__file__).parent / "seeds"


def explain(path: Path) -> Result:
    return CliRunner().invoke(main, ["tag", "--explain", str(path)])


def test_a_document_is_read_as_an_import_reads_it() -> None:
    result = explain(SEEDS / "pressemelding-flere-innvandrere.txt")
    assert result.exit_code == 0, result.output
    first, *rest = result.output.splitlines()
    assert first.startswith("Ny IMDi-rapport: Flere innvandrere i distriktene")
    assert "[nb, 0.9" in first
    (settlement,) = (line for line in rest if " settlement " in line)
    assert settlement.lstrip().startswith("given")
    assert "«bostedskommune» (2)" in settlement
    (attitudes,) = (line for line in rest if " attitudes " in line)
    assert attitudes.lstrip().startswith("below")


def test_a_collection_is_explained_summary_by_summary() -> None:
    folder = Path(__file__).parents[1] / "imdifeed" / "demo" / "documents"
    result = explain(folder / "fou-prosjekter-2020.md")
    assert result.exit_code == 0, result.output
    assert sum("a tag is given from" in line for line in result.output.splitlines()) == 24


def test_plain_text_is_a_title_and_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("Kommunane treng tolkar\n", "utf-8")
    result = explain(path)
    assert result.exit_code == 0, result.output
    assert "given  interpreting" in result.output
    assert "title 2.00 «tolkar»" in result.output


@pytest.mark.parametrize(
    ("text", "marked", "meaning"),
    [
        (
            "Tilskudd til rassikring og tunneler",
            "other  grants",
            "other: the text holds none of the words that the tag needs besides",
        ),
        (
            "Ledig stilling: vil du jobbe med arbeid og jobb hos oss?",
            "taken  work",
            "taken: its title or lead says that the text is something else",
        ),
        (
            "Tolken på jobb\n\nTolken ringer.\n\n" + "Her sies noe helt annet i stedet. " * 20,
            "below  work",
            "work is named by title or lead, and the text does not take it up",
        ),
    ],
)
def test_a_tag_that_words_speak_for_in_vain_is_marked(
    tmp_path: Path, text: str, marked: str, meaning: str
) -> None:
    path = tmp_path / "note.txt"
    path.write_text(f"{text}\n", "utf-8")
    output = explain(path).output
    assert marked in output
    assert meaning in output


@pytest.mark.parametrize("title", ["Tolken", "Tilskudd til rassikring", "Ledig stilling som tolk"])
def test_what_a_text_does_not_take_up_is_said_of_what_it_costs_its_tag_alone(
    tmp_path: Path, title: str
) -> None:
    path = tmp_path / "note.txt"
    path.write_text(f"{title}\n\n" + "Her sies noe helt annet i stedet. " * 20, "utf-8")
    assert "does not take it up" not in explain(path).output


def test_what_no_word_speaks_for_says_so(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("Hello there", "utf-8")
    assert "no word speaks for any tag" in explain(path).output


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_text(" \n", "utf-8")
    result = explain(path)
    assert result.exit_code == 2
    assert "empty.txt" in result.output
