"""The terms of a tag made ready to be found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from crawler.tags.company import AND, Companies, Company
from crawler.tags.terms import Matcher
from crawler.tags.words import Text
from db.models import Tag

_PART = r"(?:@[a-z0-9]+(?:-[a-z0-9]+)*|(?:=|\*|-)?[^\W_]+[*-]?)"
_TERM = re.compile(rf"{_PART}(?:(?: …)? {_PART})*")
_FORM = (
    "must be words, with * and - only at a word's beginning or end, = only at its beginning,"
    " and … only between two"
)
#: wordings of one term, which grow with every list of words that it takes in
_MOST_WORDINGS = 5_000

#: lists of words that terms take in by `@name`
Words = Mapping[str, Sequence[str]]


class TermError(Exception):
    """A term cannot be used; the message says which and why."""

    def __init__(self, name: str, term: str, message: str) -> None:
        super().__init__(f"{name} term {term!r} {message}")
        self.term = term


@dataclass(frozen=True, slots=True)
class Term:
    """A line of the taxonomy."""

    #: the list it stands in
    name: str
    printed: str
    #: the wordings of what must stand in one sentence; a single side where words stand together
    sides: tuple[tuple[str, ...], ...]

    def fault(self, message: str) -> TermError:
        """Say why it cannot be used."""
        return TermError(self.name, self.printed, message)


@dataclass(frozen=True, slots=True)
class Masked:
    """Phrases in which words mean something else."""

    terms: tuple[Term, ...]
    phrases: Matcher
    company: Companies

    @classmethod
    def of(cls, terms: Sequence[Term]) -> "Masked":
        """Make a list of masked terms ready."""
        phrases = [wording for term in terms if len(term.sides) == 1 for wording in term.sides[0]]
        company = _company(terms, literal=True)
        return cls(tuple(terms), Matcher(phrases, literal=True), company)

    def places(self, words: Text) -> Iterator[int]:
        """Give the places that are not counted: a whole phrase, the first words of a company."""
        found = list(self.phrases.find(words))
        for company in self.company.within(words):
            found += [spans[0] for spans in company.find(words)]
        for span in found:
            yield from range(span.start, span.end)


@dataclass(frozen=True, slots=True)
class Rule:
    """A tag, and the terms that speak for it."""

    tag: Tag
    strong: Matcher
    #: strong in titles and keywords, weak elsewhere
    title: Matcher
    weak: Matcher
    #: what a text must hold for its weak terms to count; where there is none, any text will do
    weak_with: Matcher
    #: what a text must hold for the tag to be given at all; where there is none, any text will do
    needs: Matcher
    #: what its title or lead must not hold for the tag to be given
    unless: Matcher
    #: words that are strong in one sentence with others
    company: Companies
    masked: Masked
    #: the part of the strongest tag's score that it has to reach, from 0 up to 1
    share: float
    #: whether it is given beside a far stronger tag as easily as alone
    beside: bool
    #: all that can make it count
    speaking: frozenset[Matcher]
    #: what of it needs no company
    alone: frozenset[Matcher]
    #: the lines of the taxonomy that it is made of, by the list they stand in
    terms: Mapping[str, Sequence[Term]]

    @classmethod
    def of(
        cls,
        tag: Tag,
        terms: Mapping[str, Sequence[Term]],
        share: float = 0.0,
        *,
        beside: bool = False,
    ) -> "Rule":
        """Make a tag's terms ready. Raises `TermError`."""
        masked = Masked.of(terms["masked"])
        matchers = {
            name: Matcher(side_by_side(terms[name]))
            for name in ("strong", "title", "weak", "weak_with", "needs", "unless")
        }
        company = _company(terms["strong"])
        sides = [side for one in company for side in one.sides]
        alone = frozenset(matchers[name] for name in ("strong", "title", "weak"))
        if terms["weak_with"] and not (terms["weak"] or terms["title"]):
            raise terms["weak_with"][0].fault("is of no use: the tag has no weak terms")
        return cls(
            tag,
            **matchers,
            company=company,
            masked=masked,
            share=share,
            beside=beside,
            speaking=alone.union(sides),
            alone=alone,
            terms=terms,
        )

    def speaks_in(self, words: Text) -> bool:
        """Tell whether a text holds anything that can make the tag count."""
        return not self.alone.isdisjoint(words.found or ()) or bool(self.company.within(words))

    @property
    def matchers(self) -> Iterator[Matcher]:
        """Give all that looks for terms."""
        yield from (*self.speaking, self.weak_with, self.needs, self.unless, self.masked.phrases)
        for company in self.masked.company:
            yield from company.sides


def read_term(name: str, term: str, words: Words) -> Term:
    """Read a term, with the lists of words that it takes in.

    Raises:
        TermError: it cannot be read.
    """
    sides = term.split(f" {AND} ")
    if len(sides) > 1 and name not in ("strong", "masked"):
        raise TermError(name, term, f"has {AND}, which only strong and masked terms can have")
    return Term(name, term, tuple(_wordings(name, term, side, words) for side in sides))


def _wordings(name: str, term: str, side: str, words: Words) -> tuple[str, ...]:
    """Write a side of a term once for each word that it takes in by `@name`."""
    if not _TERM.fullmatch(side):
        raise TermError(name, term, _FORM)
    choices = []
    for part in side.split():
        if part.startswith("@") and part[1:] not in words:
            raise TermError(name, term, f"takes in {part!r}, which no list of words is called")
        choices.append(words[part[1:]] if part.startswith("@") else (part,))
    found = tuple(" ".join(chosen) for chosen in product(*choices))
    if len(found) > _MOST_WORDINGS:
        raise TermError(name, term, f"stands for {len(found)} wordings, which are too many")
    for wording in found:
        if not _TERM.fullmatch(wording):
            raise TermError(name, term, _FORM)
    return found


def _company(terms: Sequence[Term], *, literal: bool = False) -> Companies:
    return Companies(
        Company([_matcher(side, literal) for side in term.sides])
        for term in terms
        if len(term.sides) > 1
    )


@lru_cache(maxsize=1_000)
def _matcher(wordings: tuple[str, ...], literal: bool) -> Matcher:
    """Make a side ready, once for all terms that share it."""
    return Matcher(wordings, literal=literal)


def side_by_side(terms: Iterable[Term]) -> list[str]:
    """Give the wordings of the terms whose words stand together."""
    return [wording for term in terms if len(term.sides) == 1 for wording in term.sides[0]]
