"""How well an entry answers a search: by how much it is about the words, and how many it has."""

from db.search.meaning import How, Pattern
from db.search.relevance import Weighed, relevance, weighed
from db.search.weights import weigh
from db.sql.indexed import FIELDS


def _group(word: str, *others: str, weight: float = 2.0) -> tuple[Weighed, ...]:
    return tuple(Weighed(Pattern(How.KEYS, (one,)), weight) for one in (word, *others))


def _score(*groups: tuple[Weighed, ...], **fields: str) -> float:
    return relevance(weigh(dict.fromkeys(FIELDS, "") | fields), groups)


def test_what_has_most_of_a_question_is_before_what_is_about_a_word_of_it() -> None:
    groups = [_group(word) for word in ("tolk", "sykehus", "nabo")]
    most = _score(*groups, body="tolk sykehus " + "annet " * 20)
    one = _score(*groups, title="tolk", lead="tolk", body="tolk tolk tolk")
    assert most > one
    assert _score(*groups, title="annet") == 0


def test_a_rare_word_that_an_entry_has_says_more_than_a_frequent_one() -> None:
    groups = [_group("nabo", weight=4.0), _group("kommune", weight=1.0)]
    assert _score(*groups, title="nabo") > 4 * _score(*groups, title="kommune")


def test_synonyms_count_once_and_less_than_what_was_typed() -> None:
    patterns = [Pattern(How.KEYS, (word,)) for word in ("tolk", "interpret")]
    group = weighed(patterns, typed=2, whole=5, total=100)
    typed = _score(group, title="tolk")
    assert _score(group, title="interpret") < typed
    assert _score(group, title="tolk", keywords="interpret") <= typed
