"""The sources that are followed, as configured."""

from dataclasses import dataclass
from enum import StrEnum


class Republish(StrEnum):
    """What pages, feeds and mails may show of a source's texts; search always uses all."""

    FULL = "full"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Source:
    """One list we follow, as configured."""

    #: permanent name, `imdi-press-releases`
    slug: str
    #: family of the source: which spider reads it
    spider: str
    #: name people read, "IMDi: pressemeldinger"
    name: str
    #: organisation that publishes
    publisher: str
    #: scheme and host; empty for `documents`, which are only imported
    base_url: str = ""
    #: number of the press room, for `prs` sources
    publisher_id: int | None = None
    #: least seconds between two requests
    delay: float = 2.0
    republish: Republish = Republish.FULL
    #: words that an entry of a larger list must hold to concern us; empty for the spider's own
    words: tuple[str, ...] = ()
