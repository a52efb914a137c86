"""The words of texts, each as it stands there, and what finds it."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count

from db.text import GROUPED_NUMBER, join_numbers
from db.words import analyse

# numbers in groups of three are one word (`db.text.join_numbers`); most words begin with a letter
WORD = re.compile(rf"[^\W\d_][^\W_]*|{GROUPED_NUMBER.pattern}|[^\W_]+")
#: words whose meaning is kept: a page of texts has some 1,500, and the next page mostly the same
_MOST_KEPT = 30_000


#: gives the index tokens of words that were analysed before (`EntryStore.tokens_of`)
TokensOf = Callable[[Collection[str]], Mapping[str, Sequence[str]]]


class Text:
    """A text with its words, each once; they are looked for when they are first needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        #: number of the forms that have learnt its words
        self.learnt = 0

    @cached_property
    def words(self) -> Collection[str]:
        """Give its words as they stand there."""
        return set(WORD.findall(self.text))

    def to_keep(self) -> "Text":
        """Give a text that takes little memory: all that are kept have their words in common."""
        kept = Text(self.text)
        kept.words = tuple(map(sys.intern, self.words))
        return kept


class Forms:
    """The words of texts that were looked through, as they stand there, by what finds them."""

    _numbers = count(1)

    def __init__(self) -> None:
        self.number = next(self._numbers)
        #: the index token of each as a whole
        self.keys: dict[str, str] = {}
        self._by_token: defaultdict[str, list[str]] = defaultdict(list)

    def learn(self, new: Collection[str], tokens_of: TokensOf) -> None:
        """Come to know words of a text."""
        lower = {word: plain(word) for word in new}
        stored = tokens_of(frozenset(lower.values()))
        for word, written in lower.items():
            tokens = stored.get(written) or _tokens(written)
            for token in tokens:
                self._by_token[token].append(word)
            # another thread that finds the word known finds its tokens as well
            self.keys[word] = tokens[0]

    def of(self, tokens: Iterable[str]) -> frozenset[str]:
        """Give the words that tokens find, by themselves or as a part of them."""
        found = [self._by_token[token] for token in tokens if token in self._by_token]
        return frozenset().union(*found)


class _Kept:
    """What this process knows of words. Another thread may go on with what was there before."""

    forms = Forms()


def known_forms() -> Forms:
    """Give what this process knows of words, for all texts that belong together."""
    if len(_Kept.forms.keys) > _MOST_KEPT:
        _Kept.forms = Forms()
    return _Kept.forms


def _tokens(word: str) -> Sequence[str]:
    analysed = analyse(word)
    return analysed.key, *analysed.parts


def plain(word: str) -> str:
    """Give a word as it is analysed."""
    lower = word.lower()
    return join_numbers(lower) if lower[0].isdigit() else lower
