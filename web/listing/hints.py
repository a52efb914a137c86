"""What to tell a reader of a search: what was corrected, what else was looked for."""

from dataclasses import dataclass, replace

from db.models import Correction, SearchPage, Version
from db.query import EntryQuery, Paging, Sort
from web.services import Services


@dataclass(frozen=True, slots=True)
class Hints:
    """What a listing says about its words."""

    corrections: tuple[Correction, ...] = ()
    also_searched: tuple[str, ...] = ()
    #: address of the same search with the words as written; empty where that makes no difference
    as_written: str = ""
    #: address of the same search in any form, where this one takes the words as written
    in_any_form: str = ""
    #: how many rows of this page stand before those with only some of the words; None for all
    rows_with_all: int | None = None
    #: how many hits have only some of the words
    partial: int = 0


def hints_of(
    query: EntryQuery, paging: Paging, found: SearchPage[Version], served: Services
) -> Hints:
    """Tell what is to be said of a page of hits."""
    if query.exact:
        return Hints(in_any_form=served.path("/", replace(query, exact=False)))
    told = found.corrections or found.also_searched or found.partial_from is not None
    whole = found.partial_from
    by_relevance = query.order is Sort.RELEVANCE
    return Hints(
        corrections=found.corrections,
        also_searched=found.also_searched,
        as_written=served.path("/", replace(query, exact=True)) if told else "",
        rows_with_all=(
            None
            if whole is None or not by_relevance
            else min(len(found.entries), max(0, whole - paging.offset))
        ),
        partial=0 if whole is None else found.total - whole,
    )
