"""Which words of a search are one term of the thesaurus together."""

from collections.abc import Sequence

from db.search.synonym import LONGEST, Line, telling
from db.search.syntax import Form, Term
from db.search.thesaurus import thesaurus
from db.words import analyse
from db.words.lexicon import is_small


def says_nothing(clause: Sequence[Term]) -> bool:
    """Tell whether a clause is only small words."""
    return all(map(is_small_term, clause))


def is_small_term(term: Term) -> bool:
    """Tell whether a search passes a term over, where others are left."""
    return term.form is Form.WORD and not term.title and all(map(is_small, term.words))


def run_from(clauses: Sequence[tuple[Term, ...]], place: int) -> list[Term]:
    """Give the plain words from a place on that may be a term of the thesaurus together."""
    run: list[Term] = []
    for clause in clauses[place : place + LONGEST]:
        term = clause[0]
        if len(clause) > 1 or term.form is not Form.WORD or term.title:
            break
        run.append(term)
    return run


def longest(run: Sequence[Term]) -> tuple[Sequence[Term], Line]:
    """Give the most of some words that are a term of several together, from the first on."""
    for count in range(len(run), 0, -1):
        terms = run[:count]
        keys = keys_of(terms)
        if len(keys) > 1 and (line := thesaurus().line(keys)):
            return terms, line
        without = telling(keys)
        if len(without) < 2 or is_small_term(terms[0]) or is_small_term(terms[-1]):
            continue
        if line := thesaurus().line(without):
            return terms, line
    return (), ()


def written_apart(run: Sequence[Term]) -> tuple[Sequence[Term], Line]:
    """Give two words that are a term when they are written as one: `tolke utdanning`."""
    together = "".join(word for term in run for word in term.words)
    return run, thesaurus().line([analyse(together).key]) if len(run) == 2 else ()


def keys_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """Give the index tokens of all words of some terms, in order."""
    return tuple(analyse(word).key for term in terms for word in term.words)
