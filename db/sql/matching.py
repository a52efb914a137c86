"""Which entries the words of a query match: those with all of them, and, where that is few, those
with most of them or with what comes close.

What matches depends on the words and the index alone, not on the other filters, so that a listing,
its feeds, its digest and the number beside each filter agree.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from db.models import Sought
from db.query import EntryQuery
from db.search.expansion import interpret
from db.search.meaning import How, Meaning
from db.search.relevance import Weighed
from db.search.syntax import parse_search
from db.search.thesaurus import thesaurus
from db.search.weights import Terms
from db.sql.connection import Connection, Connections
from db.sql.few import FEW, with_others
from db.sql.finding import Finder, all_of
from db.sql.lookups import Lookups
from db.sql.match import Match
from db.sql.state import read_change
from db.sql.words import SqlWords, listed_words

#: entries that may have changed between two states for lookups to be kept
_MOST_FOLLOWED = 200
# whoever was taken down has left no change behind; they are few
_CHANGED = (
    "SELECT entry_id FROM entry_change WHERE number > ? UNION SELECT entry_id FROM takedown LIMIT ?"
)
#: meanings that are kept until the entries change, and the bytes of what they find
_KEPT = 128
_MOST_BYTES = 8_000_000


@dataclass(slots=True)
class _Known:
    """What was found out of one state of the entries: never mixed with what is of another."""

    change: int
    lookups: Lookups
    #: what made the words of the index, and the number of its last change, or an earlier one
    version: str = ""
    number: int = 0
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
            known = _followed(known, connection, change)
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
            kept = [len(one.strengths) for one in list(matches.values())]
            while len(kept) > _KEPT or sum(kept) > _MOST_BYTES:
                kept.pop(0)
                with suppress(KeyError):
                    matches.popitem(last=False)
        return found


def _followed(known: _Known, connection: Connection, change: int) -> _Known:
    """Give what is still right in another state, once what has changed is looked at."""
    # what is committed meanwhile is looked at again the next time
    version, number = connection.execute(
        "SELECT version, (SELECT coalesce(max(number), 0) FROM entry_change) FROM search_index"
    ).fetchone()
    total, highest = connection.execute("SELECT count(*), max(id) FROM entry").fetchone()
    lookups = Lookups(total, highest or 0)
    if version == known.version:
        changed = connection.execute(_CHANGED, (known.number, _MOST_FOLLOWED + 1)).fetchall()
        if len(changed) <= _MOST_FOLLOWED:
            terms = dict.fromkeys((number for (number,) in changed), Terms())
            terms |= connection.index.terms(list(terms))
            lookups = known.lookups.after(total, highest or 0, terms)
    return _Known(change, lookups, version, number)


def _meaning(connection: Connection, finder: Finder, query: EntryQuery, known: _Known) -> Meaning:
    def listed() -> Sequence[str]:
        if known.words is None:
            known.words = listed_words(connection)
        return known.words

    return interpret(parse_search(query.q), SqlWords(connection, finder, listed), exact=query.exact)


def _match(connection: Connection, finder: Finder, meaning: Meaning) -> Match:
    excluded = frozenset(finder.numbers(meaning.excluded) if meaning.excluded else ())
    if not meaning.groups:
        return Match(without=array("q", sorted(excluded)), meaning=meaning)
    found = finder.find(meaning.groups)
    strengths = _without(all_of(one.strength for one in found), excluded)
    match = Match(
        seeks=True,
        strengths=strengths,
        groups=tuple(one.weighed for one in found),
        meaning=meaning,
    )
    if len(strengths) - strengths.count(0) < FEW and not all(
        group.required for group in meaning.groups
    ):
        match = with_others(match, found, finder, connection.index, excluded)
    own = _sought(one.weighed for one in found)
    others = own if match.whole is None else _sought(match.groups)
    return replace(match, sought=own, sought_close=others)


def _without(strengths: bytes, excluded: Collection[int]) -> bytes:
    if not excluded:
        return strengths
    left = bytearray(strengths)
    for number in excluded:
        left[number] = 0
    return bytes(left)


def _sought(groups: Iterable[Sequence[Weighed]]) -> Sought:
    patterns = list({one.pattern: 1 for group in groups for one in group})
    lines = [thesaurus().terms(one.terms[0]) for one in patterns if one.how is How.LINE]
    rows = [synonym.keys for line in lines for synonym in line]
    rows += [one.terms for one in patterns if one.how is How.KEYS]
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
        rows=frozenset(row for row in rows if len(row) > 1),
    )
