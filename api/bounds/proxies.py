"""Whom a request comes from where a proxy passes it on: what its headers say counts only if the proxy is a named one."""

import ipaddress
import logging
import re

from starlette.types import Scope

from api.bounds.clients import client_address

log = logging.getLogger("mscqa")

PREFIX = "mscqa.prefix"
"""The key of a request's scope under which the path stands that a trusted proxy has cut off from its address."""

_FORWARDED = (
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    b"x-real-ip",
)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")  # no markup, no blank, no second host: it is written into links
_LONGEST_PREFIX = 200
_LONGEST_CHAIN = 32  # addresses of one header that are looked at, from its end


class TrustedProxies:
    """The proxies of ``MSCQA_TRUSTED_PROXIES``: addresses and networks, separated by commas; raises ``ValueError``."""

    def __init__(self, named: str) -> None:
        self._networks = [ipaddress.ip_network(item.strip()) for item in named.split(",") if item.strip()]
        self._warned = False

    def holds(self, host: str) -> bool:
        """Tell whether ``host`` is one of them."""
        if not self._networks:
            return False
        try:
            address = client_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def seen_through(self, scope: Scope) -> Scope:
        """Return ``scope`` with the client, the scheme and the `PREFIX` that a trusted proxy tells, else as it is.

        The client is the last address of ``X-Forwarded-For`` that isn't a trusted proxy's: what stands before it may be
        the client's own invention.
        """
        headers = {name: value for name, value in scope["headers"] if name in _FORWARDED}
        if not headers:
            return scope
        host = scope["client"][0] if scope.get("client") else ""
        if not self.holds(host):
            self._warn(host)
            return scope
        told = {**scope}
        chain = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")[-_LONGEST_CHAIN:]
        for part in reversed([item.strip() for item in chain]):
            if not part:
                break
            told["client"] = (part, 0)
            if not self.holds(part):
                break
        if (scheme := headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()) in ("http", "https"):
            told["scheme"] = scheme
        if prefix := prefix_of(headers.get(b"x-forwarded-prefix", b"")):
            told[PREFIX] = prefix
        return told

    def _warn(self, host: str) -> None:
        if not self._warned:
            self._warned = True
            log.warning(
                "headers of a proxy at %s are ignored: everybody behind it counts as one client; name it in"
                " MSCQA_TRUSTED_PROXIES if it is yours",
                host or "an unknown address",
            )


def prefix_of(value: bytes) -> str:
    """Return the path that a proxy says it has cut off, without a slash at its end; empty where it is no plain one."""
    prefix = value.decode("latin-1").strip().rstrip("/")
    plain = len(prefix) <= _LONGEST_PREFIX and _PREFIX.fullmatch(prefix) and not {".", ".."} & set(prefix.split("/"))
    return prefix if plain else ""
