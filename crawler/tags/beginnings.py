"""Which matchers may find a term begun at which word: asked once a word, however many there are."""

from collections import defaultdict
from collections.abc import Iterable

from crawler.tags.terms import Keys, Matcher, Text, Word

#: words that are remembered
_MOST_REMEMBERED = 50_000


class Beginnings:
    """Marks texts for a set of matchers, which then look at no other words."""

    def __init__(self, matchers: Iterable[Matcher]) -> None:
        self._by_key: dict[str, list[Matcher]] = defaultdict(list)
        for matcher in dict.fromkeys(matchers):
            for first in matcher.firsts:
                self._by_key[first].append(matcher)
        self._keys = Keys(self._by_key)
        self._begun: dict[str, tuple[Matcher, ...]] = {}

    def mark(self, words: Text) -> Text:
        """Note on a text where each of the matchers may find a term."""
        starts: dict[Matcher, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            for matcher in self._begun_by(word):
                starts[matcher].append(place)
        words.starts = dict(starts)
        return words

    def _begun_by(self, word: Word) -> tuple[Matcher, ...]:
        known = self._begun.get(word.lower)
        if known is None:
            if len(self._begun) >= _MOST_REMEMBERED:
                self._begun.clear()
            found = (
                matcher for key in self._keys.of(word) for matcher in self._by_key.get(key, ())
            )
            known = self._begun[word.lower] = tuple(dict.fromkeys(found))
        return known
