"""What the words of a query match, and the conditions that choose it."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress

from db.models import Sought
from db.search.meaning import Meaning
from db.search.relevance import Weighed
from db.sql.bits import bits_of
from db.sql.pieces import AMONG, NOT_AMONG


@dataclass(frozen=True)
class Match:
    """What the words of a query match."""

    #: whether there is anything to look for
    seeks: bool = False
    #: the numbers of the entries that have what may not be there; only where it seeks nothing
    without: Sequence[int] = ()
    #: by number, an estimate of how well each entry answers (`db.sql.finding`); 0 for no hit
    strengths: bytes = b""
    #: where entries are added that lack something: the numbers of those that do not; None otherwise
    whole: tuple[int, ...] | None = None
    #: the ways each group of words is found, with what they weigh
    groups: tuple[tuple[Weighed, ...], ...] = ()
    meaning: Meaning = field(default_factory=Meaning)
    sought: Sought = field(default_factory=Sought)
    #: what was sought in the entries that were added
    sought_close: Sought = field(default_factory=Sought)

    @cached_property
    def hits(self) -> Sequence[int]:
        """The numbers of the entries, lowest first: made only where all of them are asked for."""
        return array("q", compress(range(len(self.strengths)), self.strengths))

    @cached_property
    def found(self) -> int | None:
        """The set of the entries (`db.sql.bits`); None where there is nothing to look for."""
        return bits_of(self.strengths) if self.seeks else None

    @cached_property
    def numbers(self) -> str:
        """The numbers of the entries, or of those that are left out, as a JSON list."""
        return json.dumps(list(self.hits if self.seeks else self.without))

    def conditions(self, number: str) -> Iterator[tuple[str, str]]:
        """Give what holds of a column of entry numbers, each condition with its value."""
        if self.seeks:
            yield f"{number} {AMONG}", self.numbers
        elif self.without:
            yield f"{number} {NOT_AMONG}", self.numbers
