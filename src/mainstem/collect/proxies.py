"""Whose word counts about where a request came from: the proxies that the operator has named.

`X-Forwarded-For` is read from the right, because a proxy appends the address it was reached from, and
whatever stands left of the first address that nobody trusts may be made up. From any other peer the
forwarding headers are not even passed on.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEMBERED = 4096
"""Chains of addresses whose client is remembered: the same visitors come again and again."""


class TrustedProxies:
    """Networks as written, such as `10.0.0.0/8` or `::1`. Raises ValueError for what is no network."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, networks))
        self.client = lru_cache(REMEMBERED)(self._client)

    def trusts(self, address: str) -> bool:
        """Asked once a connection. `address` is what the socket names, so it may hold an IPv6 zone."""
        if not self._networks:
            return False
        parsed = _address(address)
        return parsed is not None and self._holds(parsed)

    def _client(self, peer: str, forwarded_for: bytes) -> str:
        """The right-most address that is no trusted proxy; the left-most where all are. What is no
        address ends the search, for it names nobody: the proxy that passed it on stands for it."""
        found = peer
        for written in reversed(forwarded_for.decode("latin-1").split(",")):
            parsed = _address(written.strip())
            if parsed is None:
                return found
            found = str(parsed)
            if not self._holds(parsed):
                return found
        return found

    def _holds(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """An address, with the port that some proxies write behind it: `192.0.2.7:4711`, `[2001:db8::7]:4711`."""
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ip_address(written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
