"""The words of an entry that show why it was found, with the words searched for marked."""

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count, islice

from markupsafe import Markup, escape

from db.models import Attachment, EntryData, Sought
from db.text import GROUPED_NUMBER, join_numbers
from db.words import analyse
from feed.wording import cut

#: characters of an excerpt
LENGTH = 280
#: how far into a long text we look for the words, and how much we show before them
MOST_SEARCHED, _BEFORE = 10_000, 90
#: characters of an entry's files that are looked through for the page of a hit
_MOST_OF_FILES = 400_000
# numbers in groups of three are one word (`db.text.join_numbers`); most words begin with a letter
_WORD = re.compile(rf"[^\W\d_][^\W_]*|{GROUPED_NUMBER.pattern}|[^\W_]+")
#: words whose meaning is kept: a page of texts has some 1,500, and the next page mostly the same
_MOST_KEPT = 30_000

Span = tuple[int, int]
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
        return set(_WORD.findall(self.text))

    def to_keep(self) -> "Text":
        """Give a text that takes little memory: all that are kept have their words in common."""
        kept = Text(self.text)
        kept.words = tuple(map(sys.intern, self.words))
        return kept


class _Forms:
    """The words of texts that were looked through, as they stand there, by what finds them."""

    _numbers = count(1)

    def __init__(self) -> None:
        self.number = next(self._numbers)
        #: the index token of each as a whole
        self.keys: dict[str, str] = {}
        self._by_token: defaultdict[str, list[str]] = defaultdict(list)
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)

    def learn(self, new: Collection[str], tokens_of: TokensOf) -> None:
        """Come to know words of a text."""
        plain = {word: _plain(word) for word in new}
        stored = tokens_of(frozenset(plain.values()))
        for word, lower in plain.items():
            tokens = stored.get(lower) or _tokens(lower)
            for token in tokens:
                self._by_token[token].append(word)
            self._by_key[tokens[0]].append(word)
            self.keys[word] = tokens[0]

    def of(self, tokens: Iterable[str]) -> frozenset[str]:
        """Give the words that tokens find, by themselves or as a part of them."""
        return _all_of(self._by_token, tokens)

    def whole(self, tokens: Iterable[str]) -> frozenset[str]:
        """Give the words that have one of some tokens as a whole."""
        return _all_of(self._by_key, tokens)


class _Kept:
    """What this process knows of words. Another thread may go on with what was there before."""

    forms = _Forms()


def _nothing(_: Collection[str]) -> Mapping[str, Sequence[str]]:
    return {}


