"""Whom a client's address stands for where clients are counted."""

from ipaddress import IPv6Address, ip_address

HOST_BYTES = 8


def client_network(address: str | None) -> str:
    """The address itself, of IPv6 its /64 network: one line gets at least that many addresses, and may use all.

    What a proxy reports and is no address stays as it is.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(parsed.packed[:HOST_BYTES] + bytes(HOST_BYTES))}/64"
