"""Terms of words that stand together: all in one sentence, in any order."""

from collections.abc import Iterable, Iterator, Sequence, Set

from crawler.tags.terms import Matcher
from crawler.tags.words import Span, Text

#: in a term, what stands between words that need only be in one sentence
AND = "+"


class Company:
    """Finds sentences that hold something of each of several lists of terms."""

    def __init__(self, sides: Sequence[Matcher]) -> None:
        self.sides = tuple(sides)
        self._needed = frozenset(sides)

    def within(self, held: Set[Matcher]) -> bool:
        """Tell whether every side is among what a text holds."""
        return held >= self._needed

    def find(self, words: Text, *, outside: Set[int] = frozenset()) -> Iterator[tuple[Span, ...]]:
        """Give, once a sentence, where each side stands, without overlap, the first side first."""
        by_side: list[dict[int, list[Span]]] = []
        for side in self.sides:
            found: dict[int, list[Span]] = {}
            for span in side.find(words, outside=outside):
                found.setdefault(words.sentence(span.start), []).append(span)
            if not found:
                return
            by_side.append(found)
        for sentence in by_side[0]:
            if spans := _apart([found.get(sentence, []) for found in by_side]):
                yield spans


class Companies:
    """The companies of a tag, looked up by the side of each that the fewest texts hold."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self._all = tuple(companies)
        self._by_side: dict[Matcher, list[tuple[int, Company]]] = {}
        for place, company in enumerate(self._all):
            rarest = min(company.sides, key=lambda side: len(side.terms))
            self._by_side.setdefault(rarest, []).append((place, company))
        self._sides = frozenset(self._by_side)

    def __iter__(self) -> Iterator[Company]:
        """Give all of them, in order."""
        return iter(self._all)

    def within(self, words: Text) -> Sequence[Company]:
        """Give those, in order, of which a text holds every side somewhere."""
        found = words.found
        if found is None:
            return self._all
        held = found.keys()
        sides = self._sides.intersection(held)
        if not sides:
            return ()
        possible = [
            placed for side in sides for placed in self._by_side[side] if placed[1].within(held)
        ]
        return [company for _, company in sorted(possible, key=lambda placed: placed[0])]


def _apart(choices: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Choose a span of each, the first that overlaps none before it, or nothing."""
    chosen: list[Span] = []
    for spans in choices:
        free = (
            span
            for span in spans
            if all(span.end <= other.start or other.end <= span.start for other in chosen)
        )
        span = next(free, None)
        if span is None:
            return ()
        chosen.append(span)
    return tuple(chosen)
