"""Entries that come thick and fast, stored together: a commit waits for the disk each time.

An entry that comes alone is stored at once, as most are: between two requests there is a pause.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from db.errors import StoreError
from db.models import EntryData

#: seconds that an entry waits at most for others to be stored with
PAUSE = 0.25
#: entries stored in one transaction at most, which other writers have to wait for
TOGETHER = 20


_Waiting = tuple[EntryData, asyncio.Future[None]]


class Gathering:
    """Holds entries back for a moment and stores them together, in the order they came."""

    def __init__(self, store: Callable[[Sequence[EntryData]], None]) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._stored_at = float("-inf")

    async def put(self, data: EntryData) -> None:
        """Store an entry, alone or with others, and return when that is done.

        Raises what storing it raised: `StoreError` for all that came together, anything else for
        this entry alone.
        """
        loop = asyncio.get_running_loop()
        free = self._stored_at + PAUSE
        if not self._waiting and loop.time() >= free:
            self._store([data])
            self._stored_at = loop.time()
            return
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((data, done))
        if len(self._waiting) >= TOGETHER:
            self.settle()
        elif self._timer is None:
            self._timer = loop.call_at(free, self.settle)
        await done

    def holds(self, keys: Collection[str]) -> bool:
        """Tell whether an entry of one of these keys waits to be stored."""
        return any(data.key in keys for data, _ in self._waiting)

    def settle(self) -> None:
        """Store all that waits; whoever waits for it hears what came of it."""
        waiting, self._waiting = self._waiting, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not waiting:
            return
        try:
            self._store([data for data, _ in waiting])
        except StoreError as error:
            for _, done in waiting:
                _tell(done, error)
        except Exception:
            # one of them is to blame, and only that one shall not be stored
            self._store_each(waiting)
        else:
            for _, done in waiting:
                _tell(done)
        self._stored_at = asyncio.get_running_loop().time()

    def _store_each(self, waiting: Sequence[_Waiting]) -> None:
        failure: Exception | None = None
        for data, done in waiting:
            if not isinstance(failure, StoreError):
                failure = None
                try:
                    self._store([data])
                except Exception as error:
                    failure = error
            _tell(done, failure)


def _tell(done: asyncio.Future[None], error: Exception | None = None) -> None:
    if done.done():  # nobody waits any more
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
