"""What changed from one wording to the next, word by word.

Lines are compared first, then the words of lines that differ, so that the cost stays near the
length of what changed. Where that is too much to compare it is shown whole: out and in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: characters of a wording that are compared; the rest is left out, and said to be
LONGEST = 60_000
_MOST_LINES = 1_000
#: words of two passages, multiplied, that are compared word by word
_MOST_PAIRS = 1_000_000
#: words that stay around a change; longer stretches in between are left out
CONTEXT_WORDS = 12

# a word with the space after it, so that pieces put together give the text again
_WORD = re.compile(r"\S+\s*|\s+")


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"
    #: a stretch without changes that is not shown
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and what became of it."""

    change: Change
    text: str = ""


def compare(old: str, new: str) -> list[Piece]:
    """Give the changes from one text to another with a few words around each; none, no pieces."""
    old, new = old[:LONGEST], new[:LONGEST]
    if old == new:
        return []
    pieces = _merged(_lines_compared(old, new))
    return [
        shown
        for place, piece in enumerate(pieces)
        for shown in _shortened(piece, first=place == 0, last=place == len(pieces) - 1)
    ]


def _lines_compared(old: str, new: str) -> Iterator[Piece]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(before), len(after)) > _MOST_LINES:
        yield from _words_compared(old, new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Change.KEPT, "".join(before[a:b]))
        else:
            yield from _words_compared("".join(before[a:b]), "".join(after[c:d]))


def _words_compared(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) * len(after) > _MOST_PAIRS:
        yield from (Piece(Change.REMOVED, old), Piece(Change.ADDED, new))
        return
    bare = ([word.strip() for word in before], [word.strip() for word in after])
    for tag, a, b, c, d in SequenceMatcher(None, *bare, autojunk=False).get_opcodes():
        if tag == "equal":
            # the last word keeps the space it had, so that what was removed after it stands apart
            last = max(before[b - 1], after[d - 1], key=len)
            yield Piece(Change.KEPT, "".join([*after[c : d - 1], last]))
        else:
            yield Piece(Change.REMOVED, "".join(before[a:b]))
            yield Piece(Change.ADDED, "".join(after[c:d]))


def _merged(pieces: Iterator[Piece]) -> Sequence[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if merged and merged[-1].change is piece.change:
            piece = Piece(piece.change, merged.pop().text + piece.text)
        merged.append(piece)
    return merged


def _shortened(piece: Piece, *, first: bool, last: bool) -> Iterator[Piece]:
    words = _WORD.findall(piece.text)
    before, after = (0 if first else CONTEXT_WORDS), (0 if last else CONTEXT_WORDS)
    if piece.change is not Change.KEPT or len(words) <= before + after:
        yield piece
        return
    if before:
        yield Piece(Change.KEPT, "".join(words[:before]))
    yield Piece(Change.SKIPPED)
    if after:
        yield Piece(Change.KEPT, "".join(words[-after:]))
