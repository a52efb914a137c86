"""A term of the thesaurus, and the lines of terms that say one thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.words.lexicon import small_words

#: words of the longest term
LONGEST = 5
#: begins the token of a line, stands around each word in that of several words, and begins that of
#: what a line takes in: no text that is indexed has these private letters
LINE, _ROW, TAKEN_IN = "\ue001", "\ue002", "\ue003"


@dataclass(frozen=True, slots=True)
class Synonym:
    """One term of a line."""

    #: as written in the file, for people
    term: str
    #: index tokens, as they stand in a text
    keys: tuple[str, ...]

    @property
    def token(self) -> str:
        """What an index has for it: its own index token, or one for all of them in a row."""
        return token_for(self.keys)


#: words for one thing, each in another way
Line = tuple[Synonym, ...]


def token_for(keys: Sequence[str]) -> str:
    """Give what an index has for a term: its own index token, or one for all of them in a row."""
    return keys[0] if len(keys) == 1 else _ROW.join(("", *keys, ""))


def keys_in(token: str) -> tuple[str, ...]:
    """Give the index tokens of a term by what an index has for it."""
    return tuple(token.split(_ROW)[1:-1]) if token.startswith(_ROW) else (token,)


def token_of(line: Line) -> str:
    """Give what an index has for any term of a line."""
    return LINE + line[0].token


def narrower_token_of(line: Line) -> str:
    """Give what an index has for any term of the lines that a line takes in."""
    return TAKEN_IN + token_of(line)


def sought_by(keys: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Give the index tokens that a term is found by: with its small words, and without.

    Not without where one word would be left, which says something else: `legge ned`, `legge`.
    """
    without = telling(keys)
    return (keys,) if len(without) < 2 else tuple(dict.fromkeys((keys, without)))


def telling(keys: Sequence[str]) -> tuple[str, ...]:
    """Leave out the small words, as a search does, unless there is nothing else."""
    small = small_words()
    if small.isdisjoint(keys):
        return tuple(keys)
    return tuple(key for key in keys if key not in small) or tuple(keys)
