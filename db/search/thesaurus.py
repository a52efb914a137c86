"""Words for one thing, in bokmål, nynorsk and English: the lines of the files in `synonyms/`.

An index has every entry under the lines that it names, and under their terms of several words, each
by a token of its own: so a search looks up one token, however many words its line has.
"""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from db.errors import ThesaurusError
from db.lists_version import checksum_of, files_of, words_version
from db.text import tokens, words
from db.words.lexicon import is_small, small_words
from db.words.wordlist import kept, pack

SYNONYMS: Final = Path(__file__).with_name("synonyms")
#: the files of words that others take in, and of words that are related
NARROWER, RELATED = "narrower.toml", "related.toml"
#: words of the longest term
LONGEST = 5

#: begins the token of a line, and stands behind each word in that of several words: no text that
#: is indexed has these private letters
_LINE, _ROW = "\ue001", "\ue002"

#: from a text to its index tokens
Tokens = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Synonym:
    """One term of a line."""

    #: as written in the file, for people
    term: str
    #: index tokens, as they stand in a text
    keys: tuple[str, ...]

    @property
    def token(self) -> str:
        """What an index has for it: its own index token, or one for all of them in a row."""
        return self.keys[0] if len(self.keys) == 1 else _ROW.join((*self.keys, ""))


#: words for one thing, each in another way
Line = tuple[Synonym, ...]


def token_of(line: Line) -> str:
    """Give what an index has for any term of a line."""
    return _LINE + line[0].token


#: from the token of a line to other lines
_Relations = defaultdict[str, list[Line]]


