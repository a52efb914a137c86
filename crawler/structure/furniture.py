"""The fittings of publishers' pages: blocks that surround a text and are no part of it.

Known by whole blocks only (reference: the press rooms' and imdi.no's rendered texts), so that a
sentence that happens to hold one of these words stays. A section of fittings ends where running
text begins again.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto

from crawler.structure.blocks import HEADINGS, TEXTS, Block, Run, lines, tidy
from crawler.structure.contacts import has_contact, is_person, without_contacts

_NAME = r"[^.!?:]{1,60}"
#: after these the page is over
_ENDS = re.compile(
    rf"(?:følg pressemeld(?:inger|ingar) fr[aå] {_NAME}|følg pressemeddelelser fra {_NAME}"
    rf"|siste pressemeld(?:inger|ingar)(?: fr[aå] {_NAME})?|flere pressemeddelelser fra {_NAME}"
    r"|besøk (?:vårt|våre) presserom|besøk presserommet(?: vårt)?"
    rf"|(?:subscribe to|follow|latest|more) (?:press )?releases from {_NAME}"
    rf"|visit our (?:press|news) ?room|läs mer från {_NAME}|lisää tiedotteita julkaisijalta {_NAME}"
    r"|i (?:vårt|vores) (?:presserom|nyhedsrum|nyhetsrum) (?:finner|kan|finn) .{0,200}"
    r"|in our press ?room you (?:can|will) .{0,200})",
    re.I,
)
#: title of another release, its date glued to it
_TEASER = re.compile(
    r".{5,300}[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4} [0-9]{1,2}:[0-9]{2}:[0-9]{2} [A-Z]{3,4} \| .{2,40}"
)
#: when the release itself was sent
_BYLINE = re.compile(
    r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: [A-Z]{3,4})? \| .{2,40}"
)


class _Fitting(Enum):
    """A section of fittings, by what it holds."""

    KEYWORDS = auto()
    CONTACTS = auto()
    #: the same under a name that articles use as well
    PERHAPS_CONTACTS = auto()
    LINKS = auto()
    RELATED = auto()
    ABOUT = auto()
    #: the same under a name that articles use as well
    PERHAPS_ABOUT = auto()


_SECTIONS = {
    _Fitting.KEYWORDS: r"nøkkelord|emneord|stikkord|keywords|nøgleord|nyckelord|avainsanat",
    _Fitting.CONTACTS: r"kontakter|kontaktar|kontaktpersoner|kontaktpersonar|pressekontakt"
    r"|pressekontakter|pressekontaktar|mediekontakt|contacts|press contacts?|media contacts?"
    r"|yhteyshenkilöt",
    _Fitting.PERHAPS_CONTACTS: r"kontakt|kontakt oss|kontaktperson|kontaktinformasjon|ta kontakt"
    r"|for (?:mer|meir) informasjon|contact|contact us|further information",
    _Fitting.LINKS: r"lenker|lenkjer|links|länkar|linkit|dokumenter|dokument|documents"
    r"|vedhæftede filer|bilder|bilete|images",
    _Fitting.RELATED: r"relaterte? (?:saker|innhold|artikler|lenker|nyheter)|relatert"
    r"|flere (?:saker|nyheter)|fleire (?:saker|nyheiter)|related content",
    _Fitting.ABOUT: r"om oss|about us|om os|tietoja julkaisijasta",
    _Fitting.PERHAPS_ABOUT: r"om imdi|about imdi",
}
_SECTION = re.compile(
    "|".join(f"(?P<{kind.name}>(?:{names}):?)" for kind, names in _SECTIONS.items()), re.I
)
_BLOCKS = re.compile(
    r"(?:del|del (?:artikkelen|artikkel|saken|siden|sida)|share|share this"
    r"|(?:del på:? )?(?:(?:facebook|twitter|linkedin|e-post|x|kopier lenken?|messenger|bluesky)"
    r"[ ,|/·]{0,3}(?:og )?){1,8}"
    r"|(?:fant du det du lette etter|fann du det du leita etter|var dette nyttig"
    r"|did you find what you were looking for)\?(?: ?ja ?nei| ?yes ?no)?|ja|nei"
    r"|(?:tilbake )?til toppen|(?:tilbake )?til oversikten|back to top"
    r"|last ned rapport(?:en)?(?: \(pdf[^)]{0,20}\))?|\(pdf(?:, [0-9,.]+ [km]b)?\)"
    r"|se flere rapporter om .{1,80}|sjå fleire rapportar om .{1,80}"
    r"|se alle (?:oppdateringer|nyheter|rapporter|saker)|sjå alle (?:oppdateringar|nyheiter)"
    r"|skriv ut|lytt til (?:teksten|artikkelen)|illustrasjons(?:bilde|foto)|historisk arkiv"
    r"|pressevakt(?:en)?:?|presseansvarlig:?)",
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
#: a publisher that presents itself
_SELF = re.compile(
    r"(?:integrerings- og mang(?:fold|fald)sdirektoratet|imdi (?:er|skal|is)\b"
    r"|(?:the )?(?:norwegian )?directorate of integration)",
    re.I,
)
#: bullet of the publisher's boilerplate: U+06F0, which counts as a digit for `\d`
_BULLET = "\u06f0"
#: a captioned picture's words; what is longer and stands twice is text
_LONGEST_CAPTION = 300
#: words of a line in a section of fittings; a longer one that ends as a sentence is text again
_LONGEST_LINE = 15


def without_furniture(blocks: Iterable[Block]) -> list[Block]:
    """Give the blocks of a text without those of the page around it."""
    kept = without_contacts(_sections(list(blocks)))
    kept = [block for part in kept for block in _own(part)]
    return _captions_once(kept)


def _sections(blocks: list[Block]) -> list[Block]:
    """Give blocks up to the end of the text, without sections of fittings."""
    end = next((place for place, block in enumerate(blocks) if _is_end(block)), len(blocks))
    framed = end < len(blocks)
    kept: list[Block] = []
    place = 0
    while place < end:
        kind = _fitting(blocks[place])
        after = _reach(blocks, place, end, kind) if kind else place
        last = after == end or bool(_fitting(blocks[after]))
        if kind and _is_section(blocks[place + 1 : after], kind, framed and last):
            framed = True
            place = after
        else:
            kept.append(blocks[place])
            place += 1
    return kept


def _is_end(block: Block) -> bool:
    text = block.text if block.tag in TEXTS else ""
    return bool(_ENDS.fullmatch(text) or _TEASER.fullmatch(text))


def _fitting(block: Block) -> _Fitting | None:
    found = _SECTION.fullmatch(block.text) if block.tag in TEXTS else None
    return _Fitting[found.lastgroup or ""] if found else None


def _reach(blocks: Sequence[Block], start: int, end: int, kind: _Fitting) -> int:
    """Give the place after a section: at the next heading of its rank, or where text goes on."""
    own = blocks[start].tag
    for place in range(start + 1, end):
        block = blocks[place]
        if own == "p":
            # a paragraph that serves as heading ranks below all headings
            if block.tag in HEADINGS or _fitting(block):
                return place
        # headings sort as they rank: "h2" < "h3"
        elif block.tag in HEADINGS and block.tag <= own:
            return place
        if not _belongs(block, kind):
            return place
    return end


def _belongs(block: Block, kind: _Fitting) -> bool:
    """Tell whether a block can be part of a section of fittings."""
    if kind in (_Fitting.ABOUT, _Fitting.PERHAPS_ABOUT, _Fitting.RELATED):
        return True
    texts = [part for part in block.walk() if part.tag in TEXTS]
    if kind is _Fitting.PERHAPS_CONTACTS:
        return all(has_contact(part.text) or is_person(part.text) for part in texts)
    return not any(_is_sentence(part, kind) for part in texts)


def _is_sentence(block: Block, kind: _Fitting) -> bool:
    text = block.text
    if kind is _Fitting.CONTACTS and has_contact(text):
        return False
    linked = all(run.href for run in block.runs if run.text.strip())
    return len(text.split()) > _LONGEST_LINE and not linked


def _is_section(within: Sequence[Block], kind: _Fitting, framed: bool) -> bool:
    """Tell whether what stands below a name is what the name promises.

    `framed`: fittings of a press room stand around it, and no text comes after it.
    """
    if kind is _Fitting.PERHAPS_CONTACTS:
        return any(has_contact(block.text) for block in within)
    if kind is _Fitting.PERHAPS_ABOUT:
        bullets = any(_BULLET in block.text for block in within)
        return framed or bullets or bool(within and _SELF.match(within[0].text))
    return True


def _own(block: Block) -> list[Block]:
    """Give a block without furniture in it: itself, a shorter one, or none."""
    if block.tag not in TEXTS:
        children = [child for part in without_contacts(block.children) for child in _own(part)]
        whole = Block(block.tag, children=children)
        return [whole] if whole.text else []
    text = block.text
    if any(words.fullmatch(text) for words in (_BLOCKS, _PHOTO, _BYLINE)) or _is_twice(text):
        return []
    if _BULLET not in text:
        return [block]
    runs: list[Run] = []
    for line in lines(block.runs):
        if not "".join(run.text for run in line).lstrip().startswith(_BULLET):
            runs += [Run("\n"), *line]
    shorter = tidy(runs)
    return [Block(block.tag, shorter)] if shorter else []


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
        # looked for from every place in the text, so not where no credit can be
        caption = _TRAILING_PHOTO.sub("", text) if ":" in text else text
        if caption and caption == previous and len(caption) <= _LONGEST_CAPTION:
            if (credited or caption != text) and kept and kept[-1].tag == "p":
                kept.pop()
            continue
        previous, credited = caption, caption != text
        kept.append(block)
    return kept
