"""Repairs of text that was taken out of a printed page: broken words, lines and paragraphs."""

import re
from collections.abc import Iterable
from itertools import product

from crawler.structure.blocks import HEADINGS, LISTS, TEXTS, Block, Run

#: Cyrillic letters that stand in Latin words, each with the Latin letters it may be read as. Where
#: it sounds like one letter and looks like another, the one more frequent in Norwegian comes first
_LOOK_ALIKES = {
    "а": "a",
    "в": "vb",
    "е": "e",
    "ё": "e",
    "к": "k",
    "м": "m",
    "н": "nh",
    "о": "o",
    "р": "rp",
    "с": "sc",
    "т": "t",
    "у": "yu",
    "х": "x",
    "і": "i",
    "ї": "i",
    "ј": "j",
    "ѕ": "s",
}
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-zæøåäöéü]", re.I)
_WORD = re.compile(r"[^\W\d_]+")
#: readings of one word that are looked up; a word with more ambiguous letters takes the first
_MOST_READINGS = 64

_TERMINAL = (".", "!", "?", ":", "…", ";")
_CLOSING = "»”\"')]"
#: words no sentence ends with
_OPEN_WORDS = """
    og eller men som at å i på til av for fra frå med om ved hos etter før under over mellom mot
    uten utan en ei et ein eit den det de dei er har kan skal vil må blir blant innen innan samt
    både the of and or to in for with that by from a an
"""
_OPEN = frozenset(_OPEN_WORDS.split())
_LONGEST_WORD = 61
_HYPHENATED = re.compile(r"([^\W_]{1,60})-$")
_KEEPS_HYPHEN = re.compile(r"(?:og|eller|samt|and|or)\b")


def repair_lookalikes(text: str) -> str:
    """Replace Cyrillic letters inside Latin words by the Latin ones they stand for.

    Some read by sound ("innvandrерandel" holds *er*), some by shape; the reading that the text
    itself uses elsewhere wins. Words wholly in Cyrillic stay.
    """
    if not _CYRILLIC.search(text):
        return text
    vocabulary = {word.lower() for word in _WORD.findall(text) if not _CYRILLIC.search(word)}

    def repaired(found: re.Match[str]) -> str:
        word = found[0]
        mixed = _CYRILLIC.search(word) and _LATIN.search(word)
        return _reading(word, vocabulary) if mixed else word

    return _WORD.sub(repaired, text)


def _reading(word: str, vocabulary: set[str]) -> str:
    choices = [_LOOK_ALIKES.get(letter.lower(), letter) for letter in word]
    count = 1
    for choice in choices:
        count *= len(choice)
    first = [choice[0] for choice in choices]
    if count <= _MOST_READINGS:
        for letters in product(*choices):
            if "".join(letters).lower() in vocabulary:
                first = list(letters)
                break
    return "".join(
        new.upper() if old.isupper() else new for old, new in zip(word, first, strict=True)
    )


def join_lines(lines: Iterable[str]) -> str:
    """Join the lines of one paragraph, undoing hyphens that only a line end asked for.

    Real hyphens stay: "bosettings- og", "IMDi-rapport", "Nord-Norge", "e-post", "2019-2020".
    """
    parts: list[str] = []
    for line in lines:
        if parts:
            parts[-1:] = _seam(parts[-1], line)
        parts.append(line.strip())
    return "".join(parts)


def _seam(first: str, second: str) -> tuple[str, str]:
    """Give what stays of a line before the next one, and what goes between the two."""
    first, second = first.rstrip(), second.lstrip()
    found = _HYPHENATED.search(first[-_LONGEST_WORD:])
    if not first or not second:
        return first, ""
    if not found or _KEEPS_HYPHEN.match(second):
        return first, " "
    return (first[:-1] if is_broken_word(first, second) else first), ""


def is_broken_word(first: str, second: str) -> bool:
    """Tell whether a line ends within a word that the next one goes on with."""
    found = _HYPHENATED.search(first.rstrip()[-_LONGEST_WORD:])
    second = second.lstrip()
    if not found or _KEEPS_HYPHEN.match(second):
        return False
    part = found[1]
    return len(part) > 1 and second[:1].islower() and part[1:].islower() and part[0].isalpha()


def ends_open(text: str) -> bool:
    """Tell whether a text breaks off before its sentence ends."""
    text = text.rstrip()
    return bool(text) and not text.rstrip(_CLOSING).endswith(_TERMINAL)


def join_cut(blocks: Iterable[Block]) -> list[Block]:
    """Join paragraphs and list items that a page break cut in mid-sentence, and their lists."""
    joined: list[Block] = []
    reopened = False
    for block in blocks:
        last = _last_text(joined[-1]) if joined else None
        if block.tag == "p" and last is not None and _continues(last, block):
            _append(last, block)
            reopened = joined[-1].tag in LISTS
        elif reopened and block.tag == joined[-1].tag:
            joined[-1].children.extend(block.children)
        else:
            joined.append(block)
            reopened = False
    return joined


def _last_text(block: Block) -> Block | None:
    while block.tag not in TEXTS:
        if block.tag not in (*LISTS, "li", "blockquote") or not block.children:
            return None
        block = block.children[-1]
    return None if block.tag in HEADINGS else block


def _continues(first: Block, second: Block) -> bool:
    return goes_on(first.runs[-1].text, second.runs[0].text)


def goes_on(before: str, after: str, *, full: bool = False) -> bool:
    """Tell whether a text goes on with the sentence that another breaks off.

    `full` tells that the first one ends where its line does, so that any word may follow.
    """
    before, after = before.rstrip(), after.lstrip()
    if not after or not ends_open(before):
        return False
    last_word = before.rsplit(None, 1)[-1].lower()
    open_end = full or last_word in _OPEN or before.endswith((",", "-"))
    return after[0].islower() or (open_end and after[0].isalnum())


def _append(first: Block, second: Block) -> None:
    ending, opening = first.runs[-1], second.runs[0]
    kept, between = _seam(ending.text, opening.text)
    added = [Run(between), opening.with_text(opening.text.lstrip()), *second.runs[1:]]
    first.reword([*first.runs[:-1], ending.with_text(kept), *added])
