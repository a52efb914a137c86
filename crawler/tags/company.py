"""Terms of words that stand together: all in one sentence, in any order."""

from collections.abc import Collection, Iterator, Sequence

from crawler.tags.terms import Matcher
from crawler.tags.words import Span, Text

#: in a term, what stands between words that need only be in one sentence
AND = "+"


class Company:
    """Finds sentences that hold something of each of several lists of terms."""

    def __init__(self, sides: Sequence[Matcher]) -> None:
        self.sides = tuple(sides)
        self._needed = frozenset(sides)

    def find(self, words: Text, *, outside: Collection[int] = ()) -> Iterator[tuple[Span, ...]]:
        """Give, once a sentence, where each side stands, without overlap, the first side first."""
        if words.found is not None and not words.found.keys() >= self._needed:
            return
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
