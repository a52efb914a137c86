"""Did you mean: the word nearest to one that nobody has written, and those of the same origin."""

from collections.abc import Sequence
from math import ceil

from db.search.meaning import Index

#: letters of a word beyond which no other spelling is looked for
LONGEST_RESPELT = 40
#: first letters, and their share of all, that words of one origin have alike: statsborger(skap)
_RELATED, _SHARE_RELATED = 6, 2 / 3
#: such words that stand for one that nobody wrote
_MOST_RELATED = 3


def nearest(word: str, candidates: Sequence[str], *, distance: int) -> str | None:
    """Give the candidate with the fewest wrong letters, at most `distance`.

    Counted are letters too many, missing, exchanged, or two in the wrong order (OSA distance). Of
    equals comes what has the same letters, doubled or in another order, then what has more of them,
    then what begins alike, and the first of those.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, candidates, scorer=OSA.distance, score_cutoff=distance, limit=None)
    nearest = [other for other, wrong, _ in found if wrong == found[0][1]]
    letters = set(word)
    return min(
        nearest,
        key=lambda other: (set(other) != letters, not set(other) > letters, other[:1] != word[:1]),
        default=None,
    )


def relatives(word: str, index: Index) -> list[str]:
    """Give the words of the index that share most of their first letters with a word."""
    fewest = max(_RELATED, ceil(len(word) * _SHARE_RELATED))
    lengths = range(min(len(word), LONGEST_RESPELT) - 1, fewest - 1, -1)
    found = (index.beginning(word[:length]) for length in lengths)
    return next(filter(None, found), [])[:_MOST_RELATED]
