"""Which of the days in a sentence its words make deadlines. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from crawler.mentions.day_mentions import DayMention
from crawler.mentions.deadline_words import (
    AND,
    BEGINS,
    BUT,
    BY,
    CLAUSE,
    CLOSES,
    DIRECT,
    ENDS,
    EVENT,
    IS_THE,
    LINKED,
    MAY_SEND,
    MOVED,
    PROMISE,
    PURPOSE,
    RESUMED,
    TERM,
    TURN,
    UNTIL,
    UNTIL_THEN,
    WAS,
)
from crawler.mentions.sentences import Sentence

#: between the word and its day
_LONGEST_GAP = 160
#: between two days of one list
_LONGEST_JOINT = 40
#: in one sentence
_MOST_TERMS = 50
#: before the word
_LONGEST_ADJECTIVE = 20


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that a sentence names as a deadline."""

    mention: DayMention
    #: the word it hangs on: *søknadsfrist*, *innen*
    term: str
    #: whether that word says deadline, or only *by*
    strong: bool
    #: the words between the two
    gap: str = ""
    #: whether it takes the place of an earlier one
    moved: bool = False


def named_days(sentence: Sentence, inside: Sequence[DayMention]) -> Iterator[NamedDay]:
    """Give the days of a sentence that its words make deadlines; `inside` is all its days."""
    taken: list[NamedDay] = []
    terms = list(islice(TERM.finditer(sentence.text), _MOST_TERMS))
    for number, term in enumerate(terms):
        start = sentence.start + term.end()
        end = sentence.start + terms[number + 1].start() if number + 1 < len(terms) else None
        after = [one for one in inside if one.start >= start and (end is None or one.start < end)]
        taken += _after(sentence, term, after) or _before(sentence, term, inside)
    if any(one.moved for one in taken):
        taken = [one for one in taken if one.moved]
    yield from taken
    if not taken:
        yield from _by_then(sentence, inside)


def _by_then(sentence: Sentence, inside: Sequence[DayMention]) -> Iterator[NamedDay]:
    """Give the days by which a sentence without the word itself wants something done."""
    for mention in inside:
        start = max(sentence.start, mention.start - _LONGEST_GAP)
        ahead = sentence.line[start : mention.start]
        if by := BY.search(ahead):
            if not PROMISE.search(CLAUSE.split(ahead)[-1]):
                yield NamedDay(mention, by[0], strong=False)
        elif until := CLOSES.search(ahead) or (MAY_SEND.search(ahead) and UNTIL_THEN.search(ahead)):
            yield NamedDay(mention, until[0], strong=False)


def _after(sentence: Sentence, term: re.Match[str], after: Sequence[DayMention]) -> list[NamedDay]:
    """Take the days that the words after a term lead to."""
    start = sentence.start + term.end()
    ahead = sentence.text[max(0, term.start() - _LONGEST_ADJECTIVE) : term.end()]
    taken: list[NamedDay] = []
    for number, mention in enumerate(after):
        gap = sentence.line[start : mention.start]
        if taken and taken[-1].mention is after[number - 1]:
            between = sentence.line[taken[-1].mention.end : mention.start][:_LONGEST_JOINT]
            if UNTIL.fullmatch(between):
                taken[-1] = replace(taken[-1], mention=mention, gap=BEGINS.sub("", taken[-1].gap))
            elif AND.fullmatch(between):
                taken.append(replace(taken[-1], mention=mention))
            elif BUT.fullmatch(between) and MOVED.search(between):
                taken.append(replace(taken[-1], mention=mention, moved=True))
            continue
        if len(gap) <= _LONGEST_GAP and _leads(gap):
            moved = bool(MOVED.search(ahead) or MOVED.search(gap))
            was = WAS.search(sentence.text[: term.start()][-_LONGEST_ADJECTIVE:])
            gap = f"{was[0]}{gap}" if was else gap
            taken.append(NamedDay(mention, term[0], strong=True, gap=gap, moved=moved))
    if taken or not after:
        return [one for one in taken if not BEGINS.search(one.gap)]
    gap = sentence.line[start : after[0].start]
    if PURPOSE.fullmatch(gap) and not EVENT.search(gap):
        return [NamedDay(after[0], term[0], strong=True, moved=bool(MOVED.search(ahead)))]
    return []


def _leads(gap: str) -> bool:
    """Tell whether the words between a term and a day say that the one is the other."""
    if DIRECT.fullmatch(gap):
        return True
    linked = LINKED.fullmatch(gap)
    if linked and not TURN.search(linked["before"]):
        return True
    resumed = RESUMED.search(gap)
    return bool(resumed and (MOVED.search(resumed[0]) or ENDS.search(resumed[0])))


def _before(
    sentence: Sentence, term: re.Match[str], inside: Sequence[DayMention]
) -> list[NamedDay]:
    """Take the day that stands before a term: "15. mars er siste frist"."""
    start = sentence.start + term.start()
    earlier = [one for one in inside if one.end <= start]
    if earlier and IS_THE.fullmatch(sentence.line[earlier[-1].end : start]):
        return [NamedDay(earlier[-1], term[0], strong=True)]
    return []
