"""Names that lead nowhere near us: what a host's name may resolve to.

A crawl stays at its host, but who owns a name decides what it resolves to: this machine, its
neighbours, or the address where a cloud tells its secrets. So a name is refused whatever is no
public address, at the moment of connecting, which no second answer of the name server can get
around. An operator who means such a machine writes its number, or `localhost`, into `base_url`.
"""

import ipaddress
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies

from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IResolutionReceiver,
)
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

logger = logging.getLogger(__name__)


def is_public(number: str) -> bool:
    """Tell whether an address is one of the open network; false for what is none."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            address = inner
        elif address in _NAT64:
            address = ipaddress.IPv4Address(address.packed[-4:])
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# zope's interfaces declare methods without self, which no checker follows: hence Any below


@implementer(IResolutionReceiver)
class _Sieve:
    """Passes on the public addresses of a name."""

    def __init__(self, receiver: Any, name: str) -> None:
        self._receiver = receiver
        self._name = name

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        """Pass on."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """Pass on a public address; say so where it is none."""
        number = str(getattr(address, "host", ""))
        if is_public(number):
            self._receiver.addressResolved(address)
        else:
            logger.warning(
                "%s resolves to %s, which is no public address; it is not asked. Write the number"
                " into base_url if you mean it",
                self._name,
                number,
            )

    def resolutionComplete(self) -> None:  # noqa: N802
        """Pass on."""
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """Resolves names to public addresses only; numbers and `localhost` are what they are."""

    def __init__(self, inner: Any, trusted: frozenset[str]) -> None:
        self._inner = inner
        self._trusted = trusted

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve one name."""
        receiver = resolutionReceiver
        if hostName.lower() not in self._trusted and not _is_number(hostName):
            receiver = _Sieve(resolutionReceiver, hostName)
        return self._inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


def install(reactor: "ReactorBase") -> None:
    """Let a reactor resolve names to public addresses only; the operator's own proxies aside."""
    proxies = {urlsplit(url).hostname or "" for url in getproxies().values()}
    trusted = frozenset({"localhost", *proxies} - {""})
    resolver = PublicResolver(reactor.nameResolver, trusted)
    reactor.installNameResolver(cast(IHostnameResolver, resolver))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
