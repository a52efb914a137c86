"""Hits by relevance, with a mild preference for the recent: the same with every engine.

Above a count only the strongest are looked at, by what the index says of each word (its level),
the newest among equals. The others follow in that order.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime

from db.search.relevance import relevance
from db.search.weights import MOST, Terms
from db.sql.bits import bits_of, numbers_in
from db.sql.connection import Connection
from db.sql.match import Match
from db.sql.moments import optional_moment, to_moment
from db.sql.pieces import TERMS

#: so many of the strongest are looked at
LOOKED_AT = 60
#: what an entry of today gains on one that is `FADED` or undated
BONUS = 0.25
FADED = 10 * 365.25

#: from numbers to so many of them, by when they appeared, newest first
Newest = Callable[[Sequence[int], int], Sequence[int]]


def ranked(
    connection: Connection,
    match: Match,
    strengths: bytes,
    newest: Newest,
    *,
    start: int,
    end: int,
) -> list[int]:
    """Give the numbers of a query's entries from one place to another, the most relevant first.

    `strengths` are those of the match that the query shows, by number.
    """
    strongest = _strongest(strengths, max(end, LOOKED_AT), newest)
    best = _looked_at(connection, match, strongest[:LOOKED_AT])
    return [*best, *strongest[LOOKED_AT:]][start:end]


def _strongest(strengths: bytes, count: int, newest: Newest) -> list[int]:
    """Give so many of some entries, the strongest first and the newest of equals."""
    least = _least(strengths.translate(None, b"\0"), count)
    chosen = numbers_in(bits_of(strengths.translate(_from(least + 1))))
    found = sorted(newest(chosen, len(chosen)), key=lambda number: -strengths[number])
    same = numbers_in(bits_of(strengths.translate(_from(least, until=least + 1))))
    return [*found, *newest(same, count - len(found))]


def _least(strengths: bytes, count: int) -> int:
    """Give the highest strength that so many have or are above; 1 where there are not as many."""

    def are_fewer(least: int) -> bool:
        return bits_of(strengths.translate(_from(least))).bit_count() < count

    return 1 + bisect_left(range(2, MOST + 1), True, key=are_fewer)


def _from(least: int, until: int = MOST + 1) -> bytes:
    """Give what `bytes.translate` takes to leave 1 of certain strengths, and 0 of all others."""
    return (bytes(least) + b"\1" * (until - least)).ljust(MOST + 1, b"\0")


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
