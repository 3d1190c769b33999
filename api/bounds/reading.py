"""What has come on a connection and isn't used yet: handed to the parser a head or a piece of a body at a time.

The parser keeps what isn't whole and joins it anew with each byte that comes; whatever reaches it from here is bounded.
"""

import asyncio
import re
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl

LARGEST_HEAD = 64 * 1024  # bytes: a question of 5,000 Chinese characters is 45,000 in an address
MOST_HEADERS = 256
_LARGEST_BODY_PIECE = 64 * 1024
_CHUNKED_PIECE = 4 * 1024  # of a body whose end isn't known: at most so much of what follows it reaches the parser with it
_LONGEST_FRAMING = 16 * 1024  # bytes that are none of a chunked body, beyond as many as are: sizes, extensions, trailers

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_UPGRADE = re.compile(rb"(\r\n)upgrade(?=[ \t]*:)", re.IGNORECASE)


class Unread:
    """The bytes that wait for the parser."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self._searched = 0

    def head(self) -> bytes:
        """Return a whole head, or nothing yet; what can't begin one is returned as it is, for the parser to refuse.

        Nobody is upgraded to another protocol: the header that asks for it is renamed, or the parser would lose the body.
        Raises ``OverflowError`` where it is over the bound.
        """
        waiting = self.bytes
        if not self._searched:
            del waiting[: len(waiting) - len(waiting.lstrip(b"\r\n"))]  # may stand before a request (RFC 9112, 2.2)
        if waiting and not waiting[:1].isupper():
            return self.take(len(waiting))
        found = _HEAD_END.search(waiting, max(0, self._searched - 3))
        if (found.end() if found else len(waiting)) > LARGEST_HEAD:
            raise OverflowError
        if found is None:
            self._searched = len(waiting)
            return b""
        self._searched = 0
        return _UPGRADE.sub(rb"\1x-ignored-upgrade", self.take(found.end()))

    def take(self, count: int) -> bytes:
        """Return the first ``count`` bytes at most."""
        taken = bytes(self.bytes[:count])
        del self.bytes[:count]
        return taken


class Body:
    """How much of one request's body has come, and how much beside it; ``length`` is None where it comes in chunks."""

    def __init__(self, length: int | None) -> None:
        self._left = length
        self.received = 0
        self._beside = 0  # chunk sizes and extensions
        self._beside_in_a_row = 0

    def next_size(self) -> int:
        """Return how many bytes the parser may get now."""
        return _CHUNKED_PIECE if self._left is None else min(self._left, _LARGEST_BODY_PIECE)

    def count(self, fed: int, body: int) -> None:
        """Count what the parser got, ``body`` bytes of it the body's; raises ``OverflowError`` where little of it is."""
        self.received += body
        if self._left is not None:
            self._left -= fed
            return
        self._beside += fed - body
        self._beside_in_a_row = 0 if body else self._beside_in_a_row + fed
        if self._beside > _LONGEST_FRAMING + self.received or self._beside_in_a_row > _LONGEST_FRAMING:
            raise OverflowError


class Flow(FlowControl):
    """Reads on only while nothing waits for its turn (``hold``) and the application can take more."""

    def __init__(self, transport: asyncio.Transport, ready: Callable[[], None]) -> None:
        super().__init__(transport)
        self._ready = ready  # called where the application can take more and something waits for it
        self._held = False
        self.full = False

    def pause_reading(self) -> None:
        """The application has enough for now."""
        self.full = True
        self._follow()

    def resume_reading(self) -> None:
        """The application can take more."""
        if self.full and self._held:
            self._ready()
        self.full = False
        self._follow()

    def hold(self, held: bool) -> None:
        """Read nothing more while what was read can't be used."""
        self._held = held
        self._follow()

    def _follow(self) -> None:
        if (self._held or self.full) == self.read_paused or self._transport.is_closing():
            return
        if self.read_paused:
            super().resume_reading()
        else:
            super().pause_reading()
