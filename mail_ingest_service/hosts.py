"""Which mail servers may be connected to: a person who saves a mailbox must not reach into our own network (SSRF).

A name is resolved once, *every* address it has is checked, and the connection is made to a checked address, not to the
name again. The spelling of the host plays no part (``127.1``, ``0x7f000001`` and friends all resolve to an address).
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from eventlet import patcher, tpool
from eventlet.timeout import Timeout

from contracts.errors import MailboxRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = (143, 993)
RESOLVE_SECONDS = 10
# Written by DNS64 for a server that has IPv4 only (RFC 6052).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Tunnels and translations, by which a global address may end anywhere, and what older Pythons take for global.
REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10")
)

NOT_ALLOWED = (
    "This server may not be used: mailboxes are read from public addresses on port 143 or 993 only. "
    "An administrator can allow a server inside the own network in MUSUBI_MAIL_HOST_ALLOW."
)
UNKNOWN = "There is no such server: check the spelling of the host name."


@dataclass(frozen=True, slots=True)
class Allowed:
    """The exceptions an administrator made: host names and networks; on these every port may be used."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Allowed":
        """Read ``MUSUBI_MAIL_HOST_ALLOW``: names, addresses and CIDR networks, parted by commas or spaces."""
        names, networks = set(), []
        for word in text.replace(",", " ").split():
            try:
                networks.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                names.add(word.lower())
        return cls(frozenset(names), tuple(networks))

    def holds(self, host: str, address: Address) -> bool:
        """True when the administrator allowed this name or this address."""
        return host.lower() in self.names or any(address in network for network in self.networks)


def checked_addresses(
    host: str, port: int, *, allowed: Allowed, resolve: Callable[[str, int], Iterable[str]] | None = None
) -> list[str]:
    """The addresses of ``host`` that may be connected to. MailboxRefused ``not_allowed`` when a single one may not."""
    try:
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in (resolve or addresses_of)(host, port)]
    except (OSError, UnicodeError, Timeout, ValueError):
        raise MailboxRefused(UNKNOWN, reason="host_unknown") from None
    for address in found:
        if not (allowed.holds(host, address) or (port in PORTS and is_public(address))):
            raise MailboxRefused(NOT_ALLOWED, reason="not_allowed")
    return [str(address) for address in found]


def addresses_of(host: str, port: int) -> list[str]:
    """Ask the system's resolver, off the hub: it blocks. OSError where the name is unknown."""
    if not host.strip() or "\0" in host:
        raise OSError("no host name")
    lookup = patcher.original("socket").getaddrinfo
    with Timeout(RESOLVE_SECONDS):
        found: list[Any] = tpool.execute(lookup, host, port, 0, socket.SOCK_STREAM)
    return list(dict.fromkeys(entry[4][0] for entry in found))


def is_public(address: Address) -> bool:
    """True for an address of the open internet; an IPv4 address that hides in an IPv6 one is what counts."""
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in NAT64):
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in network for network in REFUSED if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
