"""What is kept in memory to be given again: so many bytes of it, and no more."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Keeps values for the threads of one process; what was kept first goes first."""

    def __init__(self, most_bytes: int, weigh: Callable[[Key, Value], int]) -> None:
        self._most_bytes, self._weigh = most_bytes, weigh
        self._values: dict[Key, Value] = {}
        self._lock = threading.Lock()
        #: bytes that are kept now
        self.size = 0
        #: gives a value, or None
        self.get = self._values.get

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value. One that is larger than everything together may be is not kept."""
        with self._lock:
            if key in self._values:
                self._drop(key)
            self._values[key] = value
            self.size += self._weigh(key, value)
            while self.size > self._most_bytes:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._values.clear()
            self.size = 0

    def _drop(self, key: Key) -> None:
        self.size -= self._weigh(key, self._values.pop(key))
