"""What each reader is to be told: every query is asked once a window, however many follow it.

Whoever follows only queries without anything new is not looked at.
"""

import logging
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from db.errors import QueryError
from db.models import Candidate, Candidates, Follower, Progress, Rhythm
from db.query import EntryQuery
from db.store import Store

#: what is older than this when it is found is listed, not mailed
NOT_OLDER_THAN = timedelta(days=30)
#: addresses that are looked at together
_ADDRESSES = 500
#: queries whose answers are kept, some 2 KB each
_MOST_QUERIES = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """What one subscription is to be told."""

    follower: Follower
    query: EntryQuery
    #: not told yet, one a story, newest first
    fresh: tuple[Candidate, ...]
    #: how much further it is told with that
    progress: Progress
    candidates: Candidates

    @property
    def older(self) -> int:
        """How many older finds its digest counts."""
        return self.follower.older + self.progress.older


class Selector:
    """Chooses for all readers of a rhythm what to tell them of one window."""

    def __init__(self, store: Store, rhythm: Rhythm, *, cutoff: datetime, now: datetime) -> None:
        self._store = store
        self._rhythm = rhythm
        self._now = now
        self._cutoff = cutoff
        self._horizon = store.digests.horizon(cutoff=cutoff)
        self._lowest = store.digests.lowest(rhythm)
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        #: candidates by themselves: that of an entry is the same for every query
        self._known: dict[Candidate, Candidate] = {}
        #: queries that nobody is to be told anything of
        self._quiet = frozenset(text for text in self._lowest if self._is_quiet(text))

    def readers(self) -> Iterator[tuple[Choice, ...]]:
        """Give the choices of each reader who may be told something, a few in memory at a time."""
        after = ""
        while followers := self._store.digests.followers(
            self._rhythm, queries=self._loud, now=self._now, after=after, addresses=_ADDRESSES
        ):
            choices = self._choices(followers)
            for _, group in groupby(choices, key=lambda one: one.follower.subscription.email):
                yield tuple(group)
            after = followers[-1].subscription.email

    def at_most(self) -> tuple[int, int]:
        """Give how many readers may be told something, and of how many stories, at most."""
        stories = {
            one.story
            for answer in self._answers.values()
            for one in answer.candidates.entries
            if not one.old
        }
        return self._store.digests.readers(self._rhythm, queries=self._loud), len(stories)

    def pass_over(self) -> None:
        """Record that whoever was not among the readers had nothing to be told."""
        self._store.digests.advance_all(
            self._rhythm, queries=self._quiet, now=self._now, to=self._horizon
        )

    @property
    def _loud(self) -> frozenset[str]:
        return frozenset(self._lowest) - self._quiet

    def _is_quiet(self, text: str) -> bool:
        try:
            return not self._answer(text, *self._lowest[text]).candidates.entries
        except QueryError:
            # said where its followers are met
            return False

    def _choices(self, followers: Sequence[Follower]) -> list[Choice]:
        numbers = [follower.subscription.id for follower in followers]
        owed = self._store.digests.owed(numbers)
        views = []
        for follower in followers:
            subscription = follower.subscription
            try:
                answer = self._answer(
                    subscription.query, follower.position, subscription.tells_after
                )
            except QueryError:
                number = subscription.id
                _log.exception("the query of subscription %d cannot be read", number)
                continue
            view = answer.view(follower, owed.get(follower.subscription.id, ()))
            views.append((follower, answer, view))
        stories = {one.story for _, _, view in views for one in view.fresh}
        told = self._store.digests.told(numbers, stories) if stories else {}
        return [self._choice(follower, answer, view, told) for follower, answer, view in views]

    def _choice(
        self,
        follower: Follower,
        answer: "_Answer",
        view: "_View",
        told: Mapping[int, frozenset[int]],
    ) -> Choice:
        number = follower.subscription.id
        known = told.get(number, frozenset())
        progress = Progress(
            subscription_id=number,
            before=follower.position,
            after=max(follower.position, self._horizon),
            older=view.older,
        )
        fresh = tuple(one for one in view.fresh if one.story not in known) if known else view.fresh
        return Choice(follower, answer.query, fresh, progress, answer.candidates)

    def _answer(self, text: str, position: int, after: datetime) -> "_Answer":
        """Give what a query chooses for who was told up to a position, of what appeared after."""
        answer = self._answers.get(text)
        if answer is None or position < answer.beyond:
            query = EntryQuery.from_canonical(text)
            lowest, earliest = self._lowest.get(text, (position, after))
            beyond = min(lowest, position)
            found = self._store.digests.candidates(
                query, beyond=beyond, after=min(earliest, after), cutoff=self._cutoff,
                not_older_than=NOT_OLDER_THAN,
            )  # fmt: skip
            entries = tuple(self._known.setdefault(one, one) for one in found.entries)
            answer = _Answer(query, Candidates(entries, found.sought), beyond, self._horizon)
            self._answers[text] = answer
            if len(self._answers) > _MOST_QUERIES:
                self._answers.popitem(last=False)
        return answer


@dataclass(frozen=True, slots=True)
class _View:
    fresh: tuple[Candidate, ...]
    older: int


class _Answer:
    """What a query chooses, as followers who came at different times see it."""

    def __init__(
        self, query: EntryQuery, candidates: Candidates, beyond: int, horizon: int
    ) -> None:
        self.query = query
        self.candidates = candidates
        self.beyond = beyond
        self._horizon = horizon
        self._views: dict[tuple[int, int], _View] = {}

    def view(self, follower: Follower, owed: Collection[int]) -> _View:
        after = follower.subscription.tells_after
        entries = self.candidates.entries
        # newest first: those that appeared later stand before
        count = bisect_left(entries, -after.timestamp(), key=lambda one: -one.appeared.timestamp())
        key = (follower.position, count)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._seen_from(*key)
        if not owed:
            return view
        given_back = tuple(one for one in entries[:count] if _is_fresh(one, follower, owed))
        return _View(given_back, view.older)

    def _seen_from(self, position: int, count: int) -> _View:
        entries = self.candidates.entries[:count]
        fresh = tuple(
            one for one in entries if not one.old and (one.revised or one.entry_id > position)
        )
        # beyond the horizon they are counted when it has moved on
        older = sum(one.old and position < one.entry_id <= self._horizon for one in entries)
        return _View(fresh, older)


def _is_fresh(one: Candidate, follower: Follower, owed: Collection[int]) -> bool:
    return one.story in owed or (not one.old and (one.revised or one.entry_id > follower.position))
