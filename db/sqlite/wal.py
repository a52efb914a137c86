"""Whether anybody has committed, seen in memory instead of asked of the database.

In WAL mode the processes that have a database open share the header of its WAL index as memory.
Each commit writes a new one, and reading begins with looking at it
(https://www.sqlite.org/walformat.html#the_wal_index_header): what has the same header is the same
database. Looking costs a fraction of a microsecond, a statement three.

A process that closes any handle of a file drops the locks that its SQLite has on that file (POSIX;
https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
So the handle stays open until nothing in this process has the database open any more.
"""

import mmap
import os
import threading
from collections import Counter

#: the header stands there twice, so that one that is half written is known
_HEADER_BYTES = 2 * 48

_lock = threading.Lock()
#: by path, for the whole process: how many look at a file, and its handle with its memory
_users: Counter[str] = Counter()
_mapped: dict[str, tuple[int, mmap.mmap]] = {}


class WalHeader:
    """The header of a database's WAL index, for whoever has that database open."""

    def __init__(self, database: str) -> None:
        self._path = f"{os.path.realpath(database)}-shm"
        self._memory: mmap.mmap | None = None
        with _lock:
            _users[self._path] += 1

    def read(self) -> bytes | None:
        """Give the header as it is now; None where there is no such memory.

        To be asked while a connection of this process is open that has read: the file is the one
        that SQLite has open then, and stays.
        """
        if self._memory is None:
            self._memory = self._map()
        return None if self._memory is None else self._memory[:_HEADER_BYTES]

    def close(self) -> None:
        """Let go of it, after the connections are closed."""
        self._memory = None
        with _lock:
            _users[self._path] -= 1
            if not _users[self._path]:
                del _users[self._path]
                handle, _ = _mapped.pop(self._path, (None, None))
                if handle is not None:
                    os.close(handle)

    def _map(self) -> mmap.mmap | None:
        with _lock:
            known = _mapped.get(self._path)
            if known is None:
                try:
                    handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
                except OSError:  # no WAL, or none that others may look at
                    return None
                memory = mmap.mmap(handle, _HEADER_BYTES, access=mmap.ACCESS_READ)
                known = _mapped[self._path] = handle, memory
            return known[1]
