"""Who asks: one client is an address, or the network of 64 bits that one subscriber has of IPv6."""

import ipaddress
from contextvars import ContextVar

asking: ContextVar[str] = ContextVar("asking", default="")
"""The client whose request is being answered, as `client_of` names it."""


def client_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address that ``host`` is; a socket for both versions tells IPv4 as IPv6. Raises ``ValueError``."""
    address = ipaddress.ip_address(host)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def client_of(host: str) -> str:
    """Return what stands for the client at ``host``; what isn't an address stands for itself."""
    try:
        address = client_address(host)
    except ValueError:
        return host
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
