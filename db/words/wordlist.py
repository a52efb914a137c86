"""Word lists that cost no start-up and little memory: simplemma's, packed into a file once.

As dictionaries of Python the lists take 120 MB a process and half a second to load. Packed they are
mapped from a file in the user's cache folder: looked up in place, and shared between processes.
"""

import logging
import mmap
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from struct import Struct
from typing import TypeVar
from zlib import crc32

from db.lists_version import lists_version

#: what a kept file is read as
Kept = TypeVar("Kept")

logger = logging.getLogger(__name__)

#: another layout needs another name
_LAYOUT = "1"
# magic, size of the whole, number of slots
_HEAD = Struct("=8sII")
_MAGIC = b"wordlist"
#: bytes before a form: its length, how many of its bytes begin the base form, bytes after those
_LENGTHS = 3
#: bytes of the longest form, and of what a base form has beside it: a length is one byte
_LONGEST = 255
#: slots for each form, so that most searches for what is not there end at the first
_ROOM = 2


class WordList:
    """Looks up forms in packed bytes: a table of places by hash, and the forms with base forms."""

    def __init__(self, packed: bytes | mmap.mmap) -> None:
        if len(packed) < _HEAD.size:
            raise ValueError("this is no word list")
        magic, size, slots = _HEAD.unpack_from(packed)
        if magic != _MAGIC or size != len(packed):
            raise ValueError("this is no word list, or not the whole of one")
        self._data = packed
        end = _HEAD.size + 4 * slots
        self._places = memoryview(packed)[_HEAD.size : end].cast("I")
        self._mask = slots - 1

    def get(self, form: str) -> str | None:
        """Give the base form of a form, or None where it is not listed."""
        data, places = self._data, self._places
        key = form.encode("utf-8", "replace")
        length = len(key)
        slot = crc32(key) & self._mask
        while place := places[slot]:
            start = place + _LENGTHS
            if data[place] == length and data[start : start + length] == key:
                end = start + length
                return (key[: data[place + 1]] + data[end : end + data[place + 2]]).decode()
            slot = (slot + 1) & self._mask
        return None

    def __contains__(self, form: str) -> bool:
        """Tell whether a form is listed."""
        return self.get(form) is not None


def pack(pairs: Iterable[tuple[bytes, bytes]], count: int) -> bytes:
    """Pack `count` forms with their base forms; what is too long is left out."""
    slots = 1 << (_ROOM * count).bit_length()
    mask = slots - 1
    places = memoryview(bytearray(4 * slots)).cast("I")
    data = bytearray(_HEAD.size + 4 * slots)
    size = len(data)
    for key, value in pairs:
        kept = _shared(key, value)
        rest = value[kept:]
        if len(key) > _LONGEST or len(rest) > _LONGEST:
            continue
        slot = crc32(key) & mask
        while places[slot]:
            slot = (slot + 1) & mask
        places[slot] = size
        data += b"%c%c%c%b%b" % (len(key), kept, len(rest), key, rest)
        size += _LENGTHS + len(key) + len(rest)
    _HEAD.pack_into(data, 0, _MAGIC, size, slots)
    data[_HEAD.size : _HEAD.size + 4 * slots] = places.cast("B")
    return bytes(data)


def _shared(key: bytes, value: bytes) -> int:
    """Count the bytes that two begin with alike."""
    for place, (one, other) in enumerate(zip(key, value, strict=False)):
        if one != other:
            return place
    return min(len(key), len(value))


def word_list(language: str) -> WordList:
    """Give simplemma's list of a language, from the cache folder; packed now if it is not there."""
    return kept(f"{language}-{lists_version()}", lambda: _packed(language), WordList)


def kept(name: str, make: Callable[[], bytes], read: Callable[[mmap.mmap | bytes], Kept]) -> Kept:
    """Give what is read from a file in the cache folder, made now if it is not there.

    `read` raises ValueError for what is no such file, or not the whole of one. Where no folder may
    be written to it is made in memory, by every process again.
    """
    for folder in _folders():
        path = folder / f"{name}-{_LAYOUT}.words"
        try:
            return read(_mapped(path))
        except (OSError, ValueError):
            pass
        packed = make()
        try:
            _write(path, packed)
            return read(_mapped(path))
        except OSError as error:
            logger.info("%s: cannot keep the packed words: %s", path, error)
            return read(packed)
    return read(make())


def _folders() -> Iterator[Path]:
    """Give the folder to keep lists in, if the environment names any."""
    # systemd's CacheDirectory=, then the XDG Base Directory Specification
    if given := os.environ.get("CACHE_DIRECTORY"):
        yield Path(given.split(":")[0])
    elif given := os.environ.get("XDG_CACHE_HOME"):
        yield Path(given) / "imdifeed"
    elif home := os.environ.get("HOME"):
        yield Path(home) / ".cache" / "imdifeed"


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _write(path: Path, packed: bytes) -> None:
    """Write a list so that others find it whole or not at all."""
    # imported here: lists are written once, and it takes longer than reading them
    from tempfile import NamedTemporaryFile

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(packed)
            file.flush()
            # or after a power cut it may have its name and size, and nothing in places
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _packed(language: str) -> bytes:
    # Record by record, since simplemma's own dictionaries take 120 MB that a process keeps. What
    # has an underscore may change with another version: the pin is exact, and a test compares.
    from simplemma.strategies.dictionaries.dictionary_factory import _read_decompressed
    from simplemma.strategies.dictionaries.frontcode import _iter_records, _read_header

    listed = _read_decompressed(language)
    backwards, count, start = _read_header(listed)
    order = slice(None, None, -1 if backwards else 1)
    return pack(((key[order], base[order]) for _, key, base in _iter_records(listed, start)), count)
