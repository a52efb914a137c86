"""The words of an entry that show why it was found, with the words searched for marked."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from db.models import EntryData, Republish
from db.syntax import Form, parse_search
from db.text import tokens
from feed.sanitise import summary_of
from feed.wording import cut

#: characters of an excerpt
LENGTH = 280
#: how far into a long text we look for the words, and how much we show before them
_MOST_SEARCHED = 10_000
_BEFORE = 90
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of a search, as index tokens and beginnings of words."""

    stems: frozenset[str]
    prefixes: tuple[str, ...]

    @classmethod
    def read(cls, q: str) -> "Sought":
        """Take what must or may match from a search, not what is excluded."""
        terms = [term for clause in parse_search(q).clauses for term in clause]
        words = [term for term in terms if term.form is not Form.PREFIX]
        return cls(
            stems=frozenset(token for term in words for token in term.tokens),
            prefixes=tuple(term.tokens[0] for term in terms if term.form is Form.PREFIX),
        )

    def __bool__(self) -> bool:
        """Tell whether there is anything to mark."""
        return bool(self.stems or self.prefixes)

    def matches(self, word: str) -> bool:
        """Tell whether a word is one of those sought, in any inflection."""
        if self.prefixes and word.lower().startswith(self.prefixes):
            return True
        return not self.stems.isdisjoint(tokens(word))

    def first(self, text: str) -> int | None:
        """Give where in a text the first word sought begins."""
        if not self:
            return None
        found = (word.start() for word in _WORD.finditer(text) if self.matches(word[0]))
        return next(found, None)


def mark(text: str, sought: Sought) -> Markup:
    """Escape a text and mark the words sought in it."""
    if not sought:
        return escape(text)
    pieces, end = [], 0
    for word in _WORD.finditer(text):
        if sought.matches(word[0]):
            pieces += [escape(text[end : word.start()]), Markup("<mark>%s</mark>") % word[0]]
            end = word.end()
    return Markup("").join([*pieces, escape(text[end:])])


def excerpt(entry: EntryData, sought: Sought, republish: Republish) -> Markup:
    """Give the beginning of an entry, or the place in its text that has the words sought.

    Where a source's texts may only be summarised, it is always the beginning.
    """
    beginning = summary_of(entry, LENGTH)
    if republish is Republish.FULL and sought.first(beginning) is None:
        text = entry.body_text[:_MOST_SEARCHED]
        place = sought.first(text)
        if place is not None:
            start = text.rfind(" ", 0, max(place - _BEFORE, 0)) + 1
            passage = cut(text[start:], LENGTH)
            beginning = f"…{passage}" if start else passage
    return mark(beginning, sought)
