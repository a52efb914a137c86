"""How much an entry is about each of its words, worked out once, when it is indexed.

The weight of a word is BM25's saturated frequency over the fields of an entry, from 1 to 255 for
0 to 1; a word that only a file's pages have weighs 0. Its level is the weight in steps: an index
has every word under its level (`tolk5`), so that those that are most about a word are found without
looking at all that have it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.search.thesaurus import thesaurus

#: what a word weighs in each field of an entry, and the parts of its compounds
_FIELDS = {"title": 6.0, "lead": 2.0, "keywords": 2.0, "body": 1.0}
_PARTS = {"title_parts": 3.0, "body_parts": 0.5}
#: BM25: how soon more of the same word adds nothing, and how much a long text counts against it
_SOON, _LENGTH = 4.5, 0.5
#: characters of the usual entry's index tokens, and of each field that are weighed
_USUAL, _MOST_WEIGHED = 2_100, 6_000
MOST = 255
#: the least weight of every level but the first
_STEPS = (31, 51, 77, 102, 128, 153, 184)
LEVELS = len(_STEPS) + 1
#: what stands for the weights of a level where no entry is looked at: the middle of its step
TYPICAL = tuple((low + high) // 2 for low, high in zip((0, *_STEPS), (*_STEPS, MOST), strict=True))
#: what `db.sql.indexed` puts between two texts
_NO_WORD = "\ue000"


@dataclass(frozen=True, slots=True)
class Terms:
    """The index tokens of an entry, each once."""

    #: in UTF-8, each with its level behind it, a space before and after each
    text: bytes = b" "
    #: of each, in the same order
    weights: bytes = b""

    @property
    def line(self) -> str:
        """Give them as an index takes them."""
        return self.text.decode()

    def weight(self, term: str) -> float:
        """Give how much the entry is about a term, from 0 (it is not there) to 1."""
        text, sought, place = self.text, f" {term}".encode(), -1
        end = len(sought) + 1
        while (place := text.find(sought, place + 1)) >= 0:
            if text[place + end : place + end + 1] == b" ":
                return _share(self.weights[text.count(b" ", 0, place)])
        return 0.0

    def beginning(self, letters: str) -> float:
        """Give how much the entry is about all terms that begin so, together."""
        sought, place, odds = f" {letters}".encode(), -1, 0.0
        text = self.text
        while (place := text.find(sought, place + 1)) >= 0:
            share = _share(self.weights[text.count(b" ", 0, place)])
            # frequencies add up, and a share is one frequency beside another
            odds += share / (1.0 - share) if share < 1.0 else MOST
        return odds / (1.0 + odds)

    def with_pages(self, fields: Mapping[str, str]) -> "Terms":
        """Give the same entry with other pages of files."""
        found = {
            term: weight
            for term, weight in zip(self.line.split(), self.weights, strict=True)
            if weight
        }
        had = {term[:-1] for term in found}
        more = [f"{term}0" for term in _on_pages(fields) if term not in had]
        return Terms(_line([*found, *more]), bytes(found.values()) + bytes(len(more)))


def weigh(fields: Mapping[str, str]) -> Terms:
    """Weigh the index tokens of an entry's fields, as `db.sql.indexed` names them."""
    found: dict[str, float] = {}
    size = 0
    for name, each in (_FIELDS | _PARTS).items():
        text = fields[name]
        read = text[:_MOST_WEIGHED]
        if name in _FIELDS:
            size += len(read)
        for term, times in Counter(_terms_in(read, name)).items():
            found[term] = found.get(term, 0.0) + each * times
        if len(text) > len(read):
            found |= dict.fromkeys(set(_terms_in(text, name)).difference(found), 0.0)
    found.pop(_NO_WORD, None)
    for term, brought in list(thesaurus().named(found)):
        found[brought] = found.get(brought, 0.0) + found[term]
    half = _SOON * (1 - _LENGTH + _LENGTH * size / _USUAL)
    weights = [max(1, round(MOST * much / (much + half))) for much in found.values()]
    text = " ".join(
        f"{term}{level_of(weight)}" for term, weight in zip(found, weights, strict=True)
    )
    return Terms(text.encode(), bytes(weights)).with_pages(fields)


def level_of(weight: int) -> int:
    """Give the level of a weight, from 0."""
    return bisect_right(_STEPS, weight)


def _line(terms: Iterable[str]) -> bytes:
    return f" {' '.join(terms)} ".encode()


def _terms_in(text: str, field: str) -> list[str]:
    """Give the terms of a field, those of several words too, unless it holds parts of words."""
    found = text.split()
    return found if field in _PARTS else [*found, *thesaurus().rows(found)]


def _on_pages(fields: Mapping[str, str]) -> list[str]:
    """Give the terms of an entry's files, each once."""
    found = dict.fromkeys([*_terms_in(fields["pages"], "pages"), *fields["pages_parts"].split()])
    found.pop(_NO_WORD, None)
    return list(dict.fromkeys([*found, *(brought for _, brought in thesaurus().named(found))]))


def _share(weight: int) -> float:
    # on the pages of a file only: there, and hardly what the entry is about
    return (weight or 0.5) / MOST
