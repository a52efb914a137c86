"""Crawl runs and their verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Judgement on one crawl run of one source."""

    OK = "ok"
    QUIET = "quiet"
    DEGRADED = "degraded"
    BROKEN = "broken"


class Cause(StrEnum):
    """What a verdict rests on; a reason says it in words."""

    #: no answer, or one that says the server is at fault
    UNREACHABLE = "unreachable"
    #: robots.txt or the server forbids it
    FORBIDDEN = "forbidden"
    #: the address is gone, or leads to another host
    MOVED = "moved"
    #: a page that asks for a browser stands before the source
    CHALLENGE = "challenge"
    #: a page to log in at stands before the source
    LOGIN = "login"
    #: "page not found", answered as if it were the page
    ERROR_PAGE = "error_page"
    #: the list can be read and is empty
    EMPTIED = "emptied"
    #: list or entries have another form than any we read
    REDESIGNED = "redesigned"
    WRONG_PUBLISHER = "wrong_publisher"
    #: some entries could not be used
    REJECTED = "rejected"
    #: fields that were there are missing
    INCOMPLETE = "incomplete"
    #: entries had to be read in a way that is second best
    FALLBACK = "fallback"
    MANY_CHANGED = "many_changed"
    MANY_GONE = "many_gone"
    #: nothing new for far longer than usual
    SILENT = "silent"
    INTERRUPTED = "interrupted"
    #: a fault of our own
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """One run of one source."""

    id: int
    source: str
    started: datetime
    finished: datetime | None = None
    #: read from files, not crawled
    imported: bool = False
    #: whether no run before came to its end, so that what is found is history
    first: bool = False
    #: whether all the source lists is to be read, because the run before did not come to its end
    thorough: bool = False
    #: whether it came to the end of what the source lists
    complete: bool = False
    requests: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: entries that could not be fetched, read or used
    rejected: int = 0
    #: those of them that could not be fetched, and are asked for again
    unfetched: int = 0
    verdict: Verdict | None = None
    #: the verdict in words
    reason: str = ""
    #: what the verdict rests on; None where nothing is wrong
    cause: Cause | None = None
    #: share of the entries read that had each field, from 0 to 1
    coverage: Mapping[str, float] = field(default_factory=dict)
    #: how many entries each shape read
    shapes: Mapping[str, int] = field(default_factory=dict)
