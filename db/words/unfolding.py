"""From a word typed without æ, ø and å to the one that the dictionaries have."""

from collections.abc import Iterator
from itertools import combinations, islice, pairwise, product

from db.words.bases import base_of
from db.words.compounds import split

#: what is typed, and the letters that it may stand for
_STANDS_FOR = {"aa": "å", "ae": "æ", "oe": "ø", "a": "åæ", "o": "ø"}
#: letters of one word that are put right, and ways to do so that are tried: of words that the
#: dictionaries have all but one in a thousand are among them, and each takes a millisecond
_MOST_LETTERS, MOST_TRIED = 3, 40


def unfolded(word: str) -> Iterator[str]:
    """Give the words that one may be, with the fewest letters changed first.

    Nothing where the dictionaries have it as it is typed, or all that it is put together from.
    """
    if not word.isascii() or base_of(word) or split(word):
        return
    for candidate in islice(_changed(word), MOST_TRIED):
        if base_of(candidate) or split(candidate):
            yield candidate


def _changed(word: str) -> Iterator[str]:
    places = [
        (place, len(typed), letters)
        for place in range(len(word))
        for typed, letters in _STANDS_FOR.items()
        if word.startswith(typed, place)
    ]
    for count in range(1, _MOST_LETTERS + 1):
        for chosen in combinations(places, count):
            if all(one[0] + one[1] <= two[0] for one, two in pairwise(chosen)):
                for letters in product(*(letters for _, _, letters in chosen)):
                    yield _with(word, chosen, letters)


def _with(word: str, chosen: tuple[tuple[int, int, str], ...], letters: tuple[str, ...]) -> str:
    # from the end, so that the places before it stay
    for (place, length, _), letter in zip(reversed(chosen), reversed(letters), strict=True):
        word = word[:place] + letter + word[place + length :]
    return word
