"""Where the terms of a tag stand in one part of an entry; a place counts for one term."""

from collections.abc import Iterable, Iterator, Sequence

from crawler.tags.rules import Rule
from crawler.tags.terms import Matcher
from crawler.tags.words import Span, Text, Word


def strong_hits(
    rule: Rule, words: Text, taken: set[int], *, names_subject: bool
) -> Iterator[tuple[Span, ...]]:
    """Give where strong terms stand, and then words in company; `taken` grows by their places.

    A sentence with a strong term says no more by words in company, nor by a second company.
    `names_subject` is for titles and keywords, where more terms are strong.
    """
    said: set[int] = set()
    for matcher in (rule.strong, rule.title) if names_subject else (rule.strong,):
        for span in _side_by_side(matcher, words, taken):
            said.add(words.sentence(span.start))
            yield (span,)
    for company in rule.company.within(words):
        for spans in company.find(words, outside=taken):
            sentence = words.sentence(spans[0].start)
            if sentence not in said:
                said.add(sentence)
                taken.update(place for span in spans for place in range(span.start, span.end))
                yield tuple(sorted(spans))


def weak_hits(
    rule: Rule, words: Text, taken: set[int], *, names_subject: bool
) -> Iterator[tuple[Span, ...]]:
    """Give where weak terms stand that nothing stronger has taken."""
    for matcher in (rule.weak,) if names_subject else (rule.title, rule.weak):
        for span in _side_by_side(matcher, words, taken):
            yield (span,)


def quoted(sides: Iterable[Sequence[Word]]) -> str:
    """Write words as printed, with … between those that stand apart in a sentence."""
    return " … ".join(" ".join(word.surface for word in side) for side in sides)


def _side_by_side(matcher: Matcher, words: Text, taken: set[int]) -> Iterator[Span]:
    for span in list(matcher.find(words, outside=taken)):
        taken.update(range(span.start, span.end))
        yield span
