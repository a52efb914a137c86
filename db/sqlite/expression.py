"""Patterns as FTS5 expressions.

Nothing a reader types reaches FTS5 unquoted: terms are letters and digits, each in double quotes.
"""

from collections.abc import Iterable, Sequence

from db.search.meaning import NEAR, How, Pattern
from db.sql.indexed import FIELDS

_TITLE_ONLY = "title"
_PARTS, _WRITTEN = "_parts", "_written"


def _columns(*, parts: bool, written: bool, title: bool) -> str:
    names = [
        name
        for name in FIELDS
        if name.endswith(_WRITTEN) is written
        and (parts or not name.endswith(_PARTS))
        and (name.startswith(_TITLE_ONLY) or not title)
    ]
    return f"{{{' '.join(names)}}}"


def either(patterns: Iterable[Pattern]) -> str:
    """Give the expression for any of some patterns."""
    return " OR ".join(_expression(pattern) for pattern in patterns)


def _expression(pattern: Pattern) -> str:
    title = pattern.title
    if pattern.how in (How.WRITTEN, How.PREFIX):
        columns = _columns(parts=False, written=True, title=title)
        star = " *" if pattern.how is How.PREFIX else ""
        return f"{columns} : {phrase(pattern.terms)}{star}"
    if pattern.how is How.ALL:
        columns = _columns(parts=True, written=False, title=title)
        return f"({' AND '.join(f'{columns} : {phrase([term])}' for term in pattern.terms)})"
    # several words in a row stand in the text itself, a single one in a compound too
    columns = _columns(parts=len(pattern.terms) == 1, written=False, title=title)
    if pattern.how is How.NEAR:
        return f"{columns} : NEAR({' '.join(phrase([term]) for term in pattern.terms)}, {NEAR})"
    return f"{columns} : {phrase(pattern.terms)}"


def phrase(terms: Sequence[str]) -> str:
    """Give the expression for words one after the other."""
    return f'"{" ".join(terms)}"'
