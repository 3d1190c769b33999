"""Who may use the admin routes; for everybody else they don't exist."""

import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.bounds.clients import client_address
from api.errors import ProblemError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix", "x-real-ip")


class AdminRoute(APIRoute):
    """A route that answers 404 to those who may not use it, before anything of the request is read.

    With a configured key that is everybody who doesn't send it; without one, everybody but programs on this machine.
    """

    def get_route_handler(self) -> Handler:
        """Return the route's handler behind the rule."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if not _may_administer(request):
                raise ProblemError("not_found", "There is nothing at this address.")
            return await handle(request)

        return guarded


class KeyRoute(AdminRoute):
    """An admin route that doesn't exist at all until a key is configured."""

    def get_route_handler(self) -> Handler:
        """Return the route's handler behind the rule."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if not request.app.state.admin_key:
                raise ProblemError("not_found", "Documents are changed over the API only where MSCQA_ADMIN_KEY is set.")
            return await handle(request)

        return guarded


def allowed_methods(request: Request) -> set[str]:
    """Return the methods that the request's address takes from this caller: none where only admin routes are there."""
    found = {"GET"} if request.scope["path"].startswith("/static/") else set()
    for route in request.app.state.routes:
        there = route.path_regex.match(request.scope["path"])
        hidden = isinstance(route, AdminRoute) and not _may_administer(request)
        unset = isinstance(route, KeyRoute) and not request.app.state.admin_key
        if there and not hidden and not unset:
            found |= route.methods
    return found


def _may_administer(request: Request) -> bool:
    key: str | None = request.app.state.admin_key
    return _has_key(request, key) if key else is_local(request)


def _has_key(request: Request, key: str) -> bool:
    """Tell whether the request carries the key; how long that takes tells nothing about the key."""
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    same = is_key(sent.strip(), key)
    return same and scheme.lower() == "bearer"


def is_key(sent: str, key: str) -> bool:
    """Tell whether ``sent`` is the admin key, in constant time."""
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), key.encode())


def is_local(request: Request) -> bool:
    """Tell whether a program on this machine asks, and neither a proxy nor a page of another site in a browser on it.

    The host must be this machine's name for itself: a foreign name may have been made to lead here (DNS rebinding).
    """
    name = _host_name(f"//{request.headers.get('host', '')}")
    client = request.client.host if request.client else ""
    return (
        _is_loopback(client)
        and (name == "localhost" or _is_loopback(name))
        and not any(header in request.headers for header in _FORWARDED)
        and is_from_this_site(request)
    )


def is_from_this_site(request: Request) -> bool:
    """Tell whether no page of another site sends the request.

    Browsers say so in ``Sec-Fetch-Site``; older ones in ``Origin``, which is "null" in forms of pages without referrer.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    except ValueError:  # no browser sends such a one
        return False


def _host_name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return client_address(host).is_loopback
    except ValueError:
        return False
