"""Hold a lease while something is at work that has no loop of its own to renew it in."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from db.errors import LeaseLostError, StoreError
from db.holders import own_name, release_dead
from db.models import Lease
from db.store import Store

logger = logging.getLogger(__name__)

#: who says nothing for so long is taken for dead
LASTING = timedelta(minutes=2)
#: seconds between two words of ours
_RENEWED_EVERY = 30.0


@contextmanager
def held(store: Store, name: str, *, clock: Callable[[], datetime]) -> Iterator[bool]:
    """Hold something meanwhile; False, and nothing held, where another process has it."""
    release_dead(store, now=clock())
    lease = store.leases.take(name, own_name(), now=clock(), lasting=LASTING)
    if lease is None:
        yield False
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(store, lease, clock, over), daemon=True)
    keeper.start()
    try:
        yield True
    finally:
        over.set()
        keeper.join()
        store.leases.release(lease, now=clock())


def _keep(store: Store, lease: Lease, clock: Callable[[], datetime], over: threading.Event) -> None:
    while not over.wait(_RENEWED_EVERY):
        try:
            store.leases.renew(lease, now=clock(), lasting=LASTING)
        except LeaseLostError as error:
            logger.warning("%s", error)
            return
        except StoreError as error:
            logger.warning("cannot hold on to %s: %s", lease.name, error)
