"""What one of several copies has to itself for a while."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Something that one holder has to itself until a moment, unless it is renewed."""

    #: what is held: `source imdi-news`, `host www.imdi.no`
    name: str
    #: how often it has been taken: tells this holding from every other one of the same
    number: int
    #: who has it, as a worker names itself
    holder: str
    until: datetime
