"""The parts of an entry that are looked at for terms."""

from dataclasses import dataclass
from math import inf

from crawler.tags.words import Text


@dataclass(frozen=True, slots=True)
class Field:
    """A part of an entry, and how its hits count."""

    name: str
    words: Text
    #: score of one strong term
    weight: float
    #: hits that count at most, in all and of one word
    most: float
    most_of_a_word: float = inf
    #: whether terms that are strong in a title are strong here
    names_subject: bool = False
    #: whether it says what kind of text follows
    announces: bool = False
    #: whether it is long enough to speak of something throughout
    is_long: bool = False

    @property
    def is_title(self) -> bool:
        """Tell whether it is the title: nothing else both announces and names a subject."""
        return self.announces and self.names_subject
