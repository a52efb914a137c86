"""Tag rules as they are now, over entries as they are stored."""

from collections.abc import Iterable, Iterator

from crawler.tagging import load_taxonomy
from db.models import Entry, EntryTag


def moves(entries: Iterable[Entry]) -> Iterator[tuple[Entry, tuple[EntryTag, ...], str]]:
    """Give the entries whose tags differ under the present rules: new tags, and what moves.

    What moves is told as `+work -settlement`, or `reason` where only score or words differ.
    """
    taxonomy = load_taxonomy()
    for entry in entries:
        tags = taxonomy.tag(
            title=entry.title,
            lead=entry.lead,
            body_text=entry.body_text,
            keywords=entry.keywords,
            chapter=entry.chapter,
        )
        if set(tags) == set(entry.tags):
            continue
        before, after = ({tag.slug for tag in found} for found in (entry.tags, tags))
        gained = [f"+{slug}" for slug in sorted(after - before)]
        lost = [f"-{slug}" for slug in sorted(before - after)]
        yield entry, tags, " ".join(gained + lost) or "reason"
