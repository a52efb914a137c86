"""Joining an entry to the story it tells, among what came near it in time."""

import logging
from collections.abc import Iterable
from datetime import datetime

from crawler.stories.sketch import glance
from crawler.story import NEIGHBOURHOOD, Judgement, same_story
from db.models import Entry
from db.store import Store

#: share of the telling words of title and beginning that one story has in common; of the pairs
#: in `tests/stories/` those that are one have 0.9 and more, releases that are two at most 0.3
LEAST_SHARED = 0.25
#: neighbours that are compared in full
MOST_COMPARED = 30

logger = logging.getLogger(__name__)


def join_story(store: Store, entry_id: int, *, now: datetime) -> int:
    """Join an entry to the stories of its neighbours in time that are the same news; give how many.

    The likest comes first. Stories are not made one where any two of their entries contradict each
    other, so that nothing is joined through a third. What a person has split stays apart.
    """
    entry = store.entries.get(entry_id)
    neighbours = store.stories.near(entry_id, within=NEIGHBOURHOOD)
    found = [
        (comparison.score, -near.id, near, comparison.reason)
        for near in _worth_comparing(entry, neighbours)
        if (comparison := same_story(entry, near))
    ]
    joined = 0
    for _, _, near, reason in sorted(found, key=lambda one: one[:2], reverse=True):
        ours, theirs = store.stories.members(entry_id), store.stories.members(near.id)
        if _contradict(ours, theirs):
            continue
        if store.stories.join(entry_id, near.id, by_person=False, now=now):
            joined += 1
            logger.info("entries %d and %d are one story: %s", entry_id, near.id, reason)
    return joined


def _worth_comparing(entry: Entry, neighbours: Iterable[Entry]) -> list[Entry]:
    """Choose by title and beginning, so that a day of a thousand entries costs little."""
    ours = glance(entry)
    shares = (
        (len(ours & theirs) / max(1, min(len(ours), len(theirs))), -near.id, near)
        for near in neighbours
        if (theirs := glance(near))
    )
    likely = sorted((one for one in shares if one[0] >= LEAST_SHARED), key=lambda one: one[:2])
    return [near for _, _, near in likely[-MOST_COMPARED:]]


def _contradict(ours: Iterable[Entry], theirs: Iterable[Entry]) -> bool:
    others = tuple(theirs)
    return any(
        same_story(one, other).judgement is Judgement.DIFFERENT for one in ours for other in others
    )