class Thesaurus:
    """Finds the line of a term, by its index tokens."""

    def __init__(
        self,
        lines: Sequence[Line],
        narrower: Mapping[Synonym, Sequence[Synonym]],
        related: Mapping[Synonym, Sequence[Synonym]],
    ) -> None:
        self._lines = {
            sought: line for line in lines for synonym in line for sought in sought_by(synonym.keys)
        }
        #: lines of terms that nothing else is the same as
        self._alone: dict[tuple[str, ...], Line] = {}
        self._narrower: _Relations = defaultdict(list)
        self._broader: _Relations = defaultdict(list)
        self._related: _Relations = defaultdict(list)
        for one, others in narrower.items():
            self._relate(one, others, self._narrower, self._broader)
        for one, others in related.items():
            self._relate(one, others, self._related, self._related)
        every = {token_of(line): line for line in (*lines, *self._alone.values())}
        self._by_token = every
        self._named = {one.token: token for token, line in every.items() for one in line}
        #: from the first two words of terms to the terms
        self._rows: defaultdict[tuple[str, str], list[Synonym]] = defaultdict(list)
        for synonym in {one: 1 for line in every.values() for one in line if len(one.keys) > 1}:
            self._rows[synonym.keys[0], synonym.keys[1]].append(synonym)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of it, as it is written: asked for where a word is typed that nobody wrote."""
        return frozenset(
            word
            for line in self._by_token.values()
            for synonym in line
            for word in words(synonym.term)
        )

    def _relate(
        self, one: Synonym, others: Iterable[Synonym], there: _Relations, back: _Relations
    ) -> None:
        own, *lines = (
            self.line(term.keys) or self._alone.setdefault(term.keys, (term,))
            for term in (one, *others)
        )
        there[token_of(own)] += lines
        for line in lines:
            back[token_of(line)].append(own)

    def line(self, keys: Sequence[str]) -> Line:
        """Give everything that the line of a term names, itself too; nothing where it has none."""
        return self._lines.get(tuple(keys), ())

    def narrower(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what a term takes in."""
        return self._lines_by(self._narrower, keys)

    def broader(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what takes a term in."""
        return self._lines_by(self._broader, keys)

    def related(self, keys: Sequence[str]) -> Sequence[Line]:
        """Give the lines of what a term is related to."""
        return self._lines_by(self._related, keys)

    def _lines_by(self, relations: _Relations, keys: Sequence[str]) -> Sequence[Line]:
        line = self.line(keys) or self._alone.get(tuple(keys))
        return relations.get(token_of(line), ()) if line else ()

    def rows(self, tokens: Sequence[str]) -> Iterator[str]:
        """Give the token of each term of several words that stands in a row of index tokens."""
        known = self._rows
        for place, pair in enumerate(pairwise(tokens)):
            if pair in known:
                for synonym in known[pair]:
                    keys = synonym.keys
                    if len(keys) == 2 or tuple(tokens[place : place + len(keys)]) == keys:
                        yield synonym.token

    def lines(self, tokens: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give each of some tokens that is a term of a line, with the token of the line."""
        named = self._named
        return ((token, named[token]) for token in tokens if token in named)

    def by_token(self, token: str) -> Line:
        """Give the line that has a token."""
        return self._by_token[token]


def sought_by(keys: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Give the index tokens that a term is found by: with its small words, and without.

    Not without where one word would be left, which says something else: `legge ned`, `legge`.
    """
    without = telling(keys)
    return (keys,) if len(without) < 2 else tuple(dict.fromkeys((keys, without)))


def telling(keys: Sequence[str]) -> tuple[str, ...]:
    """Leave out the small words, as a search does, unless there is nothing else."""
    small = small_words()
    if small.isdisjoint(keys):
        return tuple(keys)
    return tuple(key for key in keys if key not in small) or tuple(keys)


@cache
def thesaurus() -> Thesaurus:
    """Read the thesaurus that comes with imdifeed, once. Raises `ThesaurusError`."""
    return read_thesaurus(SYNONYMS, _kept_tokens())


def _kept_tokens() -> Tokens:
    """Give the index tokens of its terms from the cache folder: to find them takes a second."""
    version = f"{checksum_of(*files_of('search/synonyms'))}-{words_version()}".replace(" ", "-")
    known = kept(f"thesaurus-{version}", _packed_tokens)

    def look_up(term: str) -> list[str]:
        found = known.get(term)
        return tokens(term) if found is None else found.split()

    return look_up


def _packed_tokens() -> bytearray:
    lines = (line for path in _paths(SYNONYMS) for line in _lines(path))
    terms = {term: " ".join(tokens(term)) for line in lines for term in line}
    return pack([(term.encode(), keys.encode()) for term, keys in terms.items()], len(terms))


def read_thesaurus(folder: Path, tokens_of: Tokens = tokens) -> Thesaurus:
    """Read the files of a folder; `tokens_of` gives the index tokens of a term.

    Raises:
        ThesaurusError: a line that cannot work, named by its first term, with the reason.
    """
    seen: dict[tuple[str, ...], str] = {}
    lines = []
    relations: dict[str, dict[Synonym, list[Synonym]]] = {NARROWER: {}, RELATED: {}}
    for path in _paths(folder):
        for line in _lines(path):
            terms = [Synonym(term, tuple(tokens_of(term))) for term in line]
            if path.name in relations:
                one, *others = _others(path.name, terms)
                relations[path.name][one] = others
            else:
                lines.append(_line(path.name, terms, seen))
    return Thesaurus(lines, relations[NARROWER], relations[RELATED])


def _paths(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise ThesaurusError(f"{folder.name}: there are no files with words for one thing")
    return found


def _lines(path: Path) -> Iterator[list[str]]:
    """Give the terms of each line of a file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThesaurusError(f"{path.name}: {error}") from error
    for first, others in table.items():
        if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
            raise ThesaurusError(f"{path.name}: “{first}” must be given a list of words")
        yield [first, *others]


def _others(name: str, terms: list[Synonym]) -> list[Synonym]:
    first = terms[0]
    for one in terms:
        if not one.keys or (one is not first and one.keys == first.keys):
            reason = "cannot be found" if not one.keys else "is the same word to a search"
            raise ThesaurusError(f"{name}: the line of “{first.term}”: “{one.term}” {reason}")
    return terms


def _line(name: str, terms: list[Synonym], seen: dict[tuple[str, ...], str]) -> Line:
    first = terms[0].term
    own: dict[tuple[str, ...], str] = {}
    for one in terms:
        sought = sought_by(one.keys)
        # with other small words in it, a term stands otherwise in a text: studere (til) tolk
        others = (seen[each] for each in sought if each in seen)
        same = own.get(one.keys) or next(
            (term for term in others if term not in own.values()), None
        )
        if not one.keys:
            reason = "has no letters or digits, so no search can find it"
        elif len(telling(one.keys)) > LONGEST:
            reason = f"has more than {LONGEST} words, so no search is matched with it"
        elif len(one.keys) == 1 and is_small(words(one.term)[0]):
            reason = "is a small word, which searches pass over"
        elif same is not None:
            reason = f"is to a search the same as “{same}”, which stands already"
        else:
            seen.update(dict.fromkeys(sought, one.term))
            own[one.keys] = one.term
            continue
        raise ThesaurusError(f"{name}: the line of “{first}”: “{one.term}” {reason}")
    if len(terms) < 2:
        raise ThesaurusError(f"{name}: the line of “{first}” names nothing else than itself")
    return tuple(terms)
