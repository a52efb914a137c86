"""What a search gives."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

#: what a page holds of each entry: an `Entry`, or its `Version`
Shown = TypeVar("Shown")


class Version(NamedTuple):
    """An entry as it is now, by numbers: while they are the same it is shown as before."""

    entry_id: int
    #: number of the newest change to what readers see of it
    change: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a search that nobody wrote, and the one that was searched for in its place."""

    typed: str
    used: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looked for, to be marked in the texts it found."""

    #: index tokens (`db.text.tokens`)
    keys: frozenset[str] = frozenset()
    #: beginnings of words
    prefixes: tuple[str, ...] = ()
    #: words one after the other, as written, in lower case
    phrases: tuple[tuple[str, ...], ...] = ()
    #: index tokens one after the other
    rows: frozenset[tuple[str, ...]] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether there is anything to mark."""
        return bool(self.keys or self.prefixes or self.phrases or self.rows)


@dataclass(frozen=True, slots=True)
class SearchPage(Generic[Shown]):
    """One page of a query's answer."""

    #: how many entries match in all
    total: int
    entries: tuple[Shown, ...]
    #: words that were replaced because no entry has them
    corrections: tuple[Correction, ...] = ()
    #: other words for the same that were looked for and occur
    also_searched: tuple[str, ...] = ()
    #: how many of all entries, those first by relevance, have all of the words; the rest has most
    #: of them, or comes close. None where every entry has all
    partial_from: int | None = None
    sought: Sought = Sought()
    #: what was sought in those from `partial_from` on
    sought_close: Sought = Sought()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of a query's entries carry each value, most frequent first."""

    tags: dict[str, int]
    kinds: dict[str, int]
    sources: dict[str, int]
    languages: dict[str, int]
    #: of publication, in Oslo; newest first
    years: dict[str, int] = field(default_factory=dict)
