"""What comes close to a word, or to words that are one term, if they are all a search asks for."""

from collections.abc import Sequence

from db.search.compounds import pieces
from db.search.meaning import Close, How, Pattern
from db.search.synonym import Line, token_of
from db.search.thesaurus import thesaurus
from db.words import Word


def close_to_word(word: Word, patterns: Sequence[Pattern]) -> Close:
    """Give what comes close to a word that is found by some patterns.

    A compound that few wrote is found by its parts, wherever they stand, and says most by its
    first: *telefontolking* is about the telephone.
    """
    parts = [Pattern(How.ALL, one.terms) for one in patterns if one.how is How.NEAR]
    first = [_says(piece) for piece in pieces(word)[:1]]
    return Close(tuple(parts), tuple(first)) | close_to_term((word.key,))


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
