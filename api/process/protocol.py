"""uvicorn's HTTP protocol with the bounds that it lacks: on time, on what comes in, and on connections.

Without them a client that sends nothing, or half a request, holds a connection for as long as it likes, and one that sends
without an end fills the memory.
"""

import asyncio
import json
import secrets
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.bounds.clients import client_of
from api.bounds.connections import State, gives_way
from api.bounds.pace import Pace
from api.bounds.reading import LARGEST_HEAD, MOST_HEADERS, Body, Flow, Unread
from api.errors import PROBLEM, PROBLEMS, ProblemError, problem_body
from api.process.runtime import Runtime
from api.process.stopping import ServerConfig
from corpus.reading import LARGEST_BYTES

_LARGEST_BODY = LARGEST_BYTES + (128 << 10)  # of any request; the guard has narrower bounds for most
_REFUSAL = 20  # requests that one that is refused here counts as: it cost more, and will come again
_LAST_REQUEST_SECONDS = 2  # in which a connection that was kept may bring one more, where the process retires
_RESERVE = 10  # one in so many connections stays free for new ones, as long as idle ones can go


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    A request must have arrived, and later its answer been taken, within ``MSCQA_REQUEST_SECONDS``. One request is read at
    a time: what comes behind it waits, bounded, until its answer is given. Where there are more connections than
    ``MSCQA_MAX_CONNECTIONS``, another makes room (`gives_way`).
    """

    config: ServerConfig
    flow: Flow
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it where all others are being answered."""
        super().connection_made(transport)
        self._runtime: Runtime = self.app_state["runtime"]
        self._seconds = self._runtime.settings.request_seconds
        self.flow = Flow(transport, self._read_on_soon)
        self._unread = Unread()
        self._body: Body | None = None  # while one is on its way
        self._piece_body = 0  # bytes of the body in the piece that the parser reads now
        self._pace: Pace = self.app_state["pace"]
        self._paced = self._waits = False  # whether the request at hand was counted, and whether it has to wait
        self._complete = False  # whether the parser has just come to the end of a request
        self._refusal = _MALFORMED
        peer = transport.get_extra_info("peername")
        host = peer[0] if isinstance(peer, tuple) else ""
        proxied = self.app_state["proxies"].holds(host)
        self.held_by = f"{host} {id(self)}" if proxied else client_of(host)  # a proxy's connections are many clients'
        self._arrive()
        most, count = self._runtime.settings.max_connections, len(self.connections)
        if count > most - most // _RESERVE:
            self._make_room(State.UNTAKEN if count > most else State.IDLE)
        if self.config.retires:
            self._retire()  # it was accepted just before nothing more was

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, within the bounds."""
        self._unset_keepalive_if_required()
        self._unread.bytes += data
        self._read_on()

    @property
    def state(self) -> State:
        """How far it is with its request."""
        if self._arriving:
            return State.ARRIVING
        if self._is_answering:
            return State.UNTAKEN if self.flow.write_paused else State.WORKING
        return State.UNTAKEN if self.transport.get_write_buffer_size() else State.IDLE

    def on_message_begin(self) -> None:
        """Begin a request; one that was piped behind a chunked body is left for the client to send again.

        That body's end isn't known before the parser finds it, and clients are to expect it (RFC 9112, 9.3.2).
        """
        if self._complete:
            self._unread.bytes.clear()
            raise ValueError("another request in the same piece")
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers are none."""
        if self._body is not None:
            return
        if len(self.headers) >= MOST_HEADERS:
            self._refusal = _TOO_MANY_HEADERS
            raise ValueError("too many headers")  # the parser stops, and send_400_response is called
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """From now on what comes is of a body, even if the answer is given before all of it came."""
        declared = next((value for name, value in self.headers if name == b"content-length"), None)
        self._body = Body(int(declared) if declared is not None else None)
        super().on_headers_complete()
        if self.config.retires:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Count and take a piece of a body."""
        self._piece_body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Now it is for the client to wait, and later to take the answer in time."""
        super().on_message_complete()
        self._body = None
        self._complete = True
        self._paced = False
        self._answer()
        if self.cycle.response_complete:  # it was refused before all of it had come, and is kept no longer than others
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def on_response_complete(self) -> None:
        """Keep the deadline only while something is still to be taken; read what came meanwhile."""
        super().on_response_complete()
        if self._body is not None or self.parser is None:
            return  # the rest of a body is still on its way, within its deadline; or nobody is there any more
        if not self.transport.get_write_buffer_size():
            self._settle()
        self.since = time.monotonic()
        if self._unread.bytes:
            self._read_on_soon()

    def shutdown(self) -> None:
        """Let a request under way end, and those that queue or haven't arrived go: or all be answered, where it retires."""
        if self.config.retires:
            self._retire()
            return
        self._runtime.drain()
        if self._arriving and not self._is_idle_new:
            self._refuse(ProblemError("busy", "The server is stopping. Ask again in a moment.", {}, {"Retry-After": "5"}))
        else:
            super().shutdown()

    def _retire(self) -> None:
        """Close after the answer that is due, or after the next: what comes just now would be lost with the connection."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(_LAST_REQUEST_SECONDS, self._close_unused)

    def _close_unused(self) -> None:
        if self.state is State.IDLE or self._is_idle_new:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what can't be parsed."""
        if self._complete and self._is_answering:
            self.cycle.keep_alive = False  # what came before it is answered, and then the connection ends
        else:
            self._refuse(self._refusal)

    @property
    def _is_answering(self) -> bool:
        return self._body is None and self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_idle_new(self) -> bool:
        return self.cycle is None and not self._unread.bytes

    def _read_on_soon(self) -> None:
        self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Give the parser what it can use now; the rest waits."""
        unread = self._unread
        while unread.bytes and not self._is_answering and not self.flow.full and not self.transport.is_closing():
            if not self._arriving:
                self._arrive()  # the next request on a connection that was kept
            body = self._body
            if body is None and self._is_too_fast():
                break
            try:
                piece = unread.take(body.next_size()) if body else unread.head()
                if not piece:
                    break
                self._parse(piece, body)
            except OverflowError:
                self._refuse(_FRAMING if body else _HEAD_TOO_LARGE)
        stuck = self._is_answering or self.flow.full or self._waits
        self.flow.hold(bool(unread.bytes) and stuck)

    def _is_too_fast(self) -> bool:
        """Tell whether the next request has to wait, as its client's others came too fast; it is read on when it needn't."""
        if self._waits:
            return True
        delay = 0.0 if self._paced else self._pace.delay(self.held_by)
        self._paced = True
        if delay:
            self._waits = True
            self.loop.call_later(delay, self._go_on)
        return self._waits

    def _go_on(self) -> None:
        self._waits = False
        self._read_on()

    def _parse(self, piece: bytes, body: Body | None) -> None:
        self._piece_body, self._complete = 0, False
        super().data_received(piece)
        if body is not None:
            body.count(len(piece), self._piece_body)
            if body.received > _LARGEST_BODY:
                self._refuse(ProblemError("too_large", f"A request body may have up to {LARGEST_BYTES} bytes."))

    def _arrive(self) -> None:
        """A request is on its way from now on."""
        self._settle()
        self._unset_keepalive_if_required()
        self._arriving, self.since = True, time.monotonic()
        self._deadline = self.loop.call_later(self._seconds, self._too_slow)

    def _answer(self) -> None:
        """A request is being answered from now on."""
        self._settle()
        self.since = time.monotonic()
        self._deadline = self.loop.call_later(self._seconds, self._not_taken)

    def _settle(self) -> None:
        self._arriving = False
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

    def _make_room(self, least: State) -> None:
        others: set[Any] = {other for other in self.connections if isinstance(other, BoundedProtocol)}
        other = gives_way(others, newcomer=self, least=least)
        if other is not None:
            other.give_way()
        elif least is not State.IDLE:
            self._refuse(ProblemError("busy", "Too many connections. Try again in a moment.", {}, {"Retry-After": "1"}))

    def give_way(self) -> None:
        """Close for another connection; a request that is on its way is told why."""
        if self.state is State.ARRIVING:
            self._refuse(ProblemError("request_timeout", "The server needed the connection for others."))
            return
        self.connections.discard(self)
        if self.state is State.UNTAKEN:
            self.transport.abort()
        else:
            self.transport.close()

    def _refuse(self, error: ProblemError) -> None:
        """Answer with a problem where no answer has begun, and close."""
        self._settle()
        if self.transport.is_closing():
            return
        self._pace.delay(self.held_by, _REFUSAL)
        if self.cycle is None or not self.cycle.response_started or (self.cycle.response_complete and self._body is None):
            status = PROBLEMS[error.code][0]
            body = json.dumps(problem_body(error, secrets.token_hex(8)), ensure_ascii=False).encode()
            headers = {"Content-Type": PROBLEM, "Content-Length": str(len(body)), "Connection": "close", **error.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self.transport.write(STATUS_LINE[status] + lines.encode() + b"\r\n" + body)
        self.connections.discard(self)
        self.transport.close()


_MALFORMED = ProblemError("malformed_request", "This isn't an HTTP request.")
_HEAD_TOO_LARGE = ProblemError("head_too_large", f"Address and headers may have up to {LARGEST_HEAD} bytes.")
_TOO_MANY_HEADERS = ProblemError("head_too_large", f"A request may have up to {MOST_HEADERS} headers.")
_FRAMING = ProblemError("too_large", "Sizes and extensions of a body's chunks, or its trailers, outweigh the body.")
