"""The words of an entry that show why it was found, with the words searched for marked."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

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


class _Forms:
    """The words of texts that were looked through, as they stand there, by what finds them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)

    @property
    def is_full(self) -> bool:
        """Whether there are as many as are kept."""
        return len(self._known) > _MOST_KEPT

    def learn(self, words: set[str]) -> None:
        """Come to know the words of a text."""
        new = words - self._known
        for word in new:
            analysed = analyse(_plain(word))
            for key in {analysed.key, *analysed.parts}:
                self._by_key[key].append(word)
        self._known |= new

    def of(self, keys: Iterable[str]) -> Iterator[str]:
        """Give the words that some keys find, by themselves or as a part of them."""
        return (word for key in keys if key in self._by_key for word in self._by_key[key])


class _Kept:
    """What this process knows of words. Another thread may go on with what was there before."""

    forms = _Forms()


def spans(text: str, sought: Sought) -> Iterator[Span]:
    """Give where the words sought stand in a text: whole words, in any form, or whole phrases."""
    if not sought:
        return
    telling = _telling(set(_WORD.findall(text)), sought)
    end = 0
    for start, word in sorted(_places(text, telling)) if telling else ():
        stop = _end(text, start, word, sought) if start >= end else 0
        if stop:
            yield start, stop
            end = stop


def _telling(words: set[str], sought: Sought) -> set[str]:
    """Give those of some words that may be sought, or begin what is."""
    if _Kept.forms.is_full:
        _Kept.forms = _Forms()
    forms = _Kept.forms
    forms.learn(words)
    found = words.intersection(forms.of((*sought.keys, *(row[0] for row in sought.rows))))
    if sought.prefixes or sought.phrases:
        firsts = {phrase[0] for phrase in sought.phrases}
        found |= {
            word
            for word in words
            if (plain := _plain(word)) in firsts or plain.startswith(sought.prefixes)
        }
    return found


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


def _end(text: str, start: int, word: str, sought: Sought) -> int:
    """Give where what is sought ends that begins with a word; 0 where nothing does."""
    if sought.phrases or sought.rows:
        most = max(map(len, (*sought.phrases, *sought.rows)))
        words = list(islice(_WORD.finditer(text, start), most))
        count = _longest([_plain(one[0]) for one in words], sought.phrases)
        count = count or _longest([analyse(_plain(one[0])).key for one in words], sought.rows)
        if count:
            return words[count - 1].end()
    return start + len(word) if _is_sought(word, sought) else 0


def _plain(word: str) -> str:
    lower = word.lower()
    return join_numbers(lower) if lower[0].isdigit() else lower


def mark(text: str, sought: Sought) -> Markup:
    """Escape a text and mark the words sought in it."""
    return _marked(text, spans(text, sought))


def _marked(text: str, found: Iterable[Span]) -> Markup:
    pieces, end = [], 0
    for start, stop in found:
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704 - each piece is escaped


def excerpt(entry: EntryData, sought: Sought, republish: Republish) -> Markup:
    """Give the beginning of an entry, or the place in its text that has the words sought.

    Where a source's texts may only be summarised, it is always the beginning.
    """
    beginning = summary_of(entry, LENGTH)
    found = list(spans(beginning, sought))
    if sought and not found and republish is Republish.FULL:
        text = entry.body_text[:_MOST_SEARCHED]
        place = _densest(text, sought)
        if place is not None:
            start = text.rfind(" ", 0, max(place - _BEFORE, 0)) + 1
            passage = cut(text[start : start + 3 * LENGTH], LENGTH)
            beginning = f"…{passage}" if start else passage
            found = list(spans(beginning, sought))
    return _marked(beginning, found)


def page_with(
    entry: EntryData, sought: Sought, pages_of: Callable[[int], Sequence[str]]
) -> tuple[Attachment, int] | None:
    """Give the file and page, from 1, that have the words sought, where only a file has them.

    `pages_of` gives the pages of the attachment at a place. An imported file, which has no address,
    is its entry's text.
    """
    if not sought or not any(file.pages for file in entry.attachments):
        return None
    texts = (entry.title, entry.lead, entry.body_text if entry.url else "")
    if any(next(spans(text[:_MOST_SEARCHED], sought), None) is not None for text in texts):
        return None
    left = _MOST_OF_FILES
    for place, file in enumerate(entry.attachments):
        if not file.pages:
            continue
        for number, page in enumerate(pages_of(place), 1):
            if next(spans(page[:_MOST_SEARCHED], sought), None) is not None:
                return file, number
            left -= len(page)
            if left < 0:
                return None
    return None


def _densest(text: str, sought: Sought) -> int | None:
    """Give where the passage with most of the words begins; the first of equals."""
    starts = [start for start, _ in spans(text, sought)]
    reach = LENGTH - _BEFORE
    return max(
        starts,
        key=lambda start: bisect_right(starts, start + reach) - bisect_right(starts, start - 1),
        default=None,
    )


def _is_sought(word: str, sought: Sought) -> bool:
    plain = _plain(word)
    analysed = analyse(plain)
    return (
        analysed.key in sought.keys
        or not sought.keys.isdisjoint(analysed.parts)
        or plain.startswith(sought.prefixes)
    )


def _longest(words: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """Give how many words the longest row has that some words begin with; 0 where none does."""
    return max((len(row) for row in rows if tuple(words[: len(row)]) == row), default=0)
