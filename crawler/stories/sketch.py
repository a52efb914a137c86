"""An entry's words as sets and sequences that can be compared: stems, shingles, facts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crawler.stories.stems import stems
from db.models import EntryData
from db.text import clean, join_numbers

#: characters of a text that are compared; two that agree so far do not part ways after it
LONGEST = 30_000
#: stems in a row that make a shingle: chance and common phrases seldom repeat so many
SHINGLE = 3
#: words that the first lines of a text need to stand in for a missing lead
_FEWEST_IN_LEAD = 12
#: letters of a stem that says something; the small words of three languages are mostly shorter
_TELLING = 4
#: characters of a text that a glance takes in
_GLANCE = 800
#: letters of a stem that is a subject of its own: verbs that titles vary by are mostly shorter
_SUBJECT = 5

_WORD = re.compile(r"[^\W_]+")
_KICKER = re.compile(r"[^:]{1,40}:\s+")
#: small words that are long, and what every release of a directorate is about
_SMALL = frozenset(
    stems(
        "eller ikke ikkje denne dette disse deira deres være vere blir blei vert etter over under"
        " mellom gjennom også skal ville kunne flere fleire fra frå hvor hvordan korleis hvem kven"
        " this that these with from have will about their more than been"
        " imdi integrerings mangfoldsdirektoratet norge noreg norway sier seier says"
    )
)
# may and march are left out: in English texts they are mostly verbs
_MONTH_NAMES = """
    januar februar mars april mai juni juli august september oktober november desember
    january february june july october december
"""
_WEEKDAY_NAMES = """
    mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tysdag laurdag sundag
    monday tuesday wednesday thursday friday saturday sunday
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
_WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of an entry is compared. Facts are numbers, months and weekdays."""

    #: telling stems of the title, without what stands before a colon
    title: frozenset[str]
    #: telling stems of title, lead and text
    stems: frozenset[str]
    #: telling stems of lead and text alone
    text_stems: frozenset[str]
    #: stems of lead and text, in order
    sequence: tuple[str, ...]
    #: every `SHINGLE` stems in a row of them, as hashes
    shingles: frozenset[int]
    #: the same of the lead alone
    lead_shingles: frozenset[int]
    #: sort and wording of each fact in title and lead
    head_facts: frozenset[tuple[str, str]]
    #: facts in all of it
    facts: frozenset[str]
    #: all words, in lower case
    words: frozenset[str]

    def mentions(self, word: str) -> bool:
        """Tell whether a stem or word is in it, alone or as part of a longer word."""
        return word in self.stems or word in self.words or any(word in one for one in self.words)

    def subjects_missing_in(self, other: "Sketch") -> list[str]:
        """Give the words of the title that its text takes up and another entry never mentions."""
        return sorted(
            stem
            for stem in self.title & self.text_stems
            if len(stem) >= _SUBJECT and not other.mentions(stem)
        )


def sketch(entry: EntryData) -> Sketch:
    """Sketch an entry."""
    return _sketch(entry.title, lead_of(entry)[:LONGEST], whole_text(entry)[:LONGEST])


def lead_of(entry: EntryData) -> str:
    """Give the lead, or the first lines of the text where there is none."""
    lead = entry.lead
    for line in entry.body_text[:LONGEST].splitlines():
        if len(lead.split()) >= _FEWEST_IN_LEAD:
            break
        lead = f"{lead}\n{line}"
    return lead


def whole_text(entry: EntryData) -> str:
    """Give lead and text; the lead once, where the publisher repeats it on top of the text."""
    repeated = " ".join(entry.body_text[: 2 * len(entry.lead) + 100].split())
    if repeated.startswith(entry.lead):
        return entry.body_text
    return f"{entry.lead}\n{entry.body_text}"


def glance(entry: EntryData) -> frozenset[str]:
    """Give the telling stems of title and beginning: cheap, to choose what is worth sketching."""
    return _glance(entry.title, whole_text(entry)[:_GLANCE])


def shingles_of(sequence: tuple[str, ...]) -> frozenset[int]:
    """Give every `SHINGLE` stems in a row, as hashes that hold within this process."""
    rows = zip(*(sequence[start:] for start in range(SHINGLE)), strict=False)
    return frozenset(hash(row) for row in rows)


def facts_in(words: Iterable[str]) -> frozenset[str]:
    """Give the numbers, months and weekdays among words in lower case."""
    return frozenset(
        word.lstrip("0") or "0"
        for word in words
        if word[0].isdecimal() or word in _MONTHS or word in _WEEKDAYS
    )


def words_of(text: str) -> list[str]:
    """Give the words of a text as they are written, numbers joined."""
    return _WORD.findall(join_numbers(clean(text)))


@lru_cache(maxsize=4096)
def _glance(title: str, beginning: str) -> frozenset[str]:
    return _telling(stems(f"{title} {beginning}"))


# a crawl compares each new entry with its neighbours in time, mostly the same ones as the last
@lru_cache(maxsize=512)
def _sketch(title: str, lead: str, text: str) -> Sketch:
    sequence = tuple(stems(text))
    headline = _KICKER.sub("", title, count=1)
    title_words, text_words = _lower(title), _lower(text)
    return Sketch(
        title=_telling(stems(headline)) or _telling(stems(title)),
        stems=_telling([*stems(title), *sequence]),
        text_stems=_telling(sequence),
        sequence=sequence,
        shingles=shingles_of(sequence),
        lead_shingles=shingles_of(tuple(stems(lead))),
        head_facts=frozenset(
            (_sort(fact), fact) for fact in facts_in([*title_words, *_lower(lead)])
        ),
        facts=facts_in([*title_words, *text_words]),
        words=frozenset([*title_words, *text_words]),
    )


def _lower(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]


def _sort(fact: str) -> str:
    """Tell what a fact can be set against: a month against a month, a number against a number."""
    if fact in _MONTHS:
        return "month"
    return "weekday" if fact in _WEEKDAYS else "number"


def _telling(stems: Iterable[str]) -> frozenset[str]:
    return frozenset(
        stem for stem in stems if (len(stem) >= _TELLING or stem.isdecimal()) and stem not in _SMALL
    )
