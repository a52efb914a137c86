"""Which entries the words of a query match: those with all of them, and, where that is few, those
with most of them.

What matches depends on the words and the index alone, not on the other filters, so that a listing,
its feeds, its digest and the number beside each filter agree.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from heapq import nlargest
from itertools import compress

from db.models import Sought
from db.query import EntryQuery
from db.search.expansion import interpret
from db.search.meaning import Group, How, Meaning, Pattern
from db.search.relevance import Weighed, rarity, relevance
from db.search.syntax import parse_search
from db.search.thesaurus import thesaurus
from db.sql.connection import Connection, Connections
from db.sql.finding import Finder, Found, Lookups, all_of
from db.sql.index import Index
from db.sql.match import Match
from db.sql.state import read_change
from db.sql.words import SqlWords, listed_words

#: with fewer hits than this, entries with most of the words are added, up to as many
FEW = 8
#: the least share of all words' weight that such an entry has, and of the relevance of the best
MOST_OF_IT = 0.4
MOST_OF_BEST = 0.3
#: the same share where no entry of a question has as much
LEAST_OF_A_QUESTION = 0.15
#: so many of those with most of the weight are looked at closely
_LOOKED_AT = 100
#: in a search of so many words, small ones too, those that nobody has written are passed over;
#: a search of fewer that finds all of them finds nothing else
QUESTION = 3
#: meanings that are kept until the entries change, and the numbers of their entries together
_KEPT = 128
_MOST_HITS = 1_000_000


@dataclass(slots=True)
class _Known:
    """What was found out of one state of the entries: never mixed with what is of another."""

    change: int
    lookups: Lookups
    matches: OrderedDict[tuple[str, bool], Match] = field(default_factory=OrderedDict)
    words: list[str] | None = None


class Matcher:
    """Matches the words of queries, keeping what it has found out until the entries change."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._known = _Known(-1, Lookups(0, 0))

    def match(self, query: EntryQuery) -> Match:
        """Match the words of a query. No words can fail."""
        if not query.q:
            return Match()
        connection = self._connections.connection
        change, known = read_change(connection), self._known
        if change != known.change:
            # a thread that comes between makes the same once more
            total, highest = connection.execute("SELECT count(*), max(id) FROM entry").fetchone()
            known = _Known(change, Lookups(total, highest or 0))
            if not connection.in_transaction:
                # what comes to nothing in the end has a number that another state will have
                self._known = known
        matches, asked = known.matches, (query.q, query.exact)
        found = matches.get(asked)
        if found is None:
            finder = Finder(connection.index, known.lookups)
            found = _match(connection, finder, _meaning(connection, finder, query, known))
            matches[asked] = found
            # listed in one step: other threads keep theirs meanwhile
            kept = [len(one.hits) for one in list(matches.values())]
            while len(kept) > _KEPT or sum(kept) > _MOST_HITS:
                kept.pop(0)
                with suppress(KeyError):
                    matches.popitem(last=False)
        return found


def _meaning(connection: Connection, finder: Finder, query: EntryQuery, known: _Known) -> Meaning:
    def listed() -> Sequence[str]:
        if known.words is None:
            known.words = listed_words(connection)
        return known.words

    return interpret(parse_search(query.q), SqlWords(connection, finder, listed), exact=query.exact)


def _match(connection: Connection, finder: Finder, meaning: Meaning) -> Match:
    excluded = frozenset(finder.numbers(meaning.excluded))
    if not meaning.groups:
        return Match(without=array("q", sorted(excluded)), meaning=meaning)
    found = finder.find(meaning.groups)
    strengths = _without(all_of(one.strength for one in found), excluded)
    numbers = array("q", compress(range(len(strengths)), strengths))
    match = Match(
        seeks=True,
        hits=numbers,
        strengths=strengths.translate(None, b"\0"),
        groups=tuple(one.weighed for one in found),
        meaning=meaning,
        sought=_sought(meaning),
    )
    groups = meaning.groups if len(meaning.groups) > 1 else _parts(meaning.groups[0])
    is_question = meaning.words >= QUESTION
    is_pair = len(meaning.groups) > 1 and not is_question
    if len(numbers) >= FEW or (numbers and is_pair) or all(group.required for group in groups):
        return match
    if groups is not meaning.groups:
        found = finder.find(groups)
    heavy = _with_most(found, finder.total, excluded, is_question=is_question)
    some = _best(connection.index, heavy, match.groups, numbers)
    if not some:
        return match
    hits = sorted((*some, *numbers))
    # they are so few that each is looked at
    return replace(match, hits=array("q", hits), strengths=bytes(len(hits)), whole=tuple(numbers))


