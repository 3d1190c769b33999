"""What stands before every route: a request id, security headers and a limit on the size of a body."""

import secrets

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemError, problem_response
from corpus.reading import LARGEST_BYTES

LARGEST_BODY = 64 * 1024

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
    """ASGI middleware: headers on every answer, and bodies over the limit refused before they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        request = Request(scope)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = request_id
            await send(message)

        received = 0
        largest = LARGEST_BODY
        if scope["method"] == "PUT" and scope["path"].startswith("/api/v1/documents/"):
            largest = LARGEST_BYTES  # of a document: what the reader takes

        async def receive_guarded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise _TooLargeError
            return message

        declared = request.headers.get("content-length", "0")
        try:
            if declared.isdigit() and int(declared) > largest:
                raise _TooLargeError
            await self._app(scope, receive_guarded, send_guarded)
        except _TooLargeError:
            if not started:
                error = ProblemError("too_large", f"A request body may have up to {largest} bytes.")
                await problem_response(request, error)(scope, receive, send_guarded)


class _TooLargeError(Exception):
    """A body grew over the limit."""


def install_guards(app: FastAPI) -> None:
    """Put the guard before every route of ``app``."""
    app.add_middleware(Guard)
