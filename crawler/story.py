"""Whether two entries are the same news: under another title, at another host, in another form.

Two releases are told apart by what they state. Texts that agree in everything but a number, a month
or a name are two of a kind, not one: notices and monthly figures are written from templates. So
likeness alone joins nothing; first every sign that they differ is looked for.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from crawler.stories.likeness import Likeness, measure
from crawler.stories.sketch import Sketch, sketch, whole_text
from crawler.stories.swaps import swapped
from db.models import EntryData, Kind, Language, Precision, PublisherDate

#: how far apart the same news may be published at two hosts
WINDOW = timedelta(days=14)
#: how far apart to look for it: a date without a day stands on the first of its month
NEIGHBOURHOOD = WINDOW + timedelta(days=31)
#: so far apart, the same title is no accident, and one source may publish a text twice
_SAME_DAYS = timedelta(days=2)

#: shingles of the shorter text: a sentence, a short lead, a paragraph
_FEWEST, _FEW, _MANY = 5, 12, 25
#: shares, from 0 to 1, of what the shorter has that the longer has too
_EQUAL, _NEARLY, _MOSTLY, _HALF, _SOME, _ECHO = 0.9, 0.8, 0.6, 0.5, 0.3, 0.1
_SAME_TITLE, _RELATED_TITLE = 0.75, 0.34
_RETOLD = 0.65
#: telling words that a title, or a text, needs to be compared by them
_FEWEST_IN_TITLE, _FEWEST_IN_TEXT = 3, 8

_NEWS = frozenset({Kind.PRESS_RELEASE, Kind.NEWS, Kind.NOTICE})
_REPORTS = frozenset({Kind.REPORT, Kind.REPORT_SUMMARY})
_LENGTHS = {Precision.YEAR: timedelta(days=365), Precision.MONTH: timedelta(days=30)}


class Judgement(StrEnum):
    """What two entries are to each other."""

    SAME = "same"
    #: nothing rules it out, too little speaks for it
    UNRELATED = "unrelated"
    #: something rules it out; they may not even be joined through a third
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A judgement on two entries, with its reason."""

    judgement: Judgement
    #: for whoever asks why
    reason: str
    #: how much the shorter has in common with the longer, from 0 to 1
    score: float = 0.0

    def __bool__(self) -> bool:
        """Tell whether they are one story."""
        return self.judgement is Judgement.SAME


def same_story(one: EntryData, other: EntryData) -> Comparison:
    """Judge whether two entries are the same news; their order does not matter."""
    # laying texts side by side depends on which comes first
    one, other = sorted((one, other), key=lambda entry: (entry.title, whole_text(entry)))
    apart = distance(one.published, other.published)
    if reason := _of_two_sorts(one, other, apart):
        return Comparison(Judgement.DIFFERENT, reason)
    a, b = sketch(one), sketch(other)
    like = measure(a, b)
    if one.source == other.source:
        reason = _said_twice(a, b, like)
        otherwise = Comparison(Judgement.DIFFERENT, "two texts of one source", like.contained)
    else:
        if clash := _clash(a, b, like):
            return Comparison(Judgement.DIFFERENT, clash, like.contained)
        reason = _told_alike(like, apart)
        otherwise = Comparison(Judgement.UNRELATED, "too little in common", like.contained)
        strict = {one.kind, other.kind} <= _REPORTS or _languages_differ(one, other)
        if (strict or _has_facts_of_its_own(a, b)) and like.contained < _NEARLY:
            reason = ""
    if not reason:
        return otherwise
    if swap := swapped(one, other, a, b):
        return Comparison(Judgement.DIFFERENT, swap, like.contained)
    return Comparison(Judgement.SAME, reason, max(like.contained, like.title))


def distance(one: PublisherDate | None, other: PublisherDate | None) -> timedelta | None:
    """Tell how far apart two dates are at least, given their precision; None where one is unknown.

    A month and a day in it are not apart at all.
    """
    if one is None or other is None:
        return None
    first, second = sorted((one, other), key=lambda date: date.moment)
    end = first.moment + _LENGTHS.get(first.precision, timedelta())
    return max(timedelta(), second.moment - end)


