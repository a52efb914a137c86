"""How much two sketched entries have in common, in shares of the shorter one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from crawler.stories.sketch import Sketch, shingles_of

#: words beyond the length of a piece in which a longer text must begin with it
SLACK = 60


@dataclass(frozen=True, slots=True)
class Likeness:
    """Measures of two sketches; shares go from 0 to 1."""

    #: shingles of the shorter text
    size: int
    #: share of the shorter text's shingles that the longer one has
    contained: float
    #: share of the longer text's shingles that the shorter one has
    covered: float
    #: share of the shorter text's shingles in the beginning of the longer one
    at_top: float
    #: share of the one lead's shingles in the other's lead or text, the smaller of both ways
    lead: float
    #: telling words of the shorter title
    title_size: int
    #: share of the shorter title's words in the other title
    title: float
    #: share of the longer title's words in the other title
    same_title: float
    #: share of the words of the one title that are in the other's title or text, of both the larger
    about: float
    #: telling words of the shorter text
    stems_size: int
    #: share of the shorter text's telling words that the longer one has
    stems: float


def measure(a: Sketch, b: Sketch) -> Likeness:
    """Measure what two sketches share."""
    short, long = sorted((a, b), key=lambda one: (len(one.shingles), sorted(one.title)))
    top = shingles_of(long.sequence[: len(short.sequence) * 3 // 2 + SLACK])
    fewer, more = sorted((a.title, b.title), key=lambda title: (len(title), sorted(title)))
    return Likeness(
        size=len(short.shingles),
        contained=_share(short.shingles, long.shingles),
        covered=_share(long.shingles, short.shingles),
        at_top=_share(short.shingles, top),
        lead=min(_share(a.lead_shingles, b.shingles), _share(b.lead_shingles, a.shingles)),
        title_size=len(fewer),
        title=_alike(fewer, more),
        same_title=min(_alike(fewer, more), _alike(more, fewer)),
        about=max(_mentioned(a.title, b), _mentioned(b.title, a)),
        stems_size=len(short.text_stems),
        stems=_share(short.text_stems, long.stems),
    )


def _share(some: AbstractSet[object], others: AbstractSet[object]) -> float:
    return len(some & others) / len(some) if some else 0.0


def _mentioned(title: frozenset[str], other: Sketch) -> float:
    return sum(other.mentions(stem) for stem in title) / len(title) if title else 0.0


def _alike(some: frozenset[str], others: frozenset[str]) -> float:
    """Give the share of words that others have, alone or as the beginning or end of a compound."""
    if not some:
        return 0.0
    found = sum(
        any(
            one == other
            or (len(one) >= 4 and (other.startswith(one) or other.endswith(one)))
            or (len(other) >= 4 and (one.startswith(other) or one.endswith(other)))
            for other in others
        )
        for one in some
    )
    return found / len(some)
