"""The search syntax: what is typed into the box, read without ever failing.

`words "an exact phrase" -not this OR that prefix* title:word`; anything else is taken as words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from db.text import DIRECTORATE, clean, join_numbers, words

#: more pieces than this are passed over: a page of text pasted into the box is no search
MOST_PIECES = 200
#: excluded terms that are heeded
MOST_EXCLUDED = 12
#: words of one phrase that are heeded
_MOST_IN_PHRASE = 30
_PIECE = re.compile(
    r'(?P<sign>-?)(?P<title>title:|tittel:)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))', re.I
)
# what telephones write for "
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_TITLE_APART = re.compile(r"(?<![^\W_])(title:|tittel:)\s+", re.I)
# barn/ungdom and tolk,barnevern are two words each, but 2020/21 and e-post stay together
_APART = r"[,;:/()\[\]{}|+=<>!?]+"
_BETWEEN = re.compile(
    rf"(?<!title)(?<!tittel)(?:(?<=[^\W\d_]){_APART}(?=[^\W_])|(?<=[^\W_]){_APART}(?=[^\W\d_]))",
    re.I,
)
_EITHER = frozenset({"OR", "ELLER"})


class Form(StrEnum):
    """How a term is to be matched."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for."""

    form: Form
    #: as typed, in lower case; one for a word, unless hyphens or the like divide it; for a prefix
    #: its letters
    words: tuple[str, ...]
    #: look in titles only
    title: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A search: each clause must match by one of its terms; no excluded term may match."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to look for."""
        return bool(self.clauses or self.excluded)


def parse_search(q: str) -> Search:
    """Read a search. No input is an error: what has no letters or digits is passed over."""
    clauses: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    join = False
    for piece in islice(_PIECE.finditer(_readable(q)), MOST_PIECES):
        if piece["word"] in _EITHER and not piece["sign"] and not piece["title"]:
            join = bool(clauses)
            continue
        term = _term(piece)
        if term is None:
            continue
        if piece["sign"]:
            excluded.append(term)
        elif join:
            clauses[-1] += (term,)
        else:
            clauses.append((term,))
        join = False
    return Search(tuple(clauses), tuple(excluded[:MOST_EXCLUDED]))


def _readable(q: str) -> str:
    text = clean(q).translate(_QUOTES)
    if '"' not in text:
        text = DIRECTORATE.sub("IMDi", text)
    return join_numbers(_BETWEEN.sub(" ", _TITLE_APART.sub(r"\1", text)))


def _term(piece: re.Match[str]) -> Term | None:
    title = bool(piece["title"])
    if piece["phrase"] is not None:
        found = tuple(words(piece["phrase"])[:_MOST_IN_PHRASE])
        return Term(Form.PHRASE, found, title) if found else None
    word = piece["word"]
    letters = "".join(character for character in word.lower() if character.isalnum())
    if word.endswith("*") and len(letters) > 1:
        return Term(Form.PREFIX, (letters,), title)
    found = tuple(words(word)[:_MOST_IN_PHRASE])
    return Term(Form.WORD, found, title) if found else None
