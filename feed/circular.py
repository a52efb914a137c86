"""Mails that differ from reader to reader in who they are to and in the ends of some links.

A mail is rendered once, with stand-ins where each reader has words of their own. These have the
length of the words and letters that quoted-printable leaves as they are (RFC 2045, 6.7), so the
lines break at the same places: a mail that is put together is, to the last byte, the mail that
would have been rendered for its reader alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db.models import Shared
from db.models.outbox import BETWEEN

#: characters of a reader's own words: 128 bits in base64 (RFC 4648, 5)
OWN_CHARACTERS: Final = 22
_OWN: Final = re.compile(rf"[A-Za-z0-9_-]{{{OWN_CHARACTERS}}}")
_SOFT_BREAK: Final = b"=\r\n"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a part of one of a reader's own words stands: a line may end within a word."""

    word: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Circular:
    """A mail to many, without who it is to and without what is each reader's own."""

    letter: Shared
    #: what goes between two pieces of the letter, in order
    slots: tuple[Slot, ...]

    def own(self, heading: bytes, words: Sequence[str]) -> bytes:
        """Give what the mail of one reader has of its own, for `Message.data`.

        Raises:
            ValueError: a word that could not stand where its stand-in stood.
        """
        for word in words:
            _require(word)
        parts = (words[slot.word][slot.start : slot.stop].encode() for slot in self.slots)
        return BETWEEN.join((heading, *parts))


def circular(data: bytes, stand_ins: Sequence[str]) -> Circular:
    """Cut a rendered mail, without its heading, at each place where a stand-in stands.

    Raises:
        ValueError: stand-ins that are no words of their own, or the same twice.
    """
    if len(set(stand_ins)) < len(stand_ins):
        raise ValueError("each of a reader's own words needs a stand-in of its own")
    found = sorted(
        (match.start(), number, match[0])
        for number, word in enumerate(stand_ins)
        for match in _anywhere(word).finditer(data)
    )
    pieces, slots, end = [], [], 0
    for start, number, text in found:
        before, _, after = text.partition(_SOFT_BREAK)
        pieces.append(data[end:start])
        slots.append(Slot(number, 0, len(before)))
        if after:
            pieces.append(_SOFT_BREAK)
            slots.append(Slot(number, len(before), OWN_CHARACTERS))
        end = start + len(text)
    pieces.append(data[end:])
    return Circular(Shared.of(BETWEEN.join(pieces)), tuple(slots))


def _anywhere(word: str) -> re.Pattern[bytes]:
    _require(word)
    between = f"(?:{re.escape(_SOFT_BREAK.decode())})?"
    return re.compile(between.join(map(re.escape, word)).encode())


def _require(word: str) -> None:
    if not _OWN.fullmatch(word):
        raise ValueError(f"{word!r} is not {OWN_CHARACTERS} letters that any line can carry")
