"""Words for one thing, in bokmål, nynorsk and English: the lines of `db.search.written`.

An index has every entry under the lines that it names, and under their terms of several words, each
by a token of its own: so a search looks up one token, however many words its line has.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import chain, pairwise
from mmap import mmap
from pathlib import Path
from sys import intern
from zlib import crc32

from db.lists_version import checksum_of, files_of, words_version
from db.search.synonym import Line, Synonym, narrower_token_of, sought_by, token_of
from db.search.written import SYNONYMS, Written, read_files
from db.text import words
from db.words.wordlist import kept

#: bytes before a kept thesaurus that tell whether it is whole
_CHECKED = 4

#: from the token of a line to other lines
_Relations = defaultdict[str, list[Line]]


class Thesaurus:
    """Finds the line of a term, by its index tokens."""

    def __init__(self, written: Written) -> None:
        self._lines = {
            sought: line
            for line in written.lines
            for synonym in line
            for sought in sought_by(synonym.keys)
        }
        #: lines of terms that nothing else is the same as
        self._alone: dict[tuple[str, ...], Line] = {}
        self._narrower: _Relations = defaultdict(list)
        self._broader: _Relations = defaultdict(list)
        self._related: _Relations = defaultdict(list)
        for terms in written.narrower:
            self._relate(terms, self._narrower, self._broader)
        for terms in written.related:
            self._relate(terms, self._related, self._related)
        every = {token_of(line): line for line in (*written.lines, *self._alone.values())}
        #: from the tokens of lines, and of what they take in, to terms; and from those to them
        self._terms: dict[str, Line] = every | {
            narrower_token_of(every[token]): tuple(chain.from_iterable(lines))
            for token, lines in self._narrower.items()
        }
        brings: defaultdict[str, list[str]] = defaultdict(list)
        for token, terms in self._terms.items():
            for term in {one.token: 1 for one in terms}:
                brings[term].append(token)
        self._brings = {term: tuple(tokens) for term, tokens in brings.items()}
        #: from the first two words of terms to the terms
        rows: defaultdict[tuple[str, str], list[Synonym]] = defaultdict(list)
        for synonym in {one: 1 for line in every.values() for one in line if len(one.keys) > 1}:
            rows[synonym.keys[0], synonym.keys[1]].append(synonym)
        self._rows = {pair: tuple(found) for pair, found in rows.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of it, as it is written: asked for where a word is typed that nobody wrote."""
        return frozenset(
            word
            for terms in self._terms.values()
            for synonym in terms
            for word in words(synonym.term)
        )

    def _relate(self, terms: Line, there: _Relations, back: _Relations) -> None:
        own, *lines = (
            self.line(term.keys) or self._alone.setdefault(term.keys, (term,)) for term in terms
        )
        there[token_of(own)] += lines
        for line in lines:
            back[token_of(line)].append(own)

    def line(self, keys: Sequence[str]) -> Line:
        """Give everything that the line of a term names, itself too; nothing where it has none."""
        return self._lines.get(tuple(keys), ())

    def taken_in(self, keys: Sequence[str]) -> str:
        """Give the token of all that a term takes in; nothing where it takes in nothing."""
        line = self._line_or_alone(keys)
        return narrower_token_of(line) if line and token_of(line) in self._narrower else ""

    def broader(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what takes a term in."""
        return self._lines_by(self._broader, keys)

    def related(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what a term is related to."""
        return self._lines_by(self._related, keys)

    def _lines_by(self, relations: _Relations, keys: Sequence[str]) -> Sequence[Line]:
        line = self._line_or_alone(keys)
        return relations.get(token_of(line), ()) if line else ()

    def _line_or_alone(self, keys: Sequence[str]) -> Line:
        return self.line(keys) or self._alone.get(tuple(keys), ())

    def rows(self, tokens: Sequence[str]) -> Iterator[str]:
        """Give the token of each term of several words that stands in a row of index tokens."""
        known = self._rows
        for place, pair in enumerate(pairwise(tokens)):
            if pair in known:
                for synonym in known[pair]:
                    keys = synonym.keys
                    if len(keys) == 2 or tuple(tokens[place : place + len(keys)]) == keys:
                        yield synonym.token

    def named(self, tokens: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give each of some tokens that is a term of a line, with each token that it brings.

        Those are the token of the line, and those for what wider lines take in.
        """
        brings = self._brings
        return ((token, one) for token in tokens if token in brings for one in brings[token])

    def terms(self, token: str) -> Line:
        """Give the terms that bring a token."""
        return self._terms[token]


def read_thesaurus(folder: Path) -> Thesaurus:
    """Read the thesaurus of a folder. Raises `ThesaurusError`."""
    return Thesaurus(read_files(folder))


@cache
def thesaurus() -> Thesaurus:
    """Give the thesaurus that comes with imdifeed, read once. Raises `ThesaurusError`.

    It is kept in the cache folder as it was read: to find the index tokens of its terms and to
    look whether each line can work takes seconds.
    """
    made_of = ("search/written.py", "search/thesaurus.py")
    lists = checksum_of(*files_of(f"search/{SYNONYMS.name}"), *made_of)
    version = f"{lists}-{words_version()}".replace(" ", "-")
    return Thesaurus(kept(f"thesaurus-{version}", _packed, _unpacked))


def _packed() -> bytes:
    parts = (
        [[(one.term, *one.keys) for one in line] for line in part] for part in read_files(SYNONYMS)
    )
    data = json.dumps(list(parts), ensure_ascii=False).encode()
    return crc32(data).to_bytes(_CHECKED, "big") + data


def _unpacked(data: bytes | mmap) -> Written:
    content = data[_CHECKED:]
    if data[:_CHECKED] != crc32(content).to_bytes(_CHECKED, "big"):
        raise ValueError("this is no thesaurus, or not the whole of one")
    lines, narrower, related = (
        # a process keeps each word of them once
        [tuple(Synonym(term, tuple(map(intern, keys))) for term, *keys in line) for line in part]
        for part in json.loads(content)
    )
    return Written(lines, narrower, related)
