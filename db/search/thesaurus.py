"""Words for one thing, in bokmål, nynorsk and English: the lines of `thesaurus.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from db.errors import ThesaurusError
from db.text import tokens, words
from db.words.lexicon import is_small

THESAURUS_PATH: Final = Path(__file__).with_name("thesaurus.toml")
#: the table of words that others take in
NARROWER = "narrower"
#: words of the longest term
LONGEST = 5


@dataclass(frozen=True, slots=True)
class Synonym:
    """One term of a line."""

    #: as written in the file, for people
    term: str
    #: index tokens, as they stand in a text
    keys: tuple[str, ...]


class Thesaurus:
    """Finds the line of a term, by its index tokens."""

    def __init__(
        self, lines: Sequence[tuple[Synonym, ...]], narrower: Mapping[Synonym, Sequence[Synonym]]
    ) -> None:
        self._lines = {
            sought: line for line in lines for synonym in line for sought in sought_by(synonym.keys)
        }
        self._narrower: dict[tuple[str, ...], list[Synonym]] = {}
        for broad, taken_in in narrower.items():
            every = [one for term in taken_in for one in self.line(term.keys) or (term,)]
            for same in self.line(broad.keys) or (broad,):
                self._narrower.setdefault(same.keys, []).extend(every)
        given = (*lines, *(tuple(taken_in) for taken_in in narrower.values()))
        self.words = frozenset(
            word for line in given for synonym in line for word in words(synonym.term)
        )

    def line(self, keys: Sequence[str]) -> tuple[Synonym, ...]:
        """Give everything that the line of a term names, itself too; nothing where it has none."""
        return self._lines.get(tuple(keys), ())

    def narrower(self, keys: Sequence[str]) -> Sequence[Synonym]:
        """Give what a term takes in, with all of the lines of it."""
        return self._narrower.get(tuple(keys), ())


def sought_by(keys: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Give the index tokens that a term is found by: with its small words, and without.

    Not without where one word would be left, which says something else: `legge ned`, `legge`.
    """
    without = telling(keys)
    return (keys,) if len(without) < 2 else tuple(dict.fromkeys((keys, without)))


def telling(keys: Sequence[str]) -> tuple[str, ...]:
    """Leave out the small words, as a search does, unless there is nothing else."""
    return tuple(key for key in keys if not is_small(key)) or tuple(keys)


@cache
def thesaurus() -> Thesaurus:
    """Read the thesaurus that comes with imdifeed, once. Raises `ThesaurusError`."""
    return read_thesaurus(THESAURUS_PATH)


def read_thesaurus(path: Path) -> Thesaurus:
    """Read a thesaurus.

    Raises:
        ThesaurusError: a line that cannot work, named by its first term, with the reason.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThesaurusError(f"{path.name}: {error}") from error
    seen: dict[tuple[str, ...], str] = {}
    narrower = {NARROWER: tables.pop(NARROWER, {})}
    return Thesaurus(
        [_line(path.name, *given, seen) for given in _lines(path.name, tables)],
        dict(_taken_in(path.name, *given) for given in _lines(path.name, narrower)),
    )


def _taken_in(name: str, first: str, terms: list[str]) -> tuple[Synonym, list[Synonym]]:
    broad, *others = (Synonym(term, tuple(tokens(term))) for term in terms)
    for one in (broad, *others):
        if not one.keys or (one is not broad and one.keys == broad.keys):
            reason = "cannot be found" if not one.keys else "is the same word to a search"
            raise ThesaurusError(f"{name}: [{NARROWER}] “{first}”: “{one.term}” {reason}")
    return broad, others


def _lines(name: str, tables: dict[str, object]) -> Iterator[tuple[str, list[str]]]:
    for subject, lines in tables.items():
        if not isinstance(lines, dict):
            raise ThesaurusError(f"{name}: “{subject}” must stand under a heading such as [people]")
        for first, others in lines.items():
            if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
                raise ThesaurusError(f"{name}: “{first}” must be given a list of words")
            yield first, [first, *others]


def _line(
    name: str, first: str, terms: list[str], seen: dict[tuple[str, ...], str]
) -> tuple[Synonym, ...]:
    line = []
    for term in terms:
        keys = tuple(tokens(term))
        sought = sought_by(keys)
        same = next((seen[one] for one in sought if one in seen), None)
        if not keys:
            reason = "has no letters or digits, so no search can find it"
        elif len(telling(keys)) > LONGEST:
            reason = f"has more than {LONGEST} words, so no search is matched with it"
        elif len(keys) == 1 and is_small(words(term)[0]):
            reason = "is a small word, which searches pass over"
        elif same is not None:
            reason = f"is to a search the same as “{same}”, which stands already"
        else:
            seen.update(dict.fromkeys(sought, term))
            line.append(Synonym(term, keys))
            continue
        raise ThesaurusError(f"{name}: the line of “{first}”: “{term}” {reason}")
    if len(line) < 2:
        raise ThesaurusError(f"{name}: the line of “{first}” names nothing else than itself")
    return tuple(line)
