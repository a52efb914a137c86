"""What a request must be to be answered at all: its host, its size, and how many came before it.

A network's requests are counted in memory, by a keyed hash of its number that no restart survives:
no address is kept or written anywhere. The table is bounded; who has been quiet longest is
forgotten first, and begins with a full allowance.
"""

import hashlib
import math
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, inet_pton
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, RequestURITooLarge, TooManyRequests

from web.settings import WebSettings

#: bytes of an address' parameters; 10 kB of words are 30 once percent-encoded
MOST_QUERY_BYTES = 48 * 1024
#: networks whose requests are counted at once: a few megabytes
MOST_NETWORKS = 20_000
#: what answers whoever looks after the machine, under whatever name he asks
_PROBES = frozenset({"/healthz", "/readyz"})
#: forms count as so many pages: each may send a mail
_WEIGHT_OF_POST = 10
_LEAVING = "/unsubscribe/"
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain"})
_LOOPBACK, _LOOPBACK_NETWORK = inet_pton(AF_INET6, "::1"), 127
_IPV4_BYTES = 4
#: what an IPv4 address begins with that is written as one of IPv6 (RFC 4291, 2.5.5.2)
_MAPPED = bytes(10) + b"\xff\xff"


@dataclass(slots=True)
class Allowance:
    """How much one network may still ask: `left` requests at the moment `at`."""

    left: float
    at: float


class Limiter:
    """Counts requests of networks: a bucket of a minute's worth, refilled steadily."""

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float],
        most: int = MOST_NETWORKS,
    ) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._most = most
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._allowances: OrderedDict[bytes, Allowance] = OrderedDict()

    def __len__(self) -> int:
        return len(self._allowances)

    def wait(self, network: bytes, weight: float = 1.0) -> float:
        """Take a request into account; give the seconds to wait where it is one too many."""
        name = hashlib.blake2b(network, key=self._key, digest_size=16).digest()
        rate = self._capacity / 60
        with self._lock:
            now = self._clock()
            allowance = self._allowances.pop(name, None) or Allowance(self._capacity, now)
            allowance.left = min(
                self._capacity, allowance.left + max(0.0, now - allowance.at) * rate
            )
            allowance.at = now
            self._allowances[name] = allowance
            if len(self._allowances) > self._most:
                self._allowances.popitem(last=False)
            weight = min(weight, self._capacity)
            if allowance.left < weight:
                return (weight - allowance.left) / rate
            allowance.left -= weight
        return 0.0


def packed(address: str) -> bytes:
    """Give the bytes of an address, 4 of IPv4 or 16 of IPv6; none of what is no address."""
    text = address.partition("%")[0]
    try:
        found = inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    except (OSError, ValueError):
        return b""
    return found[12:] if found.startswith(_MAPPED) else found


def network_of(address: bytes) -> bytes:
    """Give the network of a packed address: 24 bits of IPv4, 48 of IPv6; one for what is none."""
    return address[:3] if len(address) == _IPV4_BYTES else address[:6]


def is_loopback(address: bytes) -> bool:
    """Tell whether a packed address is this machine's own."""
    return address == _LOOPBACK or (len(address) == _IPV4_BYTES and address[0] == _LOOPBACK_NETWORK)


def client_of(remote: str | None, forwarded: str, proxies: int) -> bytes:
    """Give the packed address a request comes from, behind so many proxies of ours.

    Each of them adds at the end of X-Forwarded-For whom it was asked by; what stands before is
    hearsay.
    """
    hops = [hop.strip() for hop in forwarded[-1000:].split(",")] if proxies else []
    return packed(hops[-proxies] if proxies and len(hops) >= proxies else remote or "")


class Guard:
    """Knows under which names the site answers, and whose requests are too many."""

    def __init__(self, settings: WebSettings) -> None:
        self._ours = {_host(settings.site.site_url), *settings.hosts}
        self._proxies = settings.proxies
        per_minute = settings.requests_per_minute
        self._limiter = (
            Limiter(per_minute, clock=lambda: settings.clock().timestamp()) if per_minute else None
        )

    def knows(self, host: str) -> bool:
        """Tell whether the site answers under a name."""
        name = _host(f"//{host}")
        return name in self._ours or name in _LOOPBACK_NAMES or is_loopback(packed(name))

    def wait(self, environ: Mapping[str, str], weight: int = 1) -> float:
        """Take a request into account; give the seconds to wait where it is one too many."""
        if self._limiter is None:
            return 0.0
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        client = client_of(environ.get("REMOTE_ADDR"), forwarded, self._proxies)
        # with a proxy nobody told us of, everyone would come from this machine
        return 0.0 if is_loopback(client) else self._limiter.wait(network_of(client), weight)


def install(app: Flask, guard: Guard) -> None:
    """Let an application answer only what it may."""

    @app.before_request
    def _guard() -> Response | None:
        if len(request.query_string) > MOST_QUERY_BYTES:
            raise RequestURITooLarge
        if request.path in _PROBES:
            return None
        if not guard.knows(request.host):
            raise BadRequest("this site does not answer under that name")
        # A mailbox provider unsubscribes many readers from one network, and sends nobody a mail.
        heavy = request.method == "POST" and not request.path.startswith(_LEAVING)
        wait = guard.wait(request.environ, _WEIGHT_OF_POST if heavy else 1)
        if wait:
            raise TooManyRequests(retry_after=math.ceil(wait))
        return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
