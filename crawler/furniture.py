"""The fittings of publishers' pages: blocks that surround a text and are no part of it.

Known by whole blocks only (reference: the press room's and imdi.no's rendered texts), so that a
sentence that happens to hold one of these words stays.
"""

import re
from collections.abc import Iterable, Sequence

from crawler.blocks import HEADINGS, TEXTS, Block, Run, lines, tidy

_NAME = r"[^.!?:]{1,60}"
#: after these the page is over
_ENDS = re.compile(
    rf"(?:følg pressemeldinger fra {_NAME}|følg pressemeldingar frå {_NAME}"
    rf"|siste pressemeldinger fra {_NAME}|siste pressemeldingar frå {_NAME}"
    r"|siste pressemeldinger|besøk vårt presserom"
    rf"|(?:subscribe to|follow) (?:press )?releases from {_NAME}"
    rf"|latest (?:press )?releases from {_NAME}|visit our (?:press|news)room"
    r"|i vårt presserom finner du alle våre siste pressemeldinger.{0,200})",
    re.I,
)
#: headings of sections that are furniture; they reach to the next heading of their own rank
_SECTIONS = re.compile(
    r"(?:nøkkelord|keywords|emneord|kontakter|kontaktar|kontaktpersoner|kontaktpersonar"
    r"|pressekontakt|pressekontakter|contacts|lenker|lenkjer|links|om oss|about us|om imdi"
    r"|about imdi|dokumenter|bilder):?",
    re.I,
)
#: the same as mere paragraphs: from there on nothing is text
_LAST_SECTIONS = re.compile(
    r"(?:nøkkelord|keywords|kontakter|kontaktar|contacts|lenker|lenkjer|om oss|about us|om imdi"
    r"|about imdi)",
    re.I,
)
_BLOCKS = re.compile(
    r"(?:del|del på (?:facebook|twitter|linkedin|x|e-post)|del artikkelen|del saken|share"
    r"|fant du det du lette etter\??|fann du det du leita etter\??|ja|nei|tilbake til toppen"
    r"|til toppen|last ned rapport(?:en)?(?: \(pdf[^)]{0,20}\))?|\(pdf(?:, [0-9,.]+ [km]b)?\)"
    r"|se flere rapporter om .{1,80}|se alle oppdateringer|skriv ut|illustrasjonsbilde"
    r"|historisk arkiv|pressevakt(?:en)?:?|presseansvarlig:?)",
    re.I,
)
#: a name, with initials, but no sentence after another
_CREDIT = (
    r"(?:fotograf|foto|photo|illustrasjon|photographer): ?"
    r"(?:[^.!?]|(?<=\b[A-ZÆØÅ])\.){1,80}\.?"
)
_PHOTO = re.compile(rf"\W{{0,3}}{_CREDIT}", re.I)
_TRAILING_PHOTO = re.compile(rf"\s*\W?{_CREDIT}$", re.I)
_TWICE = re.compile(r"(?P<name>[^\W\d_].{2,60}?)\s?(?P=name)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}?(?=Lenker|Lenkjer|\W|$)")
_WEB = re.compile(r"https?://\S{1,300}")
#: telephone numbers as Norwegians group them, which "13 000 000" and "2018 2019" are not
_PHONE = re.compile(
    r"(?<![0-9])(?:(?:\+|00)[0-9]{2} ?)?"
    r"(?:[0-9]{2}(?: [0-9]{2}){3}|[0-9]{8}|[0-9]{3} [0-9]{2} [0-9]{3})(?![0-9])"
)
_CONTACT_WORD = re.compile(
    r"(?:tel|tlf|telefon|telefonnummer|mobil|mob|phone|mobile|e-?post|e-?mail|mail|nettside|web)\b"
    r"\.?:?|lenker|lenkjer",
    re.I,
)
#: a contact's name and title beside the number or address
_MOST_OTHER_WORDS = 6
#: bullet of the publisher's boilerplate: U+06F0, which counts as a digit for `\d`
_BULLET = "\u06f0"
#: a captioned picture's words; what is longer and stands twice is text
_LONGEST_CAPTION = 300


def without_furniture(blocks: Iterable[Block]) -> list[Block]:
    """Give the blocks of a text without those of the page around it."""
    kept = _sections(list(blocks))
    kept = [block for part in kept for block in _own(part)]
    return _captions_once(kept)


def _sections(blocks: list[Block]) -> list[Block]:
    kept: list[Block] = []
    dropping = ""
    for block in blocks:
        text = block.text if block.tag in TEXTS else ""
        if _ENDS.fullmatch(text) or (block.tag == "p" and _LAST_SECTIONS.fullmatch(text)):
            break
        if block.tag in HEADINGS:
            # headings sort as they rank: "h2" < "h3"
            if _SECTIONS.fullmatch(text):
                dropping = min(filter(None, (dropping, block.tag)))
            elif dropping and block.tag <= dropping:
                dropping = ""
        if not dropping:
            kept.append(block)
    return kept


def _own(block: Block) -> list[Block]:
    """Give a block without furniture in it: itself, a shorter one, or none."""
    if block.tag not in TEXTS:
        children = [child for part in block.children for child in _own(part)]
        whole = Block(block.tag, children=children)
        return [whole] if whole.text else []
    text = block.text
    if _BLOCKS.fullmatch(text) or _PHOTO.fullmatch(text) or _is_twice(text):
        return []
    if block.tag == "p" and is_contact(text):
        return []
    if _BULLET not in text:
        return [block]
    runs: list[Run] = []
    for line in lines(block.runs):
        if not "".join(run.text for run in line).lstrip().startswith(_BULLET):
            runs += [Run("\n"), *line]
    shorter = tidy(runs)
    return [Block(block.tag, shorter)] if shorter else []


def is_contact(text: str) -> bool:
    """Tell whether a block is a person's telephone or e-mail line and little else."""
    rest = _PHONE.sub(" ", _EMAIL.sub(" ", _WEB.sub(" ", text[:400])))
    if rest == text[:400] or len(text) > 300 or text.rstrip().endswith((".", "!", "?")):
        return False
    return len(_CONTACT_WORD.sub(" ", rest).split()) <= _MOST_OTHER_WORDS


def _is_twice(text: str) -> bool:
    """Tell whether a block is a name printed twice, as "IMDiIMDi"."""
    return len(text) <= 125 and bool(_TWICE.fullmatch(text))


def _captions_once(blocks: Sequence[Block]) -> list[Block]:
    """Drop a picture's caption that is printed twice; other doubled paragraphs stay once."""
    kept: list[Block] = []
    previous = ""
    credited = False
    for block in blocks:
        text = block.text if block.tag == "p" else ""
        caption = _TRAILING_PHOTO.sub("", text)
        if caption and caption == previous and len(caption) <= _LONGEST_CAPTION:
            if (credited or caption != text) and kept and kept[-1].tag == "p":
                kept.pop()
            continue
        previous, credited = caption, caption != text
        kept.append(block)
    return kept
