"""How far a crawl has come, for whoever watches it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrawlProgress:
    """How far one source's run has come."""

    #: slug of the source
    source: str
    requests: int
    #: entries settled, and how many are known to be asked for so far
    done: int
    expected: int
