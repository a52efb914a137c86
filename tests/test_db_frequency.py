"""How common words are at large, and what that does to a search in few entries."""

from datetime import datetime

import pytest

from builders import entry_data, put
from db.query import EntryQuery, Paging
from db.search.meaning import How, Pattern
from db.search.relevance import telling
from db.store import Store
from db.text import tokens
from db.words.frequency import usual_share


def of(word: str) -> float:
    (key,) = tokens(word)
    return usual_share(key)


def test_words_of_every_text_are_more_common_than_those_of_a_subject() -> None:
    assert 1 >= of("og") > of("mener") > of("innvandring") > of("sekundærflytting") == 0


def test_inflections_and_nynorsk_count_together_and_english_words_count_too() -> None:
    assert of("mener") == of("meinte") == of("meiner")
    assert of("people") > of("settlement") > 0


@pytest.mark.parametrize("total", [10, 100, 100_000])
def test_a_common_word_tells_less_in_few_entries_and_nearly_the_same_in_many(total: int) -> None:
    common, rare = (Pattern(How.KEYS, tuple(tokens(word))) for word in ("mener", "innvandring"))
    apart = telling(rare, 5, total) - telling(common, 5, total)
    assert apart > 0
    assert (apart > 0.2 * telling(rare, 5, total)) == (total < 1_000)


@pytest.mark.every_engine
def test_a_question_is_answered_by_its_subject_not_by_the_words_it_is_put_with(
    store: Store, now: datetime
) -> None:
    for key, title in {
        "subject": "Innvandring i tall",
        "same": "Mer innvandring",
        "verb": "Dette mener jeg",
        **{str(number): f"Noe helt annet {number}" for number in range(20)},
    }.items():
        put(store, entry_data(key=key, url=f"https://imdi.example/{key}", title=title, lead="",
            body="", body_text="", attachments=(), keywords=()), seen=now)  # fmt: skip
    found = store.entries.search(EntryQuery(q="hva mener naboene om innvandring"), Paging())
    assert {one.key for one in found.entries[:2]} == {"subject", "same"}
