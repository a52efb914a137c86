"""The sentence of an entry that shows why a query found it."""

import re

from db.models import Entry, Republish, Sought
from feed.sections import Passage
from web.listing.forms import Text
from web.listing.snippets import Marker

#: how far into a long text we look, and how long a sentence may be
_MOST_SEARCHED = 10_000
_MOST_CHARACTERS = 300
# the end of a sentence: its mark, what closes after it, and the space before a capital or a figure
_END = re.compile(r"(?<=[.!?…])[»”\")]{0,2}\s+(?=[«“\"–-]?\s?[A-ZÆØÅ0-9])|\n+")


def matched_sentence(entry: Entry, sought: Sought, republish: Republish) -> Passage | None:
    """Give the first of the sentences that have most of the words sought; None without any.

    Where a source's texts may only be summarised, only title and lead are looked through, and a
    withdrawn entry shows nothing.
    """
    if not sought or entry.withdrawn:
        return None
    text = entry.lead
    if republish is Republish.FULL:
        text = f"{text}\n{entry.body_text[:_MOST_SEARCHED]}"
    marker, best = Marker(sought), None
    for sentence in _END.split(text):
        sentence = " ".join(sentence.split())
        found = tuple(marker.spans(Text(sentence[: 4 * _MOST_CHARACTERS])))
        if found and (best is None or len(found) > len(best.spans)):
            best = Passage(sentence[: 4 * _MOST_CHARACTERS], found)
    return best and _bounded(best)


def _bounded(passage: Passage) -> Passage:
    """Cut a long sentence around its first hit, at words."""
    if len(passage.text) <= _MOST_CHARACTERS:
        return passage
    first = passage.spans[0][0]
    start = max(0, first - _MOST_CHARACTERS // 3)
    start = passage.text.rfind(" ", 0, start) + 1 if start else 0
    end = passage.text.rfind(" ", start + 1, start + _MOST_CHARACTERS)
    end = end if end > passage.spans[0][1] else start + _MOST_CHARACTERS
    before, after = "…" if start else "", "…" if end < len(passage.text) else ""
    shift = len(before) - start
    return Passage(
        f"{before}{passage.text[start:end]}{after}",
        tuple((a + shift, b + shift) for a, b in passage.spans if a >= start and b <= end),
    )
