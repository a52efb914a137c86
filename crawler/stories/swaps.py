"""Facts and names that stand in each other's place in two texts of one mould."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from crawler.stories.sketch import Sketch, facts_in, whole_text, words_of
from db.models import EntryData

#: words of each text that are laid side by side
_MOST_WORDS = 600
_MOST_CHARACTERS = 10 * _MOST_WORDS
#: more words in a row that differ are another sentence, not another fact
_LONGEST_SWAP = 4
#: as many words on both sides, and no more, are one thing for another
_FEW = 2

# a capital after a word and a space begins a name, after a full stop a sentence
_NAME = re.compile(r"(?<=[\w,;)] )[A-ZÆØÅ][^\W\d_]+")
#: the directorate is named in full here and in short there
_PUBLISHER = frozenset({"imdi", "integrerings", "mangfoldsdirektoratet", "mangfoldsdirektoratets"})


def swapped(one: EntryData, other: EntryData, a: Sketch, b: Sketch) -> str:
    """Say which fact or name of the one has another in its place; empty where none has.

    `a` and `b` are the sketches of the two. What both have somewhere is not swapped, but moved.
    """
    names = _names(one) | _names(other)
    for left, right in _differences(one, other):
        mine, theirs = facts_in(left), facts_in(right)
        if mine and theirs and _are_swapped(mine - b.facts, theirs - a.facts, left, right):
            return f"one has {min(mine)} where the other has {min(theirs)}"
        my_names = {word for word in left if word in names and not b.mentions(word)}
        their_names = {word for word in right if word in names and not a.mentions(word)}
        if my_names and their_names:
            return f"one has {min(my_names)} where the other has {min(their_names)}"
    return ""


def _are_swapped(
    mine: frozenset[str], theirs: frozenset[str], left: list[str], right: list[str]
) -> bool:
    """Tell whether facts that only one of two texts has were swapped.

    In a run of the same few words, one such fact is enough: the other may stand elsewhere too.
    """
    few = len(left) == len(right) <= _FEW
    return bool(mine or theirs) if few else bool(mine and theirs)


def _differences(one: EntryData, other: EntryData) -> Iterator[tuple[list[str], list[str]]]:
    """Give the short runs of words that stand in each other's place."""
    for text, other_text in ((one.title, other.title), (whole_text(one), whole_text(other))):
        left, right = _words(text), _words(other_text)
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        for tag, start, end, other_start, other_end in matcher.get_opcodes():
            if tag == "replace" and max(end - start, other_end - other_start) <= _LONGEST_SWAP:
                yield left[start:end], right[other_start:other_end]


def _words(text: str) -> list[str]:
    return [word.lower() for word in words_of(text[:_MOST_CHARACTERS])[:_MOST_WORDS]]


def _names(entry: EntryData) -> frozenset[str]:
    text = f"{entry.title}\n{whole_text(entry)}"[:_MOST_CHARACTERS]
    return frozenset(name.lower() for name in _NAME.findall(text)) - _PUBLISHER
