"""One wait for the disk for all that several senders record at the same time."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from db.store import Store

_Result = TypeVar("_Result")
_Task = tuple[Future[Any], Callable[[], Any]]


class Commits:
    """Stores what several threads write, each write whole and before its thread goes on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: held by whoever stores
        self._turn = threading.Lock()
        self._waiting: deque[_Task] = deque()

    def record(self, write: Callable[[], _Result]) -> _Result:
        """Write something and give the result when it is stored.

        What is to be written while another transaction is being stored goes into the next one,
        together. A write that raises makes the whole transaction void: every one in it raises.
        """
        done: Future[_Result] = Future()
        self._waiting.append((done, write))
        with self._turn:
            if not done.done():
                # all there are now; nobody else takes any
                self._store_together([self._waiting.popleft() for _ in range(len(self._waiting))])
        return done.result()

    def _store_together(self, tasks: Sequence[_Task]) -> None:
        try:
            with self._store.together(alone=False):
                results = [write() for _, write in tasks]
        except BaseException as error:
            for done, _ in tasks:
                done.set_exception(error)
            return
        for (done, _), result in zip(tasks, results, strict=True):
            done.set_result(result)
