"""The words of an entry that show why it was found, with the words searched for marked."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from markupsafe import Markup, escape

from db.models import Attachment, EntryData, Republish, Sought
from db.text import GROUPED_NUMBER, join_numbers
from db.words import analyse
from feed.sanitise import summary_of
from feed.wording import cut

#: characters of an excerpt
LENGTH = 280
#: how far into a long text we look for the words, and how much we show before them
_MOST_SEARCHED = 10_000
_BEFORE = 90
#: characters of an entry's files that are looked through for the page of a hit
_MOST_OF_FILES = 400_000
# numbers in groups of three are one word (`db.text.join_numbers`); most words begin with a letter
_WORD = re.compile(rf"[^\W\d_][^\W_]*|{GROUPED_NUMBER.pattern}|[^\W_]+")
#: words whose meaning is kept: a page of texts has some 1,500, and the next page mostly the same
_MOST_KEPT = 30_000

Span = tuple[int, int]
#: gives the index tokens of words that were analysed before (`EntryStore.tokens_of`)
TokensOf = Callable[[Collection[str]], Mapping[str, Collection[str]]]


class _Forms:
    """The words of texts that were looked through, as they stand there, by what finds them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._by_token: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def is_full(self) -> bool:
        """Whether there are as many as are kept."""
        return len(self._known) > _MOST_KEPT

    def learn(self, words: set[str], tokens_of: TokensOf) -> None:
        """Come to know the words of a text."""
        new = words - self._known
        if not new:
            return
        plain = {word: _plain(word) for word in new}
        stored = tokens_of(frozenset(plain.values()))
        for word, lower in plain.items():
            for token in stored.get(lower) or _tokens(lower):
                self._by_token[token].add(word)
        self._known |= new

    def of(self, tokens: Iterable[str], words: set[str]) -> set[str]:
        """Give those of some words that tokens find, by themselves or as a part of them."""
        found = [self._by_token[token] for token in tokens if token in self._by_token]
        return words.intersection(chain.from_iterable(found))


class _Kept:
    """What this process knows of words. Another thread may go on with what was there before."""

    forms = _Forms()


def _nothing(_: Collection[str]) -> Mapping[str, Collection[str]]:
    return {}


def spans(text: str, sought: Sought, tokens_of: TokensOf = _nothing) -> Iterator[Span]:
    """Give where the words sought stand in a text: whole words, in any form, or whole phrases."""
    if not sought:
        return
    alone, first = _telling(set(_WORD.findall(text)), sought, tokens_of)
    end = 0
    for start, word in sorted(_places(text, alone | first)) if alone or first else ():
        if start >= end:
            stop = _end(text, start, sought) if word in first else 0
            end = stop or (start + len(word) if word in alone else 0)
            if end:
                yield start, end


def _telling(words: set[str], sought: Sought, tokens_of: TokensOf) -> tuple[set[str], set[str]]:
    """Give those of some words that are sought by themselves, and those that may begin a row."""
    if _Kept.forms.is_full:
        _Kept.forms = _Forms()
    forms = _Kept.forms
    forms.learn(words, tokens_of)
    alone = forms.of(sought.keys, words)
    if sought.prefixes:
        alone |= {word for word in words if _plain(word).startswith(sought.prefixes)}
    first = forms.of((row[0] for row in sought.rows), words)
    if sought.phrases:
        firsts = {phrase[0] for phrase in sought.phrases}
        first |= {word for word in words if _plain(word) in firsts}
    return alone, first


def _places(text: str, words: Collection[str]) -> Iterator[tuple[int, str]]:
    """Give where words stand in a text, each by itself."""
    if any(word[0].isdigit() for word in words):
        # a number may be a part of one that is written in groups
        looked_for = frozenset(words)
        yield from ((one.start(), one[0]) for one in _WORD.finditer(text) if one[0] in looked_for)
        return
    for word in words:
        place = text.find(word)
        while place >= 0:
            end = place + len(word)
            if not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum()):
                yield place, word
            place = text.find(word, end)


def _end(text: str, start: int, sought: Sought) -> int:
    """Give where the longest phrase or row ends that begins at a place; 0 where none does."""
    most = max(map(len, (*sought.phrases, *sought.rows)))
    words = list(islice(_WORD.finditer(text, start), most))
    plain = [_plain(one[0]) for one in words]
    count = _longest(plain, sought.phrases)
    count = count or _longest([analyse(one).key for one in plain], sought.rows)
    return words[count - 1].end() if count else 0


def _tokens(word: str) -> Collection[str]:
    analysed = analyse(word)
    return {analysed.key, *analysed.parts}


def _plain(word: str) -> str:
    lower = word.lower()
    return join_numbers(lower) if lower[0].isdigit() else lower


def mark(text: str, sought: Sought, tokens_of: TokensOf = _nothing) -> Markup:
    """Escape a text and mark the words sought in it."""
    return _marked(text, spans(text, sought, tokens_of))


def _marked(text: str, found: Iterable[Span]) -> Markup:
    pieces, end = [], 0
    for start, stop in found:
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704 - each piece is escaped


def excerpt(
    entry: EntryData, sought: Sought, republish: Republish, tokens_of: TokensOf = _nothing
) -> Markup:
    """Give the beginning of an entry, or the place in its text that has the words sought.

    Where a source's texts may only be summarised, it is always the beginning.
    """
    beginning = summary_of(entry, LENGTH)
    found = list(spans(beginning, sought, tokens_of))
    if sought and not found and republish is Republish.FULL:
        text = entry.body_text[:_MOST_SEARCHED]
        place = _densest(text, sought, tokens_of)
        if place is not None:
            start = text.rfind(" ", 0, max(place - _BEFORE, 0)) + 1
            passage = cut(text[start : start + 3 * LENGTH], LENGTH)
            beginning = f"…{passage}" if start else passage
            found = list(spans(beginning, sought, tokens_of))
    return _marked(beginning, found)


def page_with(
    entry: EntryData,
    sought: Sought,
    pages_of: Callable[[int], Sequence[str]],
    tokens_of: TokensOf = _nothing,
) -> tuple[Attachment, int] | None:
    """Give the file and page, from 1, that have the words sought, where only a file has them.

    `pages_of` gives the pages of the attachment at a place. An imported file, which has no address,
    is its entry's text.
    """
    if not sought or not any(file.pages for file in entry.attachments):
        return None
    texts = (entry.title, entry.lead, entry.body_text if entry.url else "")
    if any(
        next(spans(text[:_MOST_SEARCHED], sought, tokens_of), None) is not None for text in texts
    ):
        return None
    left = _MOST_OF_FILES
    for place, file in enumerate(entry.attachments):
        if not file.pages:
            continue
        for number, page in enumerate(pages_of(place), 1):
            if next(spans(page[:_MOST_SEARCHED], sought, tokens_of), None) is not None:
                return file, number
            left -= len(page)
            if left < 0:
                return None
    return None


def _densest(text: str, sought: Sought, tokens_of: TokensOf) -> int | None:
    """Give where the passage with most of the words begins; the first of equals."""
    starts = [start for start, _ in spans(text, sought, tokens_of)]
    reach = LENGTH - _BEFORE
    return max(
        starts,
        key=lambda start: bisect_right(starts, start + reach) - bisect_right(starts, start - 1),
        default=None,
    )


def _longest(words: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """Give how many words the longest row has that some words begin with; 0 where none does."""
    return max((len(row) for row in rows if tuple(words[: len(row)]) == row), default=0)
