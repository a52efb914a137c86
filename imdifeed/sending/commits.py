"""One wait for the disk for all that several senders record at the same time."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from db.errors import StoreAwayError, StoreError
from db.store import Store

logger = logging.getLogger(__name__)

#: seconds between two attempts while the store is away: a server restarts within minutes
_PAUSES = (1, 2, 4, 8, 15, 30, 30, 30)

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Task:
    done: Future[Any]
    write: Callable[[], Any]
    #: whether it writes what writers do one after the other
    alone: bool


class Commits:
    """Stores what several threads write, each write whole and before its thread goes on."""

    def __init__(self, store: Store, *, wait: Callable[[float], object] = time.sleep) -> None:
        self._store = store
        self._wait = wait
        #: held by whoever stores
        self._turn = threading.Lock()
        self._waiting: deque[_Task] = deque()

    def record(self, write: Callable[[], _Result], *, alone: bool = False) -> _Result:
        """Write something, `alone` as in `Store.together`, and give the result when it is stored.

        What is to be written while another transaction is being stored goes into the next one,
        together. A write that raises makes the whole transaction void; then each is stored by
        itself, for the others were handed over and must not be forgotten. While the store is away
        it is tried again; where it fails, every one raises.
        """
        done: Future[_Result] = Future()
        self._waiting.append(_Task(done, write, alone))
        with self._turn:
            if not done.done():
                # all there are now; nobody else takes any
                self._store_together([self._waiting.popleft() for _ in range(len(self._waiting))])
        return done.result()

    def _store_together(self, tasks: Sequence[_Task]) -> None:
        try:
            results = self._stored(tasks)
        except BaseException as error:
            if len(tasks) > 1 and not isinstance(error, StoreError):
                # one of them is to blame, and only that one shall not be stored
                for task in tasks:
                    self._store_together([task])
                return
            for task in tasks:
                task.done.set_exception(error)
            return
        for task, result in zip(tasks, results, strict=True):
            task.done.set_result(result)

    def _stored(self, tasks: Sequence[_Task]) -> list[Any]:
        for pause in _PAUSES:
            try:
                return self._stored_at_once(tasks)
            except StoreAwayError as error:
                logger.warning("%s; it is tried again in %d seconds", error, pause)
                self._wait(pause)
        return self._stored_at_once(tasks)

    def _stored_at_once(self, tasks: Sequence[_Task]) -> list[Any]:
        # before anything is written: who waited for other writers then would hold what they want
        with self._store.together(alone=any(task.alone for task in tasks)):
            return [task.write() for task in tasks]
