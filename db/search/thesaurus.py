"""Words for one thing, in bokmål, nynorsk and English: the lines of `db.search.written`.

An index has every entry under the lines that it names, and under their terms of several words, each
by a token of its own: so a search looks up one token, however many words its line has.

A process has the lines as texts, and reads those that are asked for: all terms as objects would
take six times as long and twice the memory.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import chain, pairwise
from mmap import mmap
from pathlib import Path
from sys import intern
from typing import NamedTuple
from zlib import crc32

from db.lists_version import checksum_of, files_of, words_version
from db.search.synonym import LINE, TAKEN_IN, Line, Synonym, keys_in, sought_by, token_for
from db.search.written import SYNONYMS, Written, read_files
from db.text import words
from db.words.wordlist import kept

#: bytes before a kept thesaurus that tell whether it is whole
_CHECKED = 4
#: between two terms of a line; between their tokens is a space
_APART = "\n"

#: from the number of a line to those of others
_Relations = defaultdict[int, list[int]]


class Packed(NamedTuple):
    """What the files say, in few objects. Lines are named by their numbers."""

    #: of each its terms, their tokens, and other tokens that it is found by
    lines: Sequence[tuple[str, str, str]]
    #: so many are lines of the files; those after them are words that only relations name
    own: int
    #: each a line, and those that it takes in
    narrower: Sequence[Sequence[int]]
    #: each a line, and those that it is related to
    related: Sequence[Sequence[int]]


class Thesaurus:
    """Finds the line of a term, by its index tokens."""

    def __init__(self, packed: Packed) -> None:
        self._own = packed.own
        #: of each line: its terms, and their tokens
        self._terms = [terms for terms, _, _ in packed.lines]
        self._tokens = [tokens.split() for _, tokens, _ in packed.lines]
        #: from tokens to the number of their line
        self._number: dict[str, int] = {}
        for number, (_, _, others) in enumerate(packed.lines):
            self._number.update(dict.fromkeys(self._tokens[number], number))
            self._number.update(dict.fromkeys(others.split(), number))
        self._narrower: _Relations = defaultdict(list)
        self._broader: _Relations = defaultdict(list)
        self._related: _Relations = defaultdict(list)
        for numbers in packed.narrower:
            _relate(numbers, self._narrower, self._broader)
        for numbers in packed.related:
            _relate(numbers, self._related, self._related)
        #: the lines that were asked for
        self._lines: dict[int, Line] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of it, as it is written: asked for where a word is typed that nobody wrote."""
        terms = chain.from_iterable(terms.split(_APART) for terms in self._terms)
        return frozenset(chain.from_iterable(map(words, terms)))

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The tokens of terms of several words by the first two, for who indexes."""
        rows: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for token in chain.from_iterable(self._tokens):
            if len(keys := keys_in(token)) > 1:
                rows[intern(keys[0]), intern(keys[1])].append(token)
        return rows

    @cached_property
    def _brings(self) -> Sequence[Sequence[str]]:
        """The tokens that each line brings, for who indexes: its own, and those of wider ones."""
        return [
            (LINE + tokens[0], *map(self._taken_in, dict.fromkeys(self._broader.get(number, ()))))
            for number, tokens in enumerate(self._tokens)
        ]

    def line(self, keys: Sequence[str]) -> Line:
        """Give everything that the line of a term names, itself too; nothing where it has none."""
        number = self._find(keys)
        return () if number is None or number >= self._own else self._line(number)

    def taken_in(self, keys: Sequence[str]) -> str:
        """Give the token of all that a term takes in; nothing where it takes in nothing."""
        number = self._find(keys)
        return "" if number is None or number not in self._narrower else self._taken_in(number)

    def broader(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what takes a term in."""
        return self._lines_by(self._broader, keys)

    def related(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what a term is related to."""
        return self._lines_by(self._related, keys)

    def _lines_by(self, relations: _Relations, keys: Sequence[str]) -> Sequence[Line]:
        number = self._find(keys)
        return [] if number is None else [*map(self._line, relations.get(number, ()))]

    def _find(self, keys: Sequence[str]) -> int | None:
        return self._number.get(token_for(keys))

    def _line(self, number: int) -> Line:
        if number not in self._lines:
            terms = zip(self._terms[number].split(_APART), self._tokens[number], strict=True)
            self._lines[number] = tuple(Synonym(term, keys_in(token)) for term, token in terms)
        return self._lines[number]

    def _taken_in(self, number: int) -> str:
        return TAKEN_IN + LINE + self._tokens[number][0]

    def rows(self, tokens: Sequence[str]) -> Iterator[str]:
        """Give the token of each term of several words that stands in a row of index tokens."""
        known, text, place = self._rows, token_for(tokens), 0
        for pair in pairwise(tokens):
            if pair in known:
                for token in known[pair]:
                    if text.startswith(token, place):
                        yield token
            place += len(pair[0]) + 1

    def named(self, tokens: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give each of some tokens that is a term of a line, with each token that it brings.

        Those are the token of the line, and those for what wider lines take in.
        """
        number, brings = self._number, self._brings
        return (
            (token, one) for token in tokens if token in number for one in brings[number[token]]
        )

    def terms(self, token: str) -> Line:
        """Give the terms that bring a token."""
        number = self._number[token.removeprefix(TAKEN_IN).removeprefix(LINE)]
        lines = self._narrower[number] if token.startswith(TAKEN_IN) else (number,)
        return tuple(chain.from_iterable(map(self._line, lines)))


def _relate(numbers: Sequence[int], there: _Relations, back: _Relations) -> None:
    first, *others = numbers
    there[first] += others
    for other in others:
        back[other].append(first)


def read_thesaurus(folder: Path) -> Thesaurus:
    """Read the thesaurus of a folder. Raises `ThesaurusError`."""
    return Thesaurus(_pack(read_files(folder)))


@cache
def thesaurus() -> Thesaurus:
    """Give the thesaurus that comes with imdifeed, read once. Raises `ThesaurusError`.

    It is kept in the cache folder as it was read: to find the index tokens of its terms and to
    look whether each line can work takes seconds.
    """
    made_of = ("search/written.py", "search/synonym.py", "search/thesaurus.py")
    lists = checksum_of(*files_of(f"search/{SYNONYMS.name}"), *made_of)
    version = f"{lists}-{words_version()}".replace(" ", "-")
    return Thesaurus(kept(f"thesaurus-{version}", _written, _unpacked))


def _pack(written: Written) -> Packed:
    lines = [_texts(line) for line in written.lines]
    number_of = {
        sought: number
        for number, line in enumerate(written.lines)
        for synonym in line
        for sought in sought_by(synonym.keys)
    }

    def numbers(terms: Line) -> list[int]:
        for one in terms:
            if one.keys not in number_of:
                number_of[one.keys] = len(lines)
                lines.append((one.term, one.token, ""))
        return [number_of[one.keys] for one in terms]

    narrower, related = ([*map(numbers, each)] for each in (written.narrower, written.related))
    return Packed(lines, len(written.lines), narrower, related)


def _texts(line: Line) -> tuple[str, str, str]:
    tokens = [one.token for one in line]
    found_by = {token_for(keys): 1 for one in line for keys in sought_by(one.keys)}
    others = [token for token in found_by if token not in tokens]
    return _APART.join(one.term for one in line), " ".join(tokens), " ".join(others)


def _written() -> bytes:
    data = json.dumps(_pack(read_files(SYNONYMS)), ensure_ascii=False).encode()
    return crc32(data).to_bytes(_CHECKED, "big") + data


def _unpacked(data: bytes | mmap) -> Packed:
    content = data[_CHECKED:]
    if data[:_CHECKED] != crc32(content).to_bytes(_CHECKED, "big"):
        raise ValueError("this is no thesaurus, or not the whole of one")
    return Packed(*json.loads(content))
