"""Locks beside the database: who uses it, and that it is run once.

Advisory locks of the kernel (flock(2)): they end with the process that holds them, however it ends.
The files themselves stay; they are empty, or say who holds them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: beside the database: held together by whatever has it open, alone by what replaces it
USED = ".lock"
#: beside the database: held by the one `imdifeed run`
RUNNING = ".run"


class InUseError(Exception):
    """Somebody else holds the lock; the message is what they wrote into it."""


@contextmanager
def using(database: str) -> Iterator[None]:
    """Keep others from replacing the database meanwhile. Raises `InUseError` while one does."""
    try:
        handle = _open(database, USED)
    except OSError:
        # a folder that cannot be written to: opening the database will say so in better words
        yield
        return
    with _held(handle, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(database: str, suffix: str) -> Iterator[int]:
    """Hold a lock that nobody else holds; give its open file. Raises `InUseError`, `OSError`."""
    handle = _open(database, suffix)
    with _held(handle, fcntl.LOCK_EX):
        yield handle


def is_held(database: str, suffix: str) -> bool:
    """Tell whether somebody holds a lock alone."""
    try:
        handle = os.open(Path(database + suffix), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def hand_to_owner(file: str | int, database: Path) -> None:
    """Where root made a file, give it to whom the database belongs, as SQLite does with its own."""
    if os.geteuid() == 0:
        owner = (database if database.exists() else database.parent).stat()
        os.chown(file, owner.st_uid, owner.st_gid)


def _open(database: str, suffix: str) -> int:
    handle = os.open(database + suffix, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    hand_to_owner(handle, Path(database))
    return handle


@contextmanager
def _held(handle: int, how: int) -> Iterator[None]:
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(os.pread(handle, 4096, 0).decode("utf-8", "replace")) from None
        yield
    finally:
        os.close(handle)
