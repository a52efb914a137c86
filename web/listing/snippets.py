"""The words of an entry that show why it was found, with the words searched for marked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

from markupsafe import Markup, escape

from db.models import Attachment, EntryData, Sought
from feed.wording import cut
from web.listing.forms import WORD, Text, TokensOf, known_forms, plain

#: characters of an excerpt
LENGTH = 280
#: how far into a long text we look for the words, and how much we show before them
MOST_SEARCHED, _BEFORE = 10_000, 90
#: characters of an entry's files that are looked through for the page of a hit
_MOST_OF_FILES = 400_000
# stand for what is put around a word; nothing that is shown can hold them (`db.text.clean`)
_BEGIN, _END = "\x01", "\x02"

Span = tuple[int, int]


class Marker:
    """Marks what a search looked for: whole words, in any form, and whole phrases."""

    def __init__(self, sought: Sought, tokens_of: TokensOf = lambda _: {}) -> None:
        self._sought, self._tokens_of, self._forms = sought, tokens_of, known_forms()
        #: the rows that are sought, by the two index tokens that they begin with
        self._rows = defaultdict[str, defaultdict[str, list[tuple[str, ...]]]](
            lambda: defaultdict(list)
        )
        for row in sought.rows:
            self._rows[row[0]][row[1]].append(row)
        #: words that are sought by themselves, and of how many known
        self._alone, self._of = frozenset[str](), -1

    def read(self, texts: Iterable[Text]) -> None:
        """Come to know texts that are to be marked: sooner together than one by one."""
        if not self._sought:
            return
        forms = self._forms
        if unread := [text for text in texts if text.learnt != forms.number]:
            new = set[str]().union(*(text.words for text in unread)).difference(forms.keys)
            if new:
                forms.learn(new, self._tokens_of)
            for text in unread:
                text.learnt = forms.number
        if self._of != len(forms.keys):
            self._of = len(forms.keys)
            self._alone = forms.of(self._sought.keys)

    def spans(self, text: Text) -> Iterator[Span]:
        """Give where the words sought stand in a text."""
        alone, first = self._telling(text)
        end = 0
        for start, word in sorted(_places(text.text, alone | first)) if alone or first else ():
            if start >= end:
                stop = self._end(text.text, start, start + len(word)) if word in first else 0
                end = stop or (start + len(word) if word in alone else 0)
                if end:
                    yield start, end

    def mark(self, text: Text) -> Markup:
        """Escape a text and mark the words sought in it."""
        pieces, end = [], 0
        for start, stop in self.spans(text):
            pieces += [text.text[end:start], _BEGIN, text.text[start:stop], _END]
            end = stop
        # escaped as one: pieces by themselves cost several times as much
        escaped = str(escape("".join([*pieces, text.text[end:]])))
        return Markup(escaped.replace(_BEGIN, "<mark>").replace(_END, "</mark>"))  # noqa: S704 - it is escaped

    def _end(self, text: str, start: int, after: int) -> int:
        """Give where the longest phrase or row ends that begins with a word; 0 where none does."""
        phrases, key = self._sought.phrases, self._forms.keys.get
        # two words tell that it is none of hundreds of rows
        following = WORD.search(text, after)
        beginning = self._rows.get(key(text[start:after], ""))
        rows = beginning.get(key(following[0], "")) if beginning and following else None
        if not rows and not phrases:
            return 0
        words = list(islice(WORD.finditer(text, start), max(map(len, (*phrases, *(rows or ()))))))
        count = _longest([plain(one[0]) for one in words], phrases)
        count = count or _longest([key(one[0], "") for one in words], rows or ())
        return words[count - 1].end() if count else 0

    def _telling(self, text: Text) -> tuple[frozenset[str], frozenset[str]]:
        """Give those words of a text that are sought by themselves, and those that begin a row."""
        self.read([text])
        words = text.words
        alone, first = self._alone.intersection(words), frozenset[str]()
        key = self._forms.keys.get
        keys = set(map(key, words)) if self._rows else set()
        # a row can only begin where its second word stands in the text as well
        begin = {one for one in self._rows.keys() & keys if not keys.isdisjoint(self._rows[one])}
        if begin:
            first = frozenset(word for word in words if key(word) in begin)
        if self._sought.prefixes:
            prefixes = self._sought.prefixes
            alone |= {word for word in words if plain(word).startswith(prefixes)}
        if self._sought.phrases:
            beginning = {phrase[0] for phrase in self._sought.phrases}
            first |= {word for word in words if plain(word) in beginning}
        return alone, first


def _places(text: str, words: Collection[str]) -> Iterator[tuple[int, str]]:
    """Give where words stand in a text, each by itself."""
    if any(word[0].isdigit() for word in words):
        # a number may be a part of one that is written in groups
        looked_for = frozenset(words)
        yield from ((one.start(), one[0]) for one in WORD.finditer(text) if one[0] in looked_for)
        return
    for word in words:
        place = text.find(word)
        while place >= 0:
            end = place + len(word)
            if not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum()):
                yield place, word
            place = text.find(word, end)


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
    best, most, end = None, 0, 0
    for place, start in enumerate(starts):
        while end < len(starts) and starts[end] <= start + LENGTH - _BEFORE:
            end += 1
        if end - place > most:
            best, most = start, end - place
    return best


def _longest(words: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """Give how many words the longest row has that some words begin with; 0 where none does."""
    return max((len(row) for row in rows if tuple(words[: len(row)]) == row), default=0)
