"""Documents made from the store: known by its state, built once, kept as they are sent."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from feed.channel import Rendered
from web.every_request.compression import LEAST_BYTES, compress

#: addresses whose document is remembered, and the longest that is
_MOST_ADDRESSES = 2_000
_LONGEST_ADDRESS = 500
#: bytes of documents that are kept, all codings together
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """What an address gives, before it is built."""

    #: entity tag, without quotes: equal tags, equal contents
    tag: str
    #: when its content last changed; None where that is not known
    moment: datetime | None
    media_type: str
    build: Callable[[], Rendered]
    cache_control: str
    #: value of the header `Link`; empty for none
    links: str = ""
    #: from when something else is answered; None for never
    until: datetime | None = None
    #: gives that answer
    afterwards: Callable[[], Response] | None = None


class Shelf:
    """Keeps documents and their bytes, bounded, for the threads of one process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._documents: OrderedDict[Hashable, tuple[int, Document]] = OrderedDict()
        self._data: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0
        self._counts: Counter[str] = Counter(built=0, entries_left_out=0)
        self._lock = threading.Lock()
        # two that want the same document: the second waits and finds it
        self._building = threading.Lock()

    def find(self, address: bytes, change: int, make: Callable[[], Document]) -> Document:
        """Give the document of an address while the state's number is `change`.

        Until the number moves it is not asked for again.
        """
        with self._lock:
            known = self._documents.get(address)
        if known and known[0] == change:
            return known[1]
        document = make()
        if len(address) <= _LONGEST_ADDRESS:
            with self._lock:
                self._documents[address] = (change, document)
                self._documents.move_to_end(address)
                while len(self._documents) > _MOST_ADDRESSES:
                    self._documents.popitem(last=False)
        return document

    def data(self, document: Document, coding: str) -> tuple[bytes, str]:
        """Give a document's bytes and the coding they are in; short ones are left as they are."""
        kept = self._kept(document.tag, coding)
        if kept is not None:
            return kept, coding
        with self._building:
            plain = self._kept(document.tag, "")
            if plain is None:
                plain = self._build(document)
            if not coding or len(plain) < LEAST_BYTES:
                return plain, ""
            return self._keep(document.tag, coding, compress(plain, coding)), coding

    def counts(self) -> dict[str, int]:
        """Count since the process began: documents built, those kept now, entries left out."""
        with self._lock:
            return dict(self._counts) | {"kept": len(self._data), "kept_bytes": self._size}

    def _build(self, document: Document) -> bytes:
        rendered = document.build()
        with self._lock:
            self._counts["built"] += 1
            self._counts["entries_left_out"] += len(rendered.left_out)
        return self._keep(document.tag, "", rendered.data)

    def _kept(self, tag: str, coding: str) -> bytes | None:
        with self._lock:
            data = self._data.get((tag, coding))
            if data is not None:
                self._data.move_to_end((tag, coding))
            return data

    def _keep(self, tag: str, coding: str, data: bytes) -> bytes:
        with self._lock:
            self._size += len(data) - len(self._data.get((tag, coding), b""))
            self._data[tag, coding] = data
            while self._size > self._most_bytes:
                # one that is larger than everything together goes as well
                _, dropped = self._data.popitem(last=False)
                self._size -= len(dropped)
        return data
