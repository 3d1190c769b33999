"""What stands before every route: a request id, security headers, limits on size and number, and the last catch."""

import logging
import math
import secrets

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bounds.clients import asking, client_of
from api.bounds.proxies import TrustedProxies
from api.bounds.rate import RateLimit
from api.errors import ProblemError, problem_response
from api.logs import without_message
from corpus.reading import LARGEST_BYTES
from qa.settings import Settings

log = logging.getLogger("mscqa")

LARGEST_BODY = 64 * 1024
_FREE = ("/healthz", "/readyz", "/metrics")  # for the machines that watch over the service

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types mscqa",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware: an id and headers on every answer; bodies too large, clients too eager and failures answered here."""

    def __init__(self, app: ASGIApp, settings: Settings, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies
        self._rate = RateLimit(settings.requests_per_minute)
        self._log_questions = settings.log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._proxies.seen_through(scope)
        asking.set(client_of(scope["client"][0] if scope.get("client") else ""))
        head = scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}  # answered as that is, without the body (RFC 9110, 9.3.2)
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        request = Request(scope)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _dress(message, scope["path"], request_id)
            await send({**message, "body": b""} if head and "body" in message else message)

        try:
            self._check_rate(request)
            await self._app(scope, _limited(request, receive), send_guarded)
        except ProblemError as error:
            if not started:
                await problem_response(request, error)(scope, receive, send_guarded)
        except Exception as error:
            log.error("request %s failed", request_id, exc_info=error if self._log_questions else without_message(error))
            if not started:
                failed = ProblemError("internal", "The failure was logged under this request id.")
                await problem_response(request, failed)(scope, receive, send_guarded)

    def _check_rate(self, request: Request) -> None:
        path = request.url.path
        if path in _FREE or path.startswith("/static/"):
            return
        seconds = self._rate.wait(request.client.host if request.client else "")
        if seconds:
            headers = {"Retry-After": str(math.ceil(seconds))}
            raise ProblemError("too_many_requests", "Too many requests from this address.", {}, headers)


def _dress(message: Message, path: str, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    headers["X-Request-Id"] = request_id


def _limited(request: Request, receive: Receive) -> Receive:
    """Return ``receive`` with a limit on the size of the body; raises the problem ``too_large`` now or as it grows."""
    document = request.method == "PUT" and request.url.path.startswith("/api/v1/documents/")
    upload = request.method == "POST" and request.url.path == "/manage"
    largest = LARGEST_BYTES if document else LARGEST_BYTES + LARGEST_BODY if upload else LARGEST_BODY
    declared = request.headers.get("content-length", "0")
    received = 0

    def check(size: int) -> None:
        if size > largest:
            raise TooLargeError(413, f"A request body may have up to {largest} bytes.")

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        check(received)
        return message

    try:
        check(int(declared) if declared.isdecimal() else 0)
    except TooLargeError as error:
        raise ProblemError("too_large", error.detail) from None
    return receive_limited


class TooLargeError(HTTPException):
    """A body grew over the limit; this kind of exception passes FastAPI's reading of bodies as it is."""


def install_guards(app: FastAPI, settings: Settings, proxies: TrustedProxies) -> None:
    """Put the guard before every route of ``app``."""
    app.add_middleware(Guard, settings=settings, proxies=proxies)
