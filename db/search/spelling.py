"""Did you mean: the word nearest to one that nobody has written."""

from collections.abc import Sequence


def nearest(word: str, candidates: Sequence[str], *, distance: int) -> str | None:
    """Give the candidate with the fewest wrong letters, at most `distance`; of several, the first.

    Counted are letters too many, missing, exchanged, or two in the wrong order (OSA distance).
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, candidates, scorer=OSA.distance, score_cutoff=distance, limit=1)
    return found[0][0] if found else None
