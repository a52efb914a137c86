"""What the words of a query match, and the conditions that choose it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from db.models import Sought
from db.search.meaning import Meaning
from db.search.relevance import Weighed
from db.sql.pieces import AMONG, NOT_AMONG


@dataclass(frozen=True)
class Match:
    """What the words of a query match."""

    #: whether there is anything to look for
    seeks: bool = False
    #: the numbers of the entries that have what may not be there; only where it seeks nothing
    without: Sequence[int] = ()
    #: the numbers of the entries, lowest first: the index is asked once, not by each filter anew
    hits: Sequence[int] = ()
    #: of each hit, in the same order, an estimate of how well it answers (`db.sql.finding`)
    strengths: bytes = b""
    #: where entries are added that lack something: the numbers of those that do not; None otherwise
    whole: tuple[int, ...] | None = None
    #: the ways each group of words is found, with what they weigh
    groups: tuple[tuple[Weighed, ...], ...] = ()
    meaning: Meaning = field(default_factory=Meaning)
    sought: Sought = field(default_factory=Sought)
    #: what was sought in the entries that were added
    sought_close: Sought = field(default_factory=Sought)

    @property
    def found(self) -> Sequence[int] | None:
        """The numbers of the entries; None where there is nothing to look for."""
        return self.hits if self.seeks else None

    @cached_property
    def numbers(self) -> str:
        """The numbers of the entries, or of those that are left out, as a JSON list."""
        return json.dumps(list(self.hits if self.seeks else self.without))

    def among(self, numbers: Sequence[int]) -> "Match":
        """Give the same match of these of its entries only."""
        return replace(self, hits=numbers)

    def conditions(self, number: str) -> Iterator[tuple[str, str]]:
        """Give what holds of a column of entry numbers, each condition with its value."""
        if self.seeks:
            yield f"{number} {AMONG}", self.numbers
        elif self.without:
            yield f"{number} {NOT_AMONG}", self.numbers
