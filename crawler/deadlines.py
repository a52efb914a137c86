"""Deadlines that a text names: days near *frist*, *innen*, *deadline* and their like.

Pure. A day is taken where the words lead from the one to the other, not because both stand in one
sentence: "Søknader som kom etter fristen, behandles 3. mars" names no deadline.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from crawler.dates import OSLO
from crawler.mentions.day_mentions import DayMention, day_mentions, may_name_days
from crawler.mentions.deadline_naming import NamedDay, named_days
from crawler.mentions.deadline_words import (
    AND,
    KINDS,
    PASSED,
    PASSED_BY_THEN,
    TERM,
    UNTIL,
    worth_reading,
)
from crawler.mentions.sentences import Sentence, sentences
from db.models import DeadlineKind, FoundDeadline, Language, PublisherDate
from db.text import one_line

#: more than any call names; what is left over is a list of something else
MOST_DEADLINES = 20
#: longest sentence kept as evidence
LONGEST_SENTENCE = 400
#: years after publication; what is further off is a goal
MOST_YEARS_AHEAD = 10
#: a heading over its date
_LONGEST_HEADING = 80
#: of a sentence, from its first day on
_LONGEST_READ = 2_000
#: in one sentence
_MOST_DAYS = 50


def find_deadlines(
    *,
    title: str,
    lead: str,
    body_text: str,
    published: PublisherDate | None,
    language: Language = Language.UNDETERMINED,
) -> tuple[FoundDeadline, ...]:
    """Find the deadlines a text names, soonest first, each day once.

    A day without a year is the next one after publication in Oslo, or the last one before where
    the words say that it has passed; without a date of publication such a day is no deadline.
    """
    today = published.moment.astimezone(OSLO).date() if published else None
    found: list[tuple[tuple[bool, bool], FoundDeadline, bool]] = []
    for line in _lines(title, lead, body_text):
        mentions = day_mentions(line, language)
        for sentence, inside in _with_days(line, mentions):
            for named in named_days(sentence, inside):
                day = _day(named, inside, sentence, today)
                if day is not None:
                    deadline = _deadline(sentence, named, day, inside)
                    weight = (not named.strong, deadline.kind is DeadlineKind.OTHER)
                    found.append((weight, deadline, named.moved))
    return _each_day_once(_standing(found))


def _lines(title: str, lead: str, body_text: str) -> Iterator[str]:
    """Give the lines worth reading; a heading that waits for its date comes with the next line."""
    if not any(map(may_name_days, (title, lead, body_text))):
        return
    lines = [one_line(line) for line in (title, lead, *body_text.split("\n"))]
    heading = ""
    for line in lines:
        if heading and line[:1].isalnum() and day_mentions(line[:_LONGEST_HEADING])[:1]:
            yield f"{heading}: {line}"
        elif may_name_days(line) and worth_reading(line):
            yield line
        bare = line.rstrip(": ")
        waits = len(bare) <= _LONGEST_HEADING and bare[-1:].isalpha() and TERM.search(bare)
        heading = bare if waits and not day_mentions(bare) else ""


def _with_days(
    line: str, mentions: Sequence[DayMention]
) -> Iterator[tuple[Sentence, list[DayMention]]]:
    """Give the sentences of a line that name days, each with its days."""
    place = 0
    for sentence in sentences(line, [(one.start, one.end) for one in mentions]):
        first = place
        while place < len(mentions) and mentions[place].start < sentence.end:
            place += 1
        if place > first:
            inside = mentions[first : min(place, first + _MOST_DAYS)]
            end = min(sentence.end, inside[0].start + _LONGEST_READ)
            yield replace(sentence, end=end), [one for one in inside if one.end <= end]


def _day(
    named: NamedDay, mentions: Sequence[DayMention], sentence: Sentence, today: date | None
) -> date | None:
    mention = named.mention
    year = mention.year or _year_that_follows(mention, mentions, sentence.line)
    if year:
        day = mention.in_year(year)
    elif today is None:
        return None
    else:
        where = named.gap if named.strong else sentence.text
        passed = bool(PASSED.search(where) or PASSED_BY_THEN.search(sentence.text))
        if passed and not named.strong:
            return None
        passed = passed and not named.moved
        day = _nearest(mention, today, passed=passed)
    if day is None or today is None:
        return day
    if day.year > today.year + MOST_YEARS_AHEAD or (not named.strong and day < today):
        return None
    return day


def _year_that_follows(
    mention: DayMention, mentions: Sequence[DayMention], line: str
) -> int | None:
    """Give the year that the next of several days bears for all of them."""
    for other in mentions:
        if other.start >= mention.end:
            between = line[mention.end : other.start]
            if not (AND.fullmatch(between) or UNTIL.fullmatch(between)):
                return None
            if other.year:
                return other.year
            mention = other
    return None


def _nearest(mention: DayMention, today: date, *, passed: bool) -> date | None:
    years = range(today.year - 1, today.year + 2)
    days = [day for year in years if (day := mention.in_year(year))]
    ahead = [day for day in days if day >= today]
    behind = [day for day in reversed(days) if day <= today]
    ordered = behind + ahead if passed else ahead + behind
    if mention.weekday is not None:
        fitting = [day for day in ordered if day.weekday() == mention.weekday]
        ordered = fitting or ordered
    return ordered[0] if ordered else None


def _deadline(
    sentence: Sentence, named: NamedDay, day: date, mentions: Sequence[DayMention]
) -> FoundDeadline:
    return FoundDeadline(
        kind=_kind(named.term, sentence.text),
        day=day,
        time=named.mention.time,
        sentence=_evidence(sentence, named.mention),
        wording=_wording(sentence, mentions),
    )


def _kind(term: str, sentence: str) -> DeadlineKind:
    for text in (term, sentence):
        for kind, words in KINDS:
            if words.search(text):
                return kind
    return DeadlineKind.OTHER


def _evidence(sentence: Sentence, mention: DayMention) -> str:
    """Give the sentence, or of a very long one what stands around the day."""
    if len(sentence.text) <= LONGEST_SENTENCE:
        return sentence.text
    middle = (mention.start + mention.end) // 2 - sentence.start
    start = max(0, min(middle - LONGEST_SENTENCE // 2, len(sentence.text) - LONGEST_SENTENCE + 2))
    part = sentence.text[start : start + LONGEST_SENTENCE - 2].strip()
    ended = start + LONGEST_SENTENCE - 2 >= len(sentence.text)
    return ("…" if start else "") + part + ("" if ended else "…")


def _wording(sentence: Sentence, mentions: Sequence[DayMention]) -> str:
    text, end = "", sentence.start
    for mention in mentions:
        text += sentence.line[end : mention.start]
        end = mention.end
    text += sentence.line[end : sentence.end]
    return " ".join(re.findall(r"\w+", text.lower()))[:LONGEST_SENTENCE]


_Weighed = tuple[tuple[bool, bool], FoundDeadline, bool]


def _standing(found: Sequence[_Weighed]) -> list[_Weighed]:
    """Drop what a later date for the same has taken the place of."""
    return [
        one
        for one in found
        if one[2]
        or not any(
            moved and later.kind is one[1].kind and later.day > one[1].day
            for _, later, moved in found
        )
    ]


def _each_day_once(found: Sequence[_Weighed]) -> tuple[FoundDeadline, ...]:
    best: dict[date, FoundDeadline] = {}
    for _, deadline, _ in sorted(found, key=lambda one: one[0]):
        held = best.setdefault(deadline.day, deadline)
        if held.time is None and deadline.time is not None:
            best[deadline.day] = replace(held, time=deadline.time)
    return tuple(best[day] for day in sorted(best))[:MOST_DEADLINES]
