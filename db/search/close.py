"""What comes close to a word, or to words that are one term, if they are all a search asks for."""

from collections.abc import Sequence

from db.search.meaning import Close, How, Pattern
from db.search.synonym import Line, token_of
from db.search.thesaurus import thesaurus
from db.words import Word


def close_to_word(word: Word) -> Close:
    """Give what comes close to a word.

    For a compound that are its parts as well, wherever they stand and in other words, unless its
    first says nothing by itself or one of them says the whole, as *friluft* does of *friluftsliv*.
    """
    found, known = pieces(word), thesaurus()
    whole = known.line([word.key])
    one_says_all = whole and any(known.line([one]) == whole for one in found)
    are_telling = known.line(found[:1]) and not one_says_all
    parts = map(_says, found if are_telling else ())
    return Close(parts=tuple(parts)) | close_to_term((word.key,))


def close_to_term(keys: Sequence[str]) -> Close:
    """Give what a term takes in and what it is related to; and, wider, what takes it in."""
    known = thesaurus()
    taken_in = known.taken_in(keys)
    near = [Pattern(How.LINE, (taken_in,))] if taken_in else []
    near += map(_any_of, known.related(keys))
    return Close(tuple(near), tuple(map(_any_of, known.broader(keys))))


def pieces(compound: Word) -> tuple[str, ...]:
    """Give its parts, the longest that the thesaurus knows: *fotball*, not *fot* and *ball*."""
    found: list[str] = []
    left = compound.leaves
    while left:
        longest = len(left) if found else len(left) - 1
        known = (n for n in range(longest, 1, -1) if thesaurus().line(["".join(left[:n])]))
        count = next(known, 1)
        found.append("".join(left[:count]))
        left = left[count:]
    return tuple(found)


def _says(piece: str) -> Pattern:
    line = thesaurus().line([piece])
    return _any_of(line) if line else Pattern(How.KEYS, (piece,))


def _any_of(line: Line) -> Pattern:
    return Pattern(How.LINE, (token_of(line),))
