"""Who is answered now, who waits, and who is sent away."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.bounds.clients import asking
from api.errors import ProblemError


class Admission:
    """Lets ``at_once`` questions through, and keeps at most ``most`` in all.

    The clients that wait take turns, one question each: whoever has one question waits for at most one of each other
    client's (fair queueing: Nagle, RFC 970). Where ``most`` is reached, the client that has most waiting gives way to one
    that has less, with its newest question.
    """

    def __init__(self, at_once: int, most: int) -> None:
        self._at_once = self._free = at_once
        self._most = most
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # in the order of their next turns
        self._draining = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raises the problem ``busy`` where too many wait or the server is stopping."""
        if self._draining:
            raise _stopping()
        await self._wait(asking.get())
        try:
            yield
        finally:
            self._pass_on()

    def drain(self) -> None:
        """Send away all who wait, and all who come; who has a turn keeps it."""
        self._draining = True
        for queue in self._waiting.values():
            for future in queue:
                if not future.done():
                    future.set_exception(_stopping())
        self._waiting.clear()

    async def _wait(self, client: str) -> None:
        if self._free:
            self._free -= 1
            return
        if self._at_once + sum(map(len, self._waiting.values())) >= self._most:
            self._make_room(client)
        future = asyncio.get_running_loop().create_future()
        queue = self._waiting.setdefault(client, deque())
        queue.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self._pass_on()  # the turn came together with the cancelling
            else:
                self._forget(client, future)
            raise

    def _make_room(self, client: str) -> None:
        """Send away the newest question of the client that has most waiting; raises ``busy`` where that is this one."""
        own = len(self._waiting.get(client, ()))
        most = max(self._waiting, key=lambda other: len(self._waiting[other]), default=client)
        if len(self._waiting.get(most, ())) <= own + 1:
            raise _busy()
        newest = self._waiting[most].pop()
        if not newest.done():
            newest.set_exception(_busy())

    def _forget(self, client: str, future: "asyncio.Future[None]") -> None:
        queue = self._waiting.get(client)
        if queue and future in queue:
            queue.remove(future)
            if not queue:
                del self._waiting[client]

    def _pass_on(self) -> None:
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            future = queue.popleft()
            if queue:
                self._waiting[client] = queue  # to the end: the others come first
            if not future.done():
                future.set_result(None)
                return
        self._free += 1


def _busy() -> ProblemError:
    return ProblemError("busy", "Too many questions at once. Ask again in a moment.", {}, {"Retry-After": "1"})


def _stopping() -> ProblemError:
    return ProblemError("busy", "The server is stopping. Ask again in a moment.", {}, {"Retry-After": "5"})
