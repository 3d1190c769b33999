"""uvicorn's HTTP protocol with the bounds that it lacks: on time, on the size of a head, and on connections.

Without them a client that sends nothing, or half a request, holds a connection for as long as it likes.
"""

import asyncio
import json
import secrets
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.errors import PROBLEM, PROBLEMS, ProblemError, problem_body
from api.runtime import Runtime

_LARGEST_HEAD = 64 * 1024  # bytes: a question of 5,000 Chinese characters is 45,000 in an address


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    A request must have arrived, and later its answer been taken, within ``MSCQA_REQUEST_SECONDS``. Where there are more
    connections than ``MSCQA_MAX_CONNECTIONS``, the one that has waited longest without a whole request makes room.
    """

    waiting_since: float | None = None  # when a request began to arrive that isn't whole yet
    _head_is_whole = False  # what comes now is of a body, even if the answer was given before all of it came
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it where all others are being answered."""
        super().connection_made(transport)
        self._runtime: Runtime = self.app_state["runtime"]
        self._seconds = self._runtime.settings.request_seconds
        self._head = 0
        self._refusal = ProblemError("malformed_request", "This isn't an HTTP request.")
        self._arrive()
        if len(self.connections) > self._runtime.settings.max_connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, within the bounds."""
        if self.waiting_since is None and (self.cycle is None or self.cycle.response_complete):
            self._arrive()  # the next request on a connection that was kept
        super().data_received(data)
        if self.waiting_since is not None and not self.transport.is_closing():
            self._head += len(data)  # the parser keeps what isn't whole, whatever its size
            if self._head > _LARGEST_HEAD and not self._head_is_whole:
                self._refuse(_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._head = 0
        self._head_is_whole = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Refuse a head over the bound before anything of it is used."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > _LARGEST_HEAD:
            self._refusal = _HEAD_TOO_LARGE
            raise ValueError("the head is too large")  # the parser stops, and send_400_response is called
        self._head_is_whole = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Now it is for the client to wait, and later to take the answer in time."""
        super().on_message_complete()
        self._answer()

    def on_response_complete(self) -> None:
        """Keep the deadline only while something is still to be taken."""
        if self.pipeline:
            self._answer()  # the next request of the connection came together with this one
        elif self.waiting_since is None and not self.transport.get_write_buffer_size():
            self._settle()
        super().on_response_complete()

    def shutdown(self) -> None:
        """Let a request under way end, and those that queue go."""
        self._runtime.drain()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what can't be parsed."""
        self._refuse(self._refusal)

    def _arrive(self) -> None:
        """A request is on its way from now on."""
        self._settle()
        self.waiting_since = time.monotonic()
        self._deadline = self.loop.call_later(self._seconds, self._too_slow)

    def _answer(self) -> None:
        """A request is being answered from now on."""
        self._settle()
        self._deadline = self.loop.call_later(self._seconds, self._not_taken)

    def _settle(self) -> None:
        self.waiting_since = None
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._refuse(ProblemError("request_timeout", f"The request did not arrive within {self._seconds} seconds."))

    def _not_taken(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        elif self.cycle and not self.cycle.response_complete:  # the answer is still being made
            self._deadline = self.loop.call_later(self._seconds, self._not_taken)

    def _make_room(self) -> None:
        waiting = [other for other in self.connections if getattr(other, "waiting_since", None) and other is not self]
        if waiting:
            oldest: Any = min(waiting, key=lambda other: getattr(other, "waiting_since", 0.0))
            oldest._refuse(ProblemError("request_timeout", "The server needed the connection for others."))
        else:
            self._refuse(ProblemError("busy", "Too many connections. Try again in a moment.", {}, {"Retry-After": "1"}))

    def _refuse(self, error: ProblemError) -> None:
        """Answer with a problem where no answer has begun, and close."""
        self._settle()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            status = PROBLEMS[error.code][0]
            body = json.dumps(problem_body(error, secrets.token_hex(8)), ensure_ascii=False).encode()
            headers = {"Content-Type": PROBLEM, "Content-Length": str(len(body)), "Connection": "close", **error.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self.transport.write(STATUS_LINE[status] + lines.encode() + b"\r\n" + body)
        self.connections.discard(self)
        self.transport.close()


_HEAD_TOO_LARGE = ProblemError("head_too_large", f"Address and headers may have up to {_LARGEST_HEAD} bytes.")
