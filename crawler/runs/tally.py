"""What one crawl run has met: counts of entries, their fields, and what went wrong."""

from collections import Counter
from dataclasses import dataclass, field

from db.models import Cause, EntryData, Outcome

#: what is counted of each entry read; `content` is a lead, a text or a file
FIELDS = ("title", "url", "published", "lead", "body", "attachments", "content")


@dataclass(slots=True)
class Tally:
    """What one crawl run has met so far."""

    requests: int = 0
    #: entries the source's lists named
    listed: int = 0
    #: lists that were as they had been
    lists_unchanged: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: entries that could not be fetched, read or used
    rejected: int = 0
    #: those of them that a server did not hand over
    unfetched: int = 0
    #: the first of them, with the reason
    first_rejection: str = ""
    #: how many were rejected for each cause
    causes: Counter[Cause] = field(default_factory=Counter)
    #: a further page of the list could not be had
    cut_short: bool = False
    #: what went wrong besides single entries, a sentence each
    troubles: list[str] = field(default_factory=list)
    #: what ended the run before its time
    obstacle: str = ""
    #: entries read, and how many of them had each field or came by each shape
    read: int = 0
    having: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    #: entries read in a way that is second best
    fallbacks: int = 0
    #: how many of those lacked each field, as what is second best may
    excused: Counter[str] = field(default_factory=Counter)

    @property
    def stored(self) -> int:
        """How many entries reached the store."""
        return self.new + self.changed + self.unchanged

    @property
    def complete(self) -> bool:
        """Whether the run came to the end of what the source lists."""
        read = self.listed or self.lists_unchanged
        return bool(read) and not (self.obstacle or self.cut_short)

    @property
    def done(self) -> int:
        """How many entries were settled, one way or the other."""
        return self.stored + self.rejected

    @property
    def coverage(self) -> dict[str, float]:
        """Give the share of the entries read that had each field."""
        return {name: round(self.having[name] / self.read, 4) for name in FIELDS if self.read}

    def count(self, outcome: Outcome) -> None:
        """Count what the store did with one entry."""
        match outcome:
            case Outcome.NEW:
                self.new += 1
            case Outcome.CHANGED:
                self.changed += 1
            case Outcome.UNCHANGED:
                self.unchanged += 1

    def note(self, data: EntryData, *, fallback: bool) -> None:
        """Count the fields of an entry that was read."""
        self.read += 1
        self.having.update(fields_of(data))
        self.shapes[data.shape] += 1
        self.fallbacks += fallback
        if fallback:
            self.excused.update(set(FIELDS).difference(fields_of(data)))

    def missing(self, name: str) -> int:
        """Count the entries read that lacked a field."""
        return self.read - self.having[name]


def fields_of(data: EntryData) -> list[str]:
    """Name the fields that an entry has."""
    has = {
        "title": data.title,
        "url": data.url,
        "published": data.published,
        "lead": data.lead,
        "body": data.body_text,
        "attachments": data.attachments,
        "content": data.lead or data.body_text or data.attachments,
    }
    return [name for name, value in has.items() if value]
