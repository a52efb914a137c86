"""How often one network may ask us to mail somebody; counted in memory, and not by address.

What is kept is a hash with a salt of this process, for an hour: nobody can be found by it.
"""

import hashlib
import secrets
from collections import deque
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

#: mails that one network may ask for in an hour: a class that signs up together, and no more
MOST_PER_HOUR = 30
_HOUR = timedelta(hours=1)
_MOST_NETWORKS = 10_000


class NetworkLimit:
    """Counts what networks ask for."""

    def __init__(self, most: int = MOST_PER_HOUR) -> None:
        self._most = most
        self._salt = secrets.token_bytes(16)
        self._asked: dict[bytes, deque[datetime]] = {}
        self._lock = Lock()

    def takes(self, address: str | None, now: datetime) -> bool:
        """Count one more of an address' network; False, and not counted, where it had enough.

        This machine's own addresses are not counted: they are those of a proxy or of a test.
        """
        network = _network(address)
        if not network:
            return True
        key = hashlib.sha256(self._salt + network).digest()[:16]
        with self._lock:
            self._forget(now)
            moments = self._asked.setdefault(key, deque())
            if len(moments) >= self._most:
                return False
            moments.append(now)
        return True

    def _forget(self, now: datetime) -> None:
        for key, moments in list(self._asked.items()):
            while moments and moments[0] <= now - _HOUR:
                moments.popleft()
            if not moments:
                del self._asked[key]
        while len(self._asked) >= _MOST_NETWORKS:
            self._asked.pop(next(iter(self._asked)))


def _network(address: str | None) -> bytes:
    """Give an IPv4 address, or the /64 that a household has in IPv6; nothing for this machine."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return b""
    if found.is_loopback:
        return b""
    mapped = getattr(found, "ipv4_mapped", None)
    packed = (mapped or found).packed
    return packed[:8] if len(packed) == 16 else packed