class Marker:
    """Marks what a search looked for: whole words, in any form, and whole phrases."""

    def __init__(self, sought: Sought, tokens_of: TokensOf = _nothing) -> None:
        if len(_Kept.forms.keys) > _MOST_KEPT:
            _Kept.forms = _Forms()
        self._sought, self._tokens_of, self._forms = sought, tokens_of, _Kept.forms
        #: the rows that are sought, by the two index tokens that they begin with
        self._rows = defaultdict[str, defaultdict[str, list[tuple[str, ...]]]](
            lambda: defaultdict(list)
        )
        for row in sought.rows:
            self._rows[row[0]][row[1]].append(row)
        #: words that are sought by themselves, those that may begin a row with what may follow
        #: each, and of how many known
        self._alone, self._of = frozenset[str](), -1
        self._first: Mapping[str, frozenset[str]] = {}

    def read(self, texts: Iterable[Text]) -> None:
        """Come to know texts that are to be marked: sooner together than one by one."""
        if not self._sought:
            return
        forms = self._forms
        unread = [text for text in texts if text.learnt != forms.number]
        if new := set[str]().union(*(text.words for text in unread)).difference(forms.keys):
            forms.learn(new, self._tokens_of)
        for text in unread:
            text.learnt = forms.number
        if self._of != len(forms.keys):
            self._of = len(forms.keys)
            self._alone = forms.of(self._sought.keys)
            following = {first: forms.whole(rows) for first, rows in self._rows.items()}
            self._first = {
                word: second
                for first, second in following.items()
                if second
                for word in forms.whole([first])
            }

    def spans(self, text: Text) -> Iterator[Span]:
        """Give where the words sought stand in a text."""
        alone, first = self._telling(text)
        end = 0
        for start, word in sorted(_places(text.text, {*alone, *first})):
            if start >= end:
                stop = self._end(text.text, start, start + len(word)) if word in first else 0
                end = stop or (start + len(word) if word in alone else 0)
                if end:
                    yield start, end

    def mark(self, text: Text) -> Markup:
        """Escape a text and mark the words sought in it."""
        pieces, end = [], 0
        for start, stop in self.spans(text):
            pieces += [escape(text.text[end:start]), "<mark>", escape(text.text[start:stop])]
            pieces.append("</mark>")
            end = stop
        return Markup("".join([*pieces, escape(text.text[end:])]))  # noqa: S704 - each piece is escaped

    def _end(self, text: str, start: int, after: int) -> int:
        """Give where the longest phrase or row ends that begins with a word; 0 where none does."""
        phrases, key = self._sought.phrases, self._forms.keys.get
        # two words tell that it is none of hundreds of rows
        following = _WORD.search(text, after)
        beginning = self._rows.get(key(text[start:after], ""))
        rows = beginning.get(key(following[0], "")) if beginning and following else None
        if not rows and not phrases:
            return 0
        words = list(islice(_WORD.finditer(text, start), max(map(len, (*phrases, *(rows or ()))))))
        count = _longest([_plain(one[0]) for one in words], phrases)
        count = count or _longest([key(one[0], "") for one in words], rows or ())
        return words[count - 1].end() if count else 0

    def _telling(self, text: Text) -> tuple[Collection[str], Collection[str]]:
        """Give those words of a text that are sought by themselves, and those that begin a row."""
        self.read([text])
        words, firsts = text.words, self._first
        alone = self._alone.intersection(words)
        first = {word for word in words if word in firsts and not firsts[word].isdisjoint(words)}
        if self._sought.prefixes:
            begin = self._sought.prefixes
            alone |= {word for word in words if _plain(word).startswith(begin)}
        if self._sought.phrases:
            beginning = {phrase[0] for phrase in self._sought.phrases}
            first |= {word for word in words if _plain(word) in beginning}
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


def _all_of(words: Mapping[str, Iterable[str]], tokens: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(words[token] for token in tokens if token in words))


def _tokens(word: str) -> Sequence[str]:
    analysed = analyse(word)
    return analysed.key, *analysed.parts


def _plain(word: str) -> str:
    lower = word.lower()
    return join_numbers(lower) if lower[0].isdigit() else lower


def is_marked(made: str) -> bool:
    """Tell whether anything was marked; the mark is nothing that a text can hold."""
    return "<mark>" in made


def passage(text: Text, marker: Marker) -> Markup:
    """Give the place in a text that has most of the words sought; nothing without any."""
    place = _densest(text, marker)
    if place is None:
        return Markup()
    start = text.text.rfind(" ", 0, max(place - _BEFORE, 0)) + 1
    found = cut(text.text[start : start + 3 * LENGTH], LENGTH)
    return marker.mark(Text(f"…{found}" if start else found))


def page_with(
    entry: EntryData, marker: Marker, pages_of: Callable[[int], Sequence[str]]
) -> tuple[Attachment, int] | None:
    """Give the file and page, from 1, that have the words sought, where only a file has them.

    `pages_of` gives the pages of the attachment at a place. An imported file, which has no address,
    is its entry's text.
    """

    def has(text: str) -> bool:
        return next(marker.spans(Text(text[:MOST_SEARCHED])), None) is not None

    if any(map(has, (entry.title, entry.lead, entry.body_text if entry.url else ""))):
        return None
    left = _MOST_OF_FILES
    for place, file in enumerate(entry.attachments):
        if not file.pages:
            continue
        for number, page in enumerate(pages_of(place), 1):
            if has(page):
                return file, number
            left -= len(page)
            if left < 0:
                return None
    return None


def _densest(text: Text, marker: Marker) -> int | None:
    """Give where the passage with most of the words begins; the first of equals."""
    starts = [start for start, _ in marker.spans(text)]
    reach = LENGTH - _BEFORE
    return max(
        starts,
        key=lambda start: bisect_right(starts, start + reach) - bisect_right(starts, start - 1),
        default=None,
    )


def _longest(words: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """Give how many words the longest row has that some words begin with; 0 where none does."""
    return max((len(row) for row in rows if tuple(words[: len(row)]) == row), default=0)
