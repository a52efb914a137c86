"""Terms of many matchers in one tree, so that a text is gone through once for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.tags.words import Span, Text, Word

if TYPE_CHECKING:
    from crawler.tags.terms import Matcher

#: letters that the rest of a compound has at least, so that `tolke-` takes in no `tolker`
LEAST_REST = 3
#: words that are remembered
_MOST_REMEMBERED = 50_000


@dataclass(slots=True)
class _Node:
    """What may follow after some parts of a term, and whose terms end with them."""

    then: "dict[str, _Node]" = field(default_factory=dict)
    ends: "list[Matcher]" = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What a word is to the terms of a tree."""

    #: the parts of terms that stand for it
    parts: tuple[str, ...]
    #: what follows where it begins terms
    nodes: tuple[_Node, ...]
    #: whose terms it is alone
    ends: "tuple[Matcher, ...]"
    #: the parts that may follow it
    seconds: frozenset[str]


class TermTree:
    """Finds the terms of a set of matchers, in time that hardly depends on how many there are."""

    def __init__(self, matchers: "Iterable[Matcher]") -> None:
        root = _Node()
        parts: set[str] = set()
        for matcher in dict.fromkeys(matchers):
            for term in matcher.terms:
                node = root
                for part in term:
                    node = node.then.setdefault(part, _Node())
                node.ends.append(matcher)
                parts.update(term)
        self._firsts = root.then
        self._keys = Keys(parts)
        self._known: dict[str, _Known] = {}

    def mark(self, words: Text) -> Text:
        """Note on a text where terms of each of the matchers stand."""
        found: defaultdict[Matcher, list[Span]] = defaultdict(list)
        get, know = self._known.get, self._know
        known = [get(word.surface) or know(word) for word in words]
        last = len(known) - 1
        for start, word in enumerate(known):
            # most words that may begin a term are not followed by the rest of it
            if (
                word.seconds
                and start < last
                and not word.seconds.isdisjoint(known[start + 1].parts)
            ):
                for matcher, span in reversed(_begun(known, start)):
                    found[matcher].append(span)
            elif word.ends:
                alone = Span(start, start + 1)
                for matcher in word.ends:
                    found[matcher].append(alone)
        words.found = found
        return words

    def _know(self, word: Word) -> _Known:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        parts = tuple(dict.fromkeys(self._keys.of(word)))
        nodes = tuple(self._firsts[part] for part in parts if part in self._firsts)
        known = _Known(
            parts,
            nodes,
            ends=tuple(matcher for node in nodes for matcher in node.ends),
            seconds=frozenset(part for node in nodes for part in node.then),
        )
        self._known[word.surface] = known
        return known


def _begun(words: Sequence[_Known], start: int) -> "list[tuple[Matcher, Span]]":
    """Give the terms that begin at a word, the shortest first."""
    found: list[tuple[Matcher, Span]] = []
    nodes: Sequence[_Node] = words[start].nodes
    for end in range(start + 1, len(words) + 1):
        found += [(matcher, Span(start, end)) for node in nodes for matcher in node.ends]
        follow = [node.then for node in nodes if node.then]
        if not follow or end == len(words):
            break
        nodes = [then[part] for then in follow for part in words[end].parts if part in then]
    return found


class Keys:
    """Tells which of the parts that terms are made of stand for a word."""

    def __init__(self, parts: Collection[str]) -> None:
        self._whole = frozenset(part for part in parts if not is_open(part))
        starred = sorted(part for part in parts if is_open(part))
        self._within = [part for part in starred if part[0] == part[-1] == "*"]
        #: by letters, and with how many letters more at least
        self._beginnings: dict[str, list[tuple[str, int]]] = {}
        self._ends: dict[str, list[tuple[str, int]]] = {}
        for part in starred:
            bare, more = part.strip("*-"), LEAST_REST if "-" in part else 0
            if part not in self._within:
                sides = self._beginnings if part[-1] in "*-" else self._ends
                sides.setdefault(bare, []).append((part, len(bare) + more))
        self._first_lengths = sorted({len(bare) for bare in self._beginnings})
        self._last_lengths = sorted({len(bare) for bare in self._ends})

    def of(self, word: Word) -> Iterator[str]:
        """Give those of a word's stem, letters, beginnings and ends that are parts of terms."""
        lower, length = word.lower, len(word.lower)
        yield from self._whole.intersection((word.stem, f"={lower}"))
        open_ones = [self._beginnings.get(lower[:size], ()) for size in self._first_lengths]
        open_ones += [self._ends.get(lower[-size:], ()) for size in self._last_lengths]
        for found in filter(None, open_ones):
            yield from (part for part, least in found if length >= least)
        yield from (part for part in self._within if part[1:-1] in lower)


def is_open(part: str) -> bool:
    """Tell whether letters are left open at one end of a part, or at both."""
    return part[0] in "*-" or part[-1] in "*-"
