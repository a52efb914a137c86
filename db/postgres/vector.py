"""From the fields of an entry to text search vectors, and from patterns to what finds them.

A vector holds every index token as it is, with no word of PostgreSQL's own (no dictionary, no
stemmer): its first letter tells what sort of token it is, and a capital that it stands in the title
(https://www.postgresql.org/docs/current/datatype-textsearch.html).

A vector remembers 255 places of a word, none beyond 16,383, and holds a megabyte. Texts that need
more go on in another one, which begins with the last words of the one before, so that what stands
together is found together.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, zip_longest

from db.search.meaning import NEAR, How, Pattern

#: sorts of tokens, by the fields that hold them
_KEYS, _PARTS, _WRITTEN, _HEAD = "k", "p", "w", "h"
_FIELDS = {
    _KEYS: ("title", "lead", "keywords", "body", "pages"),
    _PARTS: ("title_parts", "body_parts", "pages_parts"),
    _WRITTEN: ("title_written", "body_written", "pages_written"),
    # what stands before the body, once more
    _HEAD: ("title", "lead", "keywords"),
}
#: what PostgreSQL keeps of one word in one vector, and the letters of all, with room to spare
_MOST_TIMES, _LAST_PLACE, _MOST_BYTES = 250, 16_000, 250_000
#: words that a vector repeats of the one before: no phrase that anybody types is longer
_REPEATED = 200
#: between two fields, so that nothing stands near what is in another
_GAP = 500
#: stands for no word (`db.sql.indexed`)
_BARRIER = "\ue000"
#: bytes of a token that is kept as it is; PostgreSQL takes 2,046
_LONGEST = 500
#: places from the first to the last of words that stand near each other
SPAN = NEAR + 1

_Places = dict[str, list[int]]


def vectors(fields: Mapping[str, str]) -> list[str]:
    """Give the vectors of some fields of an entry, as PostgreSQL reads them."""
    found = zip_longest(*(_places(kind, fields) for kind in _FIELDS), fillvalue={})
    return [_literal(dict(chain.from_iterable(one.items() for one in row))) for row in found]


def written_in(lexemes: Iterable[str]) -> str:
    """Give the words as written of what stands in vectors."""
    return " ".join(one[1:] for one in lexemes if one.startswith(_WRITTEN))


def _places(kind: str, fields: Mapping[str, str]) -> Iterator[_Places]:
    row: _Places = defaultdict(list)
    place = size = 0
    for name in _FIELDS[kind]:
        words = fields.get(name, "").split()
        in_title = name.startswith("title") and kind != _HEAD
        kinds = (kind, kind.upper()) if in_title else (kind,)
        at = 0
        while at < len(words):
            lexemes = [_lexeme(one, words[at]) for one in kinds if words[at] != _BARRIER]
            if lexemes and _is_full(row[lexemes[0]], place, size):
                yield row
                # what is repeated always fits
                row, place, size, at = defaultdict(list), 0, 0, max(at - _REPEATED, 0)
                continue
            for lexeme in lexemes:
                row[lexeme].append(place + 1)
                size += 4 * len(lexeme)
            place += 1
            at += 1
        place += _GAP
    yield row


def _is_full(times: Sequence[int], place: int, size: int) -> bool:
    return len(times) >= _MOST_TIMES or place >= _LAST_PLACE or size >= _MOST_BYTES


def short(word: str) -> str:
    """Give a word, or what stands for it where it is longer than an index takes."""
    if len(word) * 4 > _LONGEST and len(word.encode()) > _LONGEST:
        return word[: _LONGEST // 8] + hashlib.sha256(word.encode()).hexdigest()
    return word


def _lexeme(kind: str, word: str) -> str:
    return kind + short(word)


def _literal(row: _Places) -> str:
    return " ".join(
        f"{_quoted(lexeme)}:{','.join(map(str, places))}"
        for lexeme, places in row.items()
        if places
    )


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def any_of(patterns: Iterable[Pattern]) -> str:
    """Give the query for what matches any of some patterns, each of which one vector can match."""
    return " | ".join(f"({_query(one)})" for one in patterns)


def scattered(pattern: Pattern) -> bool:
    """Tell whether the words of a pattern stand near each other in more ways than one may list."""
    return pattern.how is How.NEAR and len(set(pattern.terms)) > 2


def each_of(pattern: Pattern) -> list[str]:
    """Give a query for each word of a pattern that may stand anywhere."""
    return [_somewhere(term, title=pattern.title) for term in dict.fromkeys(pattern.terms)]


def keys_of(pattern: Pattern) -> list[str]:
    """Give what stands in a vector for each word of a pattern."""
    return [_lexeme(_kind(_KEYS, pattern), term) for term in dict.fromkeys(pattern.terms)]


def all_keys(pattern: Pattern) -> str:
    """Give the query for all words of a pattern, wherever they stand."""
    return " & ".join(map(_quoted, keys_of(pattern)))


def two_of(words: Sequence[str]) -> str:
    """Give the query for two of some index tokens or more before the body."""
    quoted = [_quoted(_lexeme(_HEAD, word)) for word in words]
    return " | ".join(f"({one} & {other})" for one, other in combinations(quoted, 2))


def _query(pattern: Pattern) -> str:
    if pattern.how in (How.WRITTEN, How.PREFIX):
        star = ":*" if pattern.how is How.PREFIX else ""
        return _phrase(_kind(_WRITTEN, pattern), pattern.terms) + star
    if pattern.how is How.NEAR and len(pattern.terms) > 1:
        return _near(keys_of(pattern))
    if len(pattern.terms) == 1:
        # several words in a row stand in the text itself, a single one in a compound too
        return _somewhere(pattern.terms[0], title=pattern.title)
    return _phrase(_kind(_KEYS, pattern), pattern.terms)


def _kind(kind: str, pattern: Pattern) -> str:
    return kind.upper() if pattern.title else kind


def _somewhere(term: str, *, title: bool) -> str:
    kinds = (kind.upper() if title else kind for kind in (_KEYS, _PARTS))
    return " | ".join(_quoted(_lexeme(kind, term)) for kind in kinds)


def _phrase(kind: str, terms: Sequence[str]) -> str:
    return " <-> ".join(_quoted(_lexeme(kind, term)) for term in terms)


def _near(lexemes: Sequence[str]) -> str:
    if len(lexemes) == 1:
        return _quoted(lexemes[0])
    one, other = map(_quoted, lexemes)
    return " | ".join(
        f"({first} <{apart}> {second})"
        for first, second in ((one, other), (other, one))
        for apart in range(1, SPAN + 1)
    )
