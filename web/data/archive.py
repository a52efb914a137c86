"""The documents of a query's archive (RFC 5005, 4), and how they hang together.

A feed holds the newest entries; the archive parts what came before them into documents, counted
from the oldest. An address names the first and last entry of its document and the highest number in
it, so what is found later, even with an earlier moment, never comes into a document that was there:
it gets one of its own. Each document leads to what came before its first entry, whatever has been
added meanwhile, so that a walk meets every entry once.
"""

import re
from typing import Final

from db.errors import BadValueError
from db.models import Stretch
from db.query import EntryQuery
from db.store import FeedStore
from feed.channel import Chain
from feed.links import archive_url, feed_url
from feed.site import Site

#: parameter of a feed's address
PARAMETER: Final = "archive"
#: entries in the feed itself, and in a document that is full
MOST_ENTRIES: Final = 50

_STRETCH: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9]{1,18})", re.ASCII)
_AFTER: Final = re.compile(r"after-([0-9]{1,18})", re.ASCII)


def read_stretch(value: str) -> Stretch:
    """Read which document of the archive an address asks for. Raises `BadValueError`."""
    found = _STRETCH.fullmatch(value)
    if not found:
        raise BadValueError(
            PARAMETER, value, "archive takes the addresses that feeds give, such as 1-50-50"
        )
    return Stretch(*map(int, found.groups()))


def read_after(value: str) -> int | None:
    """Read the entry after which a document is asked for; None where one is named."""
    found = _AFTER.fullmatch(value)
    return int(found[1]) if found else None


def chain_of(
    feeds: FeedStore,
    query: EntryQuery,
    oldest: int | None,
    *,
    within: Stretch | None,
    site: Site,
    format_name: str,
) -> Chain:
    """Give the neighbours of a document whose oldest entry this is.

    The next one of an archive document is not named itself but asked for by an address that never
    changes, for it may be filling still.
    """
    before = stretch_before(feeds, query, oldest) if oldest is not None else None
    previous = archive_url(site, query, format_name, _name(before)) if before else ""
    if within is None:
        return Chain(previous=previous)
    return Chain(
        current=feed_url(site, query, format_name),
        previous=previous,
        next=archive_url(site, query, format_name, f"after-{within.last}"),
    )


def stretch_before(feeds: FeedStore, query: EntryQuery, entry_id: int) -> Stretch | None:
    """Give the document that ends right before an entry; None where nothing came before it."""
    count = feeds.count_before(query, entry_id)
    # what the last document holds, from 1 to all it has room for
    size = (count - 1) % MOST_ENTRIES + 1
    return _stretch(feeds.before(query, entry_id, size)) if count else None


def stretch_after(feeds: FeedStore, query: EntryQuery, entry_id: int) -> Stretch | None:
    """Give the document that begins right after an entry; None where the feed itself does."""
    newest = feeds.states(query, MOST_ENTRIES)
    following = feeds.after(query, entry_id, MOST_ENTRIES)
    if not newest or not following:
        return None
    start = feeds.count_before(query, following[0])
    end = feeds.count_before(query, newest[-1].entry_id)
    size = min(MOST_ENTRIES - start % MOST_ENTRIES, end - start)
    return _stretch(following[:size]) if size > 0 else None


def address_after(
    feeds: FeedStore, query: EntryQuery, entry_id: int, *, site: Site, format_name: str
) -> str:
    """Give the address of what follows on an entry: a document, or the feed itself."""
    found = stretch_after(feeds, query, entry_id)
    if found is None:
        return feed_url(site, query, format_name)
    return archive_url(site, query, format_name, _name(found))


def _stretch(numbers: tuple[int, ...]) -> Stretch | None:
    return Stretch(numbers[0], numbers[-1], max(numbers)) if numbers else None


def _name(stretch: Stretch) -> str:
    return f"{stretch.first}-{stretch.last}-{stretch.up_to}"
