"""Hits by relevance, with a mild preference for the recent: the same with every engine.

Above a count only the strongest are looked at, by what the index says of each word (its level),
the newest among equals. The others follow in that order.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import compress

from db.search.relevance import relevance
from db.search.weights import Terms
from db.sql.connection import Connection
from db.sql.match import Match
from db.sql.moments import optional_moment, to_moment
from db.sql.pieces import TERMS

#: so many of the strongest are looked at
LOOKED_AT = 60
#: what an entry of today gains on one that is `FADED` or undated
BONUS = 0.5
FADED = 10 * 365.25

#: from numbers to so many of them, by when they appeared, newest first
Newest = Callable[[Sequence[int], int], Sequence[int]]


def ranked(
    connection: Connection,
    match: Match,
    hits: tuple[Sequence[int], bytes],
    newest: Newest,
    *,
    start: int,
    end: int,
) -> list[int]:
    """Give the numbers of a query's entries from one place to another, the most relevant first.

    `hits` are those of the match that the query chooses, with their strengths.
    """
    numbers, strengths = hits
    strongest = _strongest(numbers, strengths, max(end, LOOKED_AT), newest)
    best = _looked_at(connection, match, strongest[:LOOKED_AT])
    return [*best, *strongest[LOOKED_AT:]][start:end]


def _strongest(numbers: Sequence[int], strengths: bytes, count: int, newest: Newest) -> list[int]:
    """Give so many of some entries, the strongest first and the newest of equals."""
    least, left = _least(strengths, count)
    above = bytes(strength > least for strength in range(256))
    chosen = list(compress(numbers, strengths.translate(above)))
    strength = dict(zip(chosen, strengths.translate(None, bytes(range(least + 1))), strict=True))
    found = sorted(newest(chosen, len(chosen)), key=lambda number: -strength[number])
    same = bytearray(256)
    same[least] = True
    return [*found, *newest(list(compress(numbers, strengths.translate(same))), left)]


def _least(strengths: bytes, count: int) -> tuple[int, int]:
    """Give the strength with which there are enough entries, and how many of it are needed."""
    for strength in range(255, -1, -1):
        there = strengths.count(strength)
        if there >= count:
            return strength, count
        count -= there
    return 0, count


def _looked_at(connection: Connection, match: Match, numbers: Sequence[int]) -> list[int]:
    """Put some entries in order by their own terms, equal ones as they came."""
    whole = frozenset(numbers if match.whole is None else match.whole)
    (newest,) = connection.execute("SELECT max(appeared) FROM entry").fetchone()
    today = to_moment(newest) if newest else None
    rows = connection.execute(
        f"SELECT entry.id, entry.published, {TERMS}, weights FROM entry_term"
        " JOIN entry INDEXED BY entry_brief ON entry.id = entry_id"
        f" WHERE entry_id IN ({', '.join('?' * len(numbers))})",
        numbers,
    )
    scores = {
        number: relevance(Terms(terms, weights), match.groups)
        * _preference(optional_moment(published), today)
        for number, published, terms, weights in rows
    }
    # what was taken down since it was found has none
    left = [number for number in numbers if number in scores]
    return sorted(left, key=lambda number: (number not in whole, -scores[number]))


def _preference(published: datetime | None, today: datetime | None) -> float:
    if published is None or today is None:
        return 1.0
    age = (today - published).total_seconds() / 86_400
    return 1 + BONUS * min(1.0, max(0.0, 1 - age / FADED))
