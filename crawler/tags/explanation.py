"""Why an entry has a tag, or has it not: which words say so, and where they stand."""

from collections import Counter
from dataclasses import dataclass

from db.models import Tag


@dataclass(frozen=True, slots=True)
class FieldHits:
    """What one part of an entry says for a tag."""

    #: the part, for people, in bokmål
    name: str
    score: float
    #: the words found there, as printed, and how often
    found: Counter[str]

    @property
    def quoted(self) -> str:
        """Name the words that occur most, at most three."""
        return ", ".join(
            f"«{words}» ({times})" if times > 1 else f"«{words}»"
            for words, times in self.found.most_common(3)
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an entry scores for one tag, given or not."""

    tag: Tag
    score: float
    fields: tuple[FieldHits, ...]
    #: the part of the strongest tag's score that it has to reach
    share: float = 0.0
    #: whether the title or the keywords speak for it, or need not
    named: bool = True
    #: whether the text takes up what its title names, or its lead holds, or is too short to
    taken_up: bool = True
    #: whether the text holds what the tag needs besides
    belongs: bool = True
    #: whether the title or the lead say that it is something else
    barred: bool = False
    #: whether the score suffices
    given: bool = False

    @property
    def reason(self) -> str:
        """Name the words that count, and where they stand, in bokmål."""
        return "; ".join(f"{field.name}: {field.quoted}" for field in self.fields)
