"""The sentence that shows why an entry was found."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from builders import entry_data, put
from db.models import Entry, Republish, Sought
from db.store import Store
from imdifeed.sending.passages import matched_sentence

SEEN = datetime(2026, 11, 23, 6, tzinfo=UTC)
TOLK = Sought(keys=frozenset({"tolk"}))


def entry(store: Store, lead: str, text: str = "") -> Entry:
    return store.entries.get(put(store, entry_data(lead=lead, body_text=text), seen=SEEN))


def marked(found: Entry, sought: Sought = TOLK, **options: Republish) -> tuple[str, list[str]]:
    republish = options.get("republish", Republish.FULL)
    passage = matched_sentence(found, sought, republish)
    if passage is None:
        return "", []
    return passage.text, [passage.text[start:end] for start, end in passage.spans]


def test_the_sentence_with_most_of_the_words_is_given_with_the_words_marked(store: Store) -> None:
    found = entry(
        store,
        "Kommunene bosetter flere. I fjor ble det brukt tolk i 2,5 av 3 saker.",
        "Den som bruker tolk, må vite hva tolken kan. «Tolk er en rett», sier hun.\nSlutt",
    )
    assert marked(found) == ("Den som bruker tolk, må vite hva tolken kan.", ["tolk", "tolken"])


def test_a_source_that_may_only_be_summarised_shows_its_lead(store: Store) -> None:
    found = entry(store, "Et sammendrag om tolk.", "Hele teksten om tolk og tolken.")
    assert marked(found, republish=Republish.SUMMARY) == ("Et sammendrag om tolk.", ["tolk"])


def test_a_withdrawn_entry_shows_nothing(store: Store) -> None:
    found = replace(entry(store, "Et sammendrag om tolk."), withdrawn=SEEN)
    assert marked(found) == ("", [])


@pytest.mark.parametrize("sought", [Sought(), Sought(keys=frozenset({"bosetting"}))])
def test_without_the_words_there_is_none(store: Store, sought: Sought) -> None:
    assert marked(entry(store, "Noe annet enn det."), sought) == ("", [])


def test_a_long_sentence_is_cut_around_the_word(store: Store) -> None:
    text, words = marked(entry(store, f"{'ord ' * 200}her er tolk nevnt {'og mer ' * 200}."))
    assert len(text) <= 310
    assert (text[0], text[-1], words) == ("…", "…", ["tolk"])


def test_hostile_text_takes_no_time(store: Store) -> None:
    assert marked(entry(store, "." * 9000 + " " * 9000 + "«" * 9000)) == ("", [])
