"""Who is answered now, who waits, and who is sent away."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.errors import ProblemError


class Admission:
    """Lets ``at_once`` questions through, in the order in which they came, and keeps at most ``most`` in all."""

    def __init__(self, at_once: int, most: int) -> None:
        self._free = at_once
        self._most = most
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._under_way = 0
        self._draining = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raises the problem ``busy`` where too many wait or the server is stopping."""
        if self._draining:
            raise _stopping()
        if self._under_way >= self._most:
            raise ProblemError("busy", "Too many questions at once. Ask again in a moment.", {}, {"Retry-After": "1"})
        self._under_way += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._under_way -= 1

    def drain(self) -> None:
        """Send away all who wait, and all who come; who has a turn keeps it."""
        self._draining = True
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(_stopping())

    async def _wait(self) -> None:
        if self._free:
            self._free -= 1
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._pass_on()  # the turn came together with the cancelling
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._free += 1


def _stopping() -> ProblemError:
    return ProblemError("busy", "The server is stopping. Ask again in a moment.", {}, {"Retry-After": "5"})
