"""What reading a stored copy through finds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What reading a stored copy through found."""

    #: the last step of the schema it has
    schema: str
    #: how many rows each table holds; the search index, which can be made again, aside
    rows: Mapping[str, int]
    #: what is wrong, nothing in a sound one
    faults: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return sum(self.rows.values())
