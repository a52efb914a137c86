"""Entries of feeds as they were written: after a change only what changed is written again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from db.models import EntryState
from feed import Format
from feed.channel import Channel, Rendered, write_all
from web.every_request.bounded import Bounded

#: bytes that are kept, with what each entry takes besides its own
MOST_BYTES = 16 * 1024 * 1024
_BESIDES = 500


class _Written(NamedTuple):
    updated: datetime
    data: bytes


class WrittenEntries:
    """Entries in the formats they were asked for in, shared by the feeds that show them."""

    def __init__(self) -> None:
        # an entry that changed has another change number, and so another name here
        self._kept: Bounded[tuple[str, str, int, int], _Written] = Bounded(
            MOST_BYTES, lambda _, one: _BESIDES + len(one.data)
        )

    def render(
        self,
        form: Format,
        shown: Sequence[EntryState],
        make: Callable[[Sequence[int]], Channel],
        *,
        words: str,
    ) -> Rendered:
        """Write a feed that shows these entries.

        `make` gives the feed with those entries alone that are not kept; `words` stands for what
        an entry is written with besides itself: the names of tags and sources.
        """
        names = {one.entry_id: (form.name, words, one.entry_id, one.change) for one in shown}
        found = {number: self._kept.get(name) for number, name in names.items()}
        channel = make([number for number, one in found.items() if one is None])
        written, left_out = write_all(form.write, channel)
        for entry, data in written:
            found[entry.number] = new = _Written(entry.updated, data)
            self._kept.put(names[entry.number], new)
        parts = [one for one in found.values() if one]
        updated = max((one.updated for one in parts), default=channel.updated)
        whole = replace(channel, entries=(), updated=updated)
        return Rendered(form.frame(whole, [one.data for one in parts]), left_out)