def _of_two_sorts(one: EntryData, other: EntryData, apart: timedelta | None) -> str:
    """Say what rules out a common story before a word is read; empty where nothing does."""
    for sort in (_NEWS, _REPORTS):
        if (one.kind in sort) != (other.kind in sort):
            return "documents of different kinds"
    if one.source == other.source and one.work and one.work == other.work:
        return "two language versions of one release"
    if one.series and one.series == other.series:
        return "two editions in one series"
    languages = {one.language, other.language} - {Language.UNDETERMINED}
    if len(languages) > 1 and languages != {Language.BOKMAL, Language.NYNORSK}:
        return "in two languages"
    if one.source == other.source and (apart is None or apart > _SAME_DAYS):
        return "two texts of one source"
    if apart is not None and apart > WINDOW:
        return f"published {apart.days} days apart"
    return ""


def _languages_differ(one: EntryData, other: EntryData) -> bool:
    return len({one.language, other.language} - {Language.UNDETERMINED}) > 1


def _clash(a: Sketch, b: Sketch, like: Likeness) -> str:
    """Say what the two state that does not go together; empty where all of it does."""
    mine, theirs = _facts_missing(a, b), _facts_missing(b, a)
    for sort in sorted(mine.keys() & theirs.keys()):
        return f"one has {mine[sort]}, the other {theirs[sort]}"
    if like.contained < _EQUAL:
        own, foreign = a.subjects_missing_in(b), b.subjects_missing_in(a)
        if own and foreign:
            return f"one is about “{own[0]}”, the other about “{foreign[0]}”"
    return ""


def _facts_missing(a: Sketch, b: Sketch) -> dict[str, str]:
    """Give, by sort, a fact of the one's title or lead that the other has nowhere."""
    return {sort: fact for sort, fact in sorted(a.head_facts) if fact not in b.facts}


def _has_facts_of_its_own(a: Sketch, b: Sketch) -> bool:
    """Tell whether the shorter one's title or lead has a fact that the longer one has nowhere."""
    short, long = (a, b) if len(a.shingles) <= len(b.shingles) else (b, a)
    return bool(_facts_missing(short, long))


def _told_alike(like: Likeness, apart: timedelta | None) -> str:
    """Say what makes two entries of different sources one story; empty where nothing does."""
    if reason := _same_text(like):
        return reason
    return _retold(like) if apart is not None and apart <= _SAME_DAYS else ""


def _same_text(like: Likeness) -> str:
    if like.size < _FEW or like.lead < _MOSTLY:
        return ""
    if like.covered >= _SOME:
        if like.size >= _MANY and like.contained >= (_HALF if _akin(like) else _NEARLY):
            return "the same text"
        if like.contained >= _NEARLY and _akin(like):
            return "the same short text"
    if like.at_top >= _MOSTLY and max(like.about, like.title) >= _HALF:
        return "one is the beginning of the other"
    return ""


def _akin(like: Likeness) -> bool:
    """Tell whether the titles may name one thing."""
    return like.title >= _RELATED_TITLE or like.about >= _HALF


def _retold(like: Likeness) -> str:
    """Judge two entries of the same days."""
    if like.size >= _FEW and like.lead >= _EQUAL and _akin(like):
        return "the same days and the same lead"
    if like.title < _MOSTLY or like.title_size < 2:
        return ""
    if like.same_title == 1 and like.title_size >= _FEWEST_IN_TITLE and not like.stems_size:
        return "the same days and title, one without a text"
    if like.size >= _FEWEST and like.at_top >= _NEARLY:
        return "the same days and like titles, one the beginning of the other"
    if like.size >= _FEWEST and like.contained >= _NEARLY and like.same_title == 1:
        return "the same days and title, one a piece of the other"
    return _same_words(like) if like.title_size >= _FEWEST_IN_TITLE else ""


def _same_words(like: Likeness) -> str:
    """Judge two entries of the same days and like titles."""
    if like.size >= _MANY and like.contained >= _SOME:
        return "the same days, like titles and much of the text"
    if like.contained < _ECHO or like.stems_size < _FEWEST_IN_TEXT:
        return ""
    if like.stems >= _RETOLD:
        return "the same days and like titles, retold in the same words"
    if like.stems >= _HALF and like.same_title >= _SAME_TITLE:
        return "the same days and title, told in the same words"
    return ""


def _said_twice(a: Sketch, b: Sketch, like: Likeness) -> str:
    """Say what makes two entries of one source and the same days one story; mostly they are two."""
    if like.size < _FEW or like.same_title < _SAME_TITLE:
        return ""
    if like.contained >= _EQUAL and like.covered >= _EQUAL and a.facts == b.facts:
        return "published twice by one source"
    if like.at_top >= _EQUAL and like.same_title == 1 and not _has_facts_of_its_own(a, b):
        return "published twice by one source, once only its beginning"
    return ""
