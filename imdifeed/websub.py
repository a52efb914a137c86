"""Tell a WebSub hub which feeds have news (W3C WebSub, 6), so that readers need not ask.

A hub never delays or breaks what brought the news: everything is bounded, and a failure is logged.
"""

import logging
import threading
from collections.abc import Collection, Hashable, Iterator, Mapping
from http.client import HTTPException
from typing import Final
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from db.errors import StoreError
from db.query import EntryQuery
from db.store import Store
from feed import FORMATS
from feed.links import changes_url, feed_url
from feed.opml import every_feed
from feed.site import Site

logger = logging.getLogger(__name__)

#: entries of a feed, as the site serves it
_ENTRIES: Final = 50
#: seconds for one answer, and for all of them
ANSWER_SECONDS: Final = 10.0
ALL_SECONDS: Final = 30.0
#: addresses in one request
_MOST_TOPICS: Final = 100


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for a failure: a publisher's request is not to be sent on as another."""

    def redirect_request(self, *_given: object) -> None:
        """Follow nowhere."""


def feed_states(store: Store, site: Site) -> dict[str, Hashable]:
    """Give the state of each feed that can be followed through a hub, by address.

    These are the feeds of everything, of each tag, kind and source, and that of alterations.
    """
    vocabulary, feeds = store.vocabulary, store.feeds
    groups = every_feed(vocabulary.tags(), vocabulary.sources())
    queries = [EntryQuery(), *(query for group in groups for _, query in group.feeds)]
    states: dict[str, Hashable] = {}
    for query in queries:
        shown = feeds.states(query, _ENTRIES)
        states |= {feed_url(site, query, name): shown for name in FORMATS}
    altered = feeds.alterations(EntryQuery(), limit=1)
    states[changes_url(site, EntryQuery())] = tuple((one.entry.id, one.moment) for one in altered)
    return states


class Announcement:
    """What to tell a hub after something that may bring news; nothing where there is no hub."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store = store
        self._site = site
        self._before = self._states()

    def make(self) -> int:
        """Tell the hub of the feeds that have changed; give how many it took."""
        after = self._states()
        topics = [address for address in after if after[address] != self._before.get(address)]
        return ping(self._site.hub, topics, agent=self._agent()) if topics else 0

    def _states(self) -> Mapping[str, Hashable]:
        if not self._site.hub:
            return {}
        try:
            return feed_states(self._store, self._site)
        except StoreError:
            logger.exception("the hub %s is told nothing", self._site.hub)
            return {}

    def _agent(self) -> str:
        return f"imdifeed (+{self._site.contact or self._site.base})"


def ping(hub: str, topics: Collection[str], *, agent: str, all_seconds: float = ALL_SECONDS) -> int:
    """Tell a hub that feeds have news; give how many it took within the time there is."""
    taken: list[int] = []

    def work() -> None:
        for part in _parts(list(topics)):
            if not _tell(hub, part, agent):
                return
            taken.append(len(part))

    # a hub may answer byte by byte, each in time: nobody waits for it longer than this
    worker = threading.Thread(target=work, name="hub", daemon=True)
    worker.start()
    worker.join(all_seconds)
    if worker.is_alive():
        logger.warning("the hub %s did not answer within %g seconds", hub, all_seconds)
    return sum(taken)


def _tell(hub: str, topics: Collection[str], agent: str) -> bool:
    data = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)])
    request = Request(hub, data.encode("ascii"), {"User-Agent": agent})  # noqa: S310 - the configuration takes http and https only
    try:
        with build_opener(_NoRedirects).open(request, timeout=ANSWER_SECONDS):
            return True
    except (OSError, HTTPException, ValueError) as error:
        logger.warning("the hub %s could not be told: %s", hub, error)
        return False


def _parts(topics: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(topics), _MOST_TOPICS):
        yield topics[start : start + _MOST_TOPICS]
