"""A compound in other words: synonyms for its parts, near each other."""

from collections.abc import Iterator
from itertools import chain, islice, product
from operator import ne

from db.search.meaning import How, Index, Pattern
from db.search.synonym import sought_by
from db.search.thesaurus import thesaurus
from db.words import Word

#: synonyms of one part, words of each without its small ones, and ways to write the whole
_MOST_OF_A_PART, _MOST_WORDS, _MOST_WAYS = 4, 2, 13


def in_other_words(compound: Word, index: Index) -> list[Pattern]:
    """Give the parts of a compound, with synonyms in their place, the fewest first."""
    own = [(piece,) for piece in pieces(compound)]
    ways = [(piece, *islice(_instead(piece, compound, index), _MOST_OF_A_PART)) for piece in own]
    ranked = sorted(product(*ways), key=lambda way: sum(map(ne, way, own)))
    return [Pattern(How.NEAR, tuple(chain(*way))) for way in ranked[:_MOST_WAYS]]


def pieces(compound: Word) -> tuple[str, ...]:
    """Give its parts, the longest that the thesaurus knows: *fotball*, not *fot* and *ball*."""
    found: list[str] = []
    left = compound.leaves
    while left:
        longest = len(left) if found else len(left) - 1
        known = (n for n in range(longest, 1, -1) if thesaurus().line(["".join(left[:n])]))
        count = next(known, 1)
        found.append("".join(left[:count]))
        left = left[count:]
    return tuple(found)


def _instead(piece: tuple[str], compound: Word, index: Index) -> Iterator[tuple[str, ...]]:
    """Give what occurs instead of a part, unless it says the whole: *ledighet*."""
    line = thesaurus().line(piece)
    if line == thesaurus().line([compound.key]):
        return
    for synonym in index.occurring(line, len(line)):
        keys = sought_by(synonym.keys)[-1]
        if len(keys) <= _MOST_WORDS and piece[0] not in keys:
            yield keys
