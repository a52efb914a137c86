"""Addresses at the sources, and what they answered."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What we know of an address at a source, so that it need not be fetched in vain."""

    source: str
    url: str
    #: validators of its last answer, for a conditional request (RFC 9110)
    etag: str = ""
    last_modified: str = ""
    #: hash of what mattered in it
    content: str = ""
    #: keys of the entries it gave
    keys: tuple[str, ...] = ()
    #: when it last answered, changed or not
    fetched: datetime
    #: when to look at it again; None for lists, which every run reads
    due: datetime | None = None
    #: since when it has answered 404 or 410
    gone_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """What a server answered, of which an entry was read."""

    #: where it was found, redirects followed
    url: str
    #: as the server gave it
    content_type: str
    fetched: datetime
    body: bytes
