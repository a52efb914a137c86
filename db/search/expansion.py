"""What a search means: each word with its synonyms, its parts, and its right spelling.

An engine compiles the outcome, `db.search.meaning`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from db.models import Correction
from db.search.close import close_to_term, close_to_word
from db.search.meaning import Close, Group, How, Index, Meaning, Pattern
from db.search.several import is_small_term, keys_of, longest, run_from, says_nothing, written_apart
from db.search.spelling import LONGEST_RESPELT, relatives
from db.search.synonym import Line, token_of
from db.search.syntax import Form, Search, Term
from db.search.thesaurus import thesaurus
from db.words import Word, analyse
from db.words.bases import base_of
from db.words.unfolding import unfolded

#: clauses of a search that are heeded, and terms of one clause
MOST_GROUPS = 10
#: alternatives that are heeded in all: each is looked up with its synonyms
MOST_ALTERNATIVES = 30
#: words told under "also searched"
MOST_TOLD = 6
#: letters from which a word may have one wrong, and two
_ONE_WRONG, _TWO_WRONG = 4, 8
#: words of a search beyond which no other spelling is looked for
_MOST_RESPELT = 6
#: first letters that inflections of a word share
_SHARED = 3


def interpret(search: Search, index: Index, *, exact: bool = False) -> Meaning:
    """Tell what a search means; `exact` takes every word as it is written."""
    reader = _Reader(index)
    clauses = list(_heeded(dict.fromkeys(search.clauses)))
    groups = map(_as_written, clauses) if exact else reader.groups(clauses)
    return Meaning(
        groups=tuple(islice(groups, MOST_GROUPS)),
        excluded=tuple(_plain(term, exact=exact) for term in search.excluded),
        close=reader.close,
        corrections=tuple(reader.corrections),
        also=tuple(dict.fromkeys(reader.also))[:MOST_TOLD],
        words=len(search.clauses),
    )


def _heeded(clauses: Iterable[tuple[Term, ...]]) -> Iterator[tuple[Term, ...]]:
    left = MOST_ALTERNATIVES
    for clause in clauses:
        heeded = clause[: min(MOST_GROUPS, 1 + left)]
        left -= len(heeded) - 1
        yield heeded


def _as_written(clause: tuple[Term, ...]) -> Group:
    patterns = dict.fromkeys(_plain(term, exact=True) for term in clause)
    return Group(tuple(patterns), required=True)


def _plain(term: Term, *, exact: bool = False) -> Pattern:
    """Take a term for itself: without synonyms, parts or another spelling."""
    if term.form is Form.PREFIX:
        return Pattern(How.PREFIX, term.words, term.title)
    if exact or term.form is Form.PHRASE:
        return Pattern(How.WRITTEN, term.words, term.title)
    return Pattern(How.KEYS, tuple(analyse(word).key for word in term.words), term.title)


class _Reader:
    """Reads the clauses of one search, and keeps what is to be told about it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._respellings = 0
        #: whether one word is all that is asked for: with others beside it, it need not be as exact
        self._is_alone = False
        #: what comes close, where a word or a term is all that is asked for
        self.close = Close()
        self.corrections: list[Correction] = []
        self.also: list[str] = []

    def groups(self, clauses: Sequence[tuple[Term, ...]]) -> Iterator[Group]:
        """Give a group for each clause; where several are a term of the thesaurus, mostly one.

        Small words are passed over, unless there is nothing else.
        """
        nothing_else = all(map(says_nothing, clauses))
        self._is_alone = len(clauses) == 1
        place = 0
        while place < len(clauses):
            terms, line = longest(run_from(clauses, place))
            if not line and len(clauses) == 2:
                terms, line = written_apart(run_from(clauses, place))
            is_all = len(terms) == len(clauses)
            # `hva skjer` asks for a calendar, but `hva skjer når tolken mangler` does not
            opens = not (place or is_all) and all(map(is_small_term, terms))
            if line and not opens:
                yield from self._several(terms, line, is_all=is_all)
                if is_all:
                    self.close = close_to_term(line[0].keys)
                place += len(terms)
                continue
            if nothing_else or not says_nothing(clauses[place]):
                yield self._either(clauses[place][:MOST_GROUPS])
            place += 1

    def _several(
        self, terms: Sequence[Term], line: Line, *, is_all: bool = False
    ) -> Iterator[Group]:
        """Take words that are a term together: each for itself, or a synonym of them all."""
        told = [term for term in terms if not is_small_term(term)]
        keys = keys_of(told or terms)
        synonyms = self._any_of(token_of(line), typed=keys)
        taken_in = thesaurus().taken_in(line[0].keys)
        if taken_in and not is_all:
            synonyms += self._any_of(taken_in)
        each = self._inside(told) if told else [[Pattern(How.ALL, keys)]]
        for patterns in each:
            yield Group(tuple(dict.fromkeys((*patterns, *synonyms))))

    def _inside(self, told: Sequence[Term]) -> Iterator[Sequence[Pattern]]:
        """Give the patterns of the words of a term, with those of shorter terms among them.

        Who asks for `labour market discrimination` asks for the labour market by all its names.
        """
        place = 0
        while place < len(told):
            terms, line = longest(told[place : len(told) if place else -1])
            if line:
                yield from (group.patterns for group in self._several(terms, line))
            else:
                yield self._patterns(told[place])
            place += len(terms) or 1

    def _either(self, clause: tuple[Term, ...]) -> Group:
        patterns = [pattern for term in clause for pattern in self._patterns(term)]
        required = any(term.title or term.form is Form.PHRASE for term in clause)
        return Group(tuple(dict.fromkeys(patterns)), required=required)

    def _patterns(self, term: Term) -> list[Pattern]:
        if term.form is Form.PREFIX:
            return self._of_prefix(term)
        if term.form is Form.PHRASE:
            return [_plain(term)]
        word, patterns = self._read(term)
        if self._is_alone:
            self.close |= close_to_word(word)
        return patterns

    def _read(self, term: Term) -> tuple[Word, list[Pattern]]:
        """Give the word that a term stands for, and the ways it is found."""
        if len(term.words) > 1:
            # e-post is epost, and introduksjons-program is introduksjonsprogram
            one = analyse("".join(term.words))
            return one, [_plain(term), *self._of_word(one, term.title)]
        (typed,) = term.words
        word = analyse(typed)
        patterns = self._of_word(word, term.title)
        if self._index.has(patterns):
            self._tell_forms(typed)
            return word, patterns
        other = self._respelt(typed)
        if other is None:
            return word, [*patterns, *self._instead(typed, term.title)]
        self.corrections.append(Correction(typed=typed, used=other))
        self._tell_forms(other)
        word = analyse(other)
        return word, self._of_word(word, term.title)

    def _of_prefix(self, term: Term) -> list[Pattern]:
        """Take the letters as they are, or for words with å, æ, ø and the like in them."""
        typed = _plain(term)
        if self._index.has([typed]):
            return [typed]
        found = self._index.beginning(term.words[0])
        return [typed, *(Pattern(How.WRITTEN, (word,), term.title) for word in found)]

    def _of_word(self, word: Word, title: bool) -> list[Pattern]:
        patterns = [Pattern(How.KEYS, (word.key,), title)]
        if len(word.parts) > 1:
            patterns.append(Pattern(How.NEAR, word.leaves, title))
        if title:
            # who asks for a word in titles asks for that word
            return patterns
        if line := thesaurus().line([word.key]):
            patterns += self._any_of(token_of(line), typed=(word.key,))
        # asked for alone, a word that somebody wrote need not stand for narrower ones
        taken_in = thesaurus().taken_in([word.key])
        if taken_in and not (self._is_alone and self._index.has(patterns)):
            patterns += self._any_of(taken_in)
        return patterns

    def _any_of(self, token: str, typed: tuple[str, ...] = ()) -> list[Pattern]:
        """Give the pattern of a token, if any term of it occurs; keep the others to be told."""
        pattern = Pattern(How.LINE, (token,))
        if not self._index.has([pattern]):
            return []
        if len(self.also) < MOST_TOLD:
            others = [term for term in thesaurus().terms(token) if term.keys != typed]
            told = self._index.occurring(others, MOST_TOLD)
            self.also += [one.term for one in told]
        return [pattern]

    def _respelt(self, word: str) -> str | None:
        """Give the word of the index that was meant by one that is not in it."""
        if found := self._index.same_letters(word):
            # the thesaurus knows words that nobody wrote
            return found if found != word else None
        if not word.isalpha() or not _ONE_WRONG <= len(word) <= LONGEST_RESPELT:
            return None
        if base_of(word) or self._respellings == _MOST_RESPELT:
            return None
        self._respellings += 1
        for other in unfolded(word):
            if self._index.has(self._of_word(analyse(other), title=False)):
                return other
        return self._index.nearest(word, 2 if len(word) >= _TWO_WRONG else 1)

    def _instead(self, word: str, title: bool) -> list[Pattern]:
        """Take a word that nobody wrote for its parts, anywhere, or for its relatives."""
        analysed = analyse(word)
        if analysed.leaves:
            apart = Pattern(How.ALL, analysed.leaves, title)
            if self._index.has([apart]):
                return [apart]
        line = thesaurus().line([analysed.key])
        synonyms = [one.term for one in line if len(one.keys) == 1]
        related = [
            one for each in dict.fromkeys((word, *synonyms)) for one in relatives(each, self._index)
        ]
        self.also += related
        return [
            Pattern(How.KEYS, (key,), title) for key in {analyse(one).key: 1 for one in related}
        ]

    def _tell_forms(self, word: str) -> None:
        """Tell of forms that a reader would not take for an inflection: busetjing of bosetting."""
        shared = word[:_SHARED]
        forms = self._index.forms(analyse(word).key)
        self.also += [form for form in forms if form[:_SHARED] != shared][:2]
