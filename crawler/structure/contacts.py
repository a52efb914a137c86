"""Contact persons in a text: their lines are neither indexed nor mailed.

A line counts as contact only if it says little besides a number or address, so that a sentence
that asks readers to ring stays.
"""

import re
from collections.abc import Sequence

from crawler.structure.blocks import TEXTS, Block

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}?(?=Lenker|Lenkjer|\W|$)")
_WEB = re.compile(r"https?://\S{1,300}")
#: telephone numbers as Norwegians group them, which "13 000 000" and "2018 2019" are not
_PHONE = re.compile(
    r"(?<![0-9])(?:(?:\+|00)[0-9]{2} ?)?"
    r"(?:[0-9]{2}(?: [0-9]{2}){3}|[0-9]{8}|[0-9]{3} [0-9]{2} [0-9]{3})(?![0-9])"
)
#: what neither an address nor a number is without
_MAY_HOLD = re.compile(r"[0-9]{2}|@|://")
_CONTACT_WORD = re.compile(
    r"(?:tel|tlf|telefon|telefonnummer|mobil|mob|phone|mobile|e-?post|e-?mail|mail|nettside|web)\b"
    r"\.?:?|lenker|lenkjer",
    re.I,
)
#: a sentence that is nothing but where to turn
_TURN_TO = re.compile(
    r"(?:for (?:mer|meir|ytterligere|nærmere|nærare|intervju|further|more)|pressekontakt"
    r"|mediekontakt|kontaktperson|press contact)\b.{0,300}",
    re.I,
)
#: who to turn to, without a number
_NAMED = re.compile(
    r"(?:(?:presse|medie)kontakt(?:er|ar)?|kontaktperson(?:er|ar)?|pressevakt(?:en)?"
    r"|presseansvarl[ie]g|(?:press|media) contacts?|contact persons?): ?[^.!?]{2,120}",
    re.I,
)
_JOB = re.compile(
    r"(?:[\wæøå-]{0,40} )?[\w-]{0,40}(?:rådgiver|rådgjevar|direktør|sjef|leder|leiar|ansvarlig"
    r"|ansvarleg|konsulent|talsperson|pressevakt(?:en)?|redaktør|adviser|press officer"
    r"|press contact|spokesperson)(?:[ ,/] ?[\w-]{1,40}){0,4}",
    re.I,
)
_PERSON = re.compile(r"[A-ZÆØÅ][\w'’.-]{0,30}(?: (?:[A-ZÆØÅ][\w'’.-]{0,30}|van|von|de|al)){1,3}")
#: characters of a block that are looked at, and of one that may be a contact
_LOOKED_AT, _LONGEST = 400, 300
#: a contact's name and title beside the number or address
_MOST_OTHER_WORDS = 6
#: the same where the line ends as a sentence does
_MOST_IN_SENTENCE = 3
#: lines of one person: name, title, office
_MOST_LINES = 3


def has_contact(text: str) -> bool:
    """Tell whether a text holds a telephone number or e-mail address."""
    return bool(_PHONE.search(text[:_LOOKED_AT]) or _EMAIL.search(text[:_LOOKED_AT]))


def is_contact(text: str) -> bool:
    """Tell whether a block is a person's telephone or e-mail line and little else."""
    if len(text) > _LONGEST:
        return False
    if _NAMED.fullmatch(text):
        return True
    if not _MAY_HOLD.search(text):
        return False
    rest = _PHONE.sub(" ", _EMAIL.sub(" ", _WEB.sub(" ", text)))
    if rest == text:
        return False
    if _TURN_TO.fullmatch(text) and _PHONE.search(text):
        return True
    ends = text.rstrip().endswith((".", "!", "?"))
    words = re.findall(r"[^\W_]+", _CONTACT_WORD.sub(" ", rest))
    return len(words) <= (_MOST_IN_SENTENCE if ends else _MOST_OTHER_WORDS)


def is_person(text: str) -> bool:
    """Tell whether a block can be a contact's name or title."""
    return bool(_JOB.fullmatch(text) or _PERSON.fullmatch(text))


def without_contacts(blocks: Sequence[Block]) -> list[Block]:
    """Give blocks without contact lines and without the names and titles that belong to them."""
    dropped = set()
    for place, block in enumerate(blocks):
        if block.tag == "p" and is_contact(block.text):
            dropped.add(place)
            dropped.update(_neighbours(blocks, place, -1))
            dropped.update(_neighbours(blocks, place, 1))
    return [block for place, block in enumerate(blocks) if place not in dropped]


def _neighbours(blocks: Sequence[Block], place: int, step: int) -> list[int]:
    """Give the places beside a contact line that hold its person's name and title."""
    found: list[int] = []
    for other in range(place + step, place + step * (_MOST_LINES + 1), step):
        if not 0 <= other < len(blocks) or blocks[other].tag not in TEXTS:
            break
        text = blocks[other].text
        if not (_JOB.fullmatch(text) or (step < 0 and _PERSON.fullmatch(text))):
            break
        found.append(other)
    return found
