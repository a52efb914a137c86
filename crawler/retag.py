"""Rules for tags and deadlines as they are now, over entries as they are stored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crawler.deadlines import find_deadlines
from crawler.tagging import load_taxonomy
from db.models import Entry, EntryTag, FoundDeadline


@dataclass(frozen=True, slots=True)
class Move:
    """An entry for which the present rules give something else than is stored."""

    entry: Entry
    tags: tuple[EntryTag, ...]
    deadlines: tuple[FoundDeadline, ...]
    #: what moves: `+work -settlement`, `reason` where only score or words of tags differ,
    #: `deadlines`
    words: str


def moves(entries: Iterable[Entry]) -> Iterator[Move]:
    """Give the entries for which the present rules give other tags or deadlines."""
    taxonomy = load_taxonomy()
    for entry in entries:
        tags = taxonomy.tag(
            title=entry.title,
            lead=entry.lead,
            body_text=entry.body_text,
            keywords=entry.keywords,
            chapter=entry.chapter,
        )
        deadlines = find_deadlines(
            title=entry.title,
            lead=entry.lead,
            body_text=entry.body_text,
            published=entry.published,
            language=entry.language,
        )
        words = [*_tag_moves(entry, tags)]
        if _facts(deadlines) != _facts(entry.deadlines):
            words.append("deadlines")
        if words:
            yield Move(entry, tags, deadlines, " ".join(words))


def _tag_moves(entry: Entry, tags: Sequence[EntryTag]) -> Iterator[str]:
    if set(tags) == set(entry.tags):
        return
    before, after = ({tag.slug for tag in found} for found in (entry.tags, tags))
    yield from (f"+{slug}" for slug in sorted(after - before))
    yield from (f"-{slug}" for slug in sorted(before - after))
    if before == after:
        yield "reason"


def _facts(deadlines: Iterable[FoundDeadline]) -> set[tuple[object, ...]]:
    return {(one.kind, one.day, one.time, one.sentence, one.wording) for one in deadlines}