def _without(strengths: bytes, excluded: Collection[int]) -> bytes:
    if not excluded:
        return strengths
    left = bytearray(strengths)
    for number in excluded:
        left[number] = 0
    return bytes(left)


def _parts(group: Group) -> tuple[Group, ...]:
    """Take a compound that few have written for its parts, all of them, wherever they stand."""
    apart = tuple(
        Pattern(How.ALL, pattern.terms, pattern.title)
        for pattern in group.patterns
        if pattern.how is How.NEAR
    )
    return (Group(apart),) if apart and not group.required else ()


def _with_most(
    found: Sequence[Found], total: int, excluded: frozenset[int], *, is_question: bool
) -> list[int]:
    """Give those with every required group and most of the weight of all, the heaviest first."""
    # in a question, a word that nobody has written says nothing of those that have the others
    telling = [one for one in found if one.count or not is_question]
    weights = [rarity(one.count, total) for one in telling]
    required = [one.strength for one in found if one.group.required]

    def have(number: int) -> float:
        return sum(
            weight for one, weight in zip(telling, weights, strict=True) if one.strength[number]
        )

    def heaviest(share: float) -> list[int]:
        enough = (
            (have(number), number)
            for number in _about(telling, weights, share)
            if number not in excluded and all(one[number] for one in required)
        )
        least = share * sum(weights)
        return [
            number for _, number in nlargest(_LOOKED_AT, (one for one in enough if one[0] >= least))
        ]

    # whoever asks a question is answered as well as can be
    return heaviest(MOST_OF_IT) or (heaviest(LEAST_OF_A_QUESTION) if is_question else [])


def _about(found: Sequence[Found], weights: Sequence[float], share: float) -> Iterator[int]:
    """Give the numbers of all that may have a share of some weights, for all entries at once."""
    if not sum(weights):
        return iter(())
    total = 0
    for one, weight in zip(found, weights, strict=True):
        part = bytes([0, *[int(weight / sum(weights) * 255)] * 255])
        total += int.from_bytes(one.strength.translate(part), "little")
    # each share was rounded down by less than one
    least = int(share * 255) - len(found)
    enough = bytes(share >= least for share in range(256))
    size = len(found[0].strength)
    return compress(range(size), total.to_bytes(size, "little").translate(enough))


def _best(
    index: Index,
    numbers: Sequence[int],
    groups: Sequence[Sequence[Weighed]],
    whole: Sequence[int],
) -> list[int]:
    """Give the most relevant of some entries that lack a word, so many that there are `FEW`."""
    scores = {number: relevance(terms, groups) for number, terms in index.terms(numbers)}
    least = MOST_OF_BEST * max(scores.values(), default=0.0)
    others = [one for one, score in scores.items() if score >= least and one not in whole]
    return sorted(others, key=lambda number: (-scores[number], -number))[: FEW - len(whole)]


def _sought(meaning: Meaning) -> Sought:
    patterns = [pattern for group in meaning.groups for pattern in group.patterns]
    lines = [thesaurus().by_token(one.terms[0]) for one in patterns if one.how is How.LINE]
    rows = [synonym.keys for line in lines for synonym in line]
    rows += [one.terms for one in patterns if one.how is How.KEYS]
    several = {row for row in rows if len(row) > 1}
    return Sought(
        keys=frozenset(
            [
                *(row[0] for row in rows if len(row) == 1),
                *(
                    term
                    for pattern in patterns
                    if pattern.how in (How.NEAR, How.ALL)
                    for term in pattern.terms
                ),
            ]
        ),
        prefixes=tuple(
            term for pattern in patterns if pattern.how is How.PREFIX for term in pattern.terms
        ),
        phrases=tuple(pattern.terms for pattern in patterns if pattern.how is How.WRITTEN),
        rows=tuple(sorted(several)),
    )
