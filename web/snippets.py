"""The words of an entry that show why it was found, with the words searched for marked."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

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
# numbers in groups of three are one word (`db.text.join_numbers`)
_WORD = re.compile(rf"{GROUPED_NUMBER.pattern}|[^\W_]+")

Span = tuple[int, int]


def spans(text: str, sought: Sought) -> Iterator[Span]:
    """Give where the words sought stand in a text: whole words, in any form, or whole phrases."""
    if not sought:
        return
    words = list(_WORD.finditer(text))
    lower = [_plain(word[0].lower()) for word in words]
    keys = [analyse(word).key for word in lower] if sought.rows else []
    place = 0
    while place < len(words):
        count = _longest(lower, place, sought.phrases) if sought.phrases else 0
        if not count and keys:
            count = _longest(keys, place, sought.rows)
        count = count or int(_is_sought(lower[place], sought))
        if count:
            yield words[place].start(), words[place + count - 1].end()
        place += count or 1


def _plain(word: str) -> str:
    return join_numbers(word) if word[0].isdigit() else word


def mark(text: str, sought: Sought) -> Markup:
    """Escape a text and mark the words sought in it."""
    pieces, end = [], 0
    for start, stop in spans(text, sought):
        pieces += [escape(text[end:start]), Markup("<mark>%s</mark>") % text[start:stop]]
        end = stop
    return Markup("").join([*pieces, escape(text[end:])])


def excerpt(entry: EntryData, sought: Sought, republish: Republish) -> Markup:
    """Give the beginning of an entry, or the place in its text that has the words sought.

    Where a source's texts may only be summarised, it is always the beginning.
    """
    beginning = summary_of(entry, LENGTH)
    if sought and republish is Republish.FULL and next(spans(beginning, sought), None) is None:
        text = entry.body_text[:_MOST_SEARCHED]
        place = _densest(text, sought)
        if place is not None:
            start = text.rfind(" ", 0, max(place - _BEFORE, 0)) + 1
            passage = cut(text[start:], LENGTH)
            beginning = f"…{passage}" if start else passage
    return mark(beginning, sought)


def page_with(
    entry: EntryData, sought: Sought, pages_of: Callable[[int], Sequence[str]]
) -> tuple[Attachment, int] | None:
    """Give the file and page, from 1, that have the words sought, where only a file has them.

    `pages_of` gives the pages of the attachment at a place. An imported file, which has no address,
    is its entry's text.
    """
    texts = (entry.title, entry.lead, entry.body_text if entry.url else "")
    if not sought or any(
        next(spans(text[:_MOST_SEARCHED], sought), None) is not None for text in texts
    ):
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
    if sought.prefixes and word.startswith(sought.prefixes):
        return True
    if not sought.keys:
        return False
    analysed = analyse(word)
    return analysed.key in sought.keys or not sought.keys.isdisjoint(analysed.parts)


def _longest(words: Sequence[str], place: int, rows: Iterable[tuple[str, ...]]) -> int:
    """Give how many words the longest row has that stands at a place; 0 where none does."""
    return max(
        (
            len(row)
            for row in rows
            if words[place] == row[0] and tuple(words[place : place + len(row)]) == row
        ),
        default=0,
    )
