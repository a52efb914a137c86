"""The controlled list of tags, and tags on entries."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tag:
    """One term of the controlled list in `crawler/tags.toml`."""

    #: permanent English name, `settlement`
    slug: str
    label_nb: str
    label_nn: str
    label_en: str


@dataclass(frozen=True, slots=True)
class FormerTag:
    """A tag that is not given any more, because it was renamed or ended."""

    #: the name it had in addresses
    slug: str
    #: the name people read, in bokmål
    label: str
    #: slug of the tag that took its place; empty where it ended
    now: str = ""
    #: day on which it ended, in Oslo; None where it was renamed
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class EntryTag:
    """A tag on an entry, with the words that gave it."""

    slug: str
    #: for people: which words, and where they stood
    reason: str
    score: float
