"""Terms of words that stand together: all in one sentence, in any order."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from crawler.terms import Matcher, Span, Word

#: in a term, what stands between words that need only be in one sentence
AND = "+"


class Company:
    """Finds sentences that hold something of each of several lists of terms."""

    def __init__(self, sides: Sequence[Matcher]) -> None:
        self.sides = tuple(sides)

    def find(
        self, words: Sequence[Word], *, outside: Collection[int] = ()
    ) -> Iterator[tuple[Span, ...]]:
        """Give, once a sentence, where each side stands, without overlap, the first side first."""
        for _, places in groupby(range(len(words)), key=lambda place: words[place].sentence):
            sentence = list(places)
            if spans := self._in_sentence(words, sentence[0], sentence[-1] + 1, outside):
                yield spans

    def _in_sentence(
        self, words: Sequence[Word], start: int, end: int, outside: Collection[int]
    ) -> tuple[Span, ...]:
        taken = {place - start for place in outside}
        spans: list[Span] = []
        for side in self.sides:
            span = next(side.find(words[start:end], outside=taken), None)
            if span is None:
                return ()
            taken.update(range(span.start, span.end))
            spans.append(Span(start + span.start, start + span.end))
        return tuple(spans)
