"""Terms of the taxonomy and where they stand in a text."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property, lru_cache

from crawler.tags.tree import Keys, TermTree, is_open
from crawler.tags.words import Span, Text
from db.words import analyse

#: in a term, any words that may stand between two others, and how many at most
GAP = "…"
LONGEST_GAP = 3
#: a part that any word matches
_ANY = "*"


class Matcher:
    """Finds a list of terms in texts.

    A term is one or several words. A word ending in `*` stands for every word that begins so, one
    beginning with `*` for every word that ends so, and with both for every word that holds it.
    `word-` stands for compounds that begin so and `-word` for those that end so: words with three
    letters more, or else every inflection would be one.
    `=word` stands for exactly these letters, any other word for itself in any inflection; where
    `literal` is set, every word stands for exactly its letters. `…` between two words stands for
    up to three others.
    """

    def __init__(self, terms: Iterable[str], *, literal: bool = False) -> None:
        #: every term as its parts, with each number of words in its gaps
        self.terms = tuple(
            filled
            for term in terms
            for filled in _without_gaps(
                [_key(part, literal=literal) for part in term.lower().split()]
            )
        )

    def find(self, words: Text, *, outside: Set[int] = frozenset()) -> Iterable[Span]:
        """Give where the terms stand, without overlap, passing over the positions `outside`."""
        marked = words if words.found is not None else self._tree.mark(Text(words))
        spans = (marked.found or {}).get(self)
        # most texts hold none of most lists
        return _apart(spans, outside) if spans else ()

    def covers(self, term: str) -> bool:
        """Tell whether every text that holds another term holds one of these in its place."""
        words = Text.of(examples(term)[0])
        return any(span == Span(0, len(words)) for span in self.find(words))

    @cached_property
    def _tree(self) -> TermTree:
        return TermTree([self])


def _apart(spans: Iterable[Span], outside: Set[int]) -> Iterator[Span]:
    free = 0
    for span in spans:
        start, end = span
        if start >= free and outside.isdisjoint(range(start, end)):
            free = end
            yield span


def _key(part: str, *, literal: bool = False) -> str:
    """Give what stands for a part of a term in a tree."""
    if part == GAP or is_open(part):
        return part
    if part.startswith("=") or literal:
        return "=" + part.removeprefix("=")
    return analyse(part).key


def unreachable(term: str) -> bool:
    """Tell whether no text can hold a term: its letters never make up the words of one."""
    return any(_unreachable(part) for part in term.split() if part != GAP)


@lru_cache(maxsize=10_000)
def _unreachable(part: str) -> bool:
    words = Text.of(examples(part)[0])
    return len(words) != 1 or not any(Keys([_key(part)]).of(words[0]))


def _without_gaps(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Write a term with a gap as one term for each number of words that may fill it."""
    if GAP not in parts:
        return [tuple(parts)]
    place = parts.index(GAP)
    before, after = parts[:place], parts[place + 1 :]
    return [
        filled
        for length in range(LONGEST_GAP + 1)
        for filled in _without_gaps([*before, *[_ANY] * length, *after])
    ]


def examples(term: str) -> tuple[str, str]:
    """Give words that a term stands for: with letters no other term has for its stars, and none."""
    parts = [part.removeprefix("=") for part in term.lower().split() if part != GAP]
    whole = [re.sub(r"^-", "qxq", re.sub(r"-$", "xqx", part)) for part in parts]
    filled = (re.sub(r"^\*", "qx", re.sub(r"\*$", "xq", part)) for part in whole)
    return " ".join(filled), " ".join(part.strip("*") for part in whole)
