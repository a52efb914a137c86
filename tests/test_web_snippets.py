"""What is marked in a text, and which passage of it is shown."""

import time
from datetime import datetime

import pytest

from builders import entry_data
from db.models import Attachment, Sought
from db.query import EntryQuery, Paging
from db.store import Store
from db.text import tokens
from web.listing.forms import Text
from web.listing.snippets import LENGTH, MOST_SEARCHED, Marker, is_marked, page_with, passage


def marker(*words: str) -> Marker:
    return Marker(Sought(keys=frozenset(key for word in words for key in tokens(word))))


def marked(made: str) -> list[str]:
    return [part.split("</mark>")[0] for part in made.split("<mark>")[1:]]


@pytest.mark.parametrize(
    ("q", "text", "expected"),
    [
        ("tolk", "En tolk og to tolker", ["tolk", "tolker"]),
        ("TOLK", "tolken", ["tolken"]),
        ("bosetting", "Busetjing av flyktningar", ["Busetjing"]),
        ("kommune", "Bosettingskommunene er mange", ["Bosettingskommunene"]),
        ("refugee", "Mange flyktninger", ["flyktninger"]),
        ("ungdomskriminalitet", "Kriminalitet blant ungdom", ["Kriminalitet blant ungdom"]),
        ("flyktnigner", "Mange flyktninger", ["flyktninger"]),
        ("norskopplaering", "Norskopplæring hver dag", ["Norskopplæring"]),
        ('"kvalifisert tolk"', "En kvalifisert tolk, kvalifiserte tolker", ["kvalifisert tolk"]),
        ("integrer*", "Integreringstilskot til kommunen", ["Integreringstilskot"]),
        ("tittel:rapport", "Rapporten", ["Rapporten"]),
        ("busetting OR økonomi", "bosetting", ["bosetting"]),
        ("-tolk", "annet", []),
        ("", "tolk", []),
        ("a&b", "a & b <b>", ["a &amp; b"]),
        ("15 400", "Norge tok imot 15.400 flyktninger", ["15.400"]),
        ("15400", "Norge tok imot 15 400 flyktninger", ["15 400"]),
        ("15 400", "Norway received 15,400 refugees", ["15,400"]),
        ("Jobbsjansen", "Job Opportunity: an opportunity", ["Job Opportunity"]),
        ("e-post", "E-posten: e, post", ["E-posten", "e, post"]),
        ("sprakk*", "Språkkafé", ["Språkkafé"]),
        ("eldreomsorg", "Omsorgen de eldre har", ["Omsorgen", "eldre"]),
    ],
)
def test_what_matched_is_marked_in_whatever_form(
    store: Store, now: datetime, q: str, text: str, expected: list[str]
) -> None:
    data = entry_data(title=text, lead="", body_text="", attachments=())
    store.entries.put(data, seen=now, first_crawl=False)
    found = store.entries.search(EntryQuery.parse([("q", q)]), Paging())
    assert [entry.title for entry in found.entries] == [text]
    made = str(Marker(found.sought).mark(Text(text)))
    assert marked(made) == expected
    assert "<b>" not in made
    assert is_marked(made) == bool(expected)


def test_the_page_is_told_where_only_a_file_has_the_words() -> None:
    file = Attachment(url="https://www.imdi.no/r.pdf", label="Rapport", pages=3)
    pages = ["Om tolk", "Om barnehagen", "Om barnehage"]
    entry = entry_data(title="Ny rapport", lead="", body_text="Om tolk.", attachments=(file,))
    assert page_with(entry, marker("barnehage"), lambda _: pages) == (file, 2)
    assert page_with(entry, marker("tolk"), lambda _: pages) is None
    assert page_with(entry, marker("skole"), lambda _: pages) is None


def test_the_page_is_told_for_a_file_that_was_imported() -> None:
    file = Attachment(url="", label="r.pdf", pages=2)
    entry = entry_data(
        url="",
        title="Ny rapport",
        lead="",
        body_text="Om tolk. Om barnehagen.",
        attachments=(file,),
    )
    assert page_with(entry, marker("barnehage"), lambda _: ["Om tolk", "Om barnehagen"]) == (
        file,
        2,
    )
    assert page_with(entry, marker("rapport"), lambda _: ["Om tolk", "Rapport"]) is None


def test_passages_are_short_and_begin_at_a_word() -> None:
    text = "Noen ord om annet. " * 100 + "Her står barnehage. " + "Mer om annet. " * 100
    made = str(passage(Text(text), marker("barnehager")))
    assert "<mark>barnehage</mark>" in made
    assert made.startswith("…")
    assert len(made) < LENGTH + 40
    assert made[1:].split()[0] in {"Noen", "ord", "om", "annet."}
    assert not passage(Text(text), marker("skole"))


def test_the_passage_with_most_of_the_words_is_shown() -> None:
    text = (
        "Noen ord om annet. " * 50
        + "En tolk. "
        + "Mer. " * 100
        + "Kommunen har en tolk. "
        + "Mer. " * 100
    )
    assert marked(str(passage(Text(text), marker("kommune", "tolk")))) == ["Kommunen", "tolk"]


def test_texts_read_together_are_marked_as_those_read_alone() -> None:
    texts = [Text("Tolken kom"), Text("En tolketjeneste"), Text("Ingenting")]
    together = marker("tolk")
    together.read(texts)
    made = [together.mark(text) for text in texts]
    assert made == [marker("tolk").mark(Text(text.text)) for text in texts]
    assert [marked(str(one)) for one in made] == [["Tolken"], ["tolketjeneste"], []]


@pytest.mark.parametrize("text", ["a" * 1_000_000, "a " * 500_000, "å-" * 500_000, "<" * 900_000])
def test_long_texts_cost_little(text: str) -> None:
    started = time.perf_counter()
    wanted = Sought(keys=frozenset({"finnesikke"}), prefixes=("nei",), phrases=(("a", "b"),))
    passage(Text(text[:MOST_SEARCHED]), Marker(wanted))
    assert time.perf_counter() - started < 1
