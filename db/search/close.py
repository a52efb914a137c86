"""What comes close to a word, or to words that are one term, if they are all a search asks for."""

from collections.abc import Sequence

from db.search.compounds import in_other_words, pieces
from db.search.meaning import Close, How, Index, Pattern
from db.search.synonym import Line, token_of
from db.search.thesaurus import thesaurus
from db.words import Word


def close_to_word(word: Word, index: Index) -> Close:
    """Give what comes close to a word.

    A compound that few wrote is found by its parts, wherever they stand, and says most by its
    first: *telefontolking* is about the telephone.
    """
    close = close_to_term((word.key,))
    if not word.leaves:
        return close
    ways = [word.leaves, *(one.terms for one in in_other_words(word, index))]
    apart = Close(tuple(Pattern(How.ALL, way) for way in ways), (_says(pieces(word)[0]),))
    return apart | close


def close_to_term(keys: Sequence[str]) -> Close:
    """Give what a term takes in and what it is related to; and, wider, what takes it in."""
    known = thesaurus()
    near = [_any_of(line) for line in known.related(keys)]
    if taken_in := known.taken_in(keys):
        near.insert(0, Pattern(How.LINE, (taken_in,)))
    return Close(tuple(near), tuple(map(_any_of, known.broader(keys))))


def _says(piece: str) -> Pattern:
    line = thesaurus().line([piece])
    return _any_of(line) if line else Pattern(How.KEYS, (piece,))


def _any_of(line: Line) -> Pattern:
    return Pattern(How.LINE, (token_of(line),))
