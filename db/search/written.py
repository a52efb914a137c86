"""The thesaurus as it is written: the files in `synonyms/`, and what is wrong with them."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from db.errors import ThesaurusError
from db.search.synonym import LONGEST, Line, Synonym, sought_by, telling
from db.text import tokens, words
from db.words.lexicon import is_small

SYNONYMS: Final = Path(__file__).with_name("synonyms")
#: the files of words that others take in, and of words that are related
NARROWER, RELATED = "narrower.toml", "related.toml"
#: the word that a line begins with
_FIRST = re.compile(r"""^\s*["']([^"']+)["']\s*=""", re.MULTILINE)


class _Place(NamedTuple):
    """Where a term stands."""

    term: str
    first: str
    file: str


class Written(NamedTuple):
    """What the files of a folder say."""

    lines: list[Line]
    #: each a word, and what it takes in
    narrower: list[Line]
    #: each a word, and what it is related to
    related: list[Line]


def read_files(folder: Path) -> Written:
    """Read the files of a folder.

    Raises:
        ThesaurusError: a line that cannot work, or relations that say nothing, named by the first
            term, with the reason.
    """
    seen: dict[tuple[str, ...], _Place] = {}
    written = Written([], [], [])
    relations = {NARROWER: written.narrower, RELATED: written.related}
    for path in _paths(folder):
        for line in _lines(path):
            terms = [Synonym(term, tuple(tokens(term))) for term in line]
            if path.name in relations:
                relations[path.name].append(_relation(path.name, terms))
            else:
                written.lines.append(_line(path.name, terms, seen))
    if needless := "\n".join(_needless(written)):
        raise ThesaurusError(needless)
    return written


def _paths(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise ThesaurusError(f"{folder.name}: there are no files with words for one thing")
    return found


def _lines(path: Path) -> Iterator[list[str]]:
    """Give the terms of each line of a file."""
    text = ""
    try:
        # some editors put an invisible letter first
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThesaurusError(f"{path.name}: {_twice(text) or error}") from error
    for first, others in table.items():
        if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
            raise ThesaurusError(f"{path.name}: “{first}” must be given a list of words")
        yield [first, *others]


def _twice(text: str) -> str:
    """Name the first word that begins two lines: a parser says only where the second one ends."""
    firsts = Counter(_FIRST.findall(text))
    return next((f"“{one}” begins two lines" for one, times in firsts.items() if times > 1), "")


def _relation(name: str, terms: list[Synonym]) -> Line:
    first = terms[0]
    for one in terms:
        if not one.keys:
            reason = "cannot be found"
        elif len(telling(one.keys)) > LONGEST:
            reason = f"has more than {LONGEST} words, so no search is matched with it"
        elif one is not first and one.keys == first.keys:
            reason = "is the same word to a search"
        else:
            continue
        raise ThesaurusError(f"{name}: the line of “{first.term}”: “{one.term}” {reason}")
    return _named(name, terms)


def _needless(written: Written) -> Iterator[str]:
    """Name each relation within one line, and each between two that are related already."""
    line_of = {
        sought: line[0].keys
        for line in written.lines
        for synonym in line
        for sought in sought_by(synonym.keys)
    }
    said: dict[frozenset[tuple[str, ...]], str] = {}
    for name, relations in ((NARROWER, written.narrower), (RELATED, written.related)):
        for first, *others in relations:
            for one in others:
                pair = frozenset(line_of.get(term.keys, term.keys) for term in (first, one))
                told = f"{name}: the line of “{first.term}”: “{one.term}”"
                if len(pair) == 1:
                    yield f"{told} stands in the same line of words for one thing"
                elif pair in said:
                    yield f"{told} is said already by {said[pair]}"
                else:
                    said[pair] = f"“{one.term}” in that of “{first.term}” in {name}"


def _line(name: str, terms: list[Synonym], seen: dict[tuple[str, ...], _Place]) -> Line:
    first = terms[0].term
    own: dict[tuple[str, ...], _Place] = {}
    for one in terms:
        sought = sought_by(one.keys)
        # with other small words in it, a term stands otherwise in a text: studere (til) tolk
        others = (seen[each] for each in sought if each in seen)
        same = own.get(one.keys) or next(
            (place for place in others if place not in own.values()), None
        )
        if not one.keys:
            reason = "has no letters or digits, so no search can find it"
        elif len(telling(one.keys)) > LONGEST:
            reason = f"has more than {LONGEST} words, so no search is matched with it"
        elif len(one.keys) == 1 and is_small(words(one.term)[0]):
            reason = "is a small word, which searches pass over"
        elif same is not None:
            reason = (
                f"is to a search the same as “{same.term}” in that of “{same.first}” in {same.file}"
            )
        else:
            own[one.keys] = _Place(one.term, first, name)
            seen.update(dict.fromkeys(sought, own[one.keys]))
            continue
        raise ThesaurusError(f"{name}: the line of “{first}”: “{one.term}” {reason}")
    return _named(name, terms)


def _named(name: str, terms: list[Synonym]) -> Line:
    if len(terms) < 2:
        raise ThesaurusError(
            f"{name}: the line of “{terms[0].term}” names nothing else than itself"
        )
    return tuple(terms)
